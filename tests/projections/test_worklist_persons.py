"""With whom a follow-up lies: whoever has the function on the day, or took it over."""

from datetime import date
from typing import Any

from domain.events.common import (
    CourseFollowUpEscalated,
    CourseFollowUpReminded,
    CourseFollowUpSnoozed,
    CourseFollowUpTakenOver,
)
from domain.events.course import CaseworkerChanged
from domain.events.team import PersonReleased
from domain.values import FollowUpKey
from projections.views.worklist import by_person
from tests.projections.raising import DUE, INTAKE, SYSTEM, ask, assigned, raise_match, resolve
from tests.projections.story import HERE, Story, actor, noon, who


def test_an_escalated_follow_up_lies_with_the_coordinator(story: Story) -> None:
    which = raise_match(story)
    reminded = CourseFollowUpReminded(actor=SYSTEM, follow_up=which, number=1)
    story.course("c", reminded, date(2026, 1, 30))
    assert [row["stage"] for row in ask(story, date(2026, 1, 31))] == ["reminded"]
    escalated = CourseFollowUpEscalated(
        actor=SYSTEM, follow_up=which, addressed_to="coordinator", person=who("coordinator")
    )
    story.course("c", escalated, date(2026, 2, 2))
    (row,) = ask(story, date(2026, 2, 3))
    assert (row["stage"], row["addressed_to"]) == ("escalated", "coordinator")
    assert (row["person"], row["escalated_to"]) == (who("coordinator"), ["coordinator"])
    assert [row["stage"] for row in ask(story, date(2026, 2, 1))] == ["reminded"]


def test_who_put_it_off_and_who_told_of_a_take_over_is_known_whoever_has_it(story: Story) -> None:
    which = raise_match(story)

    def told(known_at: int | None = None) -> list[Any]:
        (row,) = ask(story, date(2026, 2, 1), known_at)
        return [row["person"], row["taken_over_by"], row["snoozed_by"]]

    def snooze(by: str) -> CourseFollowUpSnoozed:
        until = date(2026, 2, 10)
        return CourseFollowUpSnoozed(
            actor=actor(by), follow_up=which, until=until, reason="holiday"
        )

    before = story.position
    assert told() == [who("caseworker"), None, None]
    put_off = story.course("c", snooze("leader"), date(2026, 1, 27))
    taken = CourseFollowUpTakenOver(
        actor=actor("leader"), follow_up=which, person=who("coordinator"), reason="absence"
    )
    taken_over = story.course("c", taken, date(2026, 1, 28))
    assert told() == [who("coordinator"), who("leader"), who("leader")]
    assert told(before) == [who("caseworker"), None, None]
    # It was the coordinator who put it off; and nobody took it over.
    then = story.position
    story.correct(put_off, snooze("coordinator"), date(2026, 1, 30), new_time=date(2026, 1, 27))
    story.retract(taken_over, date(2026, 1, 30))
    assert told() == [who("caseworker"), None, who("coordinator")]
    assert told(then) == [who("coordinator"), who("leader"), who("leader")]


def test_a_follow_up_lies_with_whoever_is_the_caseworker_on_the_day(story: Story) -> None:
    which = raise_match(story)
    changed = CaseworkerChanged(
        actor=actor("leader"),
        caseworker=who("new caseworker"),
        from_=date(2026, 2, 2),
        reason="other",
    )
    story.course("c", changed, date(2026, 1, 30))
    days = (date(2026, 2, 1), date(2026, 2, 2))
    assert [ask(story, day)[0]["person"] for day in days] == [
        who("caseworker"),
        who("new caseworker"),
    ]
    taken = CourseFollowUpTakenOver(
        actor=actor("other"), follow_up=which, person=who("other"), reason="absence"
    )
    story.course("c", taken, date(2026, 2, 3))
    assert ask(story, date(2026, 2, 4))[0]["person"] == who("other")


