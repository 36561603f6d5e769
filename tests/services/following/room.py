"""The engine's processes in a test: a Temporal that can be lost, a dispatcher, a worker."""

import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment

from domain.course import fold_course
from domain.events.common import FollowUpEvent, FollowUpRaised, FollowUpResolved, FollowUpWithdrawn
from domain.follow_ups import CourseSeen, plan_course
from domain.team import fold_team
from domain.values import FollowUpKey
from services.dispatcher import Dispatcher
from services.follow_ups import Engine, calendar_of
from services.following.connecting import data_converter
from services.following.marks import is_idle
from services.following.searching import register
from services.following.seeing import rule_book_of
from services.store.municipality import Municipality
from services.store.server import Server
from tests.workflows.conftest import PROGRAMS
from tests.workflows.patience import patient_worker

PATIENCE = 40.0  # seconds
_KEYS = tempfile.TemporaryDirectory(prefix="rt-keys-")


@asynccontextmanager
async def temporal(keys: Path | None = None, port: int | None = None) -> AsyncIterator[Client]:
    """A dev server in memory: when it goes, all that Temporal knew goes with it.

    `keys` is the folder of the payloads' key, where another process must have it too. At `port` it
    knows nothing of ours yet, as when it was lost.
    """
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(PROGRAMS / "temporal"),
        dev_server_log_level="error",
        port=port,
        data_converter=data_converter(keys or Path(_KEYS.name)),
    ) as environment:
        if port is None:
            await register(environment.client)
        yield environment.client


@asynccontextmanager
async def dispatcher(server: Server, client: Client) -> AsyncIterator[None]:
    """A dispatcher at work."""
    stop = asyncio.Event()
    task = asyncio.create_task(Dispatcher(server, client).run(stop))
    try:
        yield
    finally:
        stop.set()
        await task


@asynccontextmanager
async def worker(server: Server, client: Client) -> AsyncIterator[None]:
    """A worker at work."""
    with ThreadPoolExecutor(4) as threads:
        async with patient_worker(client, Engine(server), threads):
            yield


@asynccontextmanager
async def engine(server: Server, client: Client) -> AsyncIterator[None]:
    """Both of them."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(worker(server, client))
        await stack.enter_async_context(dispatcher(server, client))
        yield


async def idle(municipality: Municipality) -> None:
    """Wait until the engine has nothing left to do."""
    deadline = time.monotonic() + PATIENCE
    while not await asyncio.to_thread(is_idle, municipality, datetime.now(UTC)):
        assert time.monotonic() < deadline, "the engine never came to rest"
        await asyncio.sleep(0.05)


def pure(municipality: Municipality, course: UUID) -> set[FollowUpKey]:
    """What the pure function says is open, from the facts alone, with no engine at all."""
    told = municipality.read_stream(course)
    facts = [event for event in told if not isinstance(event.fact, FollowUpEvent)]
    team = municipality.team()
    adopted = fold_team(municipality.read_stream(team)).adoptions if team else ()
    seen = CourseSeen(fold_course(facts), rule_book_of(adopted))
    plan = plan_course(seen, calendar_of(course), datetime.now(UTC))
    return {act.fact.follow_up for act in plan.acts if isinstance(act.fact, FollowUpRaised)}


def open_keys(municipality: Municipality, stream: UUID) -> set[FollowUpKey]:
    """The follow-ups of a stream that are open, as its own events tell them."""
    events = [event.fact for event in municipality.read_stream(stream)]
    raised = {fact.follow_up for fact in events if isinstance(fact, FollowUpRaised)}
    closed = {
        fact.follow_up for fact in events if isinstance(fact, FollowUpResolved | FollowUpWithdrawn)
    }
    return raised - closed


def doubled(municipality: Municipality) -> list[object]:
    """Follow-ups that were written twice at the same stage."""
    acts = Counter(
        (event.originator_id, event.fact.NAME, event.fact.follow_up, to)
        for event in municipality.read_from(0, 100_000)
        if isinstance(event.fact, FollowUpEvent)
        for to in [getattr(event.fact, "addressed_to", getattr(event.fact, "number", None))]
    )
    return [act for act, count in acts.items() if count > 1]


async def signals(client: Client, workflow: str) -> int | None:
    """How often a workflow was poked; None where there never was one."""
    try:
        history = await client.get_workflow_handle(workflow).fetch_history()
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
        return None
    poked = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED
    return sum(event.event_type == poked for event in history.events)
