"""One municipality's event store: the library's application, with our own way in."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

import psycopg
from eventsourcing.application import Application
from eventsourcing.persistence import InterfaceError, Mapper, OperationalError
from eventsourcing.utils import Environment, EnvType
from psycopg import Cursor
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier
from psycopg_pool import PoolTimeout, TooManyRequests

from domain.envelope import Recorded
from domain.values import Ref
from services.edge.incoming import Incoming
from services.store.asked import Answers
from services.store.citizens import MAY_TELL, Citizens, LookedUp
from services.store.datastore import Pool, SharedDatastore
from services.store.entries import Decided, decided_entry, sent_entries
from services.store.identities import REFERENCE_FIELD, TEAM, Name, read_reference
from services.store.keys import MunicipalityKey, UnreadableSealError, subject_of
from services.store.log import Log
from services.store.mapper import EventMapper
from services.store.receipts import Known, Receipt, receipt_of
from services.store.recorder import Head, Recorder, Row
from services.store.schema import create_schemas, events_schema, role_of
from services.store.unreadable import UnreadableEventError
from services.store.writing import Clock, Parts, Sent, Writing, utc_now, writing

_LOCK_TIMEOUT = 30  # seconds
_ATTEMPTS = 5  # after a lost connection: receipts make every attempt safe
_NOT_IN_TIME = (psycopg.errors.LockNotAvailable, PoolTimeout, TooManyRequests)
T = TypeVar("T")
Within = Callable[[Cursor[Any], list[Receipt]], None]


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
        self.key = key
        self._pool = pool
        self._datastore = SharedDatastore(
            pool, schema=self.schema, role=role_of(self.schema), lock_timeout=_LOCK_TIMEOUT
        )
        self._parts = Parts(code, self._datastore, key)
        self._citizens = Citizens(key, self.schema, self.source)
        self._looked_up_to = SQL(
            "INSERT INTO {} (position) VALUES (%s)"
            " ON CONFLICT (single) DO UPDATE SET position = excluded.position"
        ).format(Identifier(self.schema, "citizens_looked_up"))
        super().__init__()
        create_schemas(pool, code, key.check, self.log_recorder.sql_create_statements)

    # What the library asks of an application.

    def construct_env(self, name: str, env: EnvType | None = None) -> Environment:
        """Nothing is read from the environment here: settings have one reader."""
        return Environment(name, dict(env or {}))

    def construct_mapper(self) -> Mapper[UUID]:
        """Pinned names, typed decoders."""
        self._mapper = EventMapper()
        return self._mapper

    @cached_property
    def log_reader(self) -> Log:
        """The log as the views' tables are filled from it."""
        return Log(self.log_recorder, self._mapper)

    @property
    def pool(self) -> Pool:
        """The connections of its server."""
        return self._pool

    @property
    def database_url(self) -> str:
        """Where the store is."""
        return str(self._pool.conninfo)

    def construct_recorder(self) -> Recorder:
        """The recorder with the advisory lock."""
        self.log_recorder = Recorder(self._datastore)
        return self.log_recorder

    # Reading.

    def read_stream(self, stream: UUID) -> list[Recorded]:
        """A stream's events, by version; empty where there are none.

        Raises UnreadableEventError, as all that reads events does.
        """
        return self._events(self.recorder.select_events(stream))

    def read_event(self, source: str, id: str) -> Recorded | None:
        """The event of that reference; None where none is known."""
        receipts = self._parts.receipts
        key = receipts.key(source, id)
        with self.transaction() as cursor:
            known = receipts.find(cursor, [key]).get(key)
        if known is None:
            return None
        rows = self.recorder.select_events(known.stream, gt=known.version - 1, lte=known.version)
        return next(iter(self._events(rows)), None)

    def positions_of(self, cursor: Cursor[Any], refs: Iterable[Ref]) -> list[int]:
        """Where in the log the events of these references stand; the unknown are left out."""
        receipts = self._parts.receipts
        keys = [receipts.key(ref.source, ref.id) for ref in refs]
        return [known.position for known in receipts.find(cursor, keys).values()]

    def first_strange(
        self, cursor: Cursor[Any], refs: Sequence[Ref | None], rows: Sequence[Row]
    ) -> int | None:
        """Which of these rows of the log, whose events have these references, is the first without
        a receipt that says the same of it; None where all came in by the right way."""
        receipts = self._parts.receipts
        keys = [receipts.key(ref.source, ref.id) if ref else b"" for ref in refs]
        return receipts.first_without(cursor, keys, rows)

    def stored_at(
        self, cursor: Cursor[Any], references: Iterable[tuple[str, str]]
    ) -> dict[tuple[str, str], datetime]:
        """When events of these references were stored, by their receipts; without the unknown."""
        receipts = self._parts.receipts
        keys = {receipts.key(*each): each for each in references}
        found = receipts.find(cursor, list(keys)) if keys else {}
        return {keys[key]: known.recorded_at for key, known in found.items()}

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

    def read_where(self, cursor: Cursor[Any], where: Any, params: Sequence[Any]) -> list[Recorded]:
        """The events that a condition on the log's columns names, in the order it gives."""
        return self._events(self.log_recorder.read(cursor, where, params))

    def _events(self, stored: Iterable[Any]) -> list[Recorded]:
        to_event: Callable[[Any], Any] = self.mapper.to_domain_event
        events: list[Recorded] = []
        for row in stored:
            try:
                events.append(to_event(row))
            except MemoryError:
                raise
            except Exception:
                stream = row.originator_id
                raise UnreadableEventError(self.code, stream, row.id, row.topic) from None
        return events

    def head(self) -> Head:
        """The last event of the log."""
        with self.transaction() as cursor:
            return self.log_recorder.head(cursor)

    @contextmanager
    def transaction(self) -> Iterator[Cursor[Any]]:
        """A cursor of the municipality's role for one transaction; rows are tuples."""
        with self._datastore.get_connection() as conn:
            yield conn.cursor(binary=True, row_factory=tuple_row)

    @contextmanager
    def asking(self, *questions: bytes) -> Iterator[tuple[Cursor[Any], Answers]]:
        """The same begun with questions in one round trip; their rows. For what must be quick, and
        is done again where a crash loses it.

        The cursor is one of a pipeline: see `SharedDatastore.asking`.
        """
        with self._datastore.asking(questions) as (conn, answers):
            yield conn.cursor(binary=True, row_factory=tuple_row), answers

    def find(self, kind: str, id: str, source: str | None = None) -> UUID | None:
        """The internal id of a sender's `course` or `person`; by any known source if none given."""
        return next(iter(self.find_all(kind, id, [source] if source else self.sources())), None)

    def find_all(self, kind: str, id: str, sources: Iterable[str]) -> list[UUID]:
        """The internal ids of a sender's `course` or `person`, in the order of the sources."""
        names: list[Name] = [(kind, source, id) for source in sources]
        with self.transaction() as cursor:
            found = self._parts.identities.find(cursor, names)
        return [found[name] for name in names if name in found]

    def sources(self) -> list[str]:
        """The senders of whose ids something is known."""
        # The team has no sender's id, so its source is the empty one.
        sources = SQL("SELECT source FROM {}.sources WHERE source <> '' ORDER BY 1").format(
            Identifier(self.schema)
        )
        with self.transaction() as cursor:
            return [row[0] for row in cursor.execute(sources)]

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
        wanted = {(field, token): subject_of(token) for field, token in sealed}
        keys, plain = self._parts.keys, {}
        if lacking := keys.lacking(wanted.values()):
            with self.transaction() as cursor:
                cursor.execute(self._parts.as_keys)
                keys.load(cursor, lacking)
        for (field, token), subject in wanted.items():
            try:
                plain[field, token] = keys.open_of(subject, field, token)
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
            sent = {key: events[n] for key, n in new.items()}
            entries = sent_entries(unit, {k: (sent[k], asked[n][2]) for k, n in new.items()})
            return self._citizens.write(unit, entries, sent)

        return self._store(asked, work, within)

    def decide(
        self, stream: UUID, events: Sequence[Decided], expected_version: int | None = None
    ) -> list[Receipt]:
        """Store what was decided on a stream at `expected_version`; all of it or nothing.

        Ids that are known already get their first receipts, whatever the version; what one of
        them causes is written only with it, and has no receipt otherwise.
        Raises VersionConflictError, StoreBusyError.
        """
        receipts = self._parts.receipts
        asked = [(self.source, e.id, receipts.content(e.body)) for e in events]

        def work(unit: Writing, new: dict[bytes, int]) -> dict[bytes, Known]:
            known = {event.id for event in events} - {events[n].id for n in new.values()}
            entries = [
                decided_entry(key, asked[n][2], stream, self.source, events[n])
                for key, n in new.items()
                if events[n].causation not in known
            ]
            return self._citizens.write(unit, entries, {}, expected_version)

        return self._store(asked, work)

    def look_up_citizens(self, after: int, limit: int) -> tuple[int, LookedUp]:
        """Look up the CPR numbers of the next so many events that may have told one, and say of
        which courses they are one citizen's; up to which position. Raises StoreBusyError."""

        def work(unit: Writing) -> tuple[int, LookedUp]:
            told = self.read_where(unit.cursor, MAY_TELL, (after, limit))
            end = told[-1].position if told else self.log_recorder.head(unit.cursor).position
            found = self._citizens.look_up(unit, told)
            unit.cursor.execute(self._looked_up_to, (end,))
            return end, found

        return self._safely(work)

    def citizens_looked_up(self) -> int | None:
        """The position up to which `look_up_citizens` has come; None where it was never asked and
        the log is older than the look-up."""
        table = Identifier(self.schema, "citizens_looked_up")
        with self.transaction() as cursor:
            row = cursor.execute(SQL("SELECT position FROM {}").format(table)).fetchone()
        return row[0] if row else None

    def translate(self, stream: UUID, topic: str, source: str, data: dict[str, Any]) -> Any:
        """The stored form of data sent with a command: ids internal, personal fields sealed."""
        return self._safely(
            lambda unit: unit.translated([Sent(stream, topic, source, data)])[0].data
        )

    def identity(self, kind: str, id: str, source: str | None = None) -> UUID:
        """The internal id of a course or person, a new one where there is none."""
        name = (kind, source or self.source, id)
        return self._safely(lambda unit: unit.identities({name})[name])

    def opened_team(self) -> UUID:
        """The stream of the municipality's team, also before anything was said of it."""
        return self.team() or self._safely(lambda unit: unit.identities({TEAM})[TEAM])

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
                receipt_of(source, id, content, known[key], is_first=first.get(key) == n)
                for n, (key, (source, id, content)) in enumerate(zip(keys, asked, strict=True))
                if key in known
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
