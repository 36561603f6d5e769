"""A row is always regular only if what makes it so was told before it, and is never taken back."""

from collections.abc import Callable
from datetime import date
from functools import partial

import pytest

from domain.events.course import GoalAcknowledged
from domain.values import Ref
from projections.asking import Question
from projections.views.regular import ever_irregular
from tests.projections.conftest import Connection
from tests.projections.contradicting import (
    CASEWORKER,
    MENTOR,
    Tell,
    employed,
    granted,
    intake,
    matched,
    odd,
    supervised,
    worked,
)
from tests.projections.oddities import MARCH, case, extended, goal, match_ended
from tests.projections.story import HERE, Story, thing, who

FEBRUARY = date(2026, 2, 2)


def hired(story: Story) -> None:
    story.mentor("m-31", employed(), date(2026, 1, 1))


def begun(story: Story) -> None:
    hired(story)
    intake(story)


def running(story: Story) -> None:
    begun(story)
    matched(story)


def acknowledged(story: Story) -> Ref:
    fact = GoalAcknowledged(actor=MENTOR, goal=thing("goal-1"))
    return story.course("c", fact, MARCH)


def session(story: Story) -> Ref:
    return supervised(story, MARCH, "m-31")


grant = partial(granted, on=FEBRUARY)
MADE_REGULAR: dict[str, tuple[Tell, Callable[[Story], Ref], Tell]] = {
    "work by the intake": (hired, intake, lambda story: worked(story, MARCH, by=CASEWORKER)),
    "work by the match": (begun, matched, lambda story: worked(story, MARCH)),
    "an end by the match": (begun, matched, lambda story: match_ended(story, MARCH)),
    "work by its grant": (running, grant, lambda story: worked(story, MARCH, grant="b-1")),
    "an extension by its grant": (running, grant, extended),
    "a grant by the one it continues": (
        running,
        grant,
        lambda story: granted(story, MARCH, grant="b-2", continues="b-1"),
    ),
    "an acknowledgement by the goal": (running, goal, acknowledged),
    "a case by the session": (running, session, case),
}
made_regular = pytest.mark.parametrize(
    ("before", "by", "row"), MADE_REGULAR.values(), ids=MADE_REGULAR.keys()
)


@made_regular
def test_what_was_told_before(
    connection: Connection, before: Tell, by: Callable[[Story], Ref], row: Tell
) -> None:
    story = Story(connection)
    before(story)
    by(story)
    row(story)
    assert _irregular(story) == set()


@made_regular
def test_what_was_told_after(
    connection: Connection, before: Tell, by: Callable[[Story], Ref], row: Tell
) -> None:
    story = Story(connection)
    before(story)
    row(story)
    by(story)
    assert _irregular(story) == {who("c")}


@made_regular
def test_what_is_taken_back(
    connection: Connection, before: Tell, by: Callable[[Story], Ref], row: Tell
) -> None:
    story = Story(connection)
    before(story)
    taken_back = by(story)
    row(story)
    story.retract(taken_back, MARCH)
    assert _irregular(story) == {who("c")}


def _irregular(story: Story) -> frozenset[object]:
    return ever_irregular(Question(story.connection, HERE.schema)).odd


def test_work_before_the_match(connection: Connection) -> None:
    story = Story(connection)
    running(story)
    worked(story, date(2026, 1, 15))
    assert odd(story) == ["work-without-match"]
    assert _irregular(story) == {who("c")}
