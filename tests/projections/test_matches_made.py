"""Matches made: how, with what time spent, whether preferences were met, and how they went."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.events.course import (
    ChemistryChecked,
    Closed,
    FirstMeetingHeld,
    IdentityLinked,
    MatchEnded,
    MatchProposed,
    MentorMatched,
    PreferenceStated,
)
from domain.events.mentor import Employed
from domain.events.team import MatchingMeetingHeld
from domain.values import Period, Ref
from projections.views.matches_made import matches_made
from tests.projections.conftest import Connection
from tests.projections.story import HERE, SOURCE, Story, actor, noon, thing, who

START, FEBRUARY, MARCH, APRIL = (date(2026, month, 1) for month in (1, 2, 3, 4))
CASEWORKER, LEADER = actor("caseworker"), actor("leader")


@pytest.fixture
def story(connection: Connection) -> Story:
    """A municipality with one mentor, a woman of 36."""
    story = Story(connection)
    fact = Employed(actor=LEADER, from_=START, weekly_minutes=2220, gender="woman", birth_year=1990)
    story.mentor("mentor", fact, START, id_="employed")
    return story


def match_fact(from_: date = FEBRUARY, **more: Any) -> MentorMatched:
    told = {"actor": CASEWORKER, "match": thing("m-1"), "method": "by-profile", **more}
    return MentorMatched(mentor=who("mentor"), from_=from_, **told)


def matched(story: Story, course: str = "c", on: date = START, **more: Any) -> Ref:
    return story.course(course, match_fact(**more), on)


def rows(story: Story, day: date = APRIL, **asked: Any) -> list[dict[str, Any]]:
    return matches_made(story.connection, HERE, as_of=noon(day), **asked).rows


def ask(story: Story, day: date = APRIL, **asked: Any) -> dict[str, Any]:
    (row,) = rows(story, day, **asked)
    return row


def test_a_match_tells_how_it_was_made(story: Story) -> None:
    matched(story, reasons=("strengths-fit", "other"), minutes=45)
    row = ask(story)
    assert (row["match"], row["mentor"]) == (f"{SOURCE} m-1", who("mentor"))
    assert (row["method"], row["reasons"]) == ("by-profile", ["strengths-fit", "other"])
    assert (row["match_from"], row["match_to"], row["end_reason"]) == (FEBRUARY, None, None)
    assert (row["own_minutes"], row["minutes_spent"]) == (45, Decimal("45.00"))
    assert row["meeting"] is row["meeting_minutes"] is row["preferences_met"] is None
    assert rows(story, date(2025, 12, 31)) == []


def meet(story: Story, discussed: int | None, minutes: int = 120) -> Ref:
    fact = MatchingMeetingHeld(
        actor=actor("coordinator"),
        meeting=thing("meeting-1"),
        kind="review-of-citizens",
        participants=(actor("coordinator"),),
        minutes=minutes,
        courses_discussed=discussed,
    )
    return story.team(fact, START, id_="meeting")


def test_a_meetings_time_is_shared_by_the_citizens_it_discussed(story: Story) -> None:
    matched(story, meeting=thing("meeting-1"), minutes=10)
    assert ask(story)["minutes_spent"] == Decimal("10.00")  # the meeting isn't known yet
    before = story.position
    meet(story, 16)
    # 120 minutes for 16 citizens are 7.5.
    row = ask(story)
    assert (row["meeting_minutes"], row["minutes_spent"]) == (Decimal("7.50"), Decimal("17.50"))
    assert ask(story, known_at=before)["meeting_minutes"] is None


def test_a_meeting_that_names_no_number_is_shared_by_the_courses_that_name_it(
    story: Story,
) -> None:
    meet(story, None)
    matched(story, meeting=thing("meeting-1"))
    for course in ("d", "e", "e"):
        fact = MatchProposed(
            actor=CASEWORKER,
            mentor=who("mentor"),
            method="by-meeting",
            meeting=thing("meeting-1"),
        )
        story.course(course, fact, START)
    # The courses c, d and e.
    row = ask(story)
    assert (row["own_minutes"], row["meeting_minutes"]) == (None, Decimal("40.00"))
    assert row["minutes_spent"] == Decimal("40.00")


@pytest.mark.parametrize(
    ("age", "gender", "told"),
    [
        ("30-44", "woman", ("met", "met", "met")),
        ("30-44", "man", ("met", "not-met", "not-met")),
        ("60-plus", "none", ("not-met", None, "not-met")),
        ("none", "none", (None, None, None)),
    ],
)
def test_whether_what_the_citizen_preferred_was_met(
    story: Story, age: str, gender: str, told: tuple[str | None, ...]
) -> None:
    story.course("c", PreferenceStated(actor=CASEWORKER, age=age, gender=gender), START)
    matched(story)
    # What is preferred later says nothing of this match.
    story.course("c", PreferenceStated(actor=CASEWORKER, age="under-30", gender="man"), MARCH)
    row = ask(story)
    names = ("preferred_age_met", "preferred_gender_met", "preferences_met")
    assert tuple(row[name] for name in names) == told
    assert (row["preferred_age"], row["preferred_gender"]) == (age, gender)


def test_each_sides_last_word_on_the_chemistry_counts_while_the_match_runs(story: Story) -> None:
    matched(story)

    def check(on: date, asked: str, result: str, mentor: str = "mentor") -> None:
        fact = ChemistryChecked(actor=CASEWORKER, mentor=who(mentor), asked=asked, result=result)
        story.course("c", fact, on)

    check(FEBRUARY, "citizen", "uncertain")
    check(MARCH, "citizen", "good")
    check(MARCH, "mentor", "missing")
    check(MARCH, "mentor", "good", mentor="somebody else")
    check(date(2025, 12, 1), "mentor", "good")
    row = ask(story)
    assert (row["chemistry_citizen"], row["chemistry_mentor"]) == ("good", "missing")
    assert ask(story, FEBRUARY)["chemistry_citizen"] == "uncertain"
    ended = MatchEnded(
        actor=CASEWORKER, match=thing("m-1"), to=date(2026, 2, 20), reason="chemistry-missing"
    )
    story.course("c", ended, MARCH)
    row = ask(story)
    assert (row["chemistry_citizen"], row["chemistry_mentor"]) == ("uncertain", None)
    assert (row["match_to"], row["end_reason"]) == (date(2026, 2, 20), "chemistry-missing")


def test_the_first_meeting_is_counted_from_the_matchs_first_day(story: Story) -> None:
    matched(story)
    assert ask(story)["first_meeting_after"] is None
    meeting = FirstMeetingHeld(actor=CASEWORKER, mentor=who("mentor"), form="in-person")
    held = story.course("c", meeting, date(2026, 2, 9))
    story.course("c", meeting, MARCH)
    assert ask(story)["first_meeting_after"] == 8
    assert ask(story, date(2026, 2, 8))["first_meeting_after"] is None
    answer = matches_made(story.connection, HERE, as_of=noon(APRIL))
    (refs,) = [list(behind()) for behind in answer.behind]
    assert {ref.id for ref in refs} == {"ev-20", "employed", held.id}


def test_a_match_that_the_close_ended_says_why_the_course_closed(story: Story) -> None:
    matched(story)
    story.course("c", Closed(actor=CASEWORKER, to=MARCH, reason="dropped-out"), MARCH)
    row = ask(story)
    assert (row["match_to"], row["end_reason"], row["close_reason"]) == (
        MARCH,
        "course-closed",
        "dropped-out",
    )


def test_a_period_has_the_matches_with_days_in_it_the_latest_first(story: Story) -> None:
    matched(story)
    story.course("c", Closed(actor=CASEWORKER, to=MARCH, reason="job"), MARCH)
    matched(story, "d", MARCH, match=thing("m-2"), from_=MARCH)
    assert [row["course"] for row in rows(story)] == [who("d"), who("c")]
    assert [row["course"] for row in rows(story, period=Period(MARCH, APRIL))] == [who("d")]
    assert [row["course"] for row in rows(story, period=Period(START, MARCH))] == [who("c")]
    assert rows(story, period=Period(START, FEBRUARY)) == []
    assert [row["course"] for row in rows(story, streams=[who("c")])] == [who("c")]


def test_late_corrected_and_retracted_matches_are_as_known_then(story: Story) -> None:
    before = story.position
    made = matched(story, minutes=30)
    first = story.position
    story.correct(made, match_fact(MARCH, minutes=60), MARCH, new_time=START)
    second = story.position
    story.retract(made, APRIL)
    assert rows(story) == rows(story, known_at=before) == []
    assert ask(story, known_at=first)["own_minutes"] == 30
    row = ask(story, known_at=second)
    assert (row["own_minutes"], row["match_from"]) == (60, MARCH)


def test_what_was_said_on_a_linked_course_is_said_of_the_match(story: Story) -> None:
    matched(story)
    story.course("old", PreferenceStated(actor=CASEWORKER, age="30-44", gender="none"), START)
    assert ask(story)["preferences_met"] is None
    link = IdentityLinked(actor=LEADER, what="course", alias=who("old"), basis="manual")
    story.course("c", link, MARCH)
    assert ask(story)["preferences_met"] == "met"
