"""`follow-up-delay`: from the moment something is due until it is raised, with 10 due a second."""

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench.following.peers import Follower
from bench.following.stage import SAMPLE, Stage, each, stage
from bench.measure import Figure, Measure, Peer
from bench.scratch import Scratch, settle
from bench.workload import Workload

_DUE_A_SECOND = 10
_OPENED_A_SECOND = 20  # all are to be open before the first is due
_LEAST_LEAD = 1.5
_TRIES = 4
_MS = 1000


class LateError(Exception):
    """Courses were opened only after their due time, so that delays would say nothing."""


def wake(stage: Stage, peer: Follower, count: int) -> tuple[list[str], list[float]]:
    """Open courses and wait until what is due of them is raised; their delays in ms.

    Tries again with more time to open them where the machine is slow. Raises LateError.
    """
    lead = max(_LEAST_LEAD, count / _OPENED_A_SECOND)
    for longer in range(_TRIES):
        courses = peer.fresh(count)
        settle(stage.url)
        dawn = time.time() + lead * 2**longer
        peer.due_from(dawn, count / _DUE_A_SECOND, courses)
        stage.loop.run(peer.open(courses))
        if peer.crew.heard_of(courses, 1) < dawn:
            break
    else:
        raise LateError
    peer.crew.heard_of(courses, 2)
    told = [peer.crew.reports(course)[:2] for course in courses]
    return courses, [_MS * (second.at - first.wake_at) for first, second in told]


def _delays(stage: Stage, name: str, count: int) -> tuple[float, ...]:
    peer = stage.peers[name]
    courses, delays = wake(stage, peer, count)
    tasks = stage.loop.run(peer.tasks(courses[:SAMPLE])) - 1  # one of them opened it
    return statistics.median(delays), percentile(delays, 99), tasks


def percentile(values: list[float], percent: int) -> float:
    """The least value that so many percent of them don't exceed."""
    ordered = sorted(values)
    return ordered[-(-len(ordered) * percent // 100) - 1]


@contextmanager
def _prepare(scratch: Scratch, workload: Workload) -> Iterator[dict[str, Peer]]:
    with stage(scratch) as staged:
        yield each(staged, lambda name: _delays(staged, name, workload.courses))


FOLLOW_UP_DELAY = Measure(
    "follow-up-delay",
    (
        Figure("ms, p50", "lower"),
        Figure("ms, p99", "lower"),
        Figure("workflow tasks/due time", "lower"),
    ),
    _prepare,
    "courses",
)
