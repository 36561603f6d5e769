"""`follow-up-poke`: pokes handled a second, until the pulls that they cause are done.

A round pokes every course once, then every course some times in turn while pulls go on: pokes that
come to a course before it has pulled are handled by one pull, as they are at a busy hour.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from bench.following.peers import Follower
from bench.following.stage import SAMPLE, Stage, each, stage
from bench.measure import Figure, Measure, Peer
from bench.scratch import Scratch, settle
from bench.workload import Workload

TIMES = 5


def _poke(stage: Stage, peer: Follower, courses: Sequence[str], times: int) -> tuple[float, float]:
    """Pokes a second, and workflow tasks a poke. Each time there is something new for each."""
    sample = courses[:SAMPLE]
    before = stage.loop.run(peer.tasks(sample))
    settle(stage.url)
    begun = time.time()
    position = 0
    for _ in range(times):
        position = peer.more(courses)
        stage.loop.run(peer.poke(courses, position))
    done = max(peer.crew.reached(courses, position), time.time())
    tasks = stage.loop.run(peer.tasks(sample)) - before
    return times * len(courses) / (done - begun), tasks / times


def _both(stage: Stage, peer: Follower, courses: Sequence[str]) -> tuple[float, ...]:
    (alone, tasks_alone), (busy, tasks_busy) = (
        _poke(stage, peer, courses, times) for times in (1, TIMES)
    )
    return alone, busy, tasks_alone, tasks_busy


@contextmanager
def _prepare(scratch: Scratch, workload: Workload) -> Iterator[dict[str, Peer]]:
    with stage(scratch) as staged:
        courses = {name: peer.fresh(workload.courses) for name, peer in staged.peers.items()}
        for name, peer in staged.peers.items():
            staged.loop.run(peer.open(courses[name]))
            peer.crew.heard_of(courses[name], 1)
        yield each(staged, lambda name: _both(staged, staged.peers[name], courses[name]))


FOLLOW_UP_POKE = Measure(
    "follow-up-poke",
    (
        Figure("pokes/s, one a course"),
        Figure(f"pokes/s, {TIMES} a course"),
        Figure("workflow tasks/poke, one a course", "lower"),
        Figure(f"workflow tasks/poke, {TIMES} a course", "lower"),
    ),
    _prepare,
    "courses",
)
