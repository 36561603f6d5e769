"""One write transaction of a municipality, under its writer lock.

Whoever holds the lock alone decides versions, positions and `recorded_at`; what it makes (ids,
keys, receipts, events) is committed together or not at all.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from msgspec import Struct
from psycopg import Cursor
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier

from services.audit.proof.entries import stored_leaves
from services.store.datastore import SharedDatastore
from services.store.identities import Identities, Name
from services.store.keys import MunicipalityKey, SubjectKeys
from services.store.mapper import State, encode_state
from services.store.receipts import Known, Receipts
from services.store.recorder import Incoming, Recorder, Rows
from services.store.schema import keys_schema, role_of
from services.store.translate import translate
from services.store.versions import ByStream, Versions

_NOBODY = UUID(int=0)
_MANY = 500  # events for whose leaves a thread is worth its while
_MICROSECOND = timedelta(microseconds=1)
Clock = Callable[[], datetime]


class VersionConflictError(Exception):
    """The stream has moved on since it was read."""

    def __init__(self, expected: int, actual: int) -> None:
        super().__init__(f"expected version {expected}, the stream is at {actual}")
        self.expected = expected
        self.actual = actual


class Sent(Struct, frozen=True):
    """Data as sent, on its way into a stream of that id, or that is found by that name."""

    stream: UUID | Name
    topic: str
    source: str
    data: dict[str, Any]


class Stored(NamedTuple):
    """Data as they are stored, and in which stream."""

    stream: UUID
    data: dict[str, Any]


class Entry(Struct, frozen=True):
    """An event about to be written. What is decided here waits for the time of recording."""

    key: bytes
    content: bytes
    stream: UUID
    topic: str
    state: bytes | Callable[[datetime], State[Any]]


class Parts:
    """What the store of one municipality is made of; shared by its transactions."""

    def __init__(self, code: str, datastore: SharedDatastore, key: MunicipalityKey) -> None:
        schema = datastore.schema
        self.key = key
        self.datastore = datastore
        self.keys = SubjectKeys(key, keys_schema(code))
        self.identities = Identities(key, schema)
        self.receipts = Receipts(key, schema)
        self.versions = Versions()
        self.sources: set[str] = set()  # that are stored for certain
        self.as_owner = SQL("SET LOCAL ROLE {}").format(Identifier(role_of(schema))).as_bytes()
        self.as_keys = (
            SQL("SET LOCAL ROLE {}").format(Identifier(role_of(keys_schema(code)))).as_bytes()
        )
        self.add_sources = (
            SQL("INSERT INTO {}.sources SELECT unnest(%b::text[]) ON CONFLICT DO NOTHING")
            .format(Identifier(schema))
            .as_bytes()
        )


class Writing:
    """The transaction that is under way, under the lock. `at`: the position of the last event;
    `previous`: when it was recorded; `noted`: the keyed hash of the leaves noted last."""

    def __init__(
        self,
        parts: Parts,
        recorder: Recorder,
        cursor: Cursor[Any],
        clock: Clock,
        at: int,
        previous: datetime | None,
        noted: bytes | None = None,
    ) -> None:
        self.parts = parts
        self.recorder = recorder
        self.cursor = cursor
        self._clock = clock
        self.made: dict[Name, UUID] = {}
        self.at = at
        self.previous = previous
        self.noted = noted or b""
        self._known = parts.versions.at(at)
        self._newer: ByStream = {}

    def identities(self, names: set[Name]) -> dict[Name, UUID]:
        """Ids for all these names, with their keys at hand; new ones where there are none."""
        parts, cursor = self.parts, self.cursor
        # What this transaction made isn't asked for: it isn't there until it is committed.
        made = {name: self.made[name] for name in names & self.made.keys()}
        found = parts.identities.find(cursor, names - made.keys()) | made
        fresh = {name: uuid4() for name in names if name not in found}
        self.have_keys(set(found.values()))
        if fresh:
            self._create(fresh)
        return found | fresh

    def _create(self, fresh: Mapping[Name, UUID]) -> None:
        """Store new ids, their keys and from whom they come, in one round trip."""
        parts, cursor = self.parts, self.cursor
        sources = {source for _, source, _ in fresh} - parts.sources
        self.made |= fresh
        with cursor.connection.pipeline():
            cursor.execute(parts.as_keys)
            parts.keys.create(cursor, list(fresh.values()))
            cursor.execute(parts.as_owner)
            parts.identities.create(cursor, fresh, parts.keys)
            if sources:
                cursor.execute(parts.add_sources, (list(sources),), prepare=True)

    def have_keys(self, known: Collection[UUID]) -> None:
        """Have these people's keys at hand."""
        parts, cursor = self.parts, self.cursor
        lacking = parts.keys.lacking(known)
        if not lacking:
            return  # the role is changed for something only: each change is a round trip
        cursor.execute(parts.as_keys)
        parts.keys.load(cursor, lacking)
        cursor.execute(parts.as_owner)

    def translated(self, sent: Sequence[Sent]) -> list[Stored]:
        """The stored form of each one's data. Only what lacks something is walked again for it."""
        walk = _Walk(self)
        found = [walk.first(one) for one in sent]
        if walk.names:
            self.identities(walk.names)
        self.have_keys(walk.subjects)
        walk.is_last = True
        return [each or walk.stored(one) for each, one in zip(found, sent, strict=True)]

    def write(self, entries: Sequence[Entry], expected: int | None = None) -> dict[bytes, Known]:
        """Give versions and times, store the events and their receipts, wake the readers.

        `expected` is the version that the (one) stream must be at. Raises VersionConflictError.
        """
        versions = self._versions(entries)
        if expected is not None and (at := versions.get(entries[0].stream.int, 0)) != expected:
            raise VersionConflictError(expected, at)
        rows = self._rows(entries, versions)
        positions, leaves = self._stored(rows)
        mac = self.parts.key.incoming(self.at, self.noted, leaves)
        incoming = Incoming(self.at, positions[-1], leaves, mac)
        self.parts.receipts.keep(self.cursor, entries, rows, positions, incoming)
        self.at, self.previous, self.noted = positions[-1], rows.recorded_at[-1], mac
        self._newer |= versions
        return {
            entry.key: Known(entry.content, entry.stream, version, position, recorded_at)
            for entry, version, position, recorded_at in zip(
                entries, rows.versions, positions, rows.recorded_at, strict=True
            )
        }

    def _versions(self, entries: Sequence[Entry]) -> ByStream:
        """At which versions their streams are; without those that are new."""
        streams = {entry.stream.int: entry.stream for entry in entries}
        newer, known = self._newer, self._known
        found = {n: at for n in streams if (at := newer.get(n) or known.get(n)) is not None}
        made = {id.int for id in self.made.values()}
        lacking = [stream for n, stream in streams.items() if n not in found and n not in made]
        if lacking:
            asked = self.recorder.versions(self.cursor, lacking)
            found |= {stream.int: version for stream, version in asked.items()}
        return found

    def _stored(self, rows: Rows) -> tuple[list[int], bytes]:
        """Insert rows; their positions, and their leaves for the auditors' log. Those of many are
        worked out while the database is at work."""
        if len(rows.versions) < _MANY:
            leaves = stored_leaves(rows.events())
            return self.recorder.insert(self.cursor, rows), b"".join(leaves)
        with ThreadPoolExecutor(1) as beside:
            found = beside.submit(stored_leaves, rows.events())
            return self.recorder.insert(self.cursor, rows), b"".join(found.result())

    def _rows(self, entries: Sequence[Entry], last: ByStream) -> Rows:
        """What is to be inserted; `last` are the streams' versions, before and then after it."""
        now, previous = self._clock(), self.previous
        if previous is not None and now <= previous:
            now = previous + _MICROSECOND
        versions, states, times = [], [], []
        for entry in entries:
            stream, state = entry.stream.int, entry.state
            version = last[stream] = last.get(stream, 0) + 1
            versions.append(version)
            states.append(state if isinstance(state, bytes) else encode_state(state(now)))
            times.append(now)
            now += _MICROSECOND
        streams = [entry.stream for entry in entries]
        return Rows(streams, versions, [entry.topic for entry in entries], states, times)

    def committed(self) -> None:
        """What was made counts now."""
        self.parts.identities.remember(self.made)
        self.parts.sources.update(source for _, source, _ in self.made)
        self.parts.versions.hold(self.at, self._known, self._newer)

    def rolled_back(self) -> None:
        """What was made is gone."""
        self.parts.keys.forget(self.made.values())
        self.parts.versions.forget()


