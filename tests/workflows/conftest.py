"""Months in a moment: a Temporal test server that skips time, one for each test."""

import sys
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from psycopg import OperationalError
from temporalio.testing import WorkflowEnvironment

from domain.calendar import COPENHAGEN, day_of
from services.follow_ups import Engine
from services.following.connecting import DATA_CONVERTER
from services.following.searching import register
from services.store.municipality import Municipality
from services.store.server import Server
from tests.conftest import Clock
from tests.workflows.journey import Journey
from tests.workflows.patience import patient_worker
from tests.workflows.town import FOUR_RULES, Town
from workflows.messages import Next

PROGRAMS = Path(sys.executable).parent


class EngineOnItsTime(Engine):
    """The engine, with a store whose clock shows the workflow's time."""

    def __init__(self, server: Server, clock: Clock) -> None:
        super().__init__(server)
        self._clock = clock

    def advance(self, municipality: str, subject: str, now: datetime) -> Next:
        self._clock.now = max(self._clock.now, now)
        return super().advance(municipality, subject, now)


class StumblingOnItsTime(EngineOnItsTime):
    """Fails so many times more, as when the database is away."""

    failures = 0

    def advance(self, municipality: str, subject: str, now: datetime) -> Next:
        if self.failures:
            self.failures -= 1
            raise OperationalError("the connection is lost")
        return super().advance(municipality, subject, now)


@asynccontextmanager
async def time_skipping() -> AsyncIterator[WorkflowEnvironment]:
    """A server that skips time."""
    async with await _started() as environment:
        await register(environment.client)
        yield environment


async def _started() -> WorkflowEnvironment:
    """Starting is given five seconds by the library, which a busy machine may not have."""
    for attempt in range(4):
        try:
            return await WorkflowEnvironment.start_time_skipping(
                test_server_existing_path=str(PROGRAMS / "temporal-test-server"),
                data_converter=DATA_CONVERTER,
            )
        except RuntimeError:
            if attempt == 3:
                raise
    raise AssertionError("unreachable")


async def eight_o_clock(
    environment: WorkflowEnvironment, clock: Clock, day: date | None = None
) -> date:
    """Let it be eight in the morning, there and in the store: of that day, else of tomorrow."""
    now = await environment.get_current_time()
    today = day or day_of(now) + timedelta(days=1)
    await environment.sleep(datetime.combine(today, time(8), COPENHAGEN) - now)
    clock.now = await environment.get_current_time()
    return today


@pytest.fixture
async def skipping() -> AsyncIterator[WorkflowEnvironment]:
    """A server that skips time, without a worker."""
    async with time_skipping() as environment:
        yield environment


@pytest.fixture
async def town(skipping: WorkflowEnvironment, municipality: Municipality, clock: Clock) -> Town:
    """A municipality at eight in the morning of day 0."""
    return Town(municipality, await eight_o_clock(skipping, clock))


@pytest.fixture
def four_rules(town: Town) -> None:
    """The town's rules are these four alone."""
    town.adopt(FOUR_RULES)


@pytest.fixture
async def journey(skipping: WorkflowEnvironment, town: Town, clock: Clock, worker: None) -> Journey:
    """Travels with a worker at work."""
    return Journey(skipping, town, clock)


@pytest.fixture
async def worker(
    skipping: WorkflowEnvironment, server: Server, clock: Clock
) -> AsyncIterator[None]:
    """A worker, for as long as the test lasts."""
    async with AsyncExitStack() as stack:
        threads = stack.enter_context(ThreadPoolExecutor(4))
        engine = EngineOnItsTime(server, clock)
        await stack.enter_async_context(patient_worker(skipping.client, engine, threads))
        yield
