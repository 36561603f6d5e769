"""Log, dispatcher, Temporal and worker together: what is stored is followed up, once."""

import asyncio
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

import psycopg
import pytest
from temporalio.client import (
    WorkflowExecutionStatus,
)

from domain.calendar import day_of
from domain.events.common import FollowUpRaised
from services.edge.incoming import Incoming
from services.store.municipality import Municipality
from services.store.server import Server
from services.views import VIEWS, ask, bring_up_to_date
from tests.conftest import Clock
from tests.services.dispatching import CODE, client_id, several_courses, written
from tests.services.following.room import (
    dispatcher,
    doubled,
    engine,
    idle,
    open_keys,
    pure,
    signals,
    temporal,
    worker,
)
from tests.services.store.sending import intake, sent
from tests.workflows.town import FOUR_RULES, Town
from workflows.follower import Follower
from workflows.messages import Next, Poke, workflow_id


@pytest.fixture
def town(municipality: Municipality, clock: Clock) -> Town:
    """A municipality today; what happens is told by days that lie behind."""
    clock.now = datetime.now(UTC)
    town = Town(municipality, day_of(clock.now))
    town.adopt(FOUR_RULES)
    return town


async def test_the_idle_engine_has_open_what_the_pure_function_says_and_poked_each_once(
    server: Server, town: Town
) -> None:
    expected = several_courses(town)
    town.established(-100)
    town.supervisor("k-02", -100)
    town.employed("m-31", -100)
    async with temporal() as client, engine(server, client):
        await idle(town.municipality)
        for course, rules in expected.items():
            found = open_keys(town.municipality, town.stream(course))
            assert found == pure(town.municipality, town.stream(course)), course
            assert {key.rule for key in found} == rules
            # What is closed never had a workflow; what the engine wrote itself was no news.
            poked = await signals(client, workflow_id(CODE, town.subject(course)))
            assert poked == (None if course == "closed" else 1), course
        stream = town.municipality.team()
        assert stream is not None
        team = open_keys(town.municipality, stream)
        assert [key.rule for key in team] == ["supervision-overdue"]
    assert doubled(town.municipality) == []


async def test_a_fact_that_arrives_is_followed_at_once(server: Server, town: Town) -> None:
    several_courses(town)
    async with temporal() as client, engine(server, client):
        await idle(town.municipality)
        work = town.worked("silent", 0)
        await idle(town.municipality)
        assert f"0 resolved no-mentor-contact by {work}" in town.followed_in("silent")
        town.closed("unmatched", 0)
        await idle(town.municipality)
        assert "0 withdrawn match-overdue as course-closed" in town.followed_in("unmatched")
        handle = client.get_workflow_handle(workflow_id(CODE, town.subject("unmatched")))
        await asyncio.wait_for(handle.result(), 10)
        # It is over; a fact that comes late wakes nobody, and a reopening begins anew.
        town.worked("unmatched", -20)
        await idle(town.municipality)
        assert await signals(client, handle.id) == 2
        town.tell(
            "course.reopened",
            "unmatched",
            0,
            hour=15,
            from_=town.day(0).isoformat(),
            reason="returned",
        )
        await idle(town.municipality)
        running = await client.get_workflow_handle(handle.id).describe()
        assert running.close_time is None


async def test_a_large_import_pokes_each_open_course_once_and_closed_ones_never(
    server: Server, town: Town
) -> None:
    courses = [f"c-{n}" for n in range(200)]
    still_open = set(courses[::20])
    today = town.today.isoformat()
    async with temporal() as client, engine(server, client):
        # All begin, all are worked with, and near the end of the file most of them are closed.
        for n in range(10):
            batch = [
                intake(f"in-{n}-{c}", c) if n == 0 else _work(f"work-{n}-{c}", c, town)
                for c in courses
            ]
            await asyncio.to_thread(town.municipality.append, batch)
        closes = [
            sent(f"out-{c}", "course.closed.v1", c, to=today, reason="job")
            for c in courses
            if c not in still_open
        ]
        await asyncio.to_thread(town.municipality.append, closes)
        await idle(town.municipality)
        poked = {c: await signals(client, workflow_id(CODE, town.subject(c))) for c in courses}
    assert {c for c, count in poked.items() if count} == still_open
    assert [count for count in poked.values() if count] == [1] * len(still_open)


def _work(id: str, course: str, town: Town) -> Incoming:
    return sent(
        id,
        "course.activity-registered.v1",
        course,
        time=f"{town.day(-1).isoformat()}T12:00:00+01:00",
        actor={"id": "m-31", "function": "mentor"},
        role="personal-guide",
        area="body-and-mind",
        activity="accompany-to-doctor",
        minutes=60,
        contact="in-person",
    )


async def test_pokes_that_are_doubled_and_a_second_dispatcher_write_nothing_twice(
    server: Server, town: Town
) -> None:
    several_courses(town)
    async with temporal() as client, engine(server, client), dispatcher(server, client):
        await idle(town.municipality)
        before = written(town.municipality)
        handle = client.get_workflow_handle(workflow_id(CODE, town.subject("silent")))
        position = town.municipality.head().position
        for _ in range(30):
            await handle.signal(Follower.poke, Poke(position))
            await handle.signal(Follower.poke, Poke(position - 2, again=True))
        await asyncio.sleep(0.5)
        await idle(town.municipality)
        assert written(town.municipality) == before
    assert doubled(town.municipality) == []