@contextmanager
def writing(parts: Parts, recorder: Recorder, clock: Clock) -> Iterator[Writing]:
    """A write transaction: lock, work, commit."""
    unit: Writing | None = None
    try:
        with parts.datastore.begun(recorder.locking) as (conn, rows):
            cursor = conn.cursor(binary=True, row_factory=tuple_row)
            unit = Writing(parts, recorder, cursor, clock, *(rows[0] if rows else (0, None)))
            yield unit
    except BaseException:
        if unit is not None:
            unit.rolled_back()
        raise
    unit.committed()


def utc_now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)


class _Walk:
    """Walks data with the ids and keys that are at hand, and notes which it lacks.

    On the `is_last` walk nothing may be lacking. Names have keys, so only streams' are noted.
    """

    def __init__(self, unit: Writing) -> None:
        self.names: set[Name] = set()
        self.subjects: set[UUID] = set()
        self.is_last = False
        self._known = unit.parts.identities.at_hand
        self._made = unit.made
        self._keys = unit.parts.keys
        self._lacks = False

    def first(self, one: Sent) -> Stored | None:
        """The stored form; None if something is lacking for it."""
        self._lacks = False
        found = self.stored(one)
        return None if self._lacks else found

    def stored(self, one: Sent) -> Stored:
        """The stored form of what nothing is lacking for."""
        stream = one.stream if isinstance(one.stream, UUID) else self.identity(*one.stream)
        data = translate(self, stream, one.topic, one.source, one.data)
        return Stored(stream, data)

    def identity(self, kind: str, source: str, id: str) -> UUID:
        name = (kind, source, id)
        if (found := self._known(name) or self._made.get(name)) is not None:
            return found
        self._lacks = True
        self.names.add(name)
        return _NOBODY

    def seal(self, subject: UUID, field: str, plain: str) -> str:
        try:
            return self._keys.seal(subject, field, plain)
        except KeyError:
            if self.is_last:
                raise
        self._lacks = True
        if subject != _NOBODY:
            self.subjects.add(subject)
        return ""
