"""A municipality's log as the views' tables are filled from it: whole, or some of its streams.

What can't be read (an event of a later release, broken bytes) is told as such, and stops nobody.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from psycopg import Cursor
from psycopg.sql import SQL, Identifier

from domain.events.common import Amendment
from domain.events.registry import REGISTRY
from projections import tracking
from projections.amendments import Key
from projections.few import FEW
from projections.parking import Stored, Unreadable
from projections.rebuild import amended_in
from services.store.mapper import EventMapper
from services.store.recorder import Recorder, Row

EVENTS_A_READ = 2000
_NAMES = {type_.NAME for type_ in REGISTRY if issubclass(type_, Amendment)}
_AMENDING = [topic for topic in REGISTRY.topics() if topic.rsplit(".v", 1)[0] in _NAMES]
_AFTER = " WHERE notification_id > %b AND notification_id <= %b"
_IN_ORDER = " ORDER BY notification_id LIMIT %b"
# Streams fall to the parts by the hash that the database gives their ids.
_PART = " AND mod(uuid_hash(originator_id)::bigint + 2147483648, %b) = %b"
_TOP = 2**63 - 1


class Part(NamedTuple):
    """The streams that one of several processes takes: those of the part, 0 to `of` - 1."""

    number: int = 0
    of: int = 1


WHOLE = Part()


def _of(part: Part) -> tuple[LiteralString, tuple[int, ...]]:
    return ("", ()) if part.of == 1 else (_PART, (part.of, part.number))


class Log:
    """Reads on the cursor of a transaction, which must be binary and give tuples."""

    def __init__(self, recorder: Recorder, mapper: EventMapper) -> None:
        self._recorder = recorder
        self._mapper = mapper

    def batches(
        self, cursor: Cursor[Any], position: int, stop: int = _TOP, part: Part = WHOLE
    ) -> Iterator[list[Stored]]:
        """The events after a position, up to and with `stop`, in commit order."""
        where, params = _of(part)
        while True:
            values = (position, stop, *params, EVENTS_A_READ)
            rows = self._recorder.rows(cursor, SQL(_AFTER + where + _IN_ORDER), values)
            if not rows:
                return
            position = rows[-1][0]
            yield self.events(rows)

    @cached_property
    def first_beyond(self) -> bytes:
        """The question for the events after the tables' position, in order: FEW and one more."""
        where = SQL(
            " WHERE notification_id >"
            " (SELECT notification_id FROM {}.tracking WHERE application_name = {})"
            " ORDER BY notification_id LIMIT {}"
        ).format(Identifier(self._recorder.datastore.schema), tracking.NAME, FEW + 1)
        return (self._recorder.columns + where).as_bytes()

    def events(self, rows: list[Row]) -> list[Stored]:
        """The events of such rows."""
        recorded = self._mapper.recorded
        try:
            return [recorded(*row) for row in rows]
        except Exception:
            return [self._event(row) for row in rows]

    def of_stream(self, cursor: Cursor[Any], stream: UUID, first: int, last: int) -> list[Stored]:
        """A stream's events between two positions, both included."""
        where = SQL(
            " WHERE originator_id = %b AND notification_id BETWEEN %b AND %b"
            " ORDER BY originator_version"
        )
        return self.events(self._recorder.rows(cursor, where, (stream, first, last)))

    def amended(self, cursor: Cursor[Any], stop: int, part: Part = WHOLE) -> set[Key]:
        """Which events are ever amended, up to and with `stop`."""
        where, params = _of(part)
        values = (0, stop, *params, _AMENDING)
        rows = self._recorder.rows(cursor, SQL(_AFTER + where + " AND topic = ANY(%b)"), values)
        return amended_in(self.events(rows))

    def _event(self, row: Row) -> Stored:
        try:
            return self._mapper.recorded(*row)
        except MemoryError:
            raise
        except Exception as error:
            position, stream, _, topic, _, recorded_at = row
            return Unreadable(
                originator_id=stream,
                position=position,
                topic=topic,
                recorded_at=recorded_at,
                kind=type(error).__name__,
            )
