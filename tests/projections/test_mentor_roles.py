"""Figure 7: how many mentors had to fill each role, of those who answered."""

from datetime import date
from decimal import Decimal
from typing import Any

from domain.events.mentor import SurveyAnswered
from domain.values import Period
from projections.views.mentor_roles import mentor_roles
from tests.projections.story import HERE, Story, actor, noon, thing

ROUND = date(2026, 5, 1)


def answer(
    story: Story, mentor: str, degree: str, survey: str = "round-1", on: date = ROUND
) -> None:
    fact = SurveyAnswered(
        actor=actor("mentor", mentor),
        survey=thing(survey),
        answers={"role-system-guide": degree, "barrier-lack-of-time": "not-at-all"},
    )
    story.mentor(mentor, fact, on)


def system_guide(story: Story) -> dict[str, Any]:
    rows = mentor_roles(story.connection, HERE, as_of=noon(ROUND)).rows
    return next(row for row in rows if row["role"] == "system-guide")


def test_the_share_is_of_those_who_answered_and_knew(story: Story) -> None:
    answers = ["to-a-very-high-degree", "to-some-degree", "to-some-degree", "to-a-lesser-degree"]
    for number, degree in enumerate([*answers, "not-at-all", "to-some-degree", "dont-know"]):
        answer(story, f"mentor-{number}", degree)
    row = system_guide(story)
    # Four of six.
    assert (row["answered"], row["share"]) == (6, Decimal("66.67"))
    assert row["share_of_time"] is None


def test_of_several_answers_in_one_round_the_last_holds(story: Story) -> None:
    for number in range(5):
        answer(story, f"mentor-{number}", "not-at-all")
    answer(story, "mentor-0", "to-some-degree")
    row = system_guide(story)
    assert (row["answered"], row["share"]) == (5, Decimal("20.00"))


def test_fewer_than_five_answers_are_not_shown(story: Story) -> None:
    for number in range(4):
        answer(story, f"mentor-{number}", "to-some-degree")
    row = system_guide(story)
    assert (row["answered"], row["share"], row["withheld"]) == (None, None, True)


def test_what_nobody_was_asked_is_not_withheld(story: Story) -> None:
    row = system_guide(story)
    assert (row["answered"], row["share"], row["withheld"]) == (None, None, False)


def test_over_two_rounds_each_mentors_latest_answer_holds(story: Story) -> None:
    for number in range(5):
        answer(story, f"mentor-{number}", "not-at-all", "round-1", date(2026, 2, 2))
    for number in range(5):
        answer(story, f"mentor-{number}", "to-some-degree", "round-2")
    row = system_guide(story)
    assert (row["answered"], row["share"]) == (5, Decimal("100.00"))


def test_a_periods_share_is_that_of_the_answers_by_its_last_day(story: Story) -> None:
    for number in range(5):
        answer(story, f"mentor-{number}", "to-some-degree")

    def answered(period: Period) -> Any:
        rows = mentor_roles(story.connection, HERE, as_of=noon(ROUND), period=period).rows
        return next(row["answered"] for row in rows if row["role"] == "system-guide")

    assert answered(Period(date(2026, 1, 1), ROUND)) is None
    # An answer holds until the next, so the period's first day narrows nothing.
    assert answered(Period(date(2026, 4, 1), date(2026, 5, 2))) == 5
    assert answered(Period(date(2026, 5, 2))) == 5
