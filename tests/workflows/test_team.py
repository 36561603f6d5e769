"""A team's supervision followed through months by a real Temporal that skips time."""

import pytest

from tests.workflows.journey import Journey
from tests.workflows.town import Town

pytestmark = pytest.mark.usefixtures("four_rules")


async def test_each_mentor_is_due_for_supervision_at_the_cadence_from_their_own_last_session(
    journey: Journey, town: Town
) -> None:
    town.established()
    town.supervisor("k-02")
    town.employed("m-31")
    town.employed("m-32")
    team = await journey.follow_team()
    await journey.until(20)
    town.supervised(20, "m-32")
    await journey.poke(team)
    await journey.until(41)
    assert town.followed_in_team() == []
    await journey.until(42)
    assert town.followed_in_team() == ["42 raised supervision-overdue to coordinator"]
    await journey.until(62)
    assert town.followed_in_team()[1:] == [
        "56 escalated supervision-overdue to leader",
        "62 raised supervision-overdue to coordinator",
    ]


async def test_the_cadence_that_was_agreed_goes_before_the_rules(
    journey: Journey, town: Town
) -> None:
    town.established()
    town.supervisor("k-02")
    town.employed("m-31")
    town.tell(
        "team.supervision-arranged",
        "team",
        0,
        from_=town.day(0).isoformat(),
        model="leader-or-coordinator",
        cadence_weeks=3,
    )
    await journey.follow_team()
    await journey.until(20)
    assert town.followed_in_team() == []
    await journey.until(21)
    assert town.followed_in_team() == ["21 raised supervision-overdue to coordinator"]


async def test_a_session_resolves_and_a_mentor_who_leaves_is_withdrawn(
    journey: Journey, town: Town
) -> None:
    town.established()
    town.supervisor("k-02")
    town.employed("m-31")
    town.employed("m-32")
    team = await journey.follow_team()
    await journey.until(43)
    session = town.supervised(43, "m-31")
    town.tell("mentor.left", "m-32", 43, to=town.day(43).isoformat(), reason="other-job")
    seen = await journey.poke(team)
    assert seen.open == []
    assert sorted(town.followed_in_team()) == [
        "42 raised supervision-overdue to coordinator",
        "42 raised supervision-overdue to coordinator",
        f"43 resolved supervision-overdue by {session}",
        "43 withdrawn supervision-overdue as person-left",
    ]


async def test_a_team_of_which_nothing_is_known_waits_for_the_first_word(
    journey: Journey, town: Town
) -> None:
    town.employed("m-31")
    team = await journey.follow_team()
    await journey.until(60)
    town.established(day=60)
    seen = await journey.poke(team)
    assert [one.due_on for one in seen.coming] == [town.day(102).isoformat()]
