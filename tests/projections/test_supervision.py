"""Which supervision a team has had, whatever was agreed."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.events.team import (
    Established,
    PersonAssigned,
    PersonReleased,
    SparringHeld,
    SupervisionArranged,
    SupervisionSessionHeld,
)
from projections.views.supervision import supervision
from tests.projections.conftest import Connection
from tests.projections.story import HERE, Story, actor, noon, thing, who

START = date(2026, 1, 5)
LEADER = actor("leader")


@pytest.fixture
def story(connection: Connection) -> Story:
    """A team that began on 5 January."""
    story = Story(connection)
    story.team(Established(actor=LEADER, from_=START), START)
    return story


def assign(story: Story, name: str, function: str, **more: Any) -> None:
    fact = PersonAssigned(
        actor=LEADER, person=who(name), function=function, from_=more.pop("on", START), **more
    )
    story.team(fact, START)


def supervise(story: Story, by: str, *weeks: int, minutes: int = 90) -> None:
    for week in weeks:
        day = START + timedelta(weeks=week)
        fact = SupervisionSessionHeld(
            actor=LEADER,
            session=thing(f"s-{by}-{week}"),
            supervisor=who(by),
            mentors=(who("mentor"),),
            form="individual",
            minutes=minutes,
        )
        story.team(fact, day)


def ask(story: Story, weeks: int = 30, known_at: int | None = None) -> dict[str, Any]:
    # The last day of the last whole window.
    day = START + timedelta(weeks=weeks, days=-1)
    (row,) = supervision(story.connection, HERE, as_of=noon(day), known_at=known_at).rows
    return row


@pytest.mark.parametrize(
    ("function", "employment", "model", "conflict"),
    [
        ("leader", None, 1, True),
        ("coordinator", None, 1, True),
        ("supervisor", "internal", 2, False),
        ("supervisor", "external", 3, False),
    ],
)
def test_the_model_is_that_of_whoever_held_the_sessions(
    story: Story, function: str, employment: str | None, model: int, conflict: bool
) -> None:
    assign(story, "somebody", function, employment=employment)
    supervise(story, "somebody", 1, 7, 13, 19, 25)
    row = ask(story)
    assert (row["model"], row["partial"], row["windows"]) == (model, False, 5)
    assert row["requirement_met"] is True
    assert row["conflict_of_interest"] is conflict
    assert (row["sessions"], row["session_minutes"]) == (5, 450)


def test_sparring_is_shown_and_never_counts_as_supervision(story: Story) -> None:
    arranged = SupervisionArranged(
        actor=LEADER, from_=START, model="none", reasons=("replaced-by-sparring",)
    )
    story.team(arranged, START)
    for week in range(5):
        sparring = SparringHeld(
            actor=LEADER,
            form="weekly-meeting",
            participants=(actor("mentor"), actor("mentor", "another")),
            minutes=60,
        )
        story.team(sparring, START + timedelta(weeks=week))
    row = ask(story)
    assert (row["model"], row["partial"], row["requirement_met"]) == (4, False, False)
    assert (row["sparrings"], row["sparring_minutes"], row["sessions"]) == (5, 300, 0)
    assert (row["declared_model"], row["reasons"]) == ("none", ["replaced-by-sparring"])


def test_a_model_held_in_most_windows_but_not_fully_has_brackets(story: Story) -> None:
    assign(story, "somebody", "supervisor", employment="external", dedicated=True)
    supervise(story, "somebody", 1, 7, 13, 19)
    row = ask(story)
    assert (row["model"], row["partial"], row["requirement_met"]) == (3, True, True)
    assert (row["windows_model_3"], row["windows_model_4"]) == (4, 1)
    assert row["released"] is True


def test_what_was_agreed_does_not_make_supervision(story: Story) -> None:
    arranged = SupervisionArranged(
        actor=LEADER, from_=START, model="external-supervisor", cadence_weeks=3, forms=("group",)
    )
    story.team(arranged, START)
    row = ask(story)
    assert (row["declared_model"], row["model"], row["windows"]) == ("external-supervisor", 4, 10)
    assert (row["cadence_weeks"], row["reasons"]) == (3, [])


def test_a_session_by_somebody_without_a_function_counts_once_the_function_is_known(
    story: Story,
) -> None:
    supervise(story, "somebody", 1, 7, 13, 19, 25)
    before = story.position
    row = ask(story)
    assert (row["model"], row["sessions"], row["sessions_without_supervisor"]) == (4, 0, 5)
    assign(story, "somebody", "supervisor", employment="internal")
    assert ask(story)["model"] == 2
    assert ask(story, known_at=before)["model"] == 4
    # Released after the second session, the rest were no supervision.
    released = PersonReleased(
        actor=LEADER,
        person=who("somebody"),
        function="supervisor",
        to=START + timedelta(weeks=8),
        reason="other-task",
    )
    story.team(released, START + timedelta(weeks=8))
    row = ask(story)
    assert (row["model"], row["windows_model_2"], row["partial"]) == (4, 2, True)


JUDGED = ("model", "partial", "requirement_met", "conflict_of_interest")


@pytest.mark.parametrize("weeks", [-1, 5])
def test_nothing_is_judged_before_the_team_began_or_its_first_window_is_over(
    story: Story, weeks: int
) -> None:
    row = ask(story, weeks)
    assert [row[column] for column in JUDGED] == [None] * 4
    assert row["windows"] == 0


def test_a_first_session_is_judged_at_once_as_it_is_known(story: Story) -> None:
    before = story.position
    assign(story, "somebody", "leader")
    supervise(story, "somebody", 1)
    # Held on day 8 of a window of 42 days: model 1, the only window.
    assert [ask(story, 2)[column] for column in JUDGED] == [1, False, True, True]
    assert [ask(story, 2, known_at=before)[column] for column in JUDGED] == [None] * 4
    # 42 days without: none.
    assert [ask(story, 6, known_at=before)[column] for column in JUDGED] == [4, False, False, False]
