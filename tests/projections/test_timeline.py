"""A course from first to last, with what was changed and when it was learned."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from domain.events.common import (
    CourseFollowUpRaised,
    CourseFollowUpReminded,
    CourseFollowUpSnoozed,
)
from domain.events.course import ActivityRegistered, Closed, IdentityLinked, IntakeRegistered
from domain.values import Actor, FollowUpKey
from projections.facts.timeline import TIMELINE, line, packed_line
from projections.views.timeline import timeline
from tests.projections.story import HERE, Story, actor, noon, who

LATER = date(2026, 12, 1)


def activity(minutes: int, by: Actor | None = None) -> ActivityRegistered:
    return ActivityRegistered(
        actor=by or actor("mentor"),
        role="system-guide",
        activity="other",
        minutes=minutes,
        contact="phone",
        note="ciphertext",
    )


def ask(
    story: Story, *names: str, day: date = LATER, known_at: int | None = None
) -> list[dict[str, Any]]:
    streams: list[UUID] = [who(name) for name in names]
    answer = timeline(story.connection, HERE.schema, streams, as_of=noon(day), known_at=known_at)
    return answer.rows


def seen(rows: list[dict[str, Any]], *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[column] for column in columns) for row in rows]


def test_events_stand_where_they_happened_and_say_when_they_were_learned(story: Story) -> None:
    story.course("c", activity(30), date(2026, 2, 1))
    intake = IntakeRegistered(actor=actor("caseworker"), caseworker=who("caseworker"))
    story.course("c", intake, date(2026, 1, 1))
    story.course("another", activity(60), date(2026, 1, 1))
    rows = ask(story, "c")
    assert seen(rows, "event", "position", "actor_function", "status") == [
        ("course.intake-registered", 20, "caseworker", "holds"),
        ("course.activity-registered", 10, "mentor", "holds"),
    ]
    assert rows[1]["note"] == "ciphertext"
    assert [row["event"] for row in ask(story, "c", day=date(2026, 1, 15))] == [
        "course.intake-registered"
    ]
    assert [row["position"] for row in ask(story, "c", known_at=10)] == [10]


def test_a_corrected_event_stays_visible_beside_its_replacement(story: Story) -> None:
    wrong = story.course("c", activity(90), date(2026, 2, 1), id_="wrong")
    right = activity(60, actor("mentor", "another"))
    story.correct(wrong, right, date(2026, 3, 1), new_time=date(2026, 1, 31), id_="right")
    rows = ask(story, "c")
    assert seen(rows, "id", "event", "status", "actor") == [
        ("wrong", "course.activity-registered", "holds", who("another")),
        ("wrong", "course.activity-registered", "corrected", who("mentor")),
        ("right", "course.event-corrected", "amends", who("coordinator")),
    ]
    assert seen(rows, "by", "amends", "reason") == [
        ("https://sagssystem.example right", None, None),
        ("https://sagssystem.example right", None, None),
        (None, "https://sagssystem.example wrong", "typing-error"),
    ]


def test_of_several_amendments_the_latest_holds_whenever_it_came(story: Story) -> None:
    wrong = story.course("c", activity(90), date(2026, 2, 1), id_="wrong")
    story.retract(wrong, date(2026, 3, 2), id_="later")
    story.correct(wrong, activity(60), date(2026, 3, 1), new_time=date(2026, 2, 1), id_="earlier")
    assert seen(ask(story, "c"), "id", "status") == [
        ("wrong", "retracted"),
        ("earlier", "overruled"),
        ("later", "amends"),
    ]
    assert seen(ask(story, "c", known_at=10), "id", "status") == [("wrong", "holds")]


def test_linked_courses_are_told_as_one(story: Story) -> None:
    story.course("old", activity(30), date(2026, 1, 1))
    story.course("new", activity(30), date(2026, 2, 1))
    link = IdentityLinked(
        actor=actor("coordinator"), what="course", alias=who("old"), basis="manual"
    )
    story.course("new", link, date(2026, 2, 2))
    closed = Closed(actor=actor("caseworker"), to=date(2026, 3, 1), reason="job")
    story.course("old", closed, date(2026, 3, 1))
    both = [who("old"), who("new"), who("new"), who("old")]
    assert [row["stream"] for row in ask(story, "new")] == both
    assert [row["stream"] for row in ask(story, "old")] == both


def test_a_follow_ups_events_say_which_one_when_to_whom_and_why(story: Story) -> None:
    intake = IntakeRegistered(actor=actor("caseworker"), caseworker=who("caseworker"))
    anchor = story.course("c", intake, date(2026, 1, 1))
    which, system = FollowUpKey("match-overdue", anchor, 1), Actor("system")
    raised = CourseFollowUpRaised(
        actor=system,
        follow_up=which,
        due_on=date(2026, 1, 15),
        addressed_to="caseworker",
        person=who("caseworker"),
        pack="default",
        edition="1",
    )
    story.course("c", raised, date(2026, 1, 15), id_="raised")
    reminded = CourseFollowUpReminded(actor=system, follow_up=which, number=1)
    story.course("c", reminded, date(2026, 1, 22))
    snoozed = CourseFollowUpSnoozed(
        actor=actor("caseworker"), follow_up=which, until=date(2026, 3, 1), reason="citizen-away"
    )
    story.course("c", snoozed, date(2026, 1, 23))
    rows = ask(story, "c")
    assert seen(rows, "follow_up", "rule") == [(None, None)] + 3 * [("raised", "match-overdue")]
    assert seen(rows[1:], "due_on", "addressed_to", "person", "number", "until", "reason") == [
        (date(2026, 1, 15), "caseworker", who("caseworker"), None, None, None),
        (None, None, None, 1, None, None),
        (None, None, None, None, date(2026, 3, 1), "citizen-away"),
    ]


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"on_behalf_of": actor("mentor")},
        {"note": "ciphertext"},
        {"note": "ciphertext", "note_confidential": True},
    ],
)
def test_a_line_that_is_packed_by_itself_is_packed_like_any_row(
    story: Story, more: dict[str, Any]
) -> None:
    for function in ("system", "caseworker"):
        fact = Closed(actor=actor(function), to=LATER, reason="job", **more)
        story.retract(story.course("c", fact, LATER), LATER)
    assert len(story.told) == 4
    for event in story.told:
        assert packed_line(event) == TIMELINE.pack(line(event))


def test_both_courses_of_one_citizen_tell_that_they_were_linked_and_with_which_other(
    story: Story,
) -> None:
    story.course("c", activity(30), date(2026, 2, 1))
    story.course("d", activity(60), date(2026, 2, 1))
    link = IdentityLinked(actor=Actor("system"), what="citizen", alias=who("d"), basis="cpr")
    ref = story.course("c", link, date(2026, 2, 2))
    for name, other in (("c", "d"), ("d", "c")):
        rows = ask(story, name)
        assert seen(rows, "event", "other_course", "status") == [
            ("course.activity-registered", None, "holds"),
            ("course.identity-linked", who(other), "holds"),
        ]
    story.retract(ref, date(2026, 2, 3))
    assert [row["event"] for row in ask(story, "d")] == ["course.activity-registered"]
