"""Figure 7: how many mentors had to fill each role, of those who answered."""

from datetime import date
from decimal import Decimal
from typing import Any

from domain.events.course import ActivityRegistered
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


def reckoned(story: Story) -> dict[str, dict[str, str]]:
    """The sentences of each role, by column."""
    answer = mentor_roles(story.connection, HERE, as_of=noon(ROUND))
    return {
        row["role"]: {figure.column: figure.danish for figure in figures()}
        for row, figures in zip(answer.rows, answer.figures, strict=True)
    }


def test_how_both_shares_are_made_is_told_but_never_who_answered_what(story: Story) -> None:
    for number in range(5):
        answer(story, f"mentor-{number}", "to-some-degree", "round-1", date(2026, 2, 2))
    answers = ["to-a-very-high-degree", "to-some-degree", "to-some-degree", "to-a-lesser-degree"]
    for number, degree in enumerate([*answers, "not-at-all", "dont-know"], 5):
        answer(story, f"mentor-{number}", degree, "round-2")
    for role, minutes in (("system-guide", 60), ("induction-guide", 30), ("not-stated", 10)):
        work = ActivityRegistered(
            actor=actor("mentor"),
            role=role,
            activity="conversation",
            minutes=minutes,
            contact="in-person",
        )
        story.course("c-1", work, ROUND)

    said = reckoned(story)
    # Five of the first round and five of the second who knew; eight of the ten said much.
    assert said["system-guide"] == {
        "answered": "10 svar i 2 runder, det seneste af hver, ved ikke ikke talt med."
        " Besvarelserne nævnes ikke: de ville vise, hvem der svarede hvad.",
        "share": "8 af 10 svar = 80 %.",
        "share_of_time": "60 af 100 registrerede minutter = 60 %.",
    }
    # Nobody is asked about time without a role, and nobody was about the others.
    assert said["not-stated"] == {"share_of_time": "10 af 100 registrerede minutter = 10 %."}
    assert said["induction-guide"] == {
        "answered": "Ingen er blevet spurgt om det endnu.",
        "share_of_time": "30 af 100 registrerede minutter = 30 %.",
    }


def test_why_a_share_is_withheld_is_told_and_nothing_of_time_where_there_is_none(
    story: Story,
) -> None:
    for number in range(4):
        answer(story, f"mentor-{number}", "to-some-degree")
    said = reckoned(story)
    assert list(said["system-guide"]) == ["withheld"]
    assert said["system-guide"]["withheld"].startswith("For få til at holde dem ude fra hinanden")
    assert said["not-stated"] == {}
