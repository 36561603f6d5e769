"""The worker as a process of its own: killed in the middle of work, and stopped in good order."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from temporalio.client import Client

from domain.calendar import day_of
from services.store.keys import Keyring
from services.store.municipality import Municipality
from services.store.server import Server
from tests.conftest import Clock
from tests.services.following.room import dispatcher, doubled, idle, temporal
from tests.soaking import SOAK
from tests.workflows.town import FOUR_RULES, Town

PROJECT = Path(__file__).parents[2]
COURSES = 40 if SOAK else 18


@contextmanager
def serving(role: str, database_url: str, client: Client, keyring: Keyring) -> Iterator["Process"]:
    """A role of the product in a process of its own."""
    environment = {
        "PATH": os.defpath,
        "DATABASE_URL": database_url,
        "TEMPORAL_ADDRESS": client.service_client.config.target_host,
        "ROEDTRAAD_HOME": str(keyring.folder.parent),
        "ROEDTRAAD_KEYS": str(keyring.folder),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "services.cli", "serve", role], cwd=PROJECT, env=environment
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(20)


Process = subprocess.Popen[bytes]


@pytest.mark.soak
async def test_a_worker_killed_twice_in_the_middle_leaves_nothing_undone_or_doubled(
    server: Server,
    municipality: Municipality,
    clock: Clock,
    database_url: str,
    keyring: Keyring,
) -> None:
    clock.now = datetime.now(UTC)
    town = Town(municipality, day_of(clock.now))
    town.adopt(FOUR_RULES)
    for n in range(COURSES):
        town.intake(f"c-{n}", -40)
    async with temporal(keyring.folder) as client, dispatcher(server, client):
        for part in (1, 2):
            with serving("worker", database_url, client, keyring) as process:
                await _some_are_done(town, COURSES * part // 3)
                process.send_signal(signal.SIGKILL)
        with serving("worker", database_url, client, keyring) as process:
            await idle(municipality)
            process.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(process.wait, 20) == 0
    for n in range(COURSES):
        assert sorted(town.followed_in(f"c-{n}")) == [
            "0 escalated match-overdue to coordinator",
            "0 escalated match-overdue to leader",
            "0 raised match-overdue to caseworker",
        ]
    assert doubled(municipality) == []


async def _some_are_done(town: Town, many: int) -> None:
    done = 0
    while done < many:
        await asyncio.sleep(0.05)
        done = sum(bool(town.followed_in(f"c-{n}")) for n in range(COURSES))
