"""`follow-up-memory`: what open courses keep in memory, at the server and in the worker.

Each peer has a dev server of its own. Courses opened in a round stay open, and a figure is over all
that were opened since the warm-up: the more rounds and courses, the less the noise.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.following.stage import Stage, each, stage
from bench.measure import Figure, Measure, Peer
from bench.scratch import Scratch
from bench.workload import Workload

_PAGE = os.sysconf("SC_PAGE_SIZE")
_PER = 1000
_MIB = 2**20


class _Growth:
    """Of one peer's two processes, since its first round."""

    def __init__(self, stage: Stage, name: str) -> None:
        self._peer = stage.peers[name]
        self._loop = stage.loop
        self._processes = stage.servers[name].pid, self._peer.crew.pid
        self._before: tuple[int, ...] = ()
        self._opened = 0

    def after(self, count: int) -> tuple[float, ...]:
        """MiB per 1,000 courses, after so many more were opened."""
        courses = self._peer.fresh(count)
        self._loop.run(self._peer.open(courses))
        self._peer.crew.heard_of(courses, 1)
        now = tuple(_resident(process) for process in self._processes)
        if not self._before:
            self._before = now
            return (0.0,) * len(now)
        self._opened += count
        # At least a page, so that a ratio can be taken of what is too small to be seen.
        grown = [max(_PAGE, b - a) for a, b in zip(self._before, now, strict=True)]
        return tuple(size / _MIB / self._opened * _PER for size in grown)


def _resident(process: int) -> int:
    """Bytes of a process in memory."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * _PAGE


@contextmanager
def _prepare(scratch: Scratch, workload: Workload) -> Iterator[dict[str, Peer]]:
    with stage(scratch, server_each=True) as staged:
        growths = {name: _Growth(staged, name) for name in staged.peers}
        yield each(staged, lambda name: growths[name].after(workload.courses))


FOLLOW_UP_MEMORY = Measure(
    "follow-up-memory",
    (
        Figure("MiB/1,000 courses, server", "lower"),
        Figure("MiB/1,000 courses, worker", "lower"),
    ),
    _prepare,
    "courses",
)