def test_an_escalated_follow_up_lies_with_whoever_coordinates_on_the_day(story: Story) -> None:
    which = raise_match(story)
    assigned(story, "coordinator", "coordinator", INTAKE)
    escalated = CourseFollowUpEscalated(
        actor=SYSTEM, follow_up=which, addressed_to="coordinator", person=who("coordinator")
    )
    story.course("c", escalated, date(2026, 2, 2))
    gone = PersonReleased(
        actor=actor("leader"),
        person=who("coordinator"),
        function="coordinator",
        to=date(2026, 2, 10),
        reason="other",
    )
    story.team(gone, date(2026, 2, 5))
    assert ask(story, date(2026, 2, 11))[0]["person"] == who("coordinator")  # nobody else yet
    assigned(story, "next", "coordinator", date(2026, 2, 12))
    days = (date(2026, 2, 9), date(2026, 2, 12))
    assert [ask(story, day)[0]["person"] for day in days] == [who("coordinator"), who("next")]


def test_each_persons_follow_ups_are_counted_by_how_they_stand(story: Story) -> None:
    # Due on 20 and 26 January and on 1 February.
    early = raise_match(story, "early", date(2026, 1, 20))
    put_off = raise_match(story, "put off", DUE)
    raise_match(story, "today", date(2026, 2, 1))
    gone = raise_match(story, "gone", date(2026, 1, 2))
    resolve(story, "gone", gone, date(2026, 1, 20))
    escalated = CourseFollowUpEscalated(
        actor=SYSTEM, follow_up=early, addressed_to="coordinator", person=who("coordinator")
    )
    story.course("early", escalated, date(2026, 1, 27))
    snoozed = CourseFollowUpSnoozed(
        actor=actor("caseworker"), follow_up=put_off, until=date(2026, 2, 10), reason="holiday"
    )
    story.course("put off", snoozed, date(2026, 1, 28))
    day = date(2026, 2, 1)
    answer = by_person(story.connection, HERE, as_of=noon(day))
    coordinator, caseworker = answer.rows
    assert (coordinator["person"], coordinator["functions"]) == (
        who("coordinator"),
        ["coordinator"],
    )
    counted = ("open", "overdue", "escalated", "snoozed", "oldest_due")
    assert [coordinator[name] for name in counted] == [1, 1, 1, 0, date(2026, 1, 20)]
    # What is due today isn't overdue.
    assert caseworker["person"] == who("caseworker")
    assert [caseworker[name] for name in counted] == [2, 1, 0, 1, DUE]
    refs = {ref.id for ref in answer.behind[1]()}
    assert {"raised-put off", "raised-today"} <= refs
    assert not {"raised-early", "raised-gone"} & refs


def test_whoever_takes_one_over_has_it_in_their_own_function(story: Story) -> None:
    assigned(story, "leader", "leader", date(2026, 1, 1))
    own, given = raise_match(story, "own", DUE), raise_match(story, "given", DUE)
    raise_match(story, "left", DUE)
    unknown = raise_match(story, "unknown", DUE)
    before = story.position

    def taken(course: str, which: FollowUpKey, by: str, person: str) -> None:
        fact = CourseFollowUpTakenOver(
            actor=actor(by), follow_up=which, person=who(person), reason="absence"
        )
        story.course(course, fact, date(2026, 1, 28))

    taken("own", own, "coordinator", "coordinator")
    taken("given", given, "coordinator", "leader")
    taken("unknown", unknown, "coordinator", "somebody")
    day = noon(date(2026, 2, 1))
    rows = by_person(story.connection, HERE, as_of=day).rows
    assert {row["person"]: row["functions"] for row in rows} == {
        who("caseworker"): ["caseworker"],
        who("coordinator"): ["coordinator"],
        who("leader"): ["leader"],
        who("somebody"): [],
    }
    (row,) = by_person(story.connection, HERE, as_of=day, known_at=before).rows
    assert (row["person"], row["functions"]) == (who("caseworker"), ["caseworker"])
