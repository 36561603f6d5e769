"""`follow-up-open`: courses opened a second, from the first start until all are pulled."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench.following.stage import SAMPLE, Stage, each, stage
from bench.measure import Figure, Measure, Peer
from bench.scratch import Scratch, settle
from bench.workload import Workload


def _open(stage: Stage, name: str, count: int) -> tuple[float, ...]:
    peer = stage.peers[name]
    courses = peer.fresh(count)
    position = peer.more(())
    settle(stage.url)
    begun = time.time()
    stage.loop.run(peer.open(courses))
    done = peer.crew.reached(courses, position)
    return count / (done - begun), stage.loop.run(peer.tasks(courses[:SAMPLE]))


@contextmanager
def _prepare(scratch: Scratch, workload: Workload) -> Iterator[dict[str, Peer]]:
    with stage(scratch) as staged:
        yield each(staged, lambda name: _open(staged, name, workload.courses))


FOLLOW_UP_OPEN = Measure(
    "follow-up-open",
    (Figure("courses/s"), Figure("workflow tasks/course", "lower")),
    _prepare,
    "courses",
)
