"""What figures of supervision rest on, by hand: what touched them, and nothing that came after."""

from typing import Any

import pytest

from domain.events.team import PersonReleased, SupervisionArranged
from domain.values import Period, Ref
from projections.answering import Ask
from projections.views.municipalities import municipalities
from projections.views.supervision import supervision
from projections.views.supervision_mentors import supervised_mentors
from projections.views.supervision_windows import supervision_sessions, supervision_windows
from tests.projections.conftest import Connection
from tests.projections.story import HERE, Story, noon, thing, who
from tests.projections.supervising import (
    LEADER,
    agree,
    assign,
    began,
    day,
    employ,
    hours,
    session,
)


@pytest.fixture
def story(connection: Connection) -> Story:
    """A team that began on 5 January (day 0), with an external supervisor."""
    story = Story(connection)
    began(story)
    assign(story, "ext", "supervisor", employment="external")
    return story


START, EXTERNAL = thing("ev-10"), thing("ev-20")


def behind(story: Story, view: Ask, number: int, **asked: Any) -> list[set[Ref]]:
    """Of each row the events behind it, on a day."""
    answer = view(story.connection, HERE, as_of=noon(day(number)), **asked)
    return [set(told()) for told in answer.behind]


def test_what_is_agreed_for_later_touches_no_figure_of_today(story: Story) -> None:
    employed = employ(story, "mentor")
    agreed = agree(story, day(0), 4)
    later = [agree(story, day(84), 2), agree(story, day(200))]
    # The next cadence is that of the day counted from; the windows are days 0, 28 and 56.
    assert behind(story, supervision, 83) == [{START, agreed}]
    assert behind(story, supervision_windows, 83) == [{START, agreed}] * 3
    assert behind(story, supervised_mentors, 83) == [{START, employed, agreed}]
    assert not set(later) & set().union(*behind(story, municipalities, 83))
    # On day 84 a window begins, so what is agreed from then on has begun to count.
    *before, last = behind(story, supervision_windows, 84)
    assert (before, last) == ([{START, agreed}] * 3, {START, agreed, later[0]})
    assert behind(story, supervision, 84) == [{START, agreed, later[0]}]


def test_a_window_rests_on_what_was_agreed_on_the_first_day_of_those_until_it(
    story: Story,
) -> None:
    agree(story, day(10), 3)  # replaced before any window began
    agreed = agree(story, day(20), 2)
    # Days 0 to 41, six weeks since nothing was agreed on day 0; then 42 to 55, 56 to 69.
    assert behind(story, supervision_windows, 69) == [
        {START},
        {START, agreed},
        {START, agreed},
    ]
    # What is agreed on the day stands in the municipality's row, though it cut no window.
    none = SupervisionArranged(
        actor=LEADER, from_=day(65), model="none", reasons=("work-pressure",)
    )
    ended = story.team(none, day(65))
    assert behind(story, supervision, 69) == [{START, agreed, ended}]
    assert behind(story, supervision, 69, period=Period(day(0), day(42))) == [{START, ended}]
    assert behind(story, supervision_windows, 69)[-1] == {START, agreed}


def test_a_session_rests_on_the_functions_of_its_day(story: Story) -> None:
    employ(story, "mentor")
    first = story.team(session("ext", "s-1"), day(7))
    to = PersonReleased(
        actor=LEADER, person=who("ext"), function="supervisor", to=day(20), reason="other-task"
    )
    released = story.team(to, day(20))
    assign(story, "ext", "leader", on=day(60))
    # Held by a supervisor on day 7; on day 30 by nobody who was one any more; day 60 is ahead.
    second = story.team(session("ext", "s-2"), day(30))
    assert behind(story, supervision_sessions, 41) == [{first, EXTERNAL}, {second, released}]
    assert behind(story, supervision, 25) == [{START, first, EXTERNAL}]
    [mentor] = behind(story, supervised_mentors, 41)
    assert released not in mentor and {first, EXTERNAL} <= mentor


def test_until_a_team_begins_nothing_is_behind_its_supervision(connection: Connection) -> None:
    story = Story(connection)
    started = began(story)
    agree(story, day(0), 4)
    assert behind(story, supervision, -1) == [set()]
    assert started in behind(story, supervision, 0)[0]


def test_a_start_that_lies_ahead_is_behind_what_would_else_have_begun(
    connection: Connection,
) -> None:
    story = Story(connection)
    started = began(story)
    agreed = agree(story, day(-20), 4)
    # Without the start days would have begun on day -20; by it there are none until day 0.
    assert behind(story, supervision, -10) == [{started, agreed}]
    assert behind(story, supervision, -21) == [set()]


def test_without_a_start_the_first_that_was_told_is_behind_all(connection: Connection) -> None:
    story = Story(connection)
    employed = employ(story, "mentor", day(-50))
    held = story.team(session("ext", "s-1"), day(-10))
    agreed = agree(story, day(5), 2)
    # Windows of six weeks from day -10: -10 to 31, and from 32 of two weeks as agreed on day 5.
    assert behind(story, supervision_windows, 40) == [{held}, {held, agreed}]
    # Nobody knows a function of who held it, so it was no supervision: due since the employment.
    assert behind(story, supervised_mentors, 40) == [{held, employed}]


def test_a_mentor_on_leave_is_due_by_no_agreement(story: Story) -> None:
    employed = employ(story, "mentor")
    agree(story, day(0), 4)
    leave = hours(story, "mentor", day(30), 0)
    assert behind(story, supervised_mentors, 40) == [{START, employed, leave}]
