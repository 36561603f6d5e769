"""Which correction or retraction holds for an event (*rettelse*, *tilbagekaldelse*).

The latest by (time, id, source) holds, whatever came first. One row for each amended event keeps
the one that holds, the replacement it brings, and whether the original has come.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import psycopg
from msgspec import Raw, Struct
from psycopg.sql import SQL, Composed, Identifier

from domain.envelope import Recorded
from domain.events.common import Amendment, EventCorrected
from domain.values import Replacement
from projections.copying import Kind

Cursor = psycopg.Cursor[Any]
Key = tuple[UUID, str, str]  # stream, source and id of the amended event

NAME = "amendments"

_PARTS = {
    "columns": SQL("""stream, source, event_id, occurred_at, by_id, by_source, topic, replaced_at,
 data, arrived, original_topic, original_learned, sequence"""),
    "asked": SQL("unnest(%b::uuid[], %b::text[], %b::text[]) as asked (stream, source, event_id)"),
}

CREATE = """create table if not exists {schema}.amendments (
 stream uuid, source text, event_id text, occurred_at timestamptz not null, by_id text not null,
 by_source text not null, topic text, replaced_at timestamptz, data bytea, arrived boolean not null,
 original_topic text, original_learned bigint, sequence bigint,
 primary key (stream, source, event_id))"""

_INDEX = """create index if not exists amendments_waiting on {schema}.amendments (stream)
 where not arrived"""

_FIND = """select {columns} from {schema}.amendments join {asked}
 using (stream, source, event_id)"""

_ORIGINALS = """select stream, source, event_id, topic, learned, sequence from {schema}.timeline
 join {asked} using (stream, source, event_id) where amends is null"""

_WAITING = """select stream, source, event_id from {schema}.amendments where not arrived
 limit {limit}"""

# So many amendments without their original are looked through here, more by the database.
FEW = 1000

_KEEP = """insert into {schema}.amendments ({columns}) select * from unnest(%s::uuid[],
 %s::text[], %s::text[], %s::timestamptz[], %s::text[], %s::text[], %s::text[], %s::timestamptz[],
 %s::bytea[], %s::boolean[], %s::text[], %s::bigint[], %s::bigint[])
 on conflict (stream, source, event_id) do update set (occurred_at, by_id, by_source, topic,
 replaced_at, data, arrived, original_topic, original_learned, sequence) = (excluded.occurred_at,
 excluded.by_id, excluded.by_source, excluded.topic, excluded.replaced_at, excluded.data,
 excluded.arrived, excluded.original_topic, excluded.original_learned, excluded.sequence)"""


def _statement(text: str, schema: str) -> Composed:
    return SQL(text).format(schema=Identifier(schema), **_PARTS)


class Held(Struct, kw_only=True):
    """What is known of one amended event: the amendment that holds, if one has come yet.

    `order` is None as long as only the original is known. `topic`, `replaced_at` and `data` are
    the replacement's, None after a retraction. `original_learned` is the original's position.
    """

    order: tuple[datetime, str, str] | None = None
    topic: str | None = None
    replaced_at: datetime | None = None
    data: bytes | None = None
    arrived: bool = False
    original_topic: str | None = None
    original_learned: int | None = None
    sequence: int | None = None

    @property
    def live_topic(self) -> str | None:
        """The topic of the event that stands in this place now, if any does."""
        return self.original_topic if self.order is None else self.topic

    def arrive(self, original: Recorded) -> None:
        """The original has come."""
        self.arrived, self.original_topic = True, original.topic
        self.original_learned, self.sequence = original.position, original.sequence

    def take(self, amendment: Recorded) -> bool:
        """Let an amendment hold if none that is later does; say whether it now holds."""
        order = (amendment.occurred_at, amendment.source_id, amendment.source)
        if self.order is not None and order < self.order:
            return False
        new = replacement_of(amendment)
        self.order = order
        self.topic = new.type if new else None
        self.replaced_at = new.time if new else None
        self.data = bytes(new.data) if new else None
        return True

    @property
    def replacement(self) -> Replacement | None:
        """The event that the amendment that holds puts in the original's place."""
        if self.topic is None or self.replaced_at is None or self.data is None:
            return None
        return Replacement(type=self.topic, time=self.replaced_at, data=Raw(self.data))


