"""What is open, for whom, since when and why."""

from datetime import date

import pytest

from domain.events.common import (
    CourseFollowUpRaised,
    CourseFollowUpResolved,
    CourseFollowUpSnoozed,
    CourseFollowUpTakenOver,
    CourseFollowUpWithdrawn,
)
from domain.events.course import IdentityLinked
from domain.values import FollowUpKey, Ref
from projections.paging import Page, Place
from projections.views.worklist import worklist
from tests.projections.raising import DUE, SYSTEM, ask, raise_match
from tests.projections.story import HERE, Story, actor, noon, who


def test_what_was_raised_is_open_with_its_reason(story: Story) -> None:
    which = raise_match(story)
    (row,) = ask(story, date(2026, 1, 28))
    assert (row["rule"], row["due_on"], row["days_overdue"]) == ("match-overdue", DUE, 2)
    assert (row["stage"], row["addressed_to"]) == ("raised", "caseworker")
    assert (row["person"], row["course"]) == (who("caseworker"), who("c"))
    assert row["why"] == "Borgeren har ikke fået en mentor inden for 14 dage."
    assert row["anchor"] == f"{which.anchor.source} {which.anchor.id}"
    assert (row["pack"], row["edition"]) == ("default", "2026-1")
    assert row["id"] == "raised-c"
    assert ask(story, date(2026, 1, 25)) == []


def test_the_longest_due_stands_first(story: Story) -> None:
    raise_match(story, "late", date(2026, 2, 1))
    raise_match(story, "early", date(2026, 1, 20))
    assert [row["course"] for row in ask(story, date(2026, 3, 1))] == [who("early"), who("late")]


def test_a_page_of_the_worklist_goes_on_in_the_order_of_the_whole(story: Story) -> None:
    for name, day in (("late", 3), ("early", 1), ("between", 2)):
        raise_match(story, name, date(2026, 2, day))
    march = noon(date(2026, 3, 1))
    first = worklist(story.connection, HERE, page=Page(limit=2), as_of=march)
    assert [row["course"] for row in first.rows] == [who("early"), who("between")]
    rest = Page(start=Place(2), limit=2)
    second = worklist(story.connection, HERE, page=rest, as_of=march)
    assert [row["course"] for row in second.rows] == [who("late")]
    assert second.rows[0]["why"] is not None


def test_a_follow_up_put_off_says_until_when_and_who_took_it_over(story: Story) -> None:
    which = raise_match(story)
    snoozed = CourseFollowUpSnoozed(
        actor=actor("caseworker"), follow_up=which, until=date(2026, 2, 10), reason="citizen-away"
    )
    story.course("c", snoozed, date(2026, 1, 27))
    taken = CourseFollowUpTakenOver(
        actor=actor("coordinator"), follow_up=which, person=who("coordinator"), reason="absence"
    )
    story.course("c", taken, date(2026, 1, 28))
    (row,) = ask(story, date(2026, 2, 1))
    assert (row["stage"], row["snoozed_until"]) == ("snoozed", date(2026, 2, 10))
    assert (row["person"], row["taken_over"]) == (who("coordinator"), True)
    assert [row["stage"] for row in ask(story, date(2026, 2, 10))] == ["raised"]


@pytest.mark.parametrize("outcome", ["resolved", "withdrawn"])
def test_what_is_resolved_or_withdrawn_is_open_no_more(story: Story, outcome: str) -> None:
    which = raise_match(story)
    before = story.position
    by = Ref(which.anchor.source, "ev-999")
    ended = (
        CourseFollowUpResolved(actor=SYSTEM, follow_up=which, by=by)
        if outcome == "resolved"
        else CourseFollowUpWithdrawn(actor=SYSTEM, follow_up=which, reason="fact-corrected")
    )
    story.course("c", ended, date(2026, 2, 5))
    assert ask(story, date(2026, 2, 6)) == []
    assert len(ask(story, date(2026, 2, 4))) == 1
    assert len(ask(story, date(2026, 2, 6), known_at=before)) == 1


def test_what_was_raised_before_its_course_was_linked_is_closed_in_the_other(story: Story) -> None:
    which = raise_match(story, "old")
    link = IdentityLinked(
        actor=actor("coordinator"), what="course", alias=who("old"), basis="manual"
    )
    story.course("new", link, date(2026, 1, 27))
    (row,) = ask(story, date(2026, 1, 28))
    assert (row["course"], row["id"]) == (who("new"), "raised-old")
    ended = CourseFollowUpWithdrawn(actor=SYSTEM, follow_up=which, reason="course-closed")
    story.course("new", ended, date(2026, 1, 29))
    assert ask(story, date(2026, 1, 30)) == []


def test_a_follow_up_corrected_away_or_raised_again_is_as_known_then(story: Story) -> None:
    which = raise_match(story)
    before = story.position
    ended = CourseFollowUpWithdrawn(actor=SYSTEM, follow_up=which, reason="fact-corrected")
    story.course("c", ended, date(2026, 2, 1))
    again = CourseFollowUpRaised(
        actor=SYSTEM,
        follow_up=FollowUpKey(which.rule, which.anchor, 2),
        due_on=date(2026, 2, 3),
        addressed_to="caseworker",
        pack="default",
        edition="3",
    )
    raised = story.course("c", again, date(2026, 2, 3))
    day = date(2026, 2, 4)
    assert [(row["cycle"], row["id"]) for row in ask(story, day)] == [(2, raised.id)]
    assert [row["cycle"] for row in ask(story, day, known_at=before)] == [1]
    story.retract(raised, date(2026, 2, 5))
    assert ask(story, day) == []
