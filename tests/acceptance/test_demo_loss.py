"""Temporal loses all under a running demo: deadlines stand again, and nothing is raised twice."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from domain.calendar import COPENHAGEN
from domain.events.common import FollowUpRaised
from services.cli.run import ALL_ROLES
from services.demo import generate
from services.following.connecting import connect
from services.following.marks import Marks
from services.processes import running
from services.root import App, open_app
from services.settings import Settings
from services.store.municipality import Municipality
from services.tokens import Tokens
from tests.acceptance.test_loss import PROJECT, delete_file, next_of, until, written
from tests.acceptance.trial import take_in, wait_until_idle
from tests.services.api.sending import SOURCE, STRUCTURED, event
from tests.services.embedded.test_loss import server_of
from tests.services.following.room import doubled
from tests.soaking import SOAK

PLACES = 13 if SOAK else 3
Deadlines = dict[str, tuple[datetime | None, list[str]]]


@contextmanager
def demo(home: Path) -> Iterator[App]:
    """The first municipalities, made small, and all roles at work on embedded servers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = Settings(home=home, database_url=None, temporal_address=None, api_port=port)
    files = generate(home / "files", last_day=datetime.now(UTC).date(), scale=0.1)
    with open_app(settings, temporal=True) as app, running(app, ALL_ROLES):
        codes = sorted({path.name[:4] for path in files})[:PLACES]
        told = [path for path in files if path.name[:4] in codes]
        take_in(app.server, told, home / "refused")
        yield app


def deadlines(app: App, stores: list[Municipality]) -> Deadlines:
    """What every workflow waits for, and until when, as it says itself."""
    ids = [
        (store.code, mark.subject)
        for store in stores
        for mark in Marks(store).all().values()
        if not mark.finished
    ]

    async def ask() -> Deadlines:
        client = await connect(app.temporal_address or "", app.settings.keys_folder)
        told = await asyncio.gather(*(next_of(client, *id_) for id_ in ids))
        return {"/".join(id_): one for id_, one in zip(ids, told, strict=True)}

    return asyncio.run(ask())


def reconcile(home: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "services.cli", "follow-ups", "reconcile"],
        cwd=PROJECT,
        env={"PATH": os.defpath, "ROEDTRAAD_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def sent_over_http(app: App, code: str) -> None:
    """A case system sends a course that began so long ago that it should have a mentor."""
    _, secret = Tokens(app.server).create(
        municipality=code, now=datetime.now(UTC), source_prefix=SOURCE, events=["course.*"]
    )
    began = datetime.now(COPENHAGEN) - timedelta(days=60)
    told = event("after-the-loss", municipality=code, subject="late", time=began.isoformat())
    answer = httpx.post(
        f"http://127.0.0.1:{app.settings.api_port}/v1/events",
        json=told,
        headers={"authorization": f"Bearer {secret}", "content-type": STRUCTURED},
    )
    assert answer.status_code == 201, answer.text


@pytest.mark.soak
def test_after_reconcile_all_deadlines_of_a_running_demo_stand_again_and_nothing_is_raised_twice(
    ready_home: Path,
) -> None:
    home = ready_home
    with demo(home) as app:
        stores = list(app.server.municipalities())
        for store in stores:
            wait_until_idle(store)
        before, acts = deadlines(app, stores), [written(store) for store in stores]
        assert len(stores) == PLACES
        assert len(before) > 8 * PLACES
        assert any(wake_at for wake_at, _ in before.values())
        assert all(acts)

        first = server_of(home)
        delete_file(home)
        until(lambda: server_of(home) not in (0, first))
        assert "vækket" in reconcile(home)
        until(lambda: deadlines(app, stores) == before)
        for store in stores:
            wait_until_idle(store)
            assert doubled(store) == []
        assert [written(store) for store in stores] == acts

        # And it goes on: what a case system sends now is followed.
        sent_over_http(app, stores[0].code)
        wait_until_idle(stores[0])
        late = stores[0].find("course", "late")
        assert late is not None
        raised = [
            one.fact.follow_up.rule
            for one in stores[0].read_stream(late)
            if isinstance(one.fact, FollowUpRaised)
        ]
        assert "match-overdue" in raised
        assert doubled(stores[0]) == []
