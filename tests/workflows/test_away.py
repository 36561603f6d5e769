"""The database is away for hours: a workflow waits for it at a small price, and not too long."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Identifier
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from services.follow_ups import Engine
from services.store.municipality import Municipality
from services.store.server import Server
from services.worker import Activities
from tests.conftest import Clock
from tests.workflows.conftest import StumblingOnItsTime
from tests.workflows.journey import Journey, timer_after_failure
from tests.workflows.patience import patient_worker
from tests.workflows.town import Town
from workflows.follower import Follower
from workflows.messages import TEAM, Advance, Poke

FOR_EVER = 1_000_000
ASKED_FOR_ANEW = 8.0  # seconds after which a worker asks for more time for a workflow's task


async def test_six_hours_without_a_database_cost_few_events_and_ten_minutes_later_all_is_in(
    skipping: WorkflowEnvironment, server: Server, town: Town, clock: Clock
) -> None:
    engine, journey = StumblingOnItsTime(server, clock), Journey(skipping, town, clock)
    with ThreadPoolExecutor(2) as threads:
        async with patient_worker(skipping.client, engine, threads):
            town.intake("c-1")
            course = await journey.follow_course("c-1")
            before = len((await course.fetch_history()).events)

            engine.failures = FOR_EVER
            town.matched("c-1", day=0)
            news = town.municipality.head().position
            await course.signal(Follower.poke, Poke(news))
            await timer_after_failure(course)
            for hour in range(9, 15):
                await journey.until(0, f"{hour:02}:00")
            # 35 waits of ten minutes and three shorter ones, at six events each, and the beginning.
            assert len((await course.fetch_history()).events) - before < 250

            engine.failures = 0
            await skipping.sleep(timedelta(minutes=10))
            async with asyncio.timeout(30):
                await journey.pulled(course, news)


def test_where_the_database_is_away_an_attempt_ends_before_its_task_is_asked_for_anew(
    server: Server, municipality: Municipality, postgres: str, database_url: str
) -> None:
    activities = Activities(Engine(server))
    ask = Advance(municipality.code, TEAM, datetime.now(UTC))
    activities.advance(ask)
    name = str(conninfo_to_dict(database_url)["dbname"])
    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute(SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(Identifier(name)))
        sessions = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        admin.execute(sessions, (name,))
        began = time.monotonic()
        with pytest.raises(ApplicationError):
            activities.advance(ask)
        assert time.monotonic() - began < ASKED_FOR_ANEW
        admin.execute(SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(Identifier(name)))
    server.pool.check()
    activities.advance(ask)
