"""The looks of each day and each month: what is right costs nothing, what isn't is set right."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from domain.calendar import day_of
from services.dispatcher import reconcile
from services.following.connecting import data_converter
from services.following.marks import Marks
from services.following.overseeing import Overseer
from services.following.poking import Poker
from services.store.municipality import Municipality
from services.store.server import Server
from tests.conftest import Clock
from tests.services.following.room import doubled, engine, idle, temporal, worker
from tests.workflows.town import FOUR_RULES, Town
from workflows.messages import HoursLookedOver, LookedOver, LookOver, workflow_id

CODE = "0860"
COURSES = ("unmatched", "silent", "steady")


@pytest.fixture
def town(municipality: Municipality, clock: Clock) -> Town:
    """Three open courses, and one that is closed."""
    clock.now = datetime.now(UTC)
    town = Town(municipality, day_of(clock.now))
    town.adopt(FOUR_RULES)
    for course in (*COURSES, "closed"):
        town.intake(course, -30)
    for course in ("silent", "steady"):
        town.matched(course, -28)
        town.met(course, -27)
    town.worked("steady", -1)
    town.closed("closed", -3)
    return town


async def looked(server: Server, client: Client) -> LookedOver:
    """One daily look, as Temporal would call it."""
    overseer = Overseer(server, client)
    ask = LookOver(CODE, datetime.now(UTC))
    return await ActivityEnvironment(client=client).run(overseer.look_over, ask)


async def seen(client: Client, count: int) -> None:
    """Wait until so many workflows are shown to run: the list lags behind."""
    for _ in range(200):
        if len(await Poker(client, CODE).running()) == count:
            return
        await asyncio.sleep(0.05)
    pytest.fail("never shown")


async def lengths(client: Client) -> dict[str, int]:
    return {
        one.id: one.history_length
        async for one in client.list_workflows("ExecutionStatus = 'Running'")
    }


def sql(municipality: Municipality, statement: str) -> None:
    with municipality.transaction() as cursor:
        cursor.execute(statement.format(m=municipality.schema).encode())


async def test_where_all_is_well_no_workflow_hears_of_it(server: Server, town: Town) -> None:
    async with temporal() as client, engine(server, client):
        await idle(town.municipality)
        await seen(client, 4)
        before = await lengths(client)
        assert await looked(server, client) == LookedOver(4, 0, 0, 0)
        assert await lengths(client) == before


async def test_a_workflow_that_is_missing_is_begun(server: Server, town: Town) -> None:
    async with temporal() as client, engine(server, client):
        await idle(town.municipality)
        gone = client.get_workflow_handle(workflow_id(CODE, town.subject("silent")))
        await gone.terminate()
        await seen(client, 3)
        assert await looked(server, client) == LookedOver(4, 1, 0, 0)
        await seen(client, 4)
        work = town.worked("silent", 0)
        await idle(town.municipality)
        assert f"0 resolved no-mentor-contact by {work}" in town.followed_in("silent")
    assert doubled(town.municipality) == []


async def test_a_poke_that_was_lost_is_made_good(server: Server, town: Town) -> None:
    async with temporal() as client, worker(server, client):
        await reconcile(town.municipality, client)
        await pulled(town, "silent")
        await seen(client, 4)
        work = town.worked("silent", 0)
        # It was dispatched, as far as anybody knows, and yet nobody was told.
        Marks(town.municipality).dispatch(town.municipality.head().position)
        assert await looked(server, client) == LookedOver(4, 0, 1, 0)
        await pulled(town, "silent")
    assert f"0 resolved no-mentor-contact by {work}" in town.followed_in("silent")


async def test_one_that_overslept_is_woken(server: Server, town: Town) -> None:
    async with temporal() as client, engine(server, client):
        await idle(town.municipality)
        await seen(client, 4)
        sql(
            town.municipality,
            "UPDATE {m}.pokes SET wake_at = now() - interval '1 hour'"
            f" WHERE subject = '{town.subject('steady')}'",
        )
        assert await looked(server, client) == LookedOver(4, 0, 1, 0)
        await idle(town.municipality)
        assert await looked(server, client) == LookedOver(4, 0, 0, 0)


async def test_one_that_has_nothing_left_to_do_is_told_and_ends(server: Server, town: Town) -> None:
    async with temporal() as client, worker(server, client):
        await reconcile(town.municipality, client)
        await pulled(town, "steady")
        await seen(client, 4)
        town.closed("steady", 0)
        assert await looked(server, client) == LookedOver(3, 0, 1, 0)
        over = client.get_workflow_handle(workflow_id(CODE, town.subject("steady")))
        await asyncio.wait_for(over.result(), 20)


async def unreadable(client: Client, town: Town, tmp_path: Path) -> None:
    """Begin all of the town's workflows, and lose the key of their messages."""
    other = Client(client.service_client, data_converter=data_converter(tmp_path / "lost"))
    await reconcile(town.municipality, other)
    await seen(client, 4)


