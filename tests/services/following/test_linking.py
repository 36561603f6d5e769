"""Courses that are linked, and linked no more: each is followed up, and nothing twice."""

from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from domain.calendar import day_of
from services.follow_ups import Engine
from services.following.concerning import Concerned
from services.following.streams import Streams
from services.store.municipality import Municipality
from services.store.server import Server
from tests.conftest import Clock
from tests.workflows.town import Town
from workflows.messages import TEAM, course_subject

CODE = "0860"
RULES = """
pack = "one"
edition = "1"
valid_from = 2000-01-01

[rules.first-meeting-overdue]
days = 7
addressed_to = "mentor"
escalate = [{ after = 14, to = "coordinator" }]
basis = "a test"
"""


@pytest.fixture
def town(municipality: Municipality, clock: Clock) -> Town:
    """Two courses, of which the first was matched."""
    town = Town(municipality, day_of(clock.now))
    town.adopt(RULES)
    for course in ("c-1", "c-2"):
        town.intake(course)
    town.matched("c-1", 0)
    return town


def link(town: Town, day: int, course: str = "c-2", alias: str = "c-1", hour: int = 7) -> str:
    told: dict[str, Any] = {"what": "course", "alias": {"id": alias}, "basis": "manual"}
    return town.tell("course.identity-linked", course, day, hour, **told)


def unlink(town: Town, day: int, course: str = "c-2", alias: str = "c-1", hour: int = 8) -> str:
    return town.tell(
        "course.identity-unlinked", course, day, hour, what="course", alias={"id": alias}
    )


def linked(town: Town) -> set[str]:
    known = Streams(town.municipality).now()
    names = {town.stream(course): course for course in ("c-1", "c-2")}
    return {names[one] for one in known.same_course(town.stream("c-1"))}


def test_what_was_followed_up_in_the_other_is_followed_up_anew_when_they_are_one_no_more(
    town: Town, server: Server, clock: Clock
) -> None:
    engine = Engine(server)
    link(town, 0)
    clock.now += timedelta(days=8)
    for course in ("c-1", "c-2"):
        engine.advance(CODE, town.subject(course), clock.now)
    assert town.followed_in("c-1") == []
    assert town.followed_in("c-2") == ["8 raised first-meeting-overdue to mentor"]

    unlink(town, 8)
    clock.now += timedelta(days=15)
    with capture_logs() as logged:
        for course in ("c-1", "c-2", "c-1", "c-2"):
            engine.advance(CODE, town.subject(course), clock.now)
    assert town.followed_in("c-1") == [
        "23 raised first-meeting-overdue to mentor",
        "23 escalated first-meeting-overdue to coordinator",
    ]
    assert "withdrawn first-meeting-overdue" in " ".join(town.followed_in("c-2"))
    assert [one for one in logged if one["log_level"] == "warning"] == []


def test_what_was_raised_before_a_link_is_closed_once_in_each_stream_that_asks(
    town: Town, server: Server, clock: Clock
) -> None:
    engine = Engine(server)
    clock.now += timedelta(days=8)
    engine.advance(CODE, town.subject("c-1"), clock.now)
    link(town, 8)
    met = town.met("c-1", 8)
    clock.now += timedelta(hours=5)
    engine.advance(CODE, town.subject("c-2"), clock.now)
    assert town.followed_in("c-2") == [f"8 resolved first-meeting-overdue by {met}"]

    unlink(town, 8, hour=12)
    clock.now += timedelta(days=1)
    for _ in range(2):
        engine.advance(CODE, town.subject("c-1"), clock.now)
    assert town.followed_in("c-1") == [
        "8 raised first-meeting-overdue to mentor",
        f"9 resolved first-meeting-overdue by {met}",
    ]


def test_linked_courses_that_are_over_need_no_workflow(
    town: Town, server: Server, clock: Clock
) -> None:
    engine, concerned = Engine(server), Concerned(town.municipality)
    clock.now += timedelta(days=8)
    engine.advance(CODE, town.subject("c-1"), clock.now)
    link(town, 8)
    one = course_subject(town.stream("c-2"))
    town.closed("c-2", 8)
    clock.now += timedelta(days=1)
    assert concerned.needing(clock.now) == {TEAM, one}  # what is open is still to be closed

    assert engine.advance(CODE, one, clock.now).finished
    assert "withdrawn first-meeting-overdue as course-closed" in town.followed_in("c-2")[0]
    assert concerned.needing(clock.now) == {TEAM}


def test_either_course_may_tell_that_they_are_one_no_more(town: Town) -> None:
    link(town, 0)
    assert linked(town) == {"c-1", "c-2"}
    told = unlink(town, 0, "c-1", "c-2")
    assert linked(town) == {"c-1"}
    town.tell("course.event-retracted", "c-1", 0, retracts={"id": told}, reason="never-happened")
    assert linked(town) == {"c-1", "c-2"}


def test_of_links_and_unlinks_the_last_holds_whichever_arrived_first(town: Town) -> None:
    unlink(town, 0, "c-1", "c-2", hour=10)
    link(town, 0, hour=9)
    assert linked(town) == {"c-1"}
    link(town, 0, "c-1", "c-2", hour=11)
    assert linked(town) == {"c-1", "c-2"}


def test_what_is_planned_though_it_is_written_is_warned_of(
    town: Town, server: Server, clock: Clock
) -> None:
    engine = Engine(server)
    clock.now += timedelta(days=8)
    engine.advance(CODE, town.subject("c-1"), clock.now)
    raised = town.municipality.read_stream(town.stream("c-1"))[-1]
    town.tell(
        "course.event-retracted",
        "c-1",
        8,
        retracts={"source": raised.source, "id": raised.source_id},
        reason="never-happened",
    )
    with capture_logs() as logged:
        engine.advance(CODE, town.subject("c-1"), clock.now)
    [warned] = [one for one in logged if one["log_level"] == "warning"]
    assert warned["event_id"] == raised.source_id
