"""What coordinators and leaders have time for, worked out by hand; whose minutes are counted."""

from decimal import Decimal

import pytest

from domain.events.course import IdentityLinked
from domain.events.team import (
    ExternalCoordinationHeld,
    LeadershipActRecorded,
    MatchingMeetingHeld,
    RoleFollowUpHeld,
    RoleWorkshopHeld,
)
from domain.values import Period
from projections.views.management import (
    management_by_person,
)
from tests.projections.conftest import Connection
from tests.projections.leading import (
    CASEWORKER,
    COORDINATOR,
    LEADER,
    MENTOR,
    SECOND,
    act,
    ask,
    by_act,
    coordinate,
    rows,
    spar,
)
from tests.projections.story import Story, actor, thing, who
from tests.projections.supervising import assign, began, day, session


@pytest.fixture
def story(connection: Connection) -> Story:
    """A team that began on 5 January (day 0) with a coordinator and a leader."""
    story = Story(connection)
    began(story)
    assign(story, "coordinator", "coordinator", weekly_minutes=1110)
    assign(story, "leader", "leader")
    return story


def test_a_coordinators_time_is_told_by_what_it_went_to(story: Story) -> None:
    coordinate(story, "c-1", 1, COORDINATOR, MENTOR, CASEWORKER, minutes=20)
    coordinate(story, "c-1", 2, MENTOR, CASEWORKER, minutes=500)
    spar(story, 3, 60, COORDINATOR, MENTOR)
    people = (COORDINATOR, MENTOR, CASEWORKER)
    workshop = RoleWorkshopHeld(
        actor=COORDINATOR, occasion="establishment", participants=people, minutes=180
    )
    story.team(workshop, day(4))
    follow_up = RoleFollowUpHeld(
        actor=COORDINATOR, participants=people, outcome="clear", minutes=45
    )
    story.team(follow_up, day(5))
    meeting = MatchingMeetingHeld(
        actor=COORDINATOR,
        meeting=thing("mm-1"),
        kind="review-of-citizens",
        participants=people,
        minutes=240,
    )
    story.team(meeting, day(6))
    others = ExternalCoordinationHeld(actor=COORDINATOR, other_actors=("housing",), minutes=15)
    story.team(others, day(7))
    act(story, 8, "handling-a-case", COORDINATOR, 25)
    act(story, 9, "framing", COORDINATOR, 10)
    row = ask(story)
    told = {
        name: row[f"{name}_minutes"]
        for name in (
            "coordination",
            "sparring",
            "role_workshop",
            "role_follow_up",
            "matching_meeting",
            "external_coordination",
            "case",
            "other_act",
            "supervision",
        )
    }
    assert told == {
        "coordination": 20,
        "sparring": 60,
        "role_workshop": 180,
        "role_follow_up": 45,
        "matching_meeting": 240,
        "external_coordination": 15,
        "case": 25,
        "other_act": 10,
        "supervision": 0,
    }
    # 20 + 60 + 180 + 45 + 240 + 15 + 25 + 10, nothing of it untimed.
    assert (row["coordinator_minutes"], row["coordinator_untimed"]) == (595, 0)
    assert (row["coordinators"], row["coordinator_weekly_minutes"]) == (1, 1110)


def test_an_hours_meeting_is_an_hour_of_each_who_took_part(story: Story) -> None:
    assign(story, "second", "coordinator")
    spar(story, 3, 60, COORDINATOR, SECOND, LEADER, MENTOR)
    assert ask(story)["sparring_minutes"] == 120
    told = by_act(story)
    shared = told["coordinator", "sparring"]
    assert (shared["times"], shared["minutes"], shared["people"]) == (2, 120, 2)
    assert told["leader", "sparring"]["minutes"] == 60
    minutes = {row["person"]: row["minutes"] for row in rows(story, management_by_person)}
    assert minutes == {who("coordinator"): 60, who("second"): 60, who("leader"): 60}


def test_whoever_is_coordinator_and_leader_of_a_meeting_spends_their_time_once(
    story: Story,
) -> None:
    both = actor("leader", "coordinator")
    spar(story, 3, 60, both, COORDINATOR, MENTOR)
    coordinate(story, "c-1", 4, both, COORDINATOR, MENTOR)
    told = by_act(story)
    for kind, minutes in (("sparring", 60), ("coordination", 30)):
        assert told["coordinator", kind]["minutes"] == minutes
        assert told["leader", kind]["times"] == 0


