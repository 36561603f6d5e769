"""One write transaction of a municipality, under its writer lock.

Whoever holds the lock alone decides versions, positions and `recorded_at`; what it makes (ids,
keys, receipts, events) is committed together or not at all.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from msgspec import Struct
from psycopg import Cursor
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Composed, Identifier

from services.store.datastore import SharedDatastore
from services.store.identities import Identities, Name
from services.store.keys import MunicipalityKey, SubjectKeys
from services.store.mapper import State, encode_state
from services.store.receipts import Known, Receipts
from services.store.recorder import Recorder
from services.store.schema import keys_schema, role_of
from services.store.translate import translate

_NOBODY = UUID(int=0)
_MICROSECOND = timedelta(microseconds=1)
Clock = Callable[[], datetime]


class VersionConflictError(Exception):
    """The stream has moved on since it was read."""

    def __init__(self, expected: int, actual: int) -> None:
        super().__init__(f"expected version {expected}, the stream is at {actual}")
        self.expected = expected
        self.actual = actual


class Sent(Struct, frozen=True):
    """Data as sent, on its way into a stream of known id."""

    stream: UUID
    topic: str
    source: str
    data: dict[str, Any]


class Entry(Struct, frozen=True):
    """An event about to be written. `state` waits for the time of recording."""

    key: bytes
    content: bytes
    stream: UUID
    topic: str
    state: Callable[[datetime], State[Any]]


class Parts:
    """What the store of one municipality is made of; shared by its transactions."""

    def __init__(self, code: str, datastore: SharedDatastore, key: MunicipalityKey) -> None:
        schema = datastore.schema
        self.datastore = datastore
        self.keys = SubjectKeys(key, keys_schema(code))
        self.identities = Identities(key, schema)
        self.receipts = Receipts(key, schema)
        self.as_owner = SQL("SET LOCAL ROLE {}").format(Identifier(role_of(schema)))
        self.as_keys = SQL("SET LOCAL ROLE {}").format(Identifier(role_of(keys_schema(code))))
        self.add_sources: Composed = SQL(
            "INSERT INTO {}.sources SELECT unnest(%b::text[]) ON CONFLICT DO NOTHING"
        ).format(Identifier(schema))


class Writing:
    """The transaction that is under way, under the lock. `previous`: when the last was recorded."""

    def __init__(self, parts: Parts, recorder: Recorder, cursor: Cursor[Any], clock: Clock) -> None:
        self.parts = parts
        self.recorder = recorder
        self.cursor = cursor
        self._clock = clock
        self._made: dict[Name, UUID] = {}
        self.previous = recorder.lock(cursor)

    def identities(self, names: set[Name]) -> dict[Name, UUID]:
        """Ids for all these names, with their keys at hand; new ones where there are none."""
        parts, cursor = self.parts, self.cursor
        # What this transaction made isn't asked for: it isn't there until it is committed.
        made = {name: self._made[name] for name in names & self._made.keys()}
        found = parts.identities.find(cursor, names - made.keys()) | made
        fresh = {name: uuid4() for name in names if name not in found}
        self.have_keys(set(found.values()), fresh)
        if fresh:
            parts.identities.create(cursor, fresh, parts.keys)
            sources = {source for _, source, _ in fresh}
            cursor.execute(parts.add_sources, (list(sources),), prepare=True)
        return found | fresh

    def have_keys(self, known: set[UUID], fresh: Mapping[Name, UUID] | None = None) -> None:
        """Have these people's keys at hand, and make those of fresh ones."""
        parts, cursor = self.parts, self.cursor
        lacking = parts.keys.lacking(known)
        if not (lacking or fresh):
            return  # the role is changed for something only: each change is a round trip
        cursor.execute(parts.as_keys)
        parts.keys.load(cursor, lacking)
        if fresh:
            self._made |= fresh
            parts.keys.create(cursor, list(fresh.values()))
        cursor.execute(parts.as_owner)

    def translated(self, sent: Sequence[Sent]) -> list[dict[str, Any]]:
        """The stored form of each one's data."""
        wanted = _Wanted()
        for one in sent:
            translate(wanted, one.stream, one.topic, one.source, one.data)
        ids = self.identities(wanted.names)
        # A command's own stream is no name in its data, and what it seals is sealed under it.
        self.have_keys({one.stream for one in sent})
        known = _Known(ids, self.parts.keys)
        return [translate(known, one.stream, one.topic, one.source, one.data) for one in sent]

    def write(self, entries: Sequence[Entry], expected: int | None = None) -> dict[bytes, Known]:
        """Give versions and times, store the events and their receipts, wake the readers.

        `expected` is the version that the (one) stream must be at. Raises VersionConflictError.
        """
        versions = self.recorder.versions(self.cursor, list({e.stream for e in entries}))
        if expected is not None and (at := versions.get(entries[0].stream, 0)) != expected:
            raise VersionConflictError(expected, at)
        previous, now = self.previous, self._clock()
        if previous is not None and now <= previous:
            now = previous + _MICROSECOND
        rows = []
        for n, entry in enumerate(entries):
            version = versions[entry.stream] = versions.get(entry.stream, 0) + 1
            recorded_at = now + n * _MICROSECOND
            state = encode_state(entry.state(recorded_at))
            rows.append((entry.stream, version, entry.topic, state, recorded_at))
        positions = self.recorder.insert(self.cursor, rows)
        self.previous = rows[-1][4]
        receipts = {
            e.key: Known(e.content, e.stream, row[1], position, row[4])
            for e, row, position in zip(entries, rows, positions, strict=True)
        }
        self.parts.receipts.keep(self.cursor, receipts)
        return receipts

    def committed(self) -> None:
        """What was made counts now."""
        self.parts.identities.remember(self._made)

    def rolled_back(self) -> None:
        """What was made is gone."""
        self.parts.keys.forget(self._made.values())


@contextmanager
def writing(parts: Parts, recorder: Recorder, clock: Clock) -> Iterator[Writing]:
    """A write transaction: lock, work, commit."""
    unit: Writing | None = None
    try:
        with parts.datastore.get_connection() as conn:
            unit = Writing(parts, recorder, conn.cursor(binary=True, row_factory=tuple_row), clock)
            yield unit
    except BaseException:
        if unit is not None:
            unit.rolled_back()
        raise
    unit.committed()


def utc_now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)


class _Wanted:
    """First walk: which names occur. Names and streams have keys, so seals need no collecting."""

    def __init__(self) -> None:
        self.names: set[Name] = set()

    def identity(self, kind: str, source: str, id: str) -> UUID:
        self.names.add((kind, source, id))
        return _NOBODY

    def seal(self, subject: UUID, field: str, plain: str) -> str:
        return ""


class _Known:
    """Second walk: ids and keys are at hand."""

    def __init__(self, ids: dict[Name, UUID], keys: SubjectKeys) -> None:
        self._ids = ids
        self._keys = keys

    def identity(self, kind: str, source: str, id: str) -> UUID:
        return self._ids[kind, source, id]

    def seal(self, subject: UUID, field: str, plain: str) -> str:
        return self._keys.seal(subject, field, plain)
