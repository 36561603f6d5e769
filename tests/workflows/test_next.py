"""What is next and why, asked of a course's workflow: the answer has in it all that is stored."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.service import RPCError, RPCStatusCode

from domain.calendar import day_of
from services.follow_ups import Engine
from services.store.municipality import Municipality
from services.store.server import Server
from tests.conftest import Clock
from tests.workflows.journey import Handle, Journey
from tests.workflows.patience import patient_worker
from tests.workflows.test_long_history import dev_server
from tests.workflows.town import FOUR_RULES, Town
from workflows.course import CourseWorkflow
from workflows.follower import Follower
from workflows.inbox import Inbox
from workflows.messages import TASK_QUEUE, Due, Next, Poke, Start, workflow_id


async def ask(course: Handle, position: int) -> Next:
    answer: Next = await course.execute_update(Follower.catch_up, Poke(position))
    return answer


@asynccontextmanager
async def followed(town: Town, server: Server, suggest_at: int = 4096) -> AsyncIterator[Handle]:
    """A course's workflow on a dev server; a new run is suggested after so many events."""
    town.intake("c-1")
    start = Start(town.municipality.code, town.subject("c-1"))
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(dev_server(suggest_at))
        threads = stack.enter_context(ThreadPoolExecutor(2))
        await stack.enter_async_context(patient_worker(client, Engine(server), threads))
        id = workflow_id(start.municipality, start.subject)
        await client.start_workflow(CourseWorkflow.run, start, id=id, task_queue=TASK_QUEUE)
        yield client.get_workflow_handle(id)


@pytest.fixture
def today(municipality: Municipality, clock: Clock) -> Town:
    """A town where the day is the store's."""
    return Town(municipality, day_of(clock.now))


async def test_the_answer_says_what_is_next_when_for_whom_and_by_which_rule(
    journey: Journey, town: Town
) -> None:
    town.adopt(FOUR_RULES)
    intake = town.intake("c-1")
    course = await journey.follow_course("c-1")
    assert (await ask(course, 0)).due == [
        Due(
            rule="match-overdue",
            due_on=town.day(14).isoformat(),
            stage="coming",
            since=town.day(0).isoformat(),
            anchor=intake,
            addressed_to="caseworker",
            pack="four",
            edition="1",
            basis="a test",
        )
    ]
    await journey.until(15)
    [due] = (await ask(course, 0)).due
    assert (due.stage, due.addressed_to) == ("raised", "caseworker")
    await journey.until(22)
    [due] = (await ask(course, 0)).due
    assert (due.stage, due.addressed_to) == ("escalated", "coordinator")


async def test_the_answer_has_in_it_what_was_stored_before_it_was_asked(
    today: Town, server: Server
) -> None:
    async with followed(today, server) as course:
        for day in range(1, 6):
            today.worked("c-1", day)
            position = today.municipality.head().position
            assert (await ask(course, position)).position >= position


async def test_no_answer_is_lost_when_the_workflow_goes_on_in_new_runs_meanwhile(
    today: Town, server: Server
) -> None:
    async with followed(today, server, suggest_at=10) as course:
        for day in range(1, 5):
            today.worked("c-1", day)
            position = today.municipality.head().position
            for answer in await asyncio.gather(*(ask(course, position) for _ in range(5))):
                assert answer.position >= position
        runs = [run async for run in course._client.list_workflows(f"WorkflowId = '{course.id}'")]
    assert len(runs) > 1


async def test_who_asks_as_the_course_closes_is_answered_or_told_that_it_is_over(
    today: Town, server: Server
) -> None:
    async with followed(today, server) as course:
        await ask(course, 0)
        today.closed("c-1", 0)
        position = today.municipality.head().position
        asked = (ask(course, position) for _ in range(8))
        answers = await asyncio.gather(*asked, return_exceptions=True)
        await course.result()
    over = [one for one in answers if isinstance(one, RPCError)]
    assert {one.status for one in over} <= {RPCStatusCode.NOT_FOUND}
    finished = [one.finished for one in answers if isinstance(one, Next)]
    assert finished == [True] * (8 - len(over))
    assert finished


async def test_a_position_that_no_log_has_is_refused(today: Town, server: Server) -> None:
    async with followed(today, server) as course:
        with pytest.raises(WorkflowUpdateFailedError):
            await ask(course, -1)
        assert (await ask(course, 0)).position > 0


def test_who_waits_is_not_left_waiting_when_the_log_was_set_back() -> None:
    inbox = Inbox()
    inbox.poked(Poke(900))
    asked = inbox.pulls
    inbox.poked(Poke(5, again=True))  # a restore: position 900 is gone
    told = inbox.pulling()
    assert not inbox.has_in(asked)
    inbox.pulled(5, told)
    assert inbox.has_in(asked)


def test_a_pull_under_way_when_it_was_asked_is_not_the_answer() -> None:
    inbox = Inbox()
    inbox.poked(Poke(3))
    told = inbox.pulling()
    asked = inbox.pulls
    inbox.poked(Poke(4))
    inbox.pulled(3, told)
    assert not inbox.has_in(asked)
    told = inbox.pulling()
    inbox.poked(Poke(5))
    inbox.pulled(4, told)
    assert inbox.has_news
    assert inbox.has_in(asked)