def test_work_without_minutes_is_shown_as_untimed_and_never_as_none(story: Story) -> None:
    coordinate(story, "c-1", 1, COORDINATOR, MENTOR, minutes=None)
    row = ask(story)
    assert (row["coordination_minutes"], row["coordinator_minutes"]) == (None, None)
    assert row["coordinator_untimed"] == 1
    coordinate(story, "c-1", 2, COORDINATOR, MENTOR, minutes=20)
    row = ask(story)
    assert (row["coordination_minutes"], row["coordinator_untimed"]) == (20, 1)
    # Nothing of the kind happened: that is no time.
    assert row["sparring_minutes"] == 0


def test_the_leaders_acts_are_counted_by_act_with_the_days_since(story: Story) -> None:
    act(story, 10, "backing", minutes=30)
    act(story, 40, "backing")
    act(story, 20, "integrating-with-the-unit", minutes=60)
    act(story, 70, "backing", COORDINATOR)
    told = by_act(story)
    backing = told["leader", "backing"]
    assert (backing["times"], backing["minutes"], backing["untimed"]) == (2, 30, 1)
    assert (backing["last"], backing["days_since"]) == (day(40), 40)
    framing = told["leader", "framing"]
    assert (framing["times"], framing["minutes"], framing["days_since"]) == (0, 0, None)
    row = ask(story)
    assert (row["leader_acts"], row["leader_act_minutes"]) == (3, 90)
    assert (row["leader_last_act"], row["leader_days_since"]) == (day(40), 40)


def test_whose_act_it_is_the_actors_function_says(story: Story) -> None:
    fact = LeadershipActRecorded(actor=LEADER, on_behalf_of=COORDINATOR, act="backing", minutes=5)
    story.team(fact, day(10))
    assert by_act(story)["leader", "backing"]["minutes"] == 5
    assert by_act(story)["coordinator", "backing"]["times"] == 0


def test_a_session_is_the_time_of_whoever_led_on_its_day(story: Story) -> None:
    assign(story, "leader", "supervisor", employment="internal")
    assign(story, "sup", "supervisor", employment="external")
    story.team(session("leader", "s-1", minutes=90), day(10))
    story.team(session("sup", "s-2", minutes=60), day(11))
    told = by_act(story)
    assert told["leader", "supervision"]["minutes"] == 90
    assert told["coordinator", "supervision"]["times"] == 0


def test_the_share_of_courses_with_a_coordinator_is_of_those_coordinated_on(story: Story) -> None:
    assert ask(story)["share_with_coordinator"] is None
    coordinate(story, "c-1", 1, MENTOR, CASEWORKER)
    coordinate(story, "c-1", 2, COORDINATOR, MENTOR)
    coordinate(story, "c-1", 3, COORDINATOR, MENTOR)
    coordinate(story, "c-2", 3, MENTOR, CASEWORKER)
    coordinate(story, "c-3", 3, LEADER, MENTOR)
    row = ask(story)
    assert (row["courses_coordinated"], row["courses_with_coordinator"]) == (3, 1)
    assert row["share_with_coordinator"] == Decimal("33.33")
    link = IdentityLinked(actor=COORDINATOR, what="course", alias=who("c-2"), basis="manual")
    story.course("c-1", link, day(5))
    assert ask(story)["share_with_coordinator"] == Decimal("50.00")


def test_only_work_on_the_days_asked_about_counts(story: Story) -> None:
    for number in (10, 20, 30):
        spar(story, number, 60, COORDINATOR, MENTOR)
        coordinate(story, f"c-{number}", number, COORDINATOR, MENTOR)
    # Half-open: day 30 isn't in [20, 30); and nothing is known of tomorrow.
    row = ask(story, period=Period(day(20), day(30)))
    assert (row["sparring_minutes"], row["coordination_minutes"]) == (60, 30)
    assert (row["courses_coordinated"], row["since"], row["until"]) == (1, day(20), day(30))
    row = ask(story, number=20)
    assert (row["sparring_minutes"], row["coordination_minutes"]) == (120, 60)
    assert (row["since"], row["until"]) == (None, day(21))


def test_who_holds_a_function_is_listed_without_any_work(story: Story) -> None:
    spar(story, 3, 60, SECOND, MENTOR)
    told = [
        (row["person"], row["function"], row["holds_it"], row["minutes"], row["weekly_minutes"])
        for row in rows(story, management_by_person)
    ]
    assert told == [
        (who("second"), "coordinator", False, 60, None),
        (who("coordinator"), "coordinator", True, 0, 1110),
        (who("leader"), "leader", True, 0, None),
    ]
