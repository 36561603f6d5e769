"""Whose time a meeting is that somebody held for others, by hand: theirs too, and only once."""

import pytest

from domain.events.course import CoordinationHeld
from domain.events.team import SparringHeld, TeamIdentityLinked
from domain.values import Actor, Period
from projections.views.management import management_by_act, management_by_person
from tests.projections.conftest import Connection
from tests.projections.leading import (
    CASEWORKER,
    COORDINATOR,
    LATE,
    LEADER,
    MENTOR,
    SECOND,
    ask,
    by_act,
    followed_up,
    matching_meeting,
    rows,
    workshop,
)
from tests.projections.story import HERE, Story, actor, noon, who
from tests.projections.supervising import assign, began, day


@pytest.fixture
def story(connection: Connection) -> Story:
    """A team that began on 5 January (day 0) with a coordinator and a leader."""
    story = Story(connection)
    began(story)
    assign(story, "coordinator", "coordinator")
    assign(story, "leader", "leader")
    return story


def test_a_follow_up_is_the_time_of_the_coordinator_who_did_it(story: Story) -> None:
    held = story.team(followed_up(COORDINATOR, MENTOR, CASEWORKER), day(5))
    story.team(followed_up(COORDINATOR, MENTOR, CASEWORKER, minutes=None), day(9))
    told = by_act(story)["coordinator", "role-follow-up"]
    assert (told["times"], told["minutes"], told["untimed"]) == (2, 45, 1)
    assert (told["people"], told["last"], told["days_since"]) == (1, day(9), LATE - 9)
    row = ask(story)
    assert (row["role_follow_up_minutes"], row["coordinator_minutes"]) == (45, 45)
    assert row["coordinator_untimed"] == 1
    first, _ = rows(story, management_by_person)
    assert (first["person"], first["times"], first["minutes"]) == (who("coordinator"), 2, 45)
    # Day 9 is asked about no more.
    row = ask(story, period=Period(day(0), day(9)))
    assert (row["role_follow_up_minutes"], row["coordinator_untimed"]) == (45, 0)
    named = management_by_act(story.connection, HERE, as_of=noon(day(8))).behind
    assert [ref for told in named for ref in told()] == [held]


def test_workshops_and_matching_meetings_are_the_time_of_who_held_them_too(story: Story) -> None:
    story.team(workshop(LEADER, MENTOR, CASEWORKER), day(5))
    story.team(workshop(LEADER, COORDINATOR, MENTOR), day(6))
    story.team(matching_meeting(COORDINATOR, MENTOR, SECOND), day(7))
    told = by_act(story)
    # The leader held both workshops, the coordinator was at one of them.
    assert told["leader", "role-workshop"]["minutes"] == 360
    assert told["coordinator", "role-workshop"]["minutes"] == 180
    # 240 minutes of two coordinators, one of whom held it.
    meetings = told["coordinator", "matching-meeting"]
    assert (meetings["times"], meetings["minutes"], meetings["people"]) == (2, 480, 2)


def test_who_held_it_and_is_among_the_participants_counts_once(story: Story) -> None:
    story.team(followed_up(COORDINATOR, MENTOR, COORDINATOR), day(5))
    # Both at once is coordinator, whichever of the two they held it as.
    story.team(followed_up(actor("leader", "coordinator"), COORDINATOR, MENTOR), day(6))
    # SECOND is another id of the coordinator's.
    story.team(followed_up(SECOND, COORDINATOR, MENTOR), day(7))
    told = by_act(story)
    assert told["coordinator", "role-follow-up"]["minutes"] == 4 * 45
    fact = TeamIdentityLinked(
        actor=LEADER, person=who("coordinator"), alias=who("second"), basis="manual"
    )
    story.team(fact, day(8))
    told = by_act(story)
    assert told["coordinator", "role-follow-up"]["minutes"] == 3 * 45
    assert told["leader", "role-follow-up"]["times"] == 0


@pytest.mark.parametrize("by", [Actor("system"), MENTOR, CASEWORKER])
def test_it_is_nobodys_time_here_where_neither_of_them_did_it(story: Story, by: Actor) -> None:
    # Acted for: nobody's time but that of whoever acted.
    story.team(followed_up(by, MENTOR, CASEWORKER, on_behalf_of=COORDINATOR), day(5))
    assert ask(story)["role_follow_up_minutes"] == 0
    assert by_act(story)["coordinator", "role-follow-up"]["times"] == 0


def test_a_stand_ins_follow_up_is_the_stand_ins_time(story: Story) -> None:
    story.team(followed_up(SECOND, MENTOR, on_behalf_of=COORDINATOR), day(5))
    told = {row["person"]: row["minutes"] for row in rows(story, management_by_person)}
    assert told == {who("second"): 45, who("coordinator"): 0, who("leader"): 0}


def test_those_who_spar_or_coordinate_are_the_participants_alone(story: Story) -> None:
    two = (MENTOR, CASEWORKER)
    spar = SparringHeld(actor=COORDINATOR, form="peer", participants=two, minutes=60)
    story.team(spar, day(5))
    talk = CoordinationHeld(actor=COORDINATOR, form="meeting", participants=two, minutes=60)
    story.course("c-1", talk, day(6))
    row = ask(story)
    assert row["coordinator_minutes"] == 0
    assert (row["courses_coordinated"], row["courses_with_coordinator"]) == (1, 0)


def test_who_did_it_is_as_it_is_known(story: Story) -> None:
    before = story.position
    held = story.team(followed_up(COORDINATOR, MENTOR), day(5))
    late = story.position
    assert ask(story, known_at=before)["role_follow_up_minutes"] == 0
    # It was the leader who did it, an hour long.
    story.correct(held, followed_up(LEADER, MENTOR, minutes=60), day(7), new_time=day(5))
    told = by_act(story)
    assert told["leader", "role-follow-up"]["minutes"] == 60
    assert told["coordinator", "role-follow-up"]["times"] == 0
    assert ask(story, known_at=late)["role_follow_up_minutes"] == 45
    story.retract(held, day(8))
    assert by_act(story)["leader", "role-follow-up"]["times"] == 0
