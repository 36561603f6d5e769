"""Streams that wait because one of their events can't be brought into rows (*parkeret*).

The first such event parks its stream: what the stream tells from there on isn't in the rows, in
order, until it is tried again. Other streams and the position go on. What is kept of the error is
its kind alone, since its text may quote what somebody sent.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from msgspec import Struct
from psycopg.sql import SQL, Composed, Identifier

from domain.envelope import Recorded
from projections.copying import Kind

Cursor = psycopg.Cursor[Any]

NAME = "parked"
COLUMNS = ("stream", "position", "topic", "kind")
_KINDS = (Kind.UUID, Kind.LONG, Kind.CODE, Kind.CODE)
_COUNT = len(_KINDS).to_bytes(2, "big")

_CREATE = """create table if not exists {schema}.parked (stream uuid primary key,
 position bigint not null, topic text not null, kind text not null,
 since timestamptz not null default now(), attempts int not null default 1)"""

_PARK = """insert into {schema}.parked (stream, position, topic, kind)
 select * from unnest(%s::uuid[], %s::bigint[], %s::text[], %s::text[])
 on conflict (stream) do update set (position, topic, kind, attempts)
 = (excluded.position, excluded.topic, excluded.kind, parked.attempts + 1)"""

WAITING = """select count(*)::int, min(position) from {schema}.parked
 where position <= coalesce(%(until)s::bigint, position)"""
"""How many streams wait, and the first position that is missing; with `until`, up to there."""

_KEEP = """update {schema}.parked as new set (since, attempts) = (old.since, old.attempts + 1)
 from {earlier}.parked as old where old.stream = new.stream"""


class Unreadable(Struct, frozen=True, kw_only=True):
    """A stored event that this program can't read: of a later release, or broken."""

    originator_id: UUID
    position: int
    topic: str
    recorded_at: datetime
    kind: str  # of the error


Stored = Recorded | Unreadable


class Parked(NamedTuple):
    """A stream, and the first of its events that isn't in the rows."""

    stream: UUID
    position: int
    topic: str
    kind: str


class Waiting(NamedTuple):
    """How many streams are parked, and the first position that is missing; 0 and None of none."""

    streams: int
    position: int | None


def parked_by(event: Stored, kind: str) -> Parked:
    """The stream of an event that can't be brought into rows."""
    return Parked(event.originator_id, event.position, event.topic, kind)


def _statement(text: str, schema: str, **names: Identifier) -> Composed:
    return SQL(text).format(schema=Identifier(schema), **names)


def create(cursor: Cursor, schema: str) -> None:
    """Make the table."""
    cursor.execute(_statement(_CREATE, schema))


def parked(cursor: Cursor, schema: str) -> list[Parked]:
    """The parked streams, by position."""
    found = _statement("select stream, position, topic, kind from {schema}.parked", schema)
    return sorted((Parked(*row) for row in cursor.execute(found)), key=lambda one: one.position)


def park(cursor: Cursor, schema: str, several: Iterable[Parked]) -> None:
    """Note them; of a stream that is parked already, that it was tried once more."""
    if columns := [list(column) for column in zip(*several, strict=True)]:
        cursor.execute(_statement(_PARK, schema), columns)


def release(cursor: Cursor, schema: str, stream: UUID) -> None:
    """The stream's events are in the rows."""
    cursor.execute(_statement("delete from {schema}.parked where stream = %s", schema), (stream,))


def keep_since(cursor: Cursor, schema: str, earlier: str) -> None:
    """Of what is parked still after a rebuild, note since when and how often it was tried."""
    cursor.execute(_statement(_KEEP, schema, earlier=Identifier(earlier)))


def packed(one: Parked) -> bytes:
    """One row of `COLUMNS` in binary COPY's form; the database fills the others."""
    values = zip(_KINDS, one, strict=True)
    return _COUNT + b"".join(kind.encode(value) for kind, value in values)
