"""What stands beside the time for leading: own citizens, training; and what the figures rest on."""

from uuid import UUID

import pytest

from domain.events.course import CoordinationHeld, IdentityLinked, MatchEnded, MentorMatched
from domain.events.mentor import TrainingAttended
from domain.events.team import (
    ColocationChanged,
    MatchingMeetingHeld,
    TeamIdentityLinked,
)
from domain.values import Period, Ref
from projections.answering import Ask
from projections.views.management import (
    management,
    management_by_act,
    management_by_person,
)
from tests.projections.conftest import Connection
from tests.projections.leading import (
    CASEWORKER,
    COORDINATOR,
    LATE,
    LEADER,
    MENTOR,
    SECOND,
    act,
    ask,
    coordinate,
    rows,
    spar,
)
from tests.projections.story import HERE, Story, actor, noon, thing, who
from tests.projections.supervising import START, assign, began, day


@pytest.fixture
def story(connection: Connection) -> Story:
    """A team that began on 5 January (day 0) with a coordinator and a leader."""
    story = Story(connection)
    began(story)
    assign(story, "coordinator", "coordinator", weekly_minutes=1110)
    assign(story, "leader", "leader")
    return story


def match(story: Story, course: str, number: int, mentor: str = "coordinator") -> Ref:
    fact = MentorMatched(
        actor=CASEWORKER,
        match=thing(f"match-{course}"),
        mentor=who(mentor),
        from_=day(number),
        method="by-profile",
    )
    return story.course(course, fact, day(number))


def test_a_coordinators_own_citizens_stand_beside(story: Story) -> None:
    match(story, "c-1", 5)
    match(story, "c-2", 6)
    match(story, "c-3", 6, "mentor")
    assert ask(story)["coordinator_citizens"] == 2
    assert ask(story, number=5)["coordinator_citizens"] == 1
    end = MatchEnded(actor=CASEWORKER, match=thing("match-c-1"), to=day(50), reason="citizen-wish")
    story.course("c-1", end, day(50))
    assert ask(story)["coordinator_citizens"] == 1
    assert ask(story, number=49)["coordinator_citizens"] == 2
    told = {row["person"]: row["citizens"] for row in rows(story, management_by_person)}
    assert told == {who("coordinator"): 1, who("leader"): 0}
    # Two courses of one citizen are one citizen.
    match(story, "c-4", 60)
    link = IdentityLinked(actor=COORDINATOR, what="citizen", alias=who("c-4"), basis="cpr")
    story.course("c-2", link, day(61))
    assert ask(story)["coordinator_citizens"] == 1


def test_a_matching_meeting_told_twice_is_one(story: Story) -> None:
    for number in (6, 7):
        meeting = MatchingMeetingHeld(
            actor=COORDINATOR,
            meeting=thing("mm-1"),
            kind="strengths-talk",
            participants=(COORDINATOR, MENTOR),
            minutes=60 * number,
        )
        story.team(meeting, day(number))
    assert ask(story)["matching_meeting_minutes"] == 360
    assert ask(story, period=Period(day(7)))["matching_meeting_minutes"] == 0


def test_training_and_sitting_together_are_the_teams(story: Story) -> None:
    for mentor, kind in (("m-1", "mentors-and-caseworkers"), ("m-2", "introduction")):
        fact = TrainingAttended(
            actor=actor("mentor", mentor),
            training=thing(f"t-{kind}"),
            kind=kind,
            period=Period(day(10), day(12)),
        )
        story.mentor(mentor, fact, day(12))
    assert ask(story)["colocation"] is None
    together = ColocationChanged(actor=LEADER, from_=day(20), extent="some-days")
    story.team(together, day(20))
    row = ask(story)
    assert (row["trainings"], row["trained"], row["trained_with_caseworkers"]) == (2, 2, 1)
    assert row["colocation"] == "some-days"
    assert ask(story, period=Period(day(11)))["trainings"] == 0


def test_work_that_is_late_corrected_or_retracted_counts_as_it_is_known(story: Story) -> None:
    spar(story, 3, 60, COORDINATOR, MENTOR)
    before = story.position
    talk = coordinate(story, "c-1", 4, COORDINATOR, MENTOR, minutes=30)
    deed = act(story, 5, "backing", minutes=20)
    assert ask(story, known_at=before)["coordinator_minutes"] == 60
    assert ask(story)["coordinator_minutes"] == 90
    shorter = CoordinationHeld(
        actor=COORDINATOR, form="phone", participants=(COORDINATOR, MENTOR), minutes=10
    )
    story.correct(talk, shorter, day(6), new_time=day(70))
    assert ask(story)["coordination_minutes"] == 10
    assert ask(story, period=Period(START, day(70)))["coordination_minutes"] == 0
    story.retract(deed, day(7))
    assert ask(story)["leader_acts"] == 0


def test_two_ids_of_one_coordinator_are_one(story: Story) -> None:
    both = (COORDINATOR, SECOND, MENTOR)
    spar(story, 3, 60, *both)
    coordinate(story, "c-1", 4, *both)
    link = TeamIdentityLinked(
        actor=LEADER, person=COORDINATOR.id or UUID(int=0), alias=who("second"), basis="manual"
    )
    story.team(link, day(5))
    row = ask(story)
    assert (row["sparring_minutes"], row["coordination_minutes"]) == (60, 30)
    people = [row["person"] for row in rows(story, management_by_person)]
    assert people == [who("coordinator"), who("leader")]


def test_behind_the_rows_are_the_events_of_that_work(story: Story) -> None:
    talk = coordinate(story, "c-1", 1, COORDINATOR, MENTOR)
    between = coordinate(story, "c-1", 2, MENTOR, CASEWORKER)
    sparring = spar(story, 3, 60, COORDINATOR, LEADER)
    deed = act(story, 4, "backing")
    own = match(story, "c-2", 5)
    match(story, "c-3", 5, "mentor")
    holder, leads = thing("ev-20"), thing("ev-30")
    last = noon(day(LATE))

    def behind(view: Ask) -> list[set[Ref]]:
        return [set(told()) for told in view(story.connection, HERE, as_of=last).behind]

    assert behind(management) == [{talk, between, sparring, deed, own, holder, leads}]
    assert behind(management_by_person) == [
        {talk, sparring, own, holder},
        {sparring, deed, leads},
    ]
    assert [one for one in behind(management_by_act) if one] == [
        {talk},
        {sparring},
        {sparring},
        {deed},
    ]


def test_what_is_assigned_for_later_is_behind_no_row(story: Story) -> None:
    later = assign(story, "coordinator", "coordinator", weekly_minutes=2220, on=day(LATE + 1))

    def behind(view: Ask, number: int) -> set[Ref]:
        answer = view(story.connection, HERE, as_of=noon(day(number)))
        return {ref for told in answer.behind for ref in told()}

    for view in (management, management_by_person):
        assert behind(view, LATE) == {thing("ev-20"), thing("ev-30")}
        assert later in behind(view, LATE + 1)
