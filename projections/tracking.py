"""How far a schema's fact tables have come: one row, moved in the transaction of the rows.

The table has the name, columns and meaning of the library's tracking table (one row for each
projection; a position only ever grows), and the time at which that position was recorded.
"""

from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import psycopg
from psycopg.sql import SQL, Identifier, Literal

Cursor = psycopg.Cursor[Any]

NAME = "facts"

_CREATE = """create table if not exists {schema}.tracking (application_name text primary key,
 notification_id bigint not null, recorded_at timestamptz)"""


class Reached(NamedTuple):
    """The position that the rows reflect, 0 when there are none, and when it was recorded."""

    position: int
    recorded_at: datetime | None


class BehindError(ValueError):
    """A position that isn't beyond the one already reached: the batch must not be applied."""


def create(cursor: Cursor, schema: str) -> None:
    """Make the tracking table, and its row."""
    cursor.execute(SQL(_CREATE).format(schema=Identifier(schema)))
    cursor.execute(
        SQL("insert into {}.tracking values (%s, 0, null) on conflict do nothing").format(
            Identifier(schema)
        ),
        (NAME,),
    )


def reached(cursor: Cursor, schema: str, *, lock: bool = False) -> Reached:
    """How far the rows have come. With `lock`, nobody else moves them in this transaction."""
    statement = SQL(
        "select notification_id, recorded_at from {}.tracking where application_name = %s{}"
    ).format(Identifier(schema), SQL(" for update" if lock else ""))
    row = cursor.execute(statement, (NAME,)).fetchone()
    return Reached(*row) if row else Reached(0, None)


def move(cursor: Cursor, schema: str, to: Reached) -> None:
    """Move on. Raises BehindError if that isn't forward."""
    statement = SQL(
        "update {}.tracking set notification_id = %s, recorded_at = %s"
        " where application_name = %s and notification_id < %s"
    ).format(Identifier(schema))
    cursor.execute(statement, (to.position, to.recorded_at, NAME, to.position))
    if cursor.rowcount != 1:
        raise BehindError(f"position {to.position} isn't beyond what is reflected already")


def hold(cursor: Cursor, schema: str) -> None:
    """See to it that no rebuild exchanges the tables before this transaction ends, and no row comes
    at a position that was passed already.

    Who makes several reads for one answer needs it, before the first of them. Any number can.
    """
    cursor.execute("select pg_advisory_xact_lock_shared(hashtextextended(%s, 0))", (_lock(schema),))


def held(cursor: Cursor, schema: str) -> Reached:
    """Hold the tables, and say how far their rows have come; in one round trip."""
    # The text names the tracking table after the lock is had, so it is the one that is held.
    cursor.execute(_held(schema))
    cursor.nextset()
    row = cursor.fetchone()
    return Reached(*row) if row else Reached(0, None)


@cache
def _held(schema: str) -> bytes:
    text = (
        "select pg_advisory_xact_lock_shared(hashtextextended({lock}, 0));"
        " select notification_id, recorded_at from {schema}.tracking"
        " where application_name = {name}"
    )
    parts = {"lock": Literal(_lock(schema)), "schema": Identifier(schema), "name": Literal(NAME)}
    return SQL(text).format(**parts).as_bytes()


def hold_alone(cursor: Cursor, schema: str) -> None:
    """Wait until nobody holds the tables, and keep everybody from it until the end."""
    cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (_lock(schema),))


def _lock(schema: str) -> str:
    return f"{schema}.facts held"
