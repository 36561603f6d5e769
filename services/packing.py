"""Rows for a rebuild, packed by a process of its own: `python -m services.packing`.

It reads one job a line on stdin, and answers each on stdout with blocks as `projections.rebuild`
takes them, then with an end. It never writes to the database.
"""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from struct import Struct as Layout
from typing import IO

import msgspec
from psycopg.rows import tuple_row

from projections.rebuild import Block, packed
from projections.schema import NAMES
from services.collecting import no_collecting
from services.embedded.child import dies_with
from services.store.datastore import Pool, SharedDatastore, open_pool
from services.store.log import Log, Part
from services.store.mapper import EventMapper
from services.store.recorder import Recorder
from services.store.schema import role_of

ROLE = "packer"
_HEAD = Layout(">HIQ")  # which table, events done, bytes that follow
_END, _FAILED = 0xFFFF, 0xFFFE


class Job(msgspec.Struct, frozen=True):
    """The streams of one part of a municipality's log, up to a position."""

    schema: str
    stop: int
    number: int = 0
    of: int = 1


class Start(msgspec.Struct, frozen=True):
    """The first line: which database, and whose child it is."""

    url: str
    owner: int


class PackingError(Exception):
    """A process that packs rows failed or was lost. Nothing was changed."""


def pack(log: Log, cursor: object, job: Job) -> Iterator[Block]:
    """The blocks of a job, read on a cursor."""
    part = Part(job.number, job.of)
    amended = log.amended(cursor, job.stop, part)  # type: ignore[arg-type]
    batches = log.batches(cursor, 0, job.stop, part)  # type: ignore[arg-type]
    yield from packed(batches, amended)


def write_blocks(out: IO[bytes], blocks: Iterator[Block]) -> None:
    """Blocks, then the end, as `read_block` reads them."""
    for block in blocks:
        out.write(_HEAD.pack(NAMES.index(block.table), block.done, len(block.rows)))
        out.write(block.rows)
        out.flush()
    out.write(_HEAD.pack(_END, 0, 0))
    out.flush()


def read_block(source: IO[bytes]) -> Block | None:
    """The next block from an unbuffered pipe, or None at the end of a job. Raises PackingError."""
    which, done, size = _HEAD.unpack(_exactly(source, _HEAD.size))
    rows = _exactly(source, size)
    if which == _FAILED:
        raise PackingError(rows.decode())
    return None if which == _END else Block(NAMES[which], bytes(rows), done)


def _exactly(source: IO[bytes], size: int) -> bytearray:
    read = bytearray(size)
    rest = memoryview(read)
    while rest:
        got = source.readinto(rest)  # type: ignore[attr-defined]
        if not got:
            raise PackingError("a process ended in the middle of its work")
        rest = rest[got:]
    return read


def main() -> None:
    """Do jobs until stdin ends, or the owner does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the owner ends it
    jobs, out = sys.stdin.buffer, sys.stdout.buffer
    start = msgspec.json.decode(jobs.readline(), type=Start)
    dies_with(start.owner, signal.SIGKILL)()
    try:
        pool = open_pool(start.url, size=1, role=ROLE)
        while line := jobs.readline():
            job = msgspec.json.decode(line, type=Job)
            with _reading(pool, job.schema) as (log, cursor), no_collecting():
                write_blocks(out, pack(log, cursor, job))
    except BrokenPipeError:
        os._exit(0)
    except Exception as error:
        kind = type(error).__name__.encode()  # its text may quote what somebody sent
        out.write(_HEAD.pack(_FAILED, 0, len(kind)) + kind)
        out.flush()
        os._exit(1)


@contextmanager
def _reading(pool: Pool, schema: str) -> Iterator[tuple[Log, object]]:
    store = SharedDatastore(pool, schema=schema, role=role_of(schema), lock_timeout=0)
    log = Log(Recorder(store), EventMapper())
    with store.get_connection() as connection:
        yield log, connection.cursor(binary=True, row_factory=tuple_row)


if __name__ == "__main__":
    main()
