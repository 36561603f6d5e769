"""A batch of stored events into rows, within the caller's transaction.

Each table is written once. Which rows count at the end depends on the events alone, not on the
order in which they arrived.
"""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import psycopg
from psycopg.errors import DataError, ProgramLimitExceeded
from psycopg.sql import SQL, Composed, Identifier

from domain.envelope import Recorded
from projections import amendments, parking, tracking
from projections.amendments import Key
from projections.batch import Batch
from projections.copying import HEADER, TRAILER
from projections.facts.timeline import TIMELINE
from projections.parking import Parked, Stored, parked_by
from projections.tracking import Reached

Cursor = psycopg.Cursor[Any]

_END = """update {table} as row set superseded = ended.at from
 unnest(%b::uuid[], %b::text[], %b::text[], %b::bigint[]) as ended (stream, source, event_id, at)
 where row.stream = ended.stream and row.source = ended.source and row.event_id = ended.event_id
 and row.superseded is null"""

STRIDE = 200  # events packed at a time

REFUSED = (DataError, ProgramLimitExceeded)
"""What the database says of a value that it can't hold. Any other error isn't the event's."""


def apply(cursor: Cursor, schema: str, events: Sequence[Stored], *, careful: bool = True) -> int:
    """Take a batch in, in commit order; give how many of its events were new.

    Events at or below the position already reflected are left out, so that nothing is ever
    applied twice. An event that can't be brought into rows parks its stream. Rows and position are
    of one transaction, the caller's. Unless `careful`, a value that the database refuses isn't
    looked for: it raises one of `REFUSED`, the transaction is lost, and the batch is to be applied
    again, carefully. That saves two round trips.
    """
    position = tracking.reached(cursor, schema, lock=True).position
    new = [event for event in events if event.position > position]
    if not new:
        return 0
    take_in = _take_in if careful else _write
    take_in(cursor, schema, new, parking.parked(cursor, schema))
    tracking.move(cursor, schema, Reached(new[-1].position, new[-1].recorded_at))
    return len(new)


def apply_again(cursor: Cursor, schema: str, parked: Parked, events: Sequence[Stored]) -> bool:
    """Take in the events of a parked stream, from the first one that waits; say if all are in.

    Where one still can't be brought into rows, the stream is parked there. The tracking's lock is
    held by the caller, and `events` go as far as the tracking.
    """
    again = _take_in(cursor, schema, events, ())
    if not again:
        parking.release(cursor, schema, parked.stream)
    return not again


def _take_in(
    cursor: Cursor, schema: str, events: Sequence[Stored], parked: Sequence[Parked]
) -> list[Parked]:
    """Write the rows of a batch; the streams that it parked.

    A value that the database refuses is looked for by halving the batch.
    """
    try:
        with cursor.connection.transaction():
            return _write(cursor, schema, events, parked)
    except REFUSED as error:
        if len(events) == 1:
            alone = [parked_by(events[0], type(error).__name__)]
            parking.park(cursor, schema, alone)
            return alone
    middle = len(events) // 2
    first = _take_in(cursor, schema, events[:middle], parked)
    return first + _take_in(cursor, schema, events[middle:], [*parked, *first])


def _write(
    cursor: Cursor, schema: str, events: Sequence[Stored], parked: Sequence[Parked]
) -> list[Parked]:
    waiting = cursor.execute(amendments.waiting_for(schema), binary=True).fetchall()
    batch = begun(cursor, schema, events, {one.stream for one in parked}, waiting)
    with cursor.copy(copy_into(schema, TIMELINE.name)) as copy:
        # The database takes lines in while the next ones are packed.
        copy.write(HEADER)
        lines = batch.rows[TIMELINE]
        for start in range(0, len(events), STRIDE):
            for event in events[start : start + STRIDE]:
                batch.take(event)
            copy.write(b"".join(lines))
            lines.clear()
        copy.write(TRAILER)
    batch.close()
    del batch.rows[TIMELINE]
    settle(cursor, schema, batch)
    for table, rows in batch.rows.items():
        if rows:
            with cursor.copy(copy_into(schema, table.name)) as copy:
                copy.write(b"".join((HEADER, *rows, TRAILER)))
    return batch.parked


def begun(
    cursor: Cursor,
    schema: str,
    events: Sequence[Stored],
    parked: Collection[UUID],
    waiting: Sequence[Key],
) -> Batch:
    """A batch that knows what has been said of its events before, and has taken none in yet.

    `waiting` is the answer to `amendments.waiting_for`.
    """
    readable = [event for event in events if isinstance(event, Recorded)]
    held, amended = amendments.load(cursor, schema, readable, waiting)
    return Batch(held, amended, parked)


def settle(cursor: Cursor, schema: str, batch: Batch) -> None:
    """Write all of a closed batch but its new rows, and before them.

    What ends the stored rows of an event would end new ones of the same event too.
    """
    for table, ended in batch.ended.items():
        statement = SQL(_END).format(table=Identifier(schema, table.name))
        cursor.execute(statement, [list(column) for column in zip(*ended, strict=True)])
    amendments.keep(cursor, schema, batch.changed)
    parking.park(cursor, schema, batch.parked)


def copy_into(
    schema: str, table: str, *, columns: Sequence[str] = (), freeze: bool = False
) -> Composed:
    """The statement that takes packed rows in, of all columns unless some are named."""
    return SQL("copy {}{} from stdin (format binary{})").format(
        Identifier(schema, table),
        SQL(" ({})").format(SQL(", ").join(map(Identifier, columns))) if columns else SQL(""),
        SQL(", freeze" if freeze else ""),
    )
