"""All fact tables anew, beside the live ones, by as many processes as there are cores."""

import fcntl
import os
import selectors
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec
from psycopg import Cursor
from psycopg.sql import SQL, Identifier

from projections import tracking
from projections.rebuild import Block, built_in, rebuild
from projections.schema import made_by
from projections.tracking import Reached
from services.collecting import no_collecting
from services.packing import Job, PackingError, Start, pack, read_block
from services.store.municipality import Municipality
from services.store.schema import role_of

__all__ = ["Crew", "PackingError", "rebuild_all"]

MANY = 30_000  # events; for fewer, starting processes takes longer than they save
_PROJECT = Path(__file__).resolve().parents[1]
_PIPE_BYTES = 1 << 20
Progress = Callable[[int], None]


class Crew:
    """Processes that pack rows, for one municipality after another; started at their first job.

    They die with the thread that starts them, which must be the one that uses them.
    """

    def __init__(self, url: str, size: int | None = None) -> None:
        self._url = url
        self.size = len(os.sched_getaffinity(0)) if size is None else size
        self._processes: list[subprocess.Popen[bytes]] = []

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


def rebuild_all(
    municipality: Municipality,
    progress: Progress = lambda done: None,
    *,
    crew: Crew | None = None,
    unless_made_by: str | None = None,
) -> Reached:
    """Rebuild all fact tables of a municipality from its log; what they reflect then.

    All of it is one transaction. Of several at once the others wait, and have nothing to do where
    the tables are by then of the definition `unless_made_by`. `crew` packs what is long; without
    one, processes are started for this alone. Raises PackingError, LockNotAvailable.
    """
    with ExitStack() as stack:
        if crew is None:
            crew = stack.enter_context(Crew(municipality.database_url))
        cursor = stack.enter_context(municipality.transaction())
        stack.enter_context(no_collecting())
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            (f"{municipality.schema}.facts built",),
        )
        if unless_made_by is not None and made_by(cursor, municipality.schema) == unless_made_by:
            return tracking.reached(cursor, municipality.schema)
        return _rebuild(municipality, cursor, crew, progress)


def _rebuild(
    municipality: Municipality, cursor: Cursor[Any], crew: Crew, progress: Progress
) -> Reached:
    schema, log = municipality.schema, municipality.log_reader
    head = municipality.log_recorder.head(cursor)
    _make_schema(cursor, built_in(schema), role_of(schema))

    def blocks() -> Iterable[Block]:
        if crew.size > 1 and head.position >= MANY:
            return crew.blocks(schema, head.position)
        return pack(log, cursor, Job(schema, head.position))

    return rebuild(
        cursor,
        schema,
        to=Reached(head.position, head.recorded_at),
        blocks=blocks,
        after=lambda position: log.batches(cursor, position),
        progress=progress,
    )


def _make_schema(cursor: Cursor[Any], name: str, owner: str) -> None:
    """Only who connects may make schemas; all else is done by the municipality's role."""
    cursor.execute("RESET ROLE")
    cursor.execute(
        SQL("CREATE SCHEMA {} AUTHORIZATION {}").format(Identifier(name), Identifier(owner))
    )
    cursor.execute(SQL("SET LOCAL ROLE {}").format(Identifier(owner)))
