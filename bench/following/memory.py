"""`follow-up-memory`: what open courses keep in memory, at the server and in the worker.

Each peer has a dev server of its own. As memory doesn't depend on what else the machine does, it is
looked at once and not each round: the processes' resident size before and after opening ten times
the courses. Garbage that isn't collected yet is in it, so only large numbers tell something.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.following.stage import Stage, each, stage
from bench.measure import Figure, Measure, Peer
from bench.scratch import Scratch
from bench.workload import Workload

TIMES = 10
_PAGE = os.sysconf("SC_PAGE_SIZE")
_PER = 1000
_MIB = 2**20
_LONGEST_REST = 2.0  # seconds, in which what was used by the way is given back
_REST_A_COURSE = _LONGEST_REST / 30


def _grown(stage: Stage, name: str, courses: int) -> tuple[float, ...]:
    """MiB per 1,000 courses, of server and worker, after some were opened to warm up."""
    rest = min(_LONGEST_REST, courses * _REST_A_COURSE)
    _open(stage, name, courses, rest)
    before = _resident(stage, name)
    _open(stage, name, TIMES * courses, rest)
    after = _resident(stage, name)
    # At least a page, so that a ratio can be taken of what is too small to be seen.
    grown = [max(_PAGE, now - then) for then, now in zip(before, after, strict=True)]
    return tuple(size / _MIB / (TIMES * courses) * _PER for size in grown)


def _open(stage: Stage, name: str, count: int, rest: float) -> None:
    peer = stage.peers[name]
    courses = peer.fresh(count)
    stage.loop.run(peer.open(courses))
    peer.crew.heard_of(courses, 1)
    time.sleep(rest)


def _resident(stage: Stage, name: str) -> list[int]:
    """Bytes of the server and of the worker that are in memory."""
    processes = stage.servers[name].pid, stage.peers[name].crew.pid
    sizes = [Path(f"/proc/{process}/statm").read_text().split()[1] for process in processes]
    return [int(size) * _PAGE for size in sizes]


@contextmanager
def _prepare(scratch: Scratch, workload: Workload) -> Iterator[dict[str, Peer]]:
    with stage(scratch, server_each=True) as staged:
        grown = {name: _grown(staged, name, workload.courses) for name in staged.peers}
        yield each(staged, grown.__getitem__)


FOLLOW_UP_MEMORY = Measure(
    "follow-up-memory",
    (
        Figure("MiB/1,000 courses, server", "lower"),
        Figure("MiB/1,000 courses, worker", "lower"),
    ),
    _prepare,
    "courses",
)
