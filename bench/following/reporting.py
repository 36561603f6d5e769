"""What a worker process tells of each pull that it has done: a line of JSON."""

import os
from typing import NamedTuple

import msgspec


class Report(NamedTuple):
    """A subject was pulled up to a position, at `at`, and sleeps until `wake_at` (since 1970)."""

    subject: str
    position: int
    at: float
    wake_at: float


_OUT = os.dup(1)  # whatever prints goes elsewhere, see `quieten`


def quieten() -> None:
    """From now on only reports go to the standard output; all else to the standard error."""
    os.dup2(2, 1)


def report(told: Report) -> None:
    """Tell the parent. A line is shorter than what a pipe takes at once, so lines never mix."""
    os.write(_OUT, msgspec.json.encode(told) + b"\n")
