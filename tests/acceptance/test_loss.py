"""Temporal is lost under all that runs: every deadline stands again, and nothing is doubled."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from eventsourcing.persistence import PersistenceError
from psycopg import OperationalError
from temporalio.client import Client
from temporalio.service import RPCError

from domain.calendar import day_of
from domain.events.common import FollowUpEvent
from services.following.connecting import connect
from services.processes import running
from services.root import App, open_app
from services.settings import Settings
from services.store.municipality import Municipality
from tests.acceptance.trial import wait_until_idle
from tests.services.embedded.test_loss import file_of, server_of
from tests.services.following.room import doubled, open_keys, pure
from tests.workflows.town import Town
from workflows.follower import Follower
from workflows.messages import TEAM, Next, workflow_id

CODE = "0860"
PROJECT = Path(__file__).parents[2]
ROLES = ("projector", "dispatcher", "worker")
PATIENCE = 150.0
COURSES = ("waiting", "overdue", "matched", "met", "working", "closed")
Standing = dict[str, tuple[datetime | None, list[str]]]


@pytest.fixture
def app(ready_home: Path) -> Iterator[App]:
    """All roles at work on embedded servers, and a town's courses in every state."""
    settings = Settings(home=ready_home, database_url=None, temporal_address=None)
    with open_app(settings, temporal=True) as opened, running(opened, ROLES):
        town = town_of(opened)
        town.established(-100)
        town.supervisor("k-02", -100)
        town.employed("m-31", -20)
        for course in COURSES:
            town.intake(course, -3 if course == "waiting" else -30)
        for course in ("matched", "met", "working"):
            town.matched(course, -10)
        for course in ("met", "working"):
            town.met(course, -9)
        town.worked("working", -1)
        town.closed("closed", -2)
        yield opened


def town_of(app: App) -> Town:
    return Town(app.server.municipality(CODE), day_of(datetime.now(UTC)))


def standing(app: App) -> Standing:
    """What each workflow waits for, and until when, as it says itself; and the schedules."""

    async def ask() -> Standing:
        client = await connect(app.temporal_address or "", app.settings.keys_folder)
        subjects = [TEAM, *(town_of(app).subject(c) for c in COURSES if c != "closed")]
        told = {subject: await next_of(client, CODE, subject) for subject in subjects}
        schedules = sorted([one.id async for one in await client.list_schedules()])
        return told | {"schedules": (None, schedules)}

    return asyncio.run(ask())


async def next_of(client: Client, code: str, subject: str) -> tuple[datetime | None, list[str]]:
    handle = client.get_workflow_handle(workflow_id(code, subject))
    seen: Next | None = await handle.query(Follower.next_, rpc_timeout=timedelta(seconds=10))
    assert seen is not None
    return seen.wake_at, sorted(f"{one.rule} {one.due_on} {one.stage}" for one in seen.due)


def written(store: Municipality) -> list[str]:
    events = store.read_from(0, 100_000)
    return sorted(e.source_id for e in events if isinstance(e.fact, FollowUpEvent))


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            if true():
                return
        except (AssertionError, RPCError, RuntimeError, OperationalError, PersistenceError):
            pass  # nobody there yet
        assert time.monotonic() < deadline
        time.sleep(0.5)


def delete_file(home: Path) -> None:
    for file in file_of(home).parent.glob("temporal.db*"):
        file.unlink()


def test_whatever_becomes_of_temporal_all_deadlines_stand_again_and_nothing_is_raised_twice(
    app: App, ready_home: Path
) -> None:
    store, town = app.server.municipality(CODE), town_of(app)
    wait_until_idle(store)
    until(lambda: len(standing(app)["schedules"][1]) == 3)
    before, acts = standing(app), written(store)
    assert any("match-overdue" in due for due in before[town.subject("waiting")][1])
    assert acts

    # It is killed, and its file is gone.
    first = server_of(ready_home)
    os.kill(first, signal.SIGKILL)
    delete_file(ready_home)
    until(lambda: server_of(ready_home) not in (0, first) and standing(app) == before)

    # Its file is deleted while it runs.
    second = server_of(ready_home)
    delete_file(ready_home)
    until(lambda: server_of(ready_home) not in (0, second) and standing(app) == before)

    # A person does what the dispatcher would have done, before it does or after.
    third = server_of(ready_home)
    delete_file(ready_home)
    until(lambda: server_of(ready_home) not in (0, third))
    done = subprocess.run(
        [sys.executable, "-m", "services.cli", "follow-ups", "reconcile"],
        cwd=PROJECT,
        env={"PATH": os.defpath, "ROEDTRAAD_HOME": str(ready_home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "6 forløb og team er vækket" in done.stderr
    until(lambda: standing(app) == before)

    # The database goes down, too.
    fourth = server_of(ready_home)
    database = int((ready_home / "postgres" / "data" / "postmaster.pid").read_text().split()[0])
    os.kill(database, signal.SIGKILL)
    delete_file(ready_home)
    until(lambda: server_of(ready_home) not in (0, fourth) and standing(app) == before)

    assert written(store) == acts
    work = town.worked("met", 0, id="after-all-this")
    until(lambda: f"0 resolved no-mentor-contact by {work}" in town.followed_in("met"))
    for course in COURSES:
        assert open_keys(store, town.stream(course)) == pure(store, town.stream(course)), course
    assert doubled(store) == []
