"""The library's recorder, with an advisory lock, a time of recording and typed statements.

The stock recorder takes an EXCLUSIVE table lock and waits for it for ever, behind a VACUUM too.
Here writers of one municipality stand in line on an advisory lock with a finite timeout; commit
order is position order all the same, since whoever takes positions holds the lock until it commits.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from eventsourcing.persistence import Notification, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg import Cursor
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier

from services.store.columns import bytes_, following_times, numbers, texts, uuids

Row = tuple[Any, ...]


@dataclass(frozen=True)
class TimedNotification(Notification):
    """A stored event with its position (`id`) and the time at which it was recorded."""

    recorded_at: datetime


class Rows:
    """Events to be inserted, column by column; those that receipts have too are packed once.

    Each was recorded a microsecond after the one before.
    """

    def __init__(
        self,
        streams: Sequence[UUID],
        versions: Sequence[int],
        topics: Sequence[str],
        states: Sequence[bytes],
        recorded_at: Sequence[datetime],
    ) -> None:
        self.versions = versions
        self.recorded_at = recorded_at
        self._plain = (streams, versions, topics, recorded_at, states)
        self.columns = (
            uuids(streams),
            numbers(versions),
            following_times(recorded_at[0], len(recorded_at)),
        )
        """Streams, versions and times of recording, as they are sent."""
        self.own = (texts(topics), bytes_(states))

    def events(self) -> Iterator[tuple[UUID, int, str, datetime, bytes]]:
        """Stream, version, name, time of recording and state of each."""
        return zip(*self._plain, strict=True)


class Incoming(NamedTuple):
    """What the auditors' log is to take in: behind which position and up to which, the leaves (32
    bytes each) of events that were committed together, and a keyed hash of where they begin, of
    them and of the hash before it, which only the store can make."""

    after: int
    last: int
    leaves: bytes
    mac: bytes


@dataclass(frozen=True)
class Head:
    """The last event of the log: its position and when it was recorded; 0 and None when empty."""

    position: int = 0
    recorded_at: datetime | None = None


class Recorder(PostgresApplicationRecorder):
    """Records a municipality's events in its table `events`."""

    def __init__(self, datastore: PostgresDatastore) -> None:
        if datastore.enable_db_functions:
            raise ValueError(
                "POSTGRES_ENABLE_DB_FUNCTIONS må ikke være slået til: uden lås mistes hændelser. "
                "(must be off: without the lock, readers miss events)"
            )
        super().__init__(datastore, events_table_name="events")
        schema, lock = datastore.schema, f"{datastore.schema}.events"
        table = SQL("{}.events").format(Identifier(schema))
        self.channel_name = f"{schema}_events"
        locking = [
            SQL("SET LOCAL lock_timeout = {}").format(f"{datastore.lock_timeout}s"),
            SQL("SELECT pg_advisory_xact_lock(hashtextextended({}, 0))").format(lock),
        ]
        noted = Identifier(schema, "log_incoming")
        last = SQL(
            "SELECT notification_id, recorded_at,"
            " (SELECT mac FROM {} ORDER BY after DESC LIMIT 1)"
            " FROM {} ORDER BY notification_id DESC LIMIT 1"
        ).format(noted, table)
        self.lock_table_statements = [*locking]
        self._lock = SQL("; ").join([*locking, last])
        self.locking = [each.as_bytes() for each in (*locking, last)]
        """What `lock` does, to begin a transaction with."""
        # The library's table and its index; its composite type and its unsafe insert function
        # are not made, since nothing here uses them.
        self.sql_create_statements = [
            self.sql_create_statements[self.create_table_statement_index],
            SQL("ALTER TABLE {} ADD COLUMN IF NOT EXISTS recorded_at timestamptz NOT NULL").format(
                table
            ),
            SQL("CREATE UNIQUE INDEX IF NOT EXISTS {} ON {} (notification_id)").format(
                Identifier(self.notification_id_index_name), table
            ),
            SQL("CREATE INDEX IF NOT EXISTS events_recorded_at_idx ON {} (recorded_at)").format(
                table
            ),
        ]
        self._insert = (
            SQL(
                "WITH woken AS MATERIALIZED (SELECT pg_notify({}, ''))"
                " INSERT INTO {} (originator_id, originator_version, topic, state, recorded_at)"
                " SELECT i, v, t, s, r FROM woken, unnest(%b::uuid[], %b::bigint[], %b::text[],"
                " %b::bytea[], %b::timestamptz[]) WITH ORDINALITY AS n(i, v, t, s, r, o) ORDER BY o"
                " RETURNING notification_id"
            )
            .format(self.channel_name, table)
            .as_bytes()
        )
        self._head = SQL(
            "SELECT notification_id, recorded_at FROM {} ORDER BY notification_id DESC LIMIT 1"
        ).format(table)
        self.columns = SQL(
            "SELECT notification_id, originator_id, originator_version, topic, state, recorded_at"
            " FROM {}"
        ).format(table)
        self._versions = (
            SQL(
                # A step into the index for each, however many events their streams have.
                "SELECT asked.stream, last.originator_version FROM unnest(%b::uuid[])"
                " AS asked (stream) CROSS JOIN LATERAL (SELECT originator_version FROM {}"
                " WHERE originator_id = asked.stream ORDER BY originator_version DESC LIMIT 1)"
                " AS last"
            )
            .format(table)
            .as_bytes()
        )
        self._after = SQL(
            " WHERE notification_id > %b AND notification_id <= %b"
            " ORDER BY notification_id LIMIT %b"
        )
        self._recorded_after = SQL(
            "SELECT recorded_at FROM {} WHERE notification_id > %b ORDER BY notification_id LIMIT 1"
        ).format(table)
        self._position_at = SQL(
            "SELECT notification_id FROM {} WHERE recorded_at <= %b"
            " ORDER BY recorded_at DESC LIMIT 1"
        ).format(table)

    def lock(self, cursor: Cursor[Any]) -> datetime | None:
        """Wait for the municipality's writer lock; held until the transaction ends.

        When the last event was recorded; None where there is none. Raises psycopg's
        LockNotAvailable after `lock_timeout` seconds.
        """
        # One round trip for all of it; several statements don't go with a binary cursor. The last
        # has a snapshot of its own, so it sees what the writer before us has committed.
        with cursor.connection.cursor(row_factory=tuple_row) as plain:
            plain.execute(self._lock)
            while plain.nextset():
                pass
            row = plain.fetchone()
        return row[0] if row else None

    def insert(self, cursor: Cursor[Any], rows: Rows) -> list[int]:
        """Insert events and wake readers; the positions.

        The lock must be held. Raises UniqueViolation where a version is taken.
        """
        streams, versions, recorded_at = rows.columns
        columns = (streams, versions, *rows.own, recorded_at)
        cursor.execute(self._insert, columns, prepare=True)
        return [row[0] for row in cursor.fetchall()]

    def versions(self, cursor: Cursor[Any], streams: list[UUID]) -> dict[UUID, int]:
        """The last version of each stream that has events."""
        return dict(cursor.execute(self._versions, (uuids(streams),), prepare=True).fetchall())

    def head(self, cursor: Cursor[Any]) -> Head:
        """The last event of the log."""
        row = cursor.execute(self._head, prepare=True).fetchone()
        return Head(*row) if row else Head()

    def recorded_after(self, cursor: Cursor[Any], position: int) -> datetime | None:
        """When the first event after a position was recorded; None where it is the last."""
        row = cursor.execute(self._recorded_after, (position,), prepare=True).fetchone()
        return row[0] if row else None

    def position_at(self, known_at: datetime) -> int:
        """The last position recorded at or before a time: what was known then; 0 for nothing."""
        with self.datastore.get_connection() as conn:
            row = _binary(conn).execute(self._position_at, (known_at,), prepare=True).fetchone()
        return row[0] if row else 0

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """Not a way in: an event gets its version and time of recording only under the lock."""
        raise TypeError("events are written through Municipality.append")

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """A stream's events, by version."""
        where = SQL(
            " WHERE originator_id = %b AND originator_version > %b AND originator_version <= %b"
            " ORDER BY originator_version {} LIMIT %b"
        ).format(SQL("DESC" if desc else "ASC"))
        top = 2**63 - 1
        return self._rows(
            where, (originator_id, gt or 0, top if lte is None else lte, limit or top)
        )

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """The log's events in commit order, from a position on; `topics` narrows them."""
        after = (start or 0) - (1 if inclusive_of_start and start else 0)
        where = SQL(
            " WHERE notification_id > %b AND notification_id <= %b{}"
            " ORDER BY notification_id LIMIT %b"
        ).format(SQL(" AND topic = ANY(%b)" if topics else ""))
        narrow = [list(topics)] if topics else []
        return self._rows(where, (after, 2**63 - 1 if stop is None else stop, *narrow, limit))

    def after(
        self, cursor: Cursor[Any], position: int, limit: int, stop: int | None = None
    ) -> list[TimedNotification]:
        """The log's events in commit order, after a position, up to and with `stop`."""
        top = 2**63 - 1 if stop is None else stop
        return self.read(cursor, self._after, (position, top, limit))

    def _rows(self, where: Any, params: Sequence[Any]) -> list[TimedNotification]:
        with self.datastore.get_connection() as conn:
            return self.read(_binary(conn), where, params)

    def read(
        self, cursor: Cursor[Any], where: Any, params: Sequence[Any]
    ) -> list[TimedNotification]:
        """The events that a condition names, in the order it gives; `cursor` is binary."""
        return [
            TimedNotification(
                id=position,
                originator_id=stream,
                originator_version=version,
                topic=topic,
                state=state,
                recorded_at=recorded_at,
            )
            for position, stream, version, topic, state, recorded_at in self.rows(
                cursor, where, params
            )
        ]

    def rows(self, cursor: Cursor[Any], where: Any, params: Sequence[Any]) -> list[Row]:
        """The same as (position, stream, version, topic, state, time of recording)."""
        return cursor.execute(self.columns + where, params, prepare=True).fetchall()


def _binary(conn: Any) -> Cursor[Row]:
    cursor: Cursor[Row] = conn.cursor(binary=True, row_factory=tuple_row)
    return cursor
