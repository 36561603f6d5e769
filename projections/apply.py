"""A batch of stored events into rows, within the caller's transaction.

The batch is walked in commit order, so rows get the same positions whether events come one by one
or by the thousand; then each table is written once. Which rows count at the end depends on the
events alone, not on the order in which they arrived.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.sql import SQL, Composed, Identifier

from domain.envelope import Recorded
from domain.events.base import Fact
from domain.events.codec import decode_fact
from domain.events.common import EventCorrected
from domain.events.registry import REGISTRY
from projections import amendments, tracking
from projections.amendments import Held, Key
from projections.copying import HEADER, NULL, TRAILER, Kind
from projections.facts.all import TABLES
from projections.facts.timeline import TIMELINE, line, replacement_line
from projections.table import FactTable, RowOf, Values
from projections.tracking import Reached

Cursor = psycopg.Cursor[Any]
Feeds = dict[type[Fact], list[tuple[FactTable, RowOf]]]

_END = """update {table} as row set superseded = ended.at from
 unnest(%b::uuid[], %b::text[], %b::text[], %b::bigint[]) as ended (stream, source, event_id, at)
 where row.stream = ended.stream and row.source = ended.source and row.event_id = ended.event_id
 and row.superseded is null"""


def feeds_of(tables: Sequence[FactTable]) -> Feeds:
    """Every type of event, with the tables it brings rows to."""
    return {
        type_: [
            (table, row_of)
            for table in tables
            for fed_by, row_of in table.feeds
            if issubclass(type_, fed_by)
        ]
        for type_ in REGISTRY
    }


STRIDE = 200  # events packed at a time

FEEDS = feeds_of(TABLES)
_BY_NAME = {type_.NAME: type_ for type_ in REGISTRY}

_uuid, _code, _text = Kind.UUID.encode, Kind.CODE.encode, Kind.TEXT.encode
_instant, _long = Kind.INSTANT.encode, Kind.LONG.encode


def _common(key: Key, occurred_at: datetime, sequence: int | None, learned: int) -> bytes:
    """The columns that all rows of one event share, up to `learned`, packed."""
    return b"".join(
        (
            _uuid(key[0]),
            _code(key[1]),
            _text(key[2]),
            _instant(occurred_at),
            NULL if sequence is None else _long(sequence),
            _long(learned),
        )
    )


class _Row:
    """A row of this batch that a later event of the batch may still end."""

    __slots__ = ("common", "superseded", "table", "values")

    def __init__(self, table: FactTable, common: bytes, values: Values) -> None:
        self.table, self.common, self.values = table, common, values
        self.superseded: int | None = None


class _Batch:
    """What a batch adds and ends."""

    def __init__(self, held: dict[Key, Held], amended: set[Key]) -> None:
        self.held = held
        self.amended = amended  # keys that an amendment of this batch names
        self.changed: dict[Key, Held] = {}
        self.lines: list[bytes] = []  # of the timeline, not yet written
        self.rows: dict[FactTable, list[bytes]] = defaultdict(list)
        self.open: dict[Key, list[_Row]] = defaultdict(list)
        self.ended: dict[FactTable, list[tuple[UUID, str, str, int]]] = defaultdict(list)
        # Keys whose live rows are those of this batch, none of the database's.
        self.own: set[Key] = set()

    def take(self, event: Recorded) -> None:
        key = (event.originator_id, event.source, event.source_id)
        common = _common(key, event.occurred_at, event.sequence, event.position)
        self.lines.append(TIMELINE.encode(common, None, line(event)))
        target = amendments.target(event)
        if target is not None:
            self._amend(target, event)
        elif key in self.held or key in self.amended:
            self._arrive(key, event, common)
        else:
            for table, row_of in FEEDS[type(event.fact)]:
                self.rows[table].append(table.encode(common, None, row_of(event.fact)))

    def _arrive(self, key: Key, event: Recorded, common: bytes) -> None:
        """An original that is amended, before it came or after."""
        held = self.held.setdefault(key, Held())
        if held.order is None:
            held.arrive(event)
            self.own.add(key)
            self._add(key, common, event.fact)
            return
        # What it says is overruled already, but the replacement stands in its sequence.
        held.arrive(event)
        self.changed[key] = held
        if event.sequence is not None:
            self._end(key, held.live_topic, event.position)
            self._replace(key, held, event.position)

    def _amend(self, key: Key, event: Recorded) -> None:
        if isinstance(event.fact, EventCorrected):
            new = event.fact.replacement
            fact = decode_fact(new.type, new.data)
            common = _common(key, new.time, None, event.position)
            row = TIMELINE.encode(common, None, replacement_line(event, new.type, fact))
            self.lines.append(row)
        held = self.held.setdefault(key, Held())
        live = held.live_topic
        if not held.take(event):
            return
        self.changed[key] = held
        self._end(key, live, event.position)
        self._replace(key, held, event.position)

    def _replace(self, key: Key, held: Held, position: int) -> None:
        self.own.add(key)
        new = held.replacement
        if new is not None:
            common = _common(key, new.time, held.sequence, position)
            self._add(key, common, decode_fact(new.type, new.data))

    def _add(self, key: Key, common: bytes, fact: Fact) -> None:
        for table, row_of in FEEDS[type(fact)]:
            self.open[key].append(_Row(table, common, row_of(fact)))

    def _end(self, key: Key, live_topic: str | None, position: int) -> None:
        if key in self.own:
            for row in self.open[key]:
                if row.superseded is None:
                    row.superseded = position
        elif live_topic is not None:
            for table, _ in FEEDS[_BY_NAME[live_topic.rsplit(".v", 1)[0]]]:
                self.ended[table].append((*key, position))

    def write(self, cursor: Cursor, schema: str) -> None:
        for table, ended in self.ended.items():
            statement = SQL(_END).format(table=Identifier(schema, table.name))
            cursor.execute(statement, [list(column) for column in zip(*ended, strict=True)])
        for several in self.open.values():
            for row in several:
                self.rows[row.table].append(
                    row.table.encode(row.common, row.superseded, row.values)
                )
        for table, rows in self.rows.items():
            with cursor.copy(_copy(schema, table)) as copy:
                copy.write(b"".join((HEADER, *rows, TRAILER)))
        amendments.keep(cursor, schema, self.changed)


def _copy(schema: str, table: FactTable) -> Composed:
    return SQL("copy {} from stdin (format binary)").format(Identifier(schema, table.name))


def apply(cursor: Cursor, schema: str, events: Sequence[Recorded]) -> int:
    """Take a batch in, in commit order; give how many of its events were new.

    Events at or below the position already reflected are left out, so that nothing is ever
    applied twice. Rows and position are of one transaction, the caller's.
    """
    position = tracking.reached(cursor, schema, lock=True).position
    new = [event for event in events if event.position > position]
    if not new:
        return 0
    amended = {key for event in new if (key := amendments.target(event)) is not None}
    arriving = ((e.originator_id, e.source, e.source_id) for e in new)
    batch = _Batch(amendments.load(cursor, schema, amended, arriving), amended)
    with cursor.copy(_copy(schema, TIMELINE)) as copy:
        # The database takes lines in while the next ones are packed.
        copy.write(HEADER)
        for start in range(0, len(new), STRIDE):
            for event in new[start : start + STRIDE]:
                batch.take(event)
            copy.write(b"".join(batch.lines))
            batch.lines.clear()
        copy.write(TRAILER)
    batch.write(cursor, schema)
    tracking.move(cursor, schema, Reached(new[-1].position, new[-1].recorded_at))
    return len(new)