def target(event: Recorded) -> Key | None:
    """The event that this one amends, or None when it is no amendment."""
    if not isinstance(event.fact, Amendment):
        return None
    aim = event.fact.target
    return (event.originator_id, aim.source, aim.id)


def replacement_of(amendment: Recorded) -> Replacement | None:
    """The event that a correction brings; None of a retraction."""
    fact = amendment.fact
    return fact.replacement if isinstance(fact, EventCorrected) else None


def create(cursor: Cursor, schema: str) -> None:
    """Make the table where it is missing."""
    cursor.execute(_statement(CREATE, schema))


def create_index(cursor: Cursor, schema: str) -> None:
    """Originals are looked up among the few amendments that wait for them.

    Nobody can write to the table from here until the transaction ends, though there was an index.
    """
    cursor.execute(_statement(_INDEX, schema))


def _columns(keys: Iterable[Key]) -> list[list[Any]]:
    return [list(column) for column in zip(*keys, strict=True)]


@cache
def waiting_for(schema: str) -> bytes:
    """The question which amended events haven't come: all of them, or more than FEW."""
    return SQL(_WAITING).format(schema=Identifier(schema), limit=FEW + 1).as_bytes()


def load(
    cursor: Cursor, schema: str, events: Sequence[Recorded], waiting: Sequence[Key]
) -> tuple[dict[Key, Held], set[Key]]:
    """What is known of the events that a batch amends, and of the batch's own; which it amends.

    `waiting` is the answer to `waiting_for`. Amended events that are stored but not amended so far
    are given without an amendment. What is itself an amendment never comes as an original.
    """
    arriving = {(e.originator_id, e.source, e.source_id) for e in events} if waiting else set()
    amended = {key for event in events if (key := target(event)) is not None}
    # Of these, some may have been amended before they came.
    asked = amended | (arriving if len(waiting) > FEW else arriving.intersection(waiting))
    return _find(cursor, schema, amended, asked), amended


def _find(cursor: Cursor, schema: str, amended: set[Key], asked: set[Key]) -> dict[Key, Held]:
    if not asked:
        return {}
    found: dict[Key, Held] = {}
    for row in cursor.execute(_statement(_FIND, schema), _columns(asked), binary=True):
        found[row[:3]] = Held(
            order=row[3:6],
            topic=row[6],
            replaced_at=row[7],
            data=row[8],
            arrived=row[9],
            original_topic=row[10],
            original_learned=row[11],
            sequence=row[12],
        )
    if rest := amended - found.keys():
        for row in cursor.execute(_statement(_ORIGINALS, schema), _columns(rest)):
            found[row[:3]] = Held(
                arrived=True, original_topic=row[3], original_learned=row[4], sequence=row[5]
            )
    return found


def _row(key: Key, held: Held) -> tuple[Any, ...]:
    """The columns of an event that an amendment has come for."""
    assert held.order is not None
    new = (held.topic, held.replaced_at, held.data)
    original = (held.arrived, held.original_topic, held.original_learned, held.sequence)
    return (*key, *held.order, *new, *original)


def keep(cursor: Cursor, schema: str, changed: dict[Key, Held]) -> None:
    """Store what has changed."""
    rows = [_row(key, held) for key, held in changed.items() if held.order is not None]
    if rows:
        columns = [list(column) for column in zip(*rows, strict=True)]
        cursor.execute(_statement(_KEEP, schema), columns)


_KINDS = (
    *(Kind.UUID, Kind.CODE, Kind.TEXT, Kind.INSTANT, Kind.TEXT, Kind.CODE),
    *(Kind.CODE, Kind.INSTANT, Kind.BYTES, Kind.FLAG, Kind.CODE, Kind.LONG, Kind.LONG),
)
_COUNT = len(_KINDS).to_bytes(2, "big")


def packed(key: Key, held: Held) -> bytes:
    """One row in binary COPY's form, of an event that an amendment has come for."""
    pairs = zip(_KINDS, _row(key, held), strict=True)
    return _COUNT + b"".join(kind.encode(value) for kind, value in pairs)
