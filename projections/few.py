"""A few events into rows in two round trips, whatever they touch: one to ask, one to write.

`apply` waits for the answers to a dozen statements one after another. Beside 2,000 events that is
nothing; of the time that one event takes it is nearly all. So here all that is to be known is asked
for at once, and all rows are inserted by one statement. They are the very rows that `apply` copies.
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from psycopg.adapt import Dumper, PyFormat
from psycopg.pq import Format
from psycopg.sql import SQL, Composed, Identifier, Placeholder

from projections import amendments, tracking
from projections.amendments import Key
from projections.apply import begun, settle
from projections.copying import Packed, values_of
from projections.parking import Stored
from projections.table import COMMON, FactTable

Cursor = psycopg.Cursor[Any]
Answers = Sequence[Sequence[tuple[Any, ...]]]
Shape = tuple[tuple[FactTable, int], ...]  # tables, and how many rows each gets

FEW = 20  # events; with more, COPY is as quick

# No lock is taken, and nothing written, where there is nothing to do. The log's end is looked up
# once, so who has waited for the lock is judged by the position that is found then.
_LOCK = """select 1 from {schema}.tracking where application_name = {name}
 and notification_id < (select max(notification_id) from {schema}.events) for update"""

# A statement of its own, since it must see what was committed while the lock was waited for.
_STANDING = """select notification_id, (select fingerprint from {schema}.definition),
 array(select stream from {schema}.parked) from {schema}.tracking where application_name = {name}"""

_MOVE = """update {tracking} set notification_id = %b, recorded_at = %b
 where application_name = {name} and notification_id < %b"""


class Standing(NamedTuple):
    """Where the tables stand. Where they are `locked`, nobody else moves or exchanges them."""

    locked: bool  # so there are events beyond the position
    position: int
    made_by: str | None  # the definition that fills them
    parked: Sequence[UUID]  # streams
    waiting: Sequence[Key]  # the answer to `amendments.waiting_for`


@cache
def questions(schema: str) -> tuple[bytes, ...]:
    """What must be asked, in this order and each in a statement of its own."""
    names = {"schema": Identifier(schema), "name": tracking.NAME}
    own = (SQL(text).format(**names).as_bytes() for text in (_LOCK, _STANDING))
    return (*own, amendments.waiting_for(schema))


def standing(answers: Answers) -> Standing | None:
    """What the answers to `questions` say; None where there is no position at all."""
    locked, where, waiting = answers
    if not where:
        return None
    [(position, made_by, parked)] = where
    return Standing(bool(locked), position, made_by, parked, waiting)


def write(cursor: Cursor, schema: str, events: Sequence[Stored], known: Standing) -> None:
    """Write the rows of new events and move the position.

    The tables are locked, and all events lie beyond their position. The cursor may be one of a
    pipeline: only what amendments need to know is waited for.
    """
    batch = begun(cursor, schema, events, known.parked, known.waiting)
    for event in events:
        batch.take(event)
    batch.close()
    settle(cursor, schema, batch)
    filled = sorted(batch.rows.items(), key=lambda pair: pair[0].name)
    values = [value for _, rows in filled for row in rows for value in values_of(row)]
    to = events[-1].position, events[-1].recorded_at
    cursor.adapters.register_dumper(Packed, _Value)
    shape = tuple((table, len(rows)) for table, rows in filled if rows)
    cursor.execute(_statement(schema, shape), (*values, *to, to[0]))


class _Value(Dumper):
    """A packed value goes as it is; its type is its column's."""

    format = Format.BINARY
    oid = 0

    def dump(self, obj: Packed) -> Packed:
        return obj


@lru_cache(1024)
def _statement(schema: str, shape: Shape) -> bytes:
    """One statement for all: an insert for each table, and the move."""
    move = SQL(_MOVE).format(tracking=Identifier(schema, "tracking"), name=tracking.NAME)
    if not shape:
        return move.as_bytes()
    inserts = [
        SQL("rows_{} as ({})").format(number, _insert(schema, table, rows))
        for number, (table, rows) in enumerate(shape)
    ]
    return (SQL("with {} ").format(SQL(", ").join(inserts)) + move).as_bytes()


def _insert(schema: str, table: FactTable, rows: int) -> Composed:
    width = len(COMMON) + len(table.columns)
    value = Placeholder(format=PyFormat.BINARY)
    row = SQL("({})").format(SQL(", ").join([value] * width))
    into = Identifier(schema, table.name)
    return SQL("insert into {} values {}").format(into, SQL(", ").join([row] * rows))
