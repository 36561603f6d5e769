"""One municipality's event store: the library's application, with our own way in."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

import msgspec
import psycopg
from eventsourcing.application import Application
from eventsourcing.persistence import InterfaceError, Mapper, OperationalError
from eventsourcing.utils import Environment, EnvType
from msgspec import Struct
from psycopg import Cursor
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier
from psycopg_pool import PoolTimeout, TooManyRequests

from domain.envelope import Recorded
from domain.events.base import Fact
from domain.events.codec import decode_fact
from domain.events.common import EventCorrected
from services.edge.incoming import Incoming
from services.store.datastore import Pool, SharedDatastore
from services.store.identities import REFERENCE_FIELD, TEAM, Name, read_reference
from services.store.keys import MunicipalityKey, UnreadableSealError, subject_of
from services.store.mapper import EventMapper, State
from services.store.receipts import Known, Receipt, Status
from services.store.recorder import Head, Recorder
from services.store.schema import create_schemas, events_schema, role_of
from services.store.writing import Clock, Entry, Parts, Sent, Writing, utc_now, writing

_LOCK_TIMEOUT = 30  # seconds
_ATTEMPTS = 5  # after a lost connection: receipts make every attempt safe
_STREAM_KINDS = {"course": "course", "mentor": "person", "team": "team"}
_NOT_IN_TIME = (psycopg.errors.LockNotAvailable, PoolTimeout, TooManyRequests)
T = TypeVar("T")
Within = Callable[[Cursor[Any], list[Receipt]], None]


class Decided(Struct, frozen=True, kw_only=True):
    """An event decided here. `id` is the same at every retry; `body` is what was asked for."""

    id: str
    fact: Fact
    body: bytes
    correlation: str | None = None
    causation: str | None = None


class StoreBusyError(Exception):
    """The writer lock, or a connection, was not to be had in time. Nothing was written."""


class Municipality(Application[UUID]):
    """The event store of one municipality. `code` has four digits. Safe to use from threads."""

    name = "roedtraad"

    def __init__(self, code: str, pool: Pool, key: MunicipalityKey, clock: Clock = utc_now) -> None:
        self.code = code
        self.schema = events_schema(code)
        self.source = f"urn:roedtraad:{code}"
        self.clock = clock
        self._pool = pool
        self._datastore = SharedDatastore(
            pool, schema=self.schema, role=role_of(self.schema), lock_timeout=_LOCK_TIMEOUT
        )
        self._parts = Parts(code, self._datastore, key)
        super().__init__()
        create_schemas(pool, code, key.check, self.log_recorder.sql_create_statements)

    # What the library asks of an application.

    def construct_env(self, name: str, env: EnvType | None = None) -> Environment:
        """Nothing is read from the environment here: settings have one reader."""
        return Environment(name, dict(env or {}))

    def construct_mapper(self) -> Mapper[UUID]:
        """Pinned names, typed decoders."""
        return EventMapper()

    def construct_recorder(self) -> Recorder:
        """The recorder with the advisory lock."""
        self.log_recorder = Recorder(self._datastore)
        return self.log_recorder

    # Reading.

    def read_stream(self, stream: UUID) -> list[Recorded]:
        """A stream's events, by version; empty where there are none."""
        return self._events(self.recorder.select_events(stream))

    def read_from(
        self, position: int, limit: int, stop: int | None = None, cursor: Cursor[Any] | None = None
    ) -> list[Recorded]:
        """Events in commit order, after `position`, up to and with `stop`.

        Who is in a transaction already must pass its cursor: two connections of one caller can
        end up waiting for each other, and the database can't see it.
        """
        if cursor is not None:
            return self._events(self.log_recorder.after(cursor, position, limit, stop))
        with self.transaction() as own:
            return self._events(self.log_recorder.after(own, position, limit, stop))

    def _events(self, stored: Iterable[Any]) -> list[Recorded]:
        to_event: Callable[[Any], Any] = self.mapper.to_domain_event
        return [to_event(row) for row in stored]

    def head(self) -> Head:
        """The last event of the log."""
        with self.transaction() as cursor:
            return self.log_recorder.head(cursor)

    @contextmanager
    def transaction(self) -> Iterator[Cursor[Any]]:
        """A cursor of the municipality's role for one transaction; rows are tuples."""
        with self._datastore.get_connection() as conn:
            yield conn.cursor(binary=True, row_factory=tuple_row)

    def find(self, kind: str, id: str, source: str | None = None) -> UUID | None:
        """The internal id of a sender's `course` or `person`; by any known source if none given."""
        sources = SQL("SELECT source FROM {}.sources ORDER BY 1").format(Identifier(self.schema))
        with self.transaction() as cursor:
            asked = [source] if source else [row[0] for row in cursor.execute(sources)]
            names: list[Name] = [(kind, one, id) for one in asked]
            found = self._parts.identities.find(cursor, names)
        return next((found[name] for name in names if name in found), None)

    def team(self) -> UUID | None:
        """The stream of the municipality's team; None before anything was said of it."""
        with self.transaction() as cursor:
            return self._parts.identities.find(cursor, [TEAM]).get(TEAM)

    def references(self, ids: Iterable[UUID]) -> dict[UUID, tuple[str, str]]:
        """The senders' own (source, id) of internal ids; the erased and unknown are left out."""
        with self.transaction() as cursor:
            sealed = self._parts.identities.references(cursor, list(set(ids)))
        opened = self.open((REFERENCE_FIELD, token) for token in sealed.values())
        return {
            id: read_reference(opened[REFERENCE_FIELD, token])
            for id, token in sealed.items()
            if (REFERENCE_FIELD, token) in opened
        }

    def open(self, sealed: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """Plain text of (field, ciphertext) pairs; what can't be read is left out."""
        wanted = set(sealed)
        keys, plain = self._parts.keys, {}
        with self.transaction() as cursor:
            cursor.execute(self._parts.as_keys)
            keys.load(cursor, [subject_of(token) for _, token in wanted])
        for field, token in wanted:
            try:
                plain[field, token] = keys.open(field, token)
            except UnreadableSealError:
                continue
        return plain

    # Writing.

    def append(self, events: Sequence[Incoming], within: Within | None = None) -> list[Receipt]:
        """Store facts, whatever their streams hold; a receipt for each, in order.

        `within` runs in the same transaction, just before it is committed. Raises StoreBusyError.
        """
        receipts = self._parts.receipts
        asked = [(e.source, e.id, receipts.content(e.body)) for e in events]

        def work(unit: Writing, new: dict[bytes, int]) -> dict[bytes, Known]:
            entries = self._facts(unit, {k: (events[n], asked[n][2]) for k, n in new.items()})
            return unit.write(entries) if entries else {}

        return self._store(asked, work, within)

    def decide(
        self, stream: UUID, events: Sequence[Decided], expected_version: int | None = None
    ) -> list[Receipt]:
        """Store what was decided on a stream at `expected_version`; all of it or nothing.

        Ids that are known already get their first receipts, whatever the version.
        Raises VersionConflictError, StoreBusyError.
        """
        receipts = self._parts.receipts
        asked = [(self.source, e.id, receipts.content(e.body)) for e in events]

        def work(unit: Writing, new: dict[bytes, int]) -> dict[bytes, Known]:
            entries = [
                Entry(key, asked[n][2], stream, _topic(events[n].fact), self._own(events[n]))
                for key, n in new.items()
            ]
            return unit.write(entries, expected_version) if entries else {}

        return self._store(asked, work)

    def translate(self, stream: UUID, topic: str, source: str, data: dict[str, Any]) -> Any:
        """The stored form of data sent with a command: ids internal, personal fields sealed."""
        return self._safely(lambda unit: unit.translated([Sent(stream, topic, source, data)])[0])

    def identity(self, kind: str, id: str, source: str | None = None) -> UUID:
        """The internal id of a course or person, a new one where there is none."""
        name = (kind, source or self.source, id)
        return self._safely(lambda unit: unit.identities({name})[name])

    def _store(
        self,
        asked: Sequence[tuple[str, str, bytes]],
        work: Callable[[Writing, dict[bytes, int]], dict[bytes, Known]],
        within: Within | None = None,
    ) -> list[Receipt]:
        """Receipts for (source, id, content), after `work` has stored those that are new."""
        store = self._parts.receipts
        keys = [store.key(source, id) for source, id, _ in asked]
        first: dict[bytes, int] = {}

        def once(unit: Writing) -> list[Receipt]:
            known = store.find(unit.cursor, keys)
            new: dict[bytes, int] = {}
            for n, key in enumerate(keys):
                if key not in known:
                    new.setdefault(key, n)
            # Kept through retries: if a commit went through though its reply was lost, the events
            # are known by now, and it was we who stored them.
            first.update(new)
            known |= work(unit, new)
            receipts = [
                _receipt(source, id, content, known[key], is_first=first.get(key) == n)
                for n, (key, (source, id, content)) in enumerate(zip(keys, asked, strict=True))
            ]
            if within:
                within(unit.cursor, receipts)
            return receipts

        return self._safely(once)

    def _safely(self, work: Callable[[Writing], T]) -> T:
        """Run `work` in a write transaction; again after a lost connection."""
        for attempt in range(_ATTEMPTS):
            try:
                with writing(self._parts, self.log_recorder, self.clock) as unit:
                    return work(unit)
            except (OperationalError, InterfaceError) as error:
                if isinstance(error.__cause__, _NOT_IN_TIME):
                    raise StoreBusyError(
                        "Lageret svarer ikke i tide; intet er gemt, prøv igen. "
                        "(The store doesn't answer in time; nothing was stored, try again.)"
                    ) from None
                if attempt == _ATTEMPTS - 1:
                    raise
                time.sleep(0.2 * 2**attempt)
                self._pool.check()  # one lost connection is seldom alone
        raise AssertionError("unreachable")

    def _facts(self, unit: Writing, events: dict[bytes, tuple[Incoming, bytes]]) -> list[Entry]:
        """Entries for events and the hashes of their content, by key."""
        names = {key: _subject(event) for key, (event, _) in events.items()}
        ids = unit.identities(set(names.values()))
        sent = [Sent(ids[names[k]], e.topic, e.source, e.data) for k, (e, _) in events.items()]
        return [
            Entry(key, content, s.stream, event.topic, _sent_state(event, data))
            for (key, (event, content)), s, data in zip(
                events.items(), sent, unit.translated(sent), strict=True
            )
        ]

    def _own(self, event: Decided) -> Callable[[datetime], State[Fact]]:
        """Our own events happened when they were recorded."""
        return lambda recorded_at: State(
            id=uuid4(),
            at=recorded_at,
            source=self.source,
            source_id=event.id,
            data=event.fact,
            correlation=event.correlation,
            causation=event.causation,
        )


def _sent_state(event: Incoming, data: dict[str, Any]) -> Callable[[datetime], State[msgspec.Raw]]:
    raw = msgspec.json.encode(data)
    # What can't be read back must never be stored: it would stand in the way for ever.
    fact = decode_fact(event.topic, raw)
    if isinstance(fact, EventCorrected):
        decode_fact(fact.replacement.type, fact.replacement.data)
    state = State(
        id=uuid4(),
        at=event.time,
        source=event.source,
        source_id=event.id,
        data=msgspec.Raw(raw),
        sequence=event.sequence,
        correlation=event.correlation,
    )
    return lambda recorded_at: state


def _receipt(source: str, id: str, content: bytes, known: Known, *, is_first: bool) -> Receipt:
    status: Status = "conflict"
    if known.content == content:
        status = "stored" if is_first else "duplicate"
    return Receipt(
        source=source,
        id=id,
        status=status,
        stream=known.stream,
        version=known.version,
        position=known.position,
        recorded_at=known.recorded_at,
    )


def _topic(fact: Fact) -> str:
    return f"{fact.NAME}.v{fact.VERSION}"


def _subject(event: Incoming) -> Name:
    """What the subject of an event is found by. A municipality has one team, whatever its id."""
    stream = event.topic.partition(".")[0]
    if stream == "team":
        return TEAM
    return (_STREAM_KINDS[stream], event.subject_source or event.source, event.subject)
