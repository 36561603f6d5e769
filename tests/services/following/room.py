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

from msgspec.structs import replace
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment

from domain.course import fold_course
from domain.envelope import Recorded
from domain.events.common import FollowUpEvent, FollowUpRaised, FollowUpResolved, FollowUpWithdrawn
from domain.follow_ups import (
    CourseSeen,
    Obligation,
    Plan,
    TeamSeen,
    course_obligations,
    plan_course,
    plan_team,
    team_obligations,
)
from domain.mentor import fold_mentor
from domain.raised import FollowUps
from domain.team import TeamState, fold_team
from domain.values import FollowUpKey
from services.dispatcher import Dispatcher
from services.follow_ups import Engine, calendar_of
from services.following.connecting import data_converter
from services.following.marks import is_idle
from services.following.matches import Matches
from services.following.searching import register
from services.following.seeing import rule_book_of
from services.following.streams import Streams
from services.store.municipality import Municipality
from services.store.server import Server
from tests.follow_ups.belonging import slots_of
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


async def idle(municipality: Municipality, patience: float = PATIENCE) -> None:
    """Wait until the engine has nothing left to do."""
    deadline = time.monotonic() + patience
    while not await asyncio.to_thread(is_idle, municipality, datetime.now(UTC)):
        assert time.monotonic() < deadline, "the engine never came to rest"
        await asyncio.sleep(0.05)


def pure(municipality: Municipality, course: UUID) -> set[FollowUpKey]:
    """What the pure function says is open of a course (`Reckoned`)."""
    return Reckoned(municipality).of_course(course)


class Reckoned:
    """What the pure functions say is open, from the facts alone, with no engine at all."""

    def __init__(self, municipality: Municipality) -> None:
        self._municipality = municipality
        known = Streams(municipality).now()
        team = municipality.team()
        self._team = fold_team(self._facts(team)) if team else TeamState()
        self._book = rule_book_of(self._team.adoptions)
        self._mentors = {one: fold_mentor(self._facts(one)) for one in known.mentors}
        self._matches = Matches(municipality).now(known, {})
        self._now = datetime.now(UTC)

    def of_course(self, course: UUID) -> set[FollowUpKey]:
        return _raised(plan_course(self._course(course), calendar_of(course), self._now))

    def of_team(self, team: UUID) -> set[FollowUpKey]:
        return _raised(plan_team(self._seen(), calendar_of(team), self._now))

    def as_now_of_course(self, course: UUID) -> set[FollowUpKey]:
        """What is open, each on the event that it would hang on had all been known."""
        written = fold_course(self._municipality.read_stream(course)).follow_ups
        asked = course_obligations(self._course(course), calendar_of(course))
        return _as_now(written, asked)

    def as_now_of_team(self, team: UUID) -> set[FollowUpKey]:
        written = fold_team(self._municipality.read_stream(team)).follow_ups
        return _as_now(written, team_obligations(self._seen(), calendar_of(team)))

    def _course(self, course: UUID) -> CourseSeen:
        return CourseSeen(fold_course(self._facts(course)), self._book, self._mentors)

    def _seen(self) -> TeamSeen:
        return TeamSeen(self._team, self._book, self._mentors, self._matches)

    def _facts(self, stream: UUID) -> list[Recorded]:
        told = self._municipality.read_stream(stream)
        return [event for event in told if not isinstance(event.fact, FollowUpEvent)]


def _as_now(written: FollowUps, asked: list[Obligation]) -> set[FollowUpKey]:
    """What was told while less was known goes on under the key that it was told by."""
    slots = slots_of(written, asked, {})
    return {replace(key, anchor=slots[key][0][1]) for key, one in written.items() if one.is_open}


def _raised(plan: Plan) -> set[FollowUpKey]:
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
