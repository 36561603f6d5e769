"""The stock library at the same work, as its documentation shows it."""

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import islice
from typing import Any, cast
from uuid import UUID

import psycopg
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from pydantic import BaseModel

from bench.limit import VIEW

# What it does best with. A transaction of 1,000 hangs over a Unix socket: psycopg's pipeline, which
# its recorder uses, waits for the answer to a message that hasn't all been sent.
SAVED_A_COMMIT = 100

_UPSERT = """INSERT INTO stock_view VALUES (%s, 1, %s, %s, %s)
 ON CONFLICT (stream) DO UPDATE SET events = stock_view.events + 1, last_by = excluded.last_by,
 last_at = greatest(stock_view.last_at, excluded.last_at),
 minutes = coalesce(stock_view.minutes + excluded.minutes, stock_view.minutes, excluded.minutes)"""


class Envelope(BaseModel):
    """A line, read as one reads JSON with pydantic."""

    type: str
    source: str
    id: str
    subject: str
    time: datetime
    data: dict[str, Any]


class Thread(Aggregate):
    """A course, a staff member or a team."""

    class Opened(Aggregate.Created):
        """The first event of a stream, which the library asks for."""

        kind: str
        source: str
        source_id: str
        occurred_at: datetime
        data: dict[str, Any]

    @event(Opened)
    def __init__(
        self, kind: str, source: str, source_id: str, occurred_at: datetime, data: dict[str, Any]
    ) -> None:
        self.kind = kind

    @event("Received")
    def receive(
        self, kind: str, source: str, source_id: str, occurred_at: datetime, data: dict[str, Any]
    ) -> None:
        """An event after the first."""
        self.kind = kind


class Threads(Application[UUID]):
    """Stores threads."""

    name = "threads"


def environment(url: str) -> dict[str, str]:
    """The library's settings for a database."""
    with psycopg.connect(url) as connection:
        info = connection.info
        return {
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_DBNAME": info.dbname,
            "POSTGRES_HOST": info.host,
            "POSTGRES_PORT": str(info.port),
            "POSTGRES_USER": info.user,
            "POSTGRES_PASSWORD": info.password or "none",
        }


class Saver:
    """Saves what was read. Threads are kept at hand, never loaded."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads
        self._opened: dict[str, Thread] = {}

    def save(self, *read: Envelope) -> None:
        """In one transaction."""
        touched: dict[UUID, Thread] = {}
        for sent in read:
            fields = (sent.type, sent.source, sent.id, sent.time, sent.data)
            thread = self._opened.get(sent.subject)
            if thread is None:
                thread = self._opened[sent.subject] = Thread(*fields)
            else:
                thread.receive(*fields)
            touched[thread.id] = thread
        self._threads.save(*touched.values())


def save_lines(threads: Threads, lines: Iterable[bytes]) -> int:
    """Parse and store lines, some a transaction."""
    saver, rest, done = Saver(threads), iter(lines), 0
    while taken := list(islice(rest, SAVED_A_COMMIT)):
        saver.save(*(Envelope.model_validate_json(line) for line in taken))
        done += len(taken)
    return done


def save_thread(threads: Threads, events: int) -> UUID:
    """One thread of so many events; its id."""
    at, data = datetime(2026, 1, 12, 9, tzinfo=UTC), {"minutes": 45, "contact": "phone"}
    thread = Thread("course", "https://bench.example", "ev-0", at, data)
    for number in range(1, events):
        thread.receive("course", "https://bench.example", f"ev-{number}", at, data)
        if number % SAVED_A_COMMIT == 0:
            threads.save(thread)
    threads.save(thread)
    return thread.id


class ThreadView(PostgresTrackingRecorder):
    """The simple view, and how far it has come."""

    def _create_table(self, curs: psycopg.Cursor[Any]) -> None:
        super()._create_table(curs)
        curs.execute(VIEW.format(view="stock_view"))

    def take(self, row: tuple[Any, ...], tracking: Tracking) -> None:
        """One event, in a transaction with its tracking."""
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(_UPSERT, row, prepare=True)


class Summary(Projection[ThreadView]):
    """Takes every event into the view, and notes when."""

    name = "summary"

    def __init__(self, view: ThreadView) -> None:
        super().__init__(view)
        self.taken = 0
        self.begun = self.ended = 0.0

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        """One event."""
        self.begun = self.begun or time.perf_counter()
        data = domain_event.data
        row = (
            domain_event.originator_id,
            data["actor"]["function"],
            domain_event.occurred_at,
            data.get("minutes"),
        )
        self.view.take(row, tracking)
        self.ended = time.perf_counter()
        self.taken += 1


def project(url: str, events: int, *, from_start: bool) -> float:
    """Events a second by the runner, over a log of `events`, into an empty view.

    With `from_start` emptying the view and starting the runner count too.
    """
    begun = time.perf_counter()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS stock_view, summary_tracking")
    runner = ProjectionRunner(
        application_class=Threads,
        projection_class=Summary,
        view_class=ThreadView,
        env=environment(url),
    )
    projection = cast(Summary, runner.projection)
    try:
        with runner:
            while projection.taken < events and not runner.is_interrupted.wait(0.002):
                pass
    finally:
        runner.view.datastore.close()
    return events / (projection.ended - (begun if from_start else projection.begun))
