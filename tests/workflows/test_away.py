"""The database is away for hours: a workflow waits for it at a small price, and not too long."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from temporalio.testing import WorkflowEnvironment

from services.store.server import Server
from tests.conftest import Clock
from tests.workflows.conftest import StumblingOnItsTime
from tests.workflows.journey import Journey, timer_after_failure
from tests.workflows.patience import patient_worker
from tests.workflows.town import Town
from workflows.follower import Follower
from workflows.messages import Poke

FOR_EVER = 1_000_000


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
