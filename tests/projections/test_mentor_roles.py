"""Figure 7: how many mentors had to fill each role, of those who answered."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.events.mentor import SurveyAnswered
from projections.views.mentor_roles import mentor_roles
from tests.projections.conftest import Connection
from tests.projections.story import HERE, Story, actor, noon, thing

ROUND = date(2026, 5, 1)


@pytest.fixture
def story(connection: Connection) -> Story:
    """A municipality of which nothing is known yet."""
    return Story(connection)


def answer(story: Story, mentor: str, degree: str, survey: str = "round-1") -> None:
    fact = SurveyAnswered(
        actor=actor("mentor", mentor),
        survey=thing(survey),
        answers={"role-system-guide": degree, "barrier-lack-of-time": "not-at-all"},
    )
    story.mentor(mentor, fact, ROUND)


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
    assert (row["answered"], row["share"]) == (None, None)
