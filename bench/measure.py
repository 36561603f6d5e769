"""A measure: three peers at the same work, run in turn, and what their rates come to."""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from bench.scratch import Scratch
from bench.workload import Workload

PEERS = ("ours", "stock", "limit")
COLUMNS = (
    "measure",
    "unit",
    *(f"{name}{part}" for name in PEERS for part in ("", "_min", "_max")),
    *(f"ratio_to_{name}{part}" for name in ("stock", "limit") for part in ("", "_min", "_max")),
    "events",
    "rounds",
)

Row = dict[str, Any]
Peer = Callable[[], float]
"""Makes its own preparations, does the work once and gives the rate of the work alone."""
Rates = dict[str, list[float]]


@dataclass(frozen=True)
class Measure:
    """What is measured. `prepare` makes the three peers ready; they last as long as its block."""

    name: str
    unit: str
    prepare: Callable[[Scratch, Workload], AbstractContextManager[dict[str, Peer]]]


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
    progress: Callable[[str], None] = lambda peer: None,
) -> Row:
    """A row of answers. `progress` is told which peer is next, in each of `turns(rounds)`.

    A first round warms everything up (code is imported, decoders are made) and isn't counted.
    """
    with measure.prepare(scratch, workload) as peers:
        rates = interleave(peers, rounds, progress)
    return row_of(measure, rates) | {"events": workload.events, "rounds": rounds}


def turns(rounds: int) -> int:
    """How many times a peer is run in all, the warm-up with them."""
    return len(PEERS) * (rounds + 1)


def interleave(peers: dict[str, Peer], rounds: int, progress: Callable[[str], None]) -> Rates:
    """Every peer once a round, in rotating order: what disturbs the machine disturbs them alike."""
    rates: Rates = {name: [] for name in PEERS}
    for number in range(rounds + 1):
        shift = number % len(PEERS)
        for name in (*PEERS[shift:], *PEERS[:shift]):
            progress(name)
            rate = peers[name]()
            if number:
                rates[name].append(rate)
    return rates


def row_of(measure: Measure, rates: Rates) -> Row:
    """Medians with min and max. A ratio is taken in each round, before the median."""
    row: Row = {"measure": measure.name, "unit": measure.unit}
    for name in PEERS:
        row |= _spread(name, rates[name], 1)
    for name in ("stock", "limit"):
        ratios = [ours / other for ours, other in zip(rates["ours"], rates[name], strict=True)]
        row |= _spread(f"ratio_to_{name}", ratios, 4)
    return row


def _spread(name: str, values: list[float], digits: int) -> Row:
    return {
        name: round(statistics.median(values), digits),
        f"{name}_min": round(min(values), digits),
        f"{name}_max": round(max(values), digits),
    }