async def test_new_rules_are_asked_of_every_open_course_at_once(server: Server, town: Town) -> None:
    town.intake("c-1", -5)
    async with temporal() as client, engine(server, client):
        await idle(town.municipality)
        assert town.followed_in("c-1") == []
        town.tell("team.rules-adopted", "team", 0, **rules(town.day(-30), days=3))
        await idle(town.municipality)
        assert town.followed_in("c-1") == ["0 raised match-overdue to coordinator"]


async def test_a_mentor_who_leaves_is_followed_up_for_each_of_their_citizens(
    server: Server, town: Town
) -> None:
    courses = ("c-1", "c-2", "c-3")
    town.adopt(MENTOR_LEFT)
    town.employed("m-31", -50)
    for course in courses:
        town.intake(course, -30)
        town.matched(course, -20)
    async with temporal() as client, engine(server, client):
        await idle(town.municipality)
        town.tell("mentor.left", "m-31", -9, to=town.day(-9).isoformat(), reason="other-job")
        await idle(town.municipality)
        for course in courses:
            assert town.followed_in(course) == ["0 raised mentor-left to caseworker"]
        town.matched("c-2", -1, "m-32")
        await idle(town.municipality)
        assert [len(town.followed_in(course)) for course in courses] == [1, 2, 1]
    bring_up_to_date([town.municipality])
    rows = ask(VIEWS["worklist"], [town.municipality], now=datetime.now(UTC)).rows
    assert {row["id"] for row in rows} == {
        event.source_id
        for course in ("c-1", "c-3")
        for event in town.municipality.read_stream(town.stream(course))
        if isinstance(event.fact, FollowUpRaised)
    }


MENTOR_LEFT = """
pack = "own"
edition = "1"
valid_from = 2000-01-01
[rules.mentor-left]
days = 7
addressed_to = "caseworker"
basis = "a test"
"""


async def test_linked_courses_are_followed_as_one(server: Server, town: Town) -> None:
    town.intake("c-1", -30)
    town.intake("c-2", -30)
    town.tell("course.identity-linked", "c-2", -1, what="course", alias={"id": "c-1"}, basis="cpr")
    async with temporal() as client, engine(server, client):
        await idle(town.municipality)
        poked = [await signals(client, client_id(town, course)) for course in ("c-1", "c-2")]
        assert sorted(poked, key=str) == [1, None]
        town.matched("c-1", 0)
        await idle(town.municipality)
    told = town.followed_in("c-1") + town.followed_in("c-2")
    assert [line for line in told if "raised" in line] == ["0 raised match-overdue to caseworker"]
    assert len([line for line in told if "resolved" in line]) == 1


async def test_a_course_that_is_linked_no_more_is_followed_by_itself_at_once(
    server: Server, town: Town
) -> None:
    for course in ("c-1", "c-2"):
        town.intake(course, -10)
    async with temporal() as client, engine(server, client):
        await idle(town.municipality)
        with_c_1: dict[str, Any] = {"what": "course", "alias": {"id": "c-1"}}
        town.tell("course.identity-linked", "c-2", -1, 7, basis="cpr", **with_c_1)
        # It is followed as the other one from now on: its own workflow ends.
        own = client.get_workflow_handle(client_id(town, "c-1"))
        await asyncio.wait_for(own.result(), 20)
        await idle(town.municipality)
        # Nobody but the other course tells anything of it.
        town.tell("course.identity-unlinked", "c-2", -1, 8, **with_c_1)
        await idle(town.municipality)
        assert (await own.describe()).status == WorkflowExecutionStatus.RUNNING
        found: Next | None = await own.query(Follower.next_)
        assert found is not None
        due = town.day(-10 + 14).isoformat()
        assert [(one.rule, one.due_on) for one in found.coming] == [("match-overdue", due)]


async def test_dispatching_goes_on_after_all_connections_to_the_database_were_cut(
    server: Server, town: Town, database_url: str
) -> None:
    several_courses(town)
    async with temporal() as client, engine(server, client):
        await idle(town.municipality)
        with psycopg.connect(database_url, autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        work = await asyncio.to_thread(town.worked, "silent", 0)
        await idle(town.municipality)
        assert f"0 resolved no-mentor-contact by {work}" in town.followed_in("silent")


async def test_nothing_is_lost_while_no_worker_has_begun(server: Server, town: Town) -> None:
    several_courses(town)
    async with temporal() as client:
        async with dispatcher(server, client):
            await asyncio.sleep(1)
            for n in range(5):
                town.worked("silent", 0, note="")
                await asyncio.sleep(0.1 * n)
        async with worker(server, client), dispatcher(server, client):
            await idle(town.municipality)
        # One poke was on its way all the time; those after it waited for it to be followed.
        assert (await signals(client, client_id(town, "silent")) or 0) <= 2
    assert (
        open_keys(town.municipality, town.stream("silent"))
        == pure(town.municipality, town.stream("silent"))
        == set()
    )


def rules(since: date, days: int) -> dict[str, Any]:
    text = (
        f'pack = "own"\nedition = "1"\nvalid_from = {since}\n[rules.match-overdue]\n'
        f'days = {days}\naddressed_to = "coordinator"\nbasis = "decided here"\n'
    )
    return {
        "period": {"from": since.isoformat()},
        "pack": "own",
        "edition": "1",
        "text": text,
        "sha256": sha256(text.encode()).hexdigest(),
        "actor": {"id": "l-01", "function": "leader"},
    }
