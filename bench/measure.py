"""A measure: three peers at the same work, run in turn, and what their figures come to."""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from bench.scratch import Scratch
from bench.workload import Workload

PEERS = ("ours", "stock", "limit")
COLUMNS = (
    "measure",
    "unit",
    "better",
    *(f"{name}{part}" for name in PEERS for part in ("", "_min", "_max")),
    *(f"ratio_to_{name}{part}" for name in ("stock", "limit") for part in ("", "_min", "_max")),
    "events",
    "courses",
    "rounds",
)

Row = dict[str, Any]
Peer = Callable[[], tuple[float, ...]]
"""Makes its own preparations, does the work once and gives the figures of the work alone."""
Figures = dict[str, list[tuple[float, ...]]]


@dataclass(frozen=True)
class Figure:
    """One thing that a measure tells: its unit, and whether more of it is better."""

    unit: str
    better: Literal["higher", "lower"] = "higher"


@dataclass(frozen=True)
class Measure:
    """What is measured: the figures that each peer gives, a row for each.

    `prepare` makes the three peers ready; they last as long as its block. `size` is what of the
    workload it grows with, if anything.
    """

    name: str
    figures: tuple[Figure, ...]
    prepare: Callable[[Scratch, Workload], AbstractContextManager[dict[str, Peer]]]
    size: Literal["events", "courses"] | None = "events"


@dataclass
class Clock:
    """Seconds that a block took."""

    seconds: float = field(default=0.0)


@contextmanager
def timed() -> Iterator[Clock]:
    """Measure a block."""
    clock = Clock()
    begun = time.perf_counter()
    yield clock
    clock.seconds = time.perf_counter() - begun


def run(
    measure: Measure,
    scratch: Scratch,
    workload: Workload,
    *,
    rounds: int,
    warm_up: int = 1,
    progress: Callable[[str], None] = lambda peer: None,
) -> list[Row]:
    """A row for each figure. `progress` is told which peer is next, in each of all their turns.

    `warm_up` rounds come first and aren't counted: code is imported in them, decoders are made.
    """
    with measure.prepare(scratch, workload) as peers:
        figures = interleave(peers, rounds, warm_up, progress)
    size: Row = {"events": None, "courses": None}
    if measure.size:
        size[measure.size] = getattr(workload, measure.size)
    return [row | size | {"rounds": rounds} for row in rows_of(measure, figures)]


def turns(rounds: int, warm_up: int) -> int:
    """How many times a peer is run in all."""
    return len(PEERS) * (warm_up + rounds)


def interleave(
    peers: Mapping[str, Peer], rounds: int, warm_up: int, progress: Callable[[str], None]
) -> Figures:
    """Every peer once a round, in rotating order: what disturbs the machine disturbs them alike."""
    figures: Figures = {name: [] for name in PEERS}
    for number in range(warm_up + rounds):
        shift = number % len(PEERS)
        for name in (*PEERS[shift:], *PEERS[:shift]):
            progress(name)
            given = peers[name]()
            if number >= warm_up:
                figures[name].append(given)
    return figures


def rows_of(measure: Measure, figures: Figures) -> list[Row]:
    """Medians with min and max. A ratio is taken in each round, before the median."""
    return [
        _row(measure.name, figure, {name: [given[n] for given in figures[name]] for name in PEERS})
        for n, figure in enumerate(measure.figures)
    ]


def _row(measure: str, figure: Figure, of: dict[str, list[float]]) -> Row:
    row: Row = {"measure": measure, "unit": figure.unit, "better": figure.better}
    for name in PEERS:
        row |= _spread(name, of[name], 2)
    for name in ("stock", "limit"):
        ratios = [ours / other for ours, other in zip(of["ours"], of[name], strict=True)]
        row |= _spread(f"ratio_to_{name}", ratios, 4)
    return row


def _spread(name: str, values: list[float], digits: int) -> Row:
    return {
        name: round(statistics.median(values), digits),
        f"{name}_min": round(min(values), digits),
        f"{name}_max": round(max(values), digits),
    }
