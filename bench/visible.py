"""`append-to-visible`: from an event that is stored until a view shows it."""

import os
import statistics
import subprocess
import sys
import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, LiteralString, cast
from uuid import UUID, uuid4

import psycopg
from eventsourcing.projection import ProjectionRunner

from bench import limit, stock
from bench.following.facts import activity
from bench.measure import Figure, Measure, Peer
from bench.scratch import Scratch, settle
from bench.workload import Workload
from services.store.municipality import Municipality

A_SECOND = 200
_MOST = 2000  # events; ten seconds of them
_COURSES = 50
_POLL = 0.0005  # seconds
_PATIENCE = 60.0
_PROJECT = Path(__file__).resolve().parents[1]
Append = Callable[[int], int]

_RAW = """CREATE TABLE raw_log (position bigserial PRIMARY KEY, stream uuid, state bytea);
CREATE TABLE limit_tracking (position bigint NOT NULL); INSERT INTO limit_tracking VALUES (0)"""
_FOLLOW = """WITH new AS MATERIALIZED (SELECT position, stream,
 convert_from(state, 'utf8')::jsonb AS s FROM raw_log
 WHERE position > (SELECT position FROM limit_tracking)),
shown AS (INSERT INTO limit_view AS v SELECT stream, count(*), min(s->'actor'->>'function'),
 max((s->>'at')::timestamptz), sum((s->>'minutes')::numeric) FROM new GROUP BY stream
 ON CONFLICT (stream) DO UPDATE SET events = v.events + excluded.events,
 last_by = excluded.last_by, last_at = greatest(v.last_at, excluded.last_at),
 minutes = v.minutes + excluded.minutes)
UPDATE limit_tracking SET position = coalesce((SELECT max(position) FROM new), position)"""
_STATE = b'{"at": "2026-01-12T08:00:00Z", "actor": {"function": "mentor"}, "minutes": 90}'


class NotShownError(Exception):
    """What was stored never showed."""


def delays(url: str, reached: LiteralString, append: Append, events: int) -> tuple[float, ...]:
    """Milliseconds until an event shows, at 200 a second: the median and the 99th percentile.

    First from when it is stored, then from when storing it begins.

    `reached` asks for the position that the view reflects, `append` stores an event and gives its
    own. What comes late isn't waited for: the next one is sent at its time.
    """
    seen: list[tuple[int, float]] = []
    stop = threading.Event()

    def watch() -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            while not stop.wait(_POLL):
                row = connection.execute(reached, prepare=True).fetchone()
                position = row[0] if row else 0
                if not seen or position > seen[-1][0]:
                    seen.append((position, time.perf_counter()))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        sent = _send(append, events)
        _wait(seen, sent[-1][0])
    finally:
        stop.set()
        watcher.join()
    positions = [position for position, _ in seen]
    shown = [seen[bisect_left(positions, position)][1] for position, *_ in sent]
    pairs = list(zip(shown, sent, strict=True))
    return (
        *_middle_and_tail([max(0.0, at - stored) for at, (_, _, stored) in pairs]),
        *_middle_and_tail([at - begun for at, (_, begun, _) in pairs]),
    )


def _middle_and_tail(seconds: list[float]) -> tuple[float, float]:
    taken = [1000 * each for each in seconds]
    return statistics.median(taken), statistics.quantiles(taken, n=100, method="inclusive")[98]


def _send(append: Append, events: int) -> list[tuple[int, float, float]]:
    """The position of each event, when storing it began and when it was stored."""
    append(0)
    time.sleep(1)
    begun = time.perf_counter()
    sent = []
    for number in range(events):
        time.sleep(max(0.0, begun + number / A_SECOND - time.perf_counter()))
        at = time.perf_counter()
        sent.append((append(number), at, time.perf_counter()))
    return sent


def _wait(seen: list[tuple[int, float]], position: int) -> None:
    deadline = time.perf_counter() + _PATIENCE
    while not seen or seen[-1][0] < position:
        if time.perf_counter() > deadline:
            raise NotShownError
        time.sleep(0.01)


