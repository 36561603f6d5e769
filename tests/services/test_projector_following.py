"""The projector follows whatever happens: no wake-up comes, it is killed, eight write at once."""

import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import count, islice

import pytest

from domain.envelope import Recorded
from services.freshness import freshness, projector_is_up, wait_for
from services.projector import prepare
from services.rebuilding import rebuild_all
from services.store.keys import Keyring
from services.store.log import Part
from services.store.municipality import Municipality
from services.store.server import News, Server
from tests.conftest import Clock
from tests.services.beside import running
from tests.services.edge.events import SOURCE
from tests.services.mixed import mixed, rows_by_events, rows_by_table, sendable
from tests.services.projecting import following, projecting, reflected, until
from tests.services.store.sending import intake
from tests.services.tables import sums_of
from tests.soaking import SOAK

KILLS = 50 if SOAK else 3
WRITERS = 8
ROUND = len(sendable())  # events, one of each kind
SECONDS = 600.0 if SOAK else 4.0
PARTS = 32  # of the streams, so that the log is never in memory at once


@pytest.fixture
def now(clock: Clock) -> Clock:
    """Events are recorded now."""
    clock.now = datetime.now(UTC)
    return clock


def as_the_events_say(municipality: Municipality, written: int) -> None:
    """As many rows hold as the events say that were written, and a rebuild makes the same."""
    sent, said = 0, Counter[str]()
    for part in range(PARTS):
        with municipality.transaction() as cursor:
            batches = municipality.log_reader.batches(cursor, 0, part=Part(part, PARTS))
            events = [event for batch in batches for event in batch if isinstance(event, Recorded)]
        # Whoever is linked with another has that told in the other's stream too, by us.
        sent += sum(event.source == SOURCE for event in events)
        said += rows_by_events(events)
    assert sent == written
    assert said == rows_by_table(municipality)
    assert len(said) > 40  # nearly all tables are told of
    live = sums_of(municipality)
    rebuild_all(municipality)
    assert sums_of(municipality) == live


def test_without_any_wake_up_the_views_follow_within_two_seconds(
    server: Server, municipality: Municipality, now: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(News, "follow", lambda news, channel: None)
    municipality.append([intake("in-0", "c-1")])
    with following(server):
        reflected(municipality)  # it has begun
        for n in range(1, 4):
            position = municipality.append([intake(f"in-{n}", "c-1")])[0].position
            assert wait_for(municipality, position, seconds=2)
            time.sleep(0.3)


def test_a_municipality_that_is_not_heard_of_is_followed_though_another_is_at_all_times(
    server: Server, now: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet, busy = server.municipality("0860"), server.municipality("0999")
    follow = News.follow

    def of_the_busy(news: News, channel: str) -> None:
        if channel == busy.log_recorder.channel_name:
            follow(news, channel)

    monkeypatch.setattr(News, "follow", of_the_busy)

    def write(stop: threading.Event) -> None:
        for n in count():
            busy.append([intake(f"in-{n}", "c-1")])
            if stop.is_set():
                return

    for store in (quiet, busy):
        prepare(store)
    quiet.append([intake("in-0", "c-1")])
    with following(server), running(write):
        reflected(quiet)
        for n in range(1, 3):
            position = quiet.append([intake(f"in-{n}", "c-1")])[0].position
            assert wait_for(quiet, position, seconds=2)


@pytest.mark.soak
def test_views_are_the_same_however_often_the_projector_is_killed(
    server: Server, municipality: Municipality, database_url: str, keyring: Keyring, now: Clock
) -> None:
    moments = random.Random(4711)
    written = 0
    events = mixed("a")
    for _ in range(KILLS):
        with projecting(database_url, keyring):
            until(lambda: projector_is_up(server))
            until_killed = time.monotonic() + moments.uniform(0, 0.5)
            while time.monotonic() < until_killed or written % ROUND:
                municipality.append([next(events)])
                written += 1
    with projecting(database_url, keyring):
        reflected(municipality)
    as_the_events_say(municipality, written)


@pytest.mark.soak
def test_no_event_of_eight_writers_is_missed_by_any_view(
    server: Server, municipality: Municipality, database_url: str, keyring: Keyring, now: Clock
) -> None:
    end = time.monotonic() + SECONDS

    def write(writer: int) -> int:
        """One, two or three events and their receipts at a time, as fast as it goes."""
        events, written = mixed(str(writer), subjects=20), 0
        while time.monotonic() < end or written < ROUND:
            now.now = datetime.now(UTC)
            some = list(islice(events, 1 + written % 3))
            receipts = municipality.append(some)
            assert {receipt.status for receipt in receipts} == {"stored"}
            written += len(some)
        return written

    with projecting(database_url, keyring), ThreadPoolExecutor(WRITERS) as writers:
        written = sum(writers.map(write, range(WRITERS)))
        reflected(municipality)
    as_the_events_say(municipality, written)


def test_a_projector_that_has_died_shows_from_the_first_event_that_it_misses(
    server: Server, municipality: Municipality, database_url: str, keyring: Keyring, now: Clock
) -> None:
    assert not projector_is_up(server)
    with projecting(database_url, keyring):
        until(lambda: projector_is_up(server))
        municipality.append([intake("ev-1", "c-1")])
        reflected(municipality)
    until(lambda: not projector_is_up(server))
    fresh = freshness(municipality, now())
    assert (fresh.up_to_date, fresh.age_seconds, fresh.stale) == (True, 0, False)
    position = municipality.append([intake("ev-2", "c-1")])[0].position
    assert not wait_for(municipality, position, seconds=0.1)
    recorded_at = municipality.head().recorded_at
    assert recorded_at is not None
    later = datetime.fromtimestamp(recorded_at.timestamp() + 7, UTC)
    late = freshness(municipality, later)
    assert (late.up_to_date, round(late.age_seconds), late.stale) == (False, 7, True)
    assert (late.position, late.head) == (fresh.position, position)
