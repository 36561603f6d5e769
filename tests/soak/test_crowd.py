"""Thousands of open courses and facts, and a worker that is killed all the time: none is missed."""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from domain.calendar import day_of
from domain.events.common import FollowUpEvent
from domain.values import FollowUpKey, Ref
from services.follow_ups import Engine
from services.following.concerning import Concerned
from services.following.marks import Marks
from services.store.keys import Keyring
from services.store.municipality import Municipality
from services.store.server import Server
from tests.conftest import Clock
from tests.services.following.room import Reckoned, dispatcher, doubled, idle, open_keys, temporal
from tests.services.test_worker import serving
from tests.soak.crowd import Crowd
from tests.soaking import SOAK
from tests.workflows.patience import patient_worker
from tests.workflows.test_long_history import pull
from tests.workflows.town import Town
from workflows.course import CourseWorkflow
from workflows.messages import TASK_QUEUE, Start, workflow_id

COURSES, FACTS, KILLS = (2000, 5000, 10) if SOAK else (30, 100, 2)
BATCHES, IN_A_BATCH = (400, 50) if SOAK else (20, 5)
PATIENCE = 3600.0 if SOAK else 120.0
LONGEST = 5000  # events of one run's history
_DONE = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
Say = Callable[[str], None]


@pytest.fixture
def town(municipality: Municipality, clock: Clock) -> Town:
    """A municipality today."""
    clock.now = datetime.now(UTC)
    return Town(municipality, day_of(clock.now))


@pytest.mark.soak
async def test_no_course_is_missed_while_facts_arrive_and_workers_are_killed(
    server: Server, town: Town, database_url: str, keyring: Keyring, say: Say
) -> None:
    crowd = Crowd(town, COURSES, seed=4711)
    await asyncio.to_thread(crowd.begin)
    began = time.monotonic()
    async with temporal(keyring.folder) as client, dispatcher(server, client):
        facts = crowd.tell(FACTS)
        for _ in range(KILLS):
            with serving("worker", database_url, client, keyring):  # killed in the end
                for _ in range(FACTS // KILLS):
                    await asyncio.to_thread(next, facts)
                    await asyncio.sleep(0.01)
                await asyncio.sleep(2)
        with serving("worker", database_url, client, keyring):
            await idle(town.municipality, PATIENCE)
        taken = time.monotonic() - began
        tasks = await measured(client)
    say(f"{COURSES} courses, {FACTS} facts, {KILLS} kills: idle after {taken:.0f} s; {tasks}")
    everything_is_as_reckoned(town, crowd)


def everything_is_as_reckoned(town: Town, crowd: Crowd) -> None:
    store = town.municipality
    reckoned, marks = Reckoned(store), Marks(store).all()
    needed = Concerned(store).needing(datetime.now(UTC))
    assert len(needed) > COURSES / 2
    team = store.team()
    assert team is not None
    raised = 0
    for course in crowd.courses:
        stream = town.stream(course)
        found = apart_from_cycles(reckoned.as_now_of_course(stream))
        assert found == apart_from_cycles(reckoned.of_course(stream)), course
        raised += len(found)
        if (subject := town.subject(course)) in needed:
            facts = [e for e in store.read_stream(stream) if not isinstance(e.fact, FollowUpEvent)]
            assert marks[subject].advanced >= facts[-1].position, course
    assert raised > COURSES  # it had something to do
    found = apart_from_cycles(reckoned.as_now_of_team(team))
    assert found == apart_from_cycles(reckoned.of_team(team))
    assert doubled(store) == []


def apart_from_cycles(keys: set[FollowUpKey]) -> set[tuple[str, Ref, UUID | None]]:
    """A fact that is retracted can have closed a follow-up, which then begins its next cycle."""
    return {(key.rule, key.anchor, key.about) for key in keys}


async def measured(client: Client) -> str:
    """What it cost: tasks of each course's workflow, and the longest history."""
    tasks: Counter[str] = Counter()
    longest = 0
    async for run in client.list_workflows("WorkflowType IN ('course', 'team')"):
        history = await client.get_workflow_handle(run.id, run_id=run.run_id).fetch_history()
        tasks[run.id] += sum(event.event_type == _DONE for event in history.events)
        longest = max(longest, len(history.events))
    assert longest < LONGEST
    several = sorted(tasks.values())
    return (
        f"{sum(several)} workflow tasks, {sum(several) / len(several):.1f} a workflow,"
        f" {several[-1]} at most; the longest history has {longest} events"
    )


@pytest.mark.soak
async def test_a_course_of_very_many_facts_never_has_a_long_history(
    server: Server, town: Town, say: Say
) -> None:
    town.intake("c-1", -40)
    id = workflow_id(town.municipality.code, town.subject("c-1"))
    start = Start(town.municipality.code, town.subject("c-1"))
    async with temporal() as client:
        with ThreadPoolExecutor(2) as threads:
            async with patient_worker(client, Engine(server), threads):
                await client.start_workflow(CourseWorkflow.run, start, id=id, task_queue=TASK_QUEUE)
                course = client.get_workflow_handle_for(CourseWorkflow.run, id)
                for n in range(BATCHES):
                    await asyncio.to_thread(_work, town, n)
                    await pull(course, town.municipality.head().position)
        tasks = await measured(client)
    say(f"one course, {BATCHES * IN_A_BATCH} facts in {BATCHES} pokes: {tasks}")
    stream = town.stream("c-1")
    assert open_keys(town.municipality, stream) == Reckoned(town.municipality).of_course(stream)
    assert doubled(town.municipality) == []


def _work(town: Town, batch: int) -> None:
    for n in range(IN_A_BATCH):
        town.worked("c-1", -((batch + n) % 30))


@pytest.fixture
def say(capfd: pytest.CaptureFixture[str]) -> Say:
    """Tells what was measured, on the terminal of `make soak`."""

    def tell(what: str) -> None:
        with capfd.disabled():
            if SOAK:
                sys.stderr.write(f"\n{what}\n")

    return tell
