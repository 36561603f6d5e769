"""A course followed through months by a real Temporal that skips time."""

import pytest

from tests.workflows.journey import Journey, pulls_of
from tests.workflows.town import Town

pytestmark = pytest.mark.usefixtures("four_rules")


async def test_a_missing_match_is_raised_on_its_day_and_not_the_day_before(
    journey: Journey, town: Town
) -> None:
    town.intake("c-1")
    await journey.follow_course("c-1")
    await journey.until(13, "23:59")
    assert town.followed_in("c-1") == []
    await journey.until(14, "05:59")
    assert town.followed_in("c-1") == []
    await journey.until(14, "07:01")
    assert town.followed_in("c-1") == ["14 raised match-overdue to caseworker"]


async def test_what_stays_open_goes_to_the_coordinator_and_then_to_the_leader(
    journey: Journey, town: Town
) -> None:
    town.intake("c-1")
    await journey.follow_course("c-1")
    await journey.until(300)
    assert town.followed_in("c-1") == [
        "14 raised match-overdue to caseworker",
        "21 escalated match-overdue to coordinator",
        "35 escalated match-overdue to leader",
    ]


async def test_a_match_in_time_is_never_spoken_of_and_the_first_meeting_is_next(
    journey: Journey, town: Town
) -> None:
    town.intake("c-1")
    course = await journey.follow_course("c-1")
    await journey.until(4)
    town.matched("c-1", day=4)
    seen = await journey.poke(course)
    assert [(one.rule, one.due_on) for one in seen.coming] == [
        ("first-meeting-overdue", town.day(11).isoformat()),
        ("no-mentor-contact", town.day(11).isoformat()),
    ]
    await journey.until(10)
    assert town.followed_in("c-1") == []
    await journey.until(11)
    assert sorted(town.followed_in("c-1")) == [
        "11 raised first-meeting-overdue to mentor",
        "11 raised no-mentor-contact to mentor",
    ]


async def test_no_contact_warns_at_7_days_escalates_at_14_and_is_resolved_by_the_next_contact(
    journey: Journey, town: Town
) -> None:
    town.intake("c-1")
    town.matched("c-1", day=0)
    town.met("c-1", day=0)
    course = await journey.follow_course("c-1")
    await journey.until(6)
    assert town.followed_in("c-1") == []
    await journey.until(13)
    assert town.followed_in("c-1") == ["7 raised no-mentor-contact to mentor"]
    await journey.until(16)
    work = town.worked("c-1", day=16)
    seen = await journey.poke(course)
    assert town.followed_in("c-1") == [
        "7 raised no-mentor-contact to mentor",
        "14 escalated no-mentor-contact to coordinator",
        f"16 resolved no-mentor-contact by {work}",
    ]
    assert seen.open == []
    # It hangs on the new contact now.
    await journey.until(23)
    assert town.followed_in("c-1")[3:] == ["23 raised no-mentor-contact to mentor"]


async def test_a_late_fact_withdraws_what_was_met_before_it_was_due(
    journey: Journey, town: Town
) -> None:
    town.intake("c-1")
    town.matched("c-1", day=0)
    town.worked("c-1", day=0)
    course = await journey.follow_course("c-1")
    await journey.until(7)
    assert "7 raised first-meeting-overdue to mentor" in town.followed_in("c-1")
    await journey.until(9)
    town.met("c-1", day=3)
    await journey.poke(course)
    assert "9 withdrawn first-meeting-overdue as met-before" in town.followed_in("c-1")
    assert "9 withdrawn no-mentor-contact as met-before" in town.followed_in("c-1")


async def test_the_close_withdraws_what_is_open_and_the_workflow_ends(
    journey: Journey, town: Town
) -> None:
    town.intake("c-1")
    course = await journey.follow_course("c-1")
    await journey.until(15)
    town.closed("c-1", day=15)
    await journey.poke(course)
    await course.result()
    assert town.followed_in("c-1") == [
        "14 raised match-overdue to caseworker",
        "15 withdrawn match-overdue as course-closed",
    ]


async def test_a_close_that_was_told_ahead_ends_the_workflow_on_its_day(
    journey: Journey, town: Town
) -> None:
    town.intake("c-1")
    town.tell("course.closed", "c-1", 0, to=town.day(40).isoformat(), reason="education")
    course = await journey.follow_course("c-1")
    await journey.until(39)
    seen = await journey.poke(course)
    assert [(one.rule, one.stage) for one in seen.open] == [("match-overdue", "escalated")]
    await course.result()
    assert town.followed_in("c-1")[-1] == "40 withdrawn match-overdue as course-closed"


async def test_pokes_that_bring_nothing_new_cost_no_pull(journey: Journey, town: Town) -> None:
    town.intake("c-1")
    course = await journey.follow_course("c-1")
    for _ in range(20):
        await journey.poke(course)
    assert await pulls_of(course) == 1


async def test_a_poke_is_followed_however_many_others_came_before_it(
    journey: Journey, town: Town
) -> None:
    town.intake("c-1")
    course = await journey.follow_course("c-1")
    for day in range(5):
        await journey.until(day)
        town.tell("course.contact-attempted", "c-1", day, form="phone", outcome="no-answer")
        await journey.poke(course)
        await journey.poke(course)
    town.matched("c-1", day=5)
    seen = await journey.poke(course)
    assert [one.rule for one in seen.coming] == ["first-meeting-overdue", "no-mentor-contact"]
