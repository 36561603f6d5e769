"""The database is set back to an earlier state, and what comes after it is followed at once."""

from datetime import UTC, datetime
from typing import LiteralString

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Identifier

from domain.calendar import day_of
from services.following.marks import Marks
from services.store.municipality import Municipality
from services.store.server import Server
from tests.conftest import Clock
from tests.services.following.room import doubled, engine, idle, temporal
from tests.workflows.town import FOUR_RULES, Town

RAISED = "0 raised match-overdue to caseworker"


@pytest.fixture
def town(municipality: Municipality, clock: Clock) -> Town:
    """A course that has waited for a mentor for too long."""
    clock.now = datetime.now(UTC)
    town = Town(municipality, day_of(clock.now))
    town.adopt(FOUR_RULES)
    town.intake("c-1", -16)
    return town


class Backups:
    """A copy of a database, taken and put back while nobody works with it."""

    def __init__(self, postgres: str, database_url: str) -> None:
        self._postgres = postgres
        self._name = str(conninfo_to_dict(database_url)["dbname"])
        self._copy = f"{self._name}_copy"

    def take(self) -> None:
        self._replace(self._copy, by=self._name)

    def put_back(self) -> None:
        self._replace(self._name, by=self._copy)
        self._run("DROP DATABASE {}", self._copy)

    def _replace(self, name: str, by: str) -> None:
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        self._run("ALTER DATABASE {} ALLOW_CONNECTIONS false", by)
        with psycopg.connect(self._postgres, autocommit=True) as admin:
            sessions = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
            admin.execute(sessions, (by,))
        self._run("CREATE DATABASE {} TEMPLATE {}", name, by)
        self._run("ALTER DATABASE {} ALLOW_CONNECTIONS true", by)

    def _run(self, statement: LiteralString, *names: str) -> None:
        with psycopg.connect(self._postgres, autocommit=True) as admin:
            admin.execute(SQL(statement).format(*map(Identifier, names)))


async def test_after_the_database_was_set_back_with_the_dispatcher_off_news_is_followed_at_once(
    server: Server, town: Town, postgres: str, database_url: str
) -> None:
    backups = Backups(postgres, database_url)
    async with temporal() as client:
        async with engine(server, client):
            await idle(town.municipality)
        backups.take()
        async with engine(server, client):
            for _ in range(5):  # the workflow has these in, and then they are gone
                town.worked("c-1", 0)
            await idle(town.municipality)
        lost = town.municipality.head().position
        backups.put_back()
        async with engine(server, client):
            match = town.matched("c-1", 0)
            assert town.municipality.head().position < lost
            await idle(town.municipality)
            assert town.followed_in("c-1") == [RAISED, f"0 resolved match-overdue by {match}"]
    assert doubled(town.municipality) == []


async def test_events_that_are_gone_while_the_marks_of_them_stay_are_noticed(
    server: Server, town: Town, database_url: str
) -> None:
    async with temporal() as client:
        async with engine(server, client):
            await idle(town.municipality)
            kept = town.municipality.head().position
            for _ in range(5):
                town.worked("c-1", 0)
            await idle(town.municipality)
        cut_off(database_url, kept)
        async with engine(server, client):
            match = town.matched("c-1", 0)
            await idle(town.municipality)
            assert town.followed_in("c-1") == [RAISED, f"0 resolved match-overdue by {match}"]
            assert Marks(town.municipality).dispatched() == town.municipality.head().position
    assert doubled(town.municipality) == []


def cut_off(database_url: str, kept: int) -> None:
    """Nothing of the log after this position was ever there."""
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute("DELETE FROM m0860.events WHERE notification_id > %s", (kept,))
        admin.execute("DELETE FROM m0860.receipts WHERE position > %s", (kept,))
        sequence = "pg_get_serial_sequence('m0860.events', 'notification_id')"
        admin.execute(f"SELECT setval({sequence}, %s)", (kept,))
