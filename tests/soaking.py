"""`make soak`: the same tests, counted in thousands."""

import os

SOAK = os.environ.get("ROEDTRAAD_SOAK") == "1"
_MORE = 50


def runs(few: int, many: int | None = None) -> int:
    """How often: a few times in `make test`; in `make soak` `many`, or fifty times as often."""
    return (many or few * _MORE) if SOAK else few
