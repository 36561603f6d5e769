"""All tables anew from the log, beside the live ones: the same rows as those that came live.

Everything is in one transaction. The tables are made in a schema of their own, which nobody sees
before the commit; what is interrupted leaves nothing behind. Rows come as blocks, which can be
packed elsewhere: streams have nothing to do with each other, so each process can take some.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import psycopg
from psycopg.errors import LockNotAvailable
from psycopg.sql import SQL, Identifier

from domain.envelope import Recorded
from projections import amendments, parking, tracking
from projections.amendments import Key
from projections.apply import REFUSED, apply, copy_into
from projections.batch import Batch
from projections.copying import HEADER, TRAILER
from projections.facts.all import TABLES
from projections.parking import Stored
from projections.schema import (
    create_books,
    create_indexes,
    create_tables,
    exchange,
    keep_vacuum_off,
    note_definition,
)
from projections.table import FactTable
from projections.tracking import Reached

Cursor = psycopg.Cursor[Any]
Progress = Callable[[int], None]
Batches = Iterable[Sequence[Stored]]
After = Callable[[int], Batches]

ROWS_A_BLOCK = 4000
FEW = 500  # events: soon done, so the live tables may stand still for them
# Seconds to wait for readers, in turn. Who asks meanwhile waits behind, so the first are short; a
# wait as long as the longest answer is sure to end, so they grow.
WAITS = tuple(min(2.0, 0.05 * 1.5**n) for n in range(40))
LET_THROUGH = 2  # times as long as was waited


class HeldError(Exception):
    """Somebody held the live tables for as long as was waited. They stand as they were."""


class Block(NamedTuple):
    """Packed rows of one table, and how many more events are done with it."""

    table: str
    rows: bytes
    done: int = 0


def built_in(schema: str) -> str:
    """The schema in which the tables of a schema are built."""
    return f"{schema}_built"


def packed(batches: Batches, amended: set[Key]) -> Iterator[Block]:
    """The rows of streams from their first event on, in commit order.

    `amended` are all events of theirs that are ever amended: their rows wait for the end, all
    others are given as soon as they are many.
    """
    batch = Batch({}, amended)
    done = 0
    for events in batches:
        for event in events:
            batch.take(event)
        done += len(events)
        for table, rows in batch.rows.items():
            if len(rows) >= ROWS_A_BLOCK:
                yield _block(table, rows, done)
                done = 0
    batch.close()
    for table, rows in batch.rows.items():
        if rows:
            yield _block(table, rows, done)
            done = 0
    held = [amendments.packed(k, h) for k, h in batch.changed.items() if h.order is not None]
    yield Block(amendments.NAME, b"".join(held), done)
    yield Block(parking.NAME, b"".join(map(parking.packed, batch.parked)))


def _block(table: FactTable, rows: list[bytes], done: int) -> Block:
    block = Block(table.name, b"".join(rows), done)
    rows.clear()
    return block


def rebuild(
    cursor: Cursor,
    schema: str,
    *,
    to: Reached,
    blocks: Callable[[], Iterable[Block]],
    after: After,
    progress: Progress = lambda done: None,
) -> Reached:
    """Rebuild the tables of a schema and put them in the live ones' place; what they reflect.

    `blocks` packs the log up to `to`; `after` reads it beyond a position, batch by batch, and is
    where the rest comes from. The schema that `built_in` names exists, and is gone afterwards.
    Meanwhile the live tables are read and filled; who holds them for long is waited for. Raises
    HeldError where that took more than three minutes.
    """
    built = built_in(schema)
    create_books(cursor, schema)  # what a release before this one hadn't
    build(cursor, built, to=to, blocks=blocks, after=after, progress=progress)
    keep_vacuum_off(cursor, schema)
    for wait in WAITS:
        _apply(cursor, built, after, progress, until_few=True)
        try:
            with cursor.connection.transaction():
                return _put_in_place(cursor, schema, built, after, wait)
        except LockNotAvailable:
            time.sleep(wait * LET_THROUGH)
    raise HeldError("de bruges uden ophør (they are in use without end)")


def build(
    cursor: Cursor,
    built: str,
    *,
    to: Reached,
    blocks: Callable[[], Iterable[Block]],
    after: After,
    progress: Progress = lambda done: None,
    freeze: bool = True,
) -> None:
    """Make and fill the tables in a schema that is empty, as far as `to`; the rest as `rebuild`.

    A transaction that reads from one snapshot can't `freeze` what it fills.
    """
    try:
        with cursor.connection.transaction():
            create_tables(cursor, built, indexed=False)
            _fill(cursor, built, blocks(), progress, freeze=freeze)
            _finish(cursor, built, to)
    except REFUSED:
        # Somewhere is a value that the database refuses: whose it is, the slow way finds out.
        create_tables(cursor, built)
        _apply(cursor, built, after, progress)


def _put_in_place(cursor: Cursor, schema: str, built: str, after: After, wait: float) -> Reached:
    """Exchange the live tables for the built ones, as far on as the log; what they reflect.

    Raises LockNotAvailable where readers hold the live ones for longer than `wait` seconds.
    """
    live = tracking.reached(cursor, schema, lock=True)  # from here on the live ones stand still
    _apply(cursor, built, after)
    reached = tracking.reached(cursor, built)
    cursor.execute(SQL("set local lock_timeout = {}").format(round(wait * 1000)))
    tracking.hold_alone(cursor, schema)
    parking.keep_since(cursor, built, schema)
    exchange(cursor, schema, built)
    if reached.position > live.position:
        tracking.move(cursor, schema, reached)
    note_definition(cursor, schema)
    return reached


def _fill(
    cursor: Cursor, built: str, blocks: Iterable[Block], progress: Progress, *, freeze: bool
) -> None:
    """Write the blocks into tables that this very transaction has made."""
    done = 0
    for block in blocks:
        if block.rows:
            columns = parking.COLUMNS if block.table == parking.NAME else ()
            # Frozen: nobody has to look at the rows again to know that they count.
            into = copy_into(built, block.table, columns=columns, freeze=freeze)
            with cursor.copy(into) as copy:
                copy.write(HEADER)
                copy.write(block.rows)
                copy.write(TRAILER)
        done += block.done
        progress(done)


def _finish(cursor: Cursor, built: str, to: Reached) -> None:
    """Index what was filled up to a position, and tell the planner of it."""
    cursor.execute("set local maintenance_work_mem = '256MB'")
    # A first idea for the planner, at a tenth of the price; autovacuum looks more closely.
    cursor.execute("set local default_statistics_target = 10")
    create_indexes(cursor, built)
    for table in TABLES:
        narrow = SQL("analyze {} (stream, occurred_at, learned, superseded)")
        cursor.execute(narrow.format(Identifier(built, table.name)))
    if to.position:
        tracking.move(cursor, built, to)


def _apply(
    cursor: Cursor,
    built: str,
    after: After,
    progress: Progress = lambda done: None,
    *,
    until_few: bool = False,
) -> None:
    for events in after(tracking.reached(cursor, built).position):
        apply(cursor, built, events)
        progress(events[-1].position)
        if until_few and len(events) < FEW:
            break


def amended_in(events: Iterable[Stored]) -> set[Key]:
    """The events that these amend."""
    found = (amendments.target(e) for e in events if isinstance(e, Recorded))
    return {key for key in found if key is not None}
