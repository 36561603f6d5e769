"""`replay-course`: a course of 1,000 events from the log to its state, at once and step by step."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from psycopg.sql import SQL, Identifier

from bench import stock
from bench.country import CODES, EVENTS_A_COURSE, fill
from bench.measure import Figure, Measure, Peer
from bench.query import p99
from bench.scratch import Scratch, settle
from bench.workload import Workload
from services.audit.replaying.past import Past
from services.audit.replaying.replay import replayed
from services.collecting import keep_what_is_loaded
from services.edge.incoming import Incoming
from services.following.streams import Streams
from services.store.municipality import Municipality

EVENTS = 1000
_COURSE = "c-long"
_SOURCE = "https://long.bench.example"
_BEGAN = datetime(2024, 1, 8, 9, tzinfo=UTC)
_NOW = datetime(2026, 4, 1, tzinfo=UTC)
_MENTOR = {"id": "m-1", "function": "mentor"}
_CASEWORKER = {"id": "s-1", "function": "caseworker"}
_WORK = {"role": "system-guide", "activity": "other", "minutes": 45, "contact": "phone"}
_EVERY = 20  # of so many events one is a correction


def long_course() -> Iterator[Incoming]:
    """Two years of one course: mostly work, with talks, grants, goals and matches between; one
    event in twenty corrects the one before it."""
    for number in range(EVENTS):
        at = _BEGAN + timedelta(hours=18 * number)
        if number % _EVERY == _EVERY - 1:
            replacement = {
                "type": "dk.roedtraad.course.activity-registered.v1",
                "time": (at - timedelta(hours=18)).isoformat(),
                "data": {"actor": _MENTOR, **_WORK, "minutes": 30},
            }
            corrects = {"id": f"ev-{number - 1}"}
            data = {"corrects": corrects, "reason": "typing-error", "replacement": replacement}
            yield _event("event-corrected", number, at, actor=_MENTOR, **data)
        else:
            name, data = _said(number, at)
            yield _event(name, number, at, **data)


def _said(number: int, at: datetime) -> tuple[str, dict[str, Any]]:
    day, part = at.date(), number // _EVERY
    data: dict[str, Any]
    match number % _EVERY:
        case 0 if number == 0:
            form = {"caseworker": {"id": "s-1"}, "form": "in-person"}
            return "intake-registered", {"actor": _CASEWORKER, **form}
        case 1 if part % 10 == 0:
            match = {"match": {"id": f"match-{part}"}, "mentor": {"id": "m-1"}}
            data = {**match, "from": day.isoformat(), "method": "by-profile"}
            return "mentor-matched", {"actor": _CASEWORKER, **data}
        case 2:
            grant: dict[str, Any] = {"grant": {"id": f"grant-{part}"}, "kind": "mentor-hours"}
            period: Any = {"from": day.isoformat(), "to": (day + timedelta(days=15)).isoformat()}
            data = {**grant, "outcome": "granted", "weekly_minutes": 120, "period": period}
            return "grant-decided", {"actor": _CASEWORKER, **data}
        case 3:
            goal: dict[str, Any] = {
                "goal": {"id": f"goal-{part}"},
                "directions": ["job"],
                "text": "I praktik",
            }
            return "goal-set", {"actor": _CASEWORKER, **goal}
        case 4 | 9:
            talk: dict[str, Any] = {
                "form": "phone",
                "participants": [_MENTOR, _CASEWORKER],
                "minutes": 15,
            }
            return "coordination-held", {"actor": _CASEWORKER, **talk}
        case 14:
            return "contact-attempted", {"actor": _MENTOR, "form": "phone", "outcome": "no-answer"}
        case _:
            return "activity-registered", {"actor": _MENTOR, **_WORK}


def _event(name: str, number: int, at: datetime, **data: Any) -> Incoming:
    id = f"ev-{number}"
    return Incoming(
        topic=f"course.{name}.v1",
        source=_SOURCE,
        id=id,
        subject=_COURSE,
        subject_source=None,
        time=at,
        sequence=None,
        correlation=None,
        data=data,
        body=id.encode(),
    )


class Replayed:
    """The long course in a municipality of others, at any time and as known at any time."""

    def __init__(self, store: Municipality) -> None:
        self._store = store
        self._streams = Streams(store)
        stream = store.find("course", _COURSE, _SOURCE)
        assert stream is not None
        self.stream = stream
        self._chance = random.Random(1)

    def state(self, number: int) -> None:
        """Where it ends; of four times, once as of the past, once as known in it, once both."""
        self._replay(number, each=False)

    def step_by_step(self, number: int) -> None:
        """What each event changed, field by field, and where it ends."""
        self._replay(number, each=True)

    def _replay(self, number: int, *, each: bool) -> None:
        position = None
        if number // 2 % 2:
            position = self._streams.now().position - self._chance.randrange(EVENTS // 10)
        past = Past(self._store, self._streams, position)
        back = timedelta(days=self._chance.randrange(30)) * (number % 2)
        thread = past.course(self.stream)
        replayed(thread, past.same, _NOW - back, past.position, each=each)


@contextmanager
def _prepare(scratch: Scratch, workload: Workload) -> Iterator[dict[str, Peer]]:
    with scratch.database() as url, scratch.server(url) as server:
        store = server.municipality(CODES[0])
        fill(store, max(1, workload.events // EVENTS_A_COURSE // len(CODES)))
        receipts = store.append(list(long_course()))
        assert all(receipt.status == "stored" for receipt in receipts)
        ours = Replayed(store)
        with stock.Threads(stock.environment(url)) as threads:
            thread = stock.save_thread(threads, EVENTS)
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("VACUUM ANALYZE")
            settle(url)
            keep_what_is_loaded()
            yield {
                "ours": lambda: (p99(ours.state), p99(ours.step_by_step)),
                "stock": lambda: (p99(lambda _: threads.repository.get(thread)),) * 2,
                "limit": lambda: (p99(_rows(store, ours.stream)),) * 2,
            }


def _rows(store: Municipality, stream: UUID) -> Callable[[int], object]:
    """Reads the stream's rows, and does nothing with them."""
    select = SQL("SELECT * FROM {} WHERE originator_id = %b ORDER BY originator_version").format(
        Identifier(store.schema, "events")
    )

    def read(_: int) -> object:
        with store.transaction() as cursor:
            return cursor.execute(select, (stream,), prepare=True).fetchall()

    return read


REPLAY_COURSE = Measure(
    "replay-course",
    (
        Figure("ms, p99: the state of 1,000 events", "lower"),
        Figure("ms, p99: the same, step by step", "lower"),
    ),
    _prepare,
)
