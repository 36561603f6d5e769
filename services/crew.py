"""Processes that pack rows for rebuilds, one for each core."""

import fcntl
import os
import selectors
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import msgspec

from projections.rebuild import Block
from services.packing import Job, PackingError, Start, read_block

_PROJECT = Path(__file__).resolve().parents[1]
_PIPE_BYTES = 1 << 20


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0))


class Crew:
    """Processes that pack rows, for one municipality after another; started at their first job.

    They die with the thread that starts them, which must be the one that uses them.
    """

    def __init__(self, url: str, size: int | None = None) -> None:
        self._url = url
        self.size = size or cores()
        self._processes: list[subprocess.Popen[bytes]] = []

    @property
    def runs(self) -> bool:
        """Whether the processes are started already."""
        return bool(self._processes)

    def blocks(self, schema: str, stop: int) -> Iterator[Block]:
        """A schema's log up to a position, packed. Raises PackingError."""
        for number, process in enumerate(self.start()):
            _tell(process, Job(schema, stop, number, self.size))
        try:
            yield from self._given()
        except BaseException:
            self.end()  # what they still have to say of this job isn't for the next one
            raise

    def start(self) -> "list[subprocess.Popen[bytes]]":
        """The processes, started where there are none."""
        if not self._processes:
            self._processes = [self._start() for _ in range(self.size)]
        return self._processes

    def _given(self) -> Iterator[Block]:
        with selectors.DefaultSelector() as ready:
            for process in self._processes:
                assert process.stdout is not None
                ready.register(process.stdout, selectors.EVENT_READ)
            while ready.get_map():
                for key, _ in ready.select():
                    block = read_block(key.fileobj)  # type: ignore[arg-type]
                    if block is None:
                        ready.unregister(key.fileobj)
                    else:
                        yield block

    def _start(self) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(
            [sys.executable, "-m", "services.packing"],
            cwd=_PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,  # what select hasn't heard of may not lie in a buffer
            process_group=0,  # a Ctrl-C reaches the owner alone, who ends them
        )
        assert process.stdout is not None
        # A process packs on while the database takes in what came before.
        fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        _tell(process, Start(self._url, os.getpid()))
        return process

    def __enter__(self) -> "Crew":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()

    def kill(self) -> None:
        """From another thread: whoever waits for blocks gets a PackingError."""
        for process in self._processes:
            process.kill()

    def end(self) -> None:
        """Let the processes go; at the next job others are started."""
        self.kill()
        for process in self._processes:
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()
        self._processes.clear()


def _tell(process: "subprocess.Popen[bytes]", what: msgspec.Struct) -> None:
    assert process.stdin is not None
    try:
        process.stdin.write(msgspec.json.encode(what) + b"\n")
    except BrokenPipeError:
        raise PackingError("a process ended before its work") from None
