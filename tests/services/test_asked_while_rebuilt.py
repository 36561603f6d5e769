"""Whoever asks while tables are rebuilt, and events come in, is answered as the log says."""

import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import httpx
import pytest

from services import rebuilding
from services.crew import Crew
from services.projector import catch_up
from services.rebuilding import rebuild_all
from services.root import App
from services.settings import Settings
from services.store.keys import Keyring
from services.store.municipality import Municipality
from services.store.server import Server
from services.tokens import Tokens
from services.views import VIEWS, View, ask
from tests.conftest import Clock
from tests.services.api.serving import serving
from tests.services.beside import running
from tests.services.every_view import tell_of_every_view
from tests.services.mixed import mixed
from tests.services.projecting import command
from tests.services.tables import rows_of
from tests.soaking import runs

LEVELS = [(view, by) for view in VIEWS.values() for by in view.levels]
REBUILDS = runs(1)  # and one by the command
EVENTS = runs(30)
READERS = 2

Answer = tuple[int, list[dict[str, Any]]]
Way = Callable[[View, str, datetime | None], Answer]


class Reader:
    """Asks every level of every view in turn, by one way, for as long as it may."""

    def __init__(self, way: Way) -> None:
        self.way = way
        self.answers: list[tuple[View, str, Answer]] = []

    def read(self, stop: threading.Event) -> None:
        for view, by in cycle(LEVELS):
            if stop.is_set():
                return
            self.answers.append((view, by, self.way(view, by, None)))


def by_call(store: Municipality, as_of: datetime) -> Way:
    """As the command line asks."""

    def asked(view: View, by: str, known_at: datetime | None) -> Answer:
        course = "c-1" if view.levels[by].needs_course else None
        answer = ask(view, [store], by=by, course=course, as_of=as_of, known_at=known_at, now=as_of)
        assert isinstance(answer.position, int)
        return answer.position, answer.rows

    return asked


def by_http(client: httpx.Client, as_of: datetime) -> Way:
    """As a program asks."""

    def asked(view: View, by: str, known_at: datetime | None) -> Answer:
        params = {"by": by, "as_of": as_of.isoformat(), "limit": "1000"}
        if view.levels[by].needs_course:
            params["course"] = "c-1"
        if known_at is not None:
            params["known_at"] = known_at.isoformat()
        answer = client.get(f"/v1/{view.name}", params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()["position"], answer.json()["rows"]

    return asked


@pytest.mark.soak
def test_every_view_is_answered_as_the_log_says_while_tables_are_rebuilt_and_events_come_in(
    municipality: Municipality,
    server: Server,
    clock: Clock,
    database_url: str,
    keyring: Keyring,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rebuilding, "MANY", 0)  # by several processes, however few events
    clock.now = datetime.now(UTC)
    tell_of_every_view(municipality, server, clock.now)
    as_of = clock.now + timedelta(minutes=1)
    written: list[int] = []

    def write(stop: threading.Event) -> None:
        for event in islice(mixed("a", subjects=20), EVENTS):
            clock.now += timedelta(seconds=1)  # so that each position has a time of its own
            municipality.append([event])
            written.append(catch_up(municipality))
            if stop.wait(0.05):
                return

    _, secret = Tokens(server).create(municipality="0860", now=clock.now, may_read=True)
    app = App(Settings(home=tmp_path, keys=keyring.folder), server, database_url, None)
    headers = {"authorization": f"Bearer {secret}"}
    with (
        serving(app) as served,
        httpx.Client(base_url=served.address, headers=headers, timeout=30) as client,
        Crew(database_url, 2) as crew,
    ):
        call = by_call(municipality, as_of)
        readers = [*(Reader(call) for _ in range(READERS)), Reader(by_http(client, as_of))]
        with ExitStack() as beside:
            for reader in readers:
                beside.enter_context(running(reader.read))
            beside.enter_context(running(write))
            for _ in range(REBUILDS):
                rebuild_all(municipality, crew=crew)
            assert (
                command(database_url, keyring, "projections", "rebuild", "caseload").wait(60) == 0
            )
        _as_the_log_says(municipality, readers)
    assert len(written) > REBUILDS
    live = rows_of(municipality)
    rebuild_all(municipality)
    assert rows_of(municipality) == live


def _as_the_log_says(municipality: Municipality, readers: Sequence[Reader]) -> None:
    """Each answer is that of its own position, read from tables that nobody touches now."""
    recorded = {event.position: event.recorded_at for event in municipality.read_from(0, 10**6)}

    @cache
    def quietly(way: Way, view: str, by: str, position: int) -> Answer:
        return way(VIEWS[view], by, recorded[position])

    for reader in readers:
        reached = 0
        for view, by, (position, rows) in reader.answers:
            assert rows, (view.name, by)
            assert position >= reached
            answer = quietly(reader.way, view.name, by, position)
            assert (position, rows) == answer, (view.name, by)
            reached = position
        assert len(reader.answers) > len(LEVELS)