@contextmanager
def _process(words: list[str], environment: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-m", *words], cwd=_PROJECT, env=environment, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.kill()
        process.wait()


def _ours(scratch: Scratch, events: int) -> tuple[float, ...]:
    keys = scratch.fresh_folder("keys")
    with scratch.database() as url, scratch.server(url, keys) as server:
        store = server.municipality("0860")
        environment = {
            "PATH": os.defpath,
            "DATABASE_URL": url,
            "ROEDTRAAD_HOME": str(keys.parent),
            "ROEDTRAAD_KEYS": str(keys),
        }
        settle(url)
        with _process(["services.cli", "serve", "projector"], environment):
            _until_shown(url, "SELECT to_regclass('m0860.tracking') IS NOT NULL")
            reached: LiteralString = "SELECT max(notification_id) FROM m0860.tracking"
            return delays(url, reached, lambda n: _append(store, n), events)


def _append(store: Municipality, number: int) -> int:
    return store.append([activity(f"c-{number % _COURSES}", datetime.now(UTC))])[0].position


def _stock(scratch: Scratch, events: int) -> tuple[float, ...]:
    with scratch.database() as url, stock.Threads(stock.environment(url)) as threads:
        opened = [_opened(n) for n in range(_COURSES)]
        threads.save(*opened)

        def append(number: int) -> int:
            thread = opened[number % _COURSES]
            thread.receive(*_fields(number))
            return threads.save(thread)[-1].notification.id

        settle(url)
        with _process(["bench.visible", "stock"], _told(url)):
            _until_shown(url, "SELECT to_regclass('summary_tracking') IS NOT NULL")
            reached: LiteralString = "SELECT max(notification_id) FROM summary_tracking"
            return delays(url, reached, append, events)


def _fields(number: int) -> tuple[str, str, str, datetime, dict[str, Any]]:
    data = {"actor": {"function": "mentor", "id": "m-1"}, "minutes": 90}
    return ("activity", "https://bench.example", str(number), datetime.now(UTC), data)


def _opened(number: int) -> stock.Thread:
    return stock.Thread(*_fields(number))


def _limit(scratch: Scratch, events: int) -> tuple[float, ...]:
    streams: list[UUID] = [uuid4() for _ in range(_COURSES)]
    with scratch.database() as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute(limit.VIEW.format(view="limit_view"))
        connection.execute(_RAW)

        def append(number: int) -> int:
            with connection.transaction():
                row = connection.execute(
                    "INSERT INTO raw_log (stream, state) VALUES (%s, %s) RETURNING position",
                    (streams[number % _COURSES], _STATE),
                ).fetchone()
                connection.execute("NOTIFY raw_log")
            assert row is not None
            return cast(int, row[0])

        settle(url)
        with _process(["bench.visible", "limit"], _told(url)):
            return delays(url, "SELECT position FROM limit_tracking", append, events)


def _told(url: str) -> dict[str, str]:
    return {"PATH": os.defpath, "DATABASE_URL": url}


def _until_shown(url: str, question: LiteralString) -> None:
    deadline = time.monotonic() + _PATIENCE
    with psycopg.connect(url, autocommit=True) as connection:
        while not (row := connection.execute(question).fetchone()) or not row[0]:
            if time.monotonic() > deadline:
                raise NotShownError
            time.sleep(0.05)


def follow(url: str) -> None:
    """The limit's projector: one statement for what is new, each time it is woken."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("LISTEN raw_log")
        while True:
            connection.execute(_FOLLOW)
            list(connection.notifies(timeout=1, stop_after=1))


def run_stock(url: str) -> None:
    """The library's projector."""
    with ProjectionRunner(
        application_class=stock.Threads,
        projection_class=stock.Summary,
        view_class=stock.ThreadView,
        env=stock.environment(url),
    ) as runner:
        runner.run_forever()


@contextmanager
def _prepare(scratch: Scratch, workload: Workload) -> Iterator[dict[str, Peer]]:
    """A database of its own for every run."""
    events = min(workload.events, _MOST)
    yield {
        "ours": lambda: _ours(scratch, events),
        "stock": lambda: _stock(scratch, events),
        "limit": lambda: _limit(scratch, events),
    }


APPEND_TO_VISIBLE = Measure(
    "append-to-visible",
    tuple(
        Figure(f"ms, {part}{whole}", "lower")
        for whole in ("", ", storing included")
        for part in ("p50", "p99")
    ),
    _prepare,
    size=None,
)

if __name__ == "__main__":
    {"stock": run_stock, "limit": follow}[sys.argv[1]](os.environ["DATABASE_URL"])
