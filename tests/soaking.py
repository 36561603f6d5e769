"""`make soak`: the same tests, counted in thousands."""

import os

SOAK = os.environ.get("ROEDTRAAD_SOAK") == "1"
_MORE = 50


def runs(few: int) -> int:
    """How often to try: a few times in `make test`, fifty times as often in `make soak`."""
    return few * _MORE if SOAK else few