async def test_workflows_whose_key_is_lost_are_begun_anew_by_reconciling_so(
    server: Server, town: Town, tmp_path: Path
) -> None:
    async with temporal() as client:
        await unreadable(client, town, tmp_path)
        async with worker(server, client):
            assert await reconcile(town.municipality, client, anew=True) == 4
            for course in COURSES:
                await pulled(town, course)
            assert "0 raised match-overdue to caseworker" in town.followed_in("unmatched")


async def test_workflows_that_follow_no_poke_for_an_hour_are_begun_anew_by_the_daily_look(
    server: Server, town: Town, tmp_path: Path
) -> None:
    async with temporal() as client:
        await unreadable(client, town, tmp_path)
        async with worker(server, client):
            # For now they may only be slow.
            assert await looked(server, client) == LookedOver(4, 0, 0, 0)
            sql(
                town.municipality,
                "UPDATE {m}.pokes SET unfollowed_since = now() - interval '2 hours'",
            )
            assert await looked(server, client) == LookedOver(4, 0, 0, 4)
            for course in COURSES:
                await pulled(town, course)
            running = await lengths(client)
            assert len(running) == 4
            ended = [
                one.id
                async for one in client.list_workflows("WorkflowType = 'course'")
                if one.status == WorkflowExecutionStatus.TERMINATED
            ]
            assert len(ended) == 3
    assert doubled(town.municipality) == []


async def test_each_month_the_courses_with_mentor_hours_are_looked_at_and_those_due_are_woken(
    server: Server, town: Town
) -> None:
    town.adopt(FOUR_RULES + HOURS)
    for course in ("silent", "steady", "closed"):
        granted(town, course)
    async with temporal() as client, worker(server, client):
        overseer = Overseer(server, client)
        environment = ActivityEnvironment(client=client)
        now = datetime.now(UTC)
        found = await environment.run(overseer.look_over_hours, LookOver(CODE, now))
        last_month = town.today.replace(day=1) - timedelta(days=1)
        assert found == HoursLookedOver(f"{last_month:%Y-%m}", courses=3, woken=2)
        for course in ("silent", "steady"):
            await pulled(town, course)
            assert any("raised hours-below-grant" in told for told in town.followed_in(course))
        # Now it is written, and nobody needs to be woken.
        found = await environment.run(overseer.look_over_hours, LookOver(CODE, now))
        assert (found.courses, found.woken) == (3, 0)
        assert town.followed_in("closed") == []


HOURS = """
[rules.hours-below-grant]
days = 1
percent = 50
addressed_to = "caseworker"
basis = "a test"
"""


def granted(town: Town, course: str) -> None:
    town.tell(
        "course.grant-decided",
        course,
        -60,
        grant={"id": f"grant-{course}"},
        kind="mentor-hours",
        outcome="granted",
        weekly_minutes=600,
        legal_basis="lab:167",
        period={"from": town.day(-90).isoformat(), "to": town.day(90).isoformat()},
    )


async def test_what_fails_tells_temporal_its_kind_and_no_words(server: Server, town: Town) -> None:
    async with temporal() as client:
        server.close()
        with pytest.raises(ApplicationError, match=r"^\w+: \w+$|^\w+$"):
            await looked(server, client)


async def pulled(town: Town, course: str) -> None:
    """Wait until a course has taken in all there is about it."""
    stream = town.stream(course)
    facts = town.municipality.read_from(0, 100_000)
    last = max(
        n
        for n, e in enumerate(facts, 1)
        if e.originator_id == stream and "follow-up" not in e.topic
    )
    marks = Marks(town.municipality)
    for _ in range(400):
        mark = (await asyncio.to_thread(marks.all)).get(town.subject(course))
        if mark and mark.advanced >= last and not mark.is_outstanding:
            return
        await asyncio.sleep(0.05)
    pytest.fail(f"{course} was never pulled")
