"""The projector follows whatever happens: no wake-up comes, it is killed, eight write at once."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from services.freshness import freshness, projector_is_up, wait_for
from services.projector import Projector, prepare
from services.rebuilding import rebuild_all
from services.store.keys import Keyring
from services.store.municipality import Municipality
from services.store.recorder import Recorder
from services.store.server import Server
from tests.conftest import Clock
from tests.services.projecting import projecting, reflected, until
from tests.services.store.sending import intake, sent
from tests.services.tables import rows_of
from tests.soaking import SOAK

KILLS = 50 if SOAK else 3
WRITERS = 8
SECONDS = 600.0 if SOAK else 4.0


@pytest.fixture
def now(clock: Clock) -> Clock:
    """Events are recorded now."""
    clock.now = datetime.now(UTC)
    return clock


def follow(municipality: Municipality, n: int) -> None:
    """One event, and for every third the retraction of an earlier one."""
    course = f"c-{n % 50}"
    municipality.append([intake(f"in-{n}", course, form="phone")])
    earlier = {"id": f"in-{n - n % 7}"}
    if n % 3 == 0:
        fields: dict[str, Any] = {"retracts": earlier, "reason": "sent-twice"}
        municipality.append([sent(f"am-{n}", "course.event-retracted.v1", course, **fields)])


def test_without_any_wake_up_the_views_follow_within_two_seconds(
    server: Server, now: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Recorder, "_notify_channel", lambda recorder, cursor: None)
    municipality = server.municipality("0860")
    prepare(municipality)
    projector = Projector(server)
    thread = threading.Thread(target=projector.run)
    thread.start()
    try:
        for n in range(3):
            follow(municipality, n)
            assert wait_for(municipality, municipality.head().position, seconds=2)
            time.sleep(0.3)
    finally:
        projector.stop()
        thread.join()


@pytest.mark.soak
def test_views_are_the_same_however_often_the_projector_is_killed(
    server: Server, municipality: Municipality, database_url: str, keyring: Keyring, now: Clock
) -> None:
    moments = random.Random(4711)
    written = 0
    for _ in range(KILLS):
        with projecting(database_url, keyring):
            until(lambda: projector_is_up(server))
            until_killed = time.monotonic() + moments.uniform(0, 0.5)
            while time.monotonic() < until_killed or written % 10:
                follow(municipality, written)
                written += 1
    with projecting(database_url, keyring):
        reflected(municipality)
    live = rows_of(municipality)
    assert len(live["timeline"]) >= written
    rebuild_all(municipality)
    assert rows_of(municipality) == live


@pytest.mark.soak
def test_no_event_of_eight_writers_is_missed_by_any_view(
    server: Server, municipality: Municipality, database_url: str, keyring: Keyring, now: Clock
) -> None:
    end = time.monotonic() + SECONDS

    def write(writer: int) -> int:
        """An event and its receipt at a time, as fast as it goes."""
        n = 0
        while time.monotonic() < end:
            now.now = datetime.now(UTC)
            course = f"c-{writer}-{n % 20}"
            events = [intake(f"in-{writer}-{n}-{k}", course) for k in range(1 + n % 3)]
            municipality.append(events)
            n += 1
        return sum(1 + k % 3 for k in range(n))

    with projecting(database_url, keyring), ThreadPoolExecutor(WRITERS) as writers:
        written = sum(writers.map(write, range(WRITERS)))
        reflected(municipality)
    live = rows_of(municipality)
    assert len(live["intakes"]) == len(live["timeline"]) == written
    rebuild_all(municipality)
    assert rows_of(municipality) == live


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
