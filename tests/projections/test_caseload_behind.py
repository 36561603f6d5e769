"""Behind a caseload stands what it was worked out from, and no end that came after it."""

from datetime import date
from functools import partial

import pytest

from domain.events.course import MatchEnded
from domain.events.team import Established, PersonAssigned
from domain.values import Ref
from projections.answering import Ask
from projections.views.caseload import caseload, team_caseload
from projections.views.caseload_mentors import mentor_caseload
from projections.views.caseload_months import monthly_caseload
from projections.views.management import management
from projections.views.matching_mentors import candidates, free_mentors
from projections.views.municipalities import municipalities
from tests.projections.caseload_story import CASEWORKER, LEADER, START, close, employ, end, match
from tests.projections.conftest import Connection
from tests.projections.story import HERE, Story, noon, thing, who

DAY, MARCH = date(2026, 2, 28), date(2026, 3, 1)
VIEWS = (
    caseload,
    team_caseload,
    mentor_caseload,
    monthly_caseload,
    municipalities,
    free_mentors,
    partial(candidates, streams=[who("first")]),
)


@pytest.fixture
def story(connection: Connection) -> Story:
    """A team that began on 1 January, and its mentor with two citizens."""
    story = Story(connection)
    story.team(Established(actor=LEADER, from_=START), START)
    employ(story, "mentor")
    return story


def named(story: Story, view: Ask, day: date = DAY, known_at: int | None = None) -> set[Ref]:
    answer = view(story.connection, HERE, as_of=noon(day), known_at=known_at)
    return {ref for behind in answer.behind for ref in behind()}


@pytest.mark.parametrize("view", VIEWS)
def test_an_end_or_a_close_that_came_after_the_day_is_behind_nothing(
    story: Story, view: Ask
) -> None:
    first, second = match(story, "first", "mentor"), match(story, "second", "mentor")
    ended, closed = end(story, "first", MARCH), close(story, "second", date(2026, 3, 2))
    assert first in named(story, view)
    assert not {ended, closed} & named(story, view)
    # As of 2 March both are over, and have been counted.
    if view in (caseload, team_caseload, mentor_caseload, monthly_caseload, municipalities):
        assert {first, second, ended, closed} <= named(story, view, date(2026, 3, 2))


@pytest.mark.parametrize("view", [one for one in VIEWS if one is not free_mentors])
def test_an_end_that_is_told_late_is_behind_the_days_from_which_it_holds(
    story: Story, view: Ask
) -> None:
    first = match(story, "first", "mentor")
    before = story.position
    fact = MatchEnded(actor=CASEWORKER, match=thing("m-first"), to=DAY, reason="other")
    ended = story.course("first", fact, MARCH)
    assert {first, ended} <= named(story, view)
    assert ended not in named(story, view, date(2026, 2, 27))
    assert ended not in named(story, view, known_at=before)
    story.retract(ended, MARCH)
    assert ended not in named(story, view)


def test_an_end_in_another_month_is_behind_that_month_only(story: Story) -> None:
    first = match(story, "first", "mentor")
    ended = end(story, "first", date(2026, 2, 10))
    answer = monthly_caseload(story.connection, HERE, as_of=noon(date(2026, 3, 10)))
    january, february, march = (set(behind()) for behind in answer.behind)
    assert first in january and ended not in january
    assert {first, ended} <= february
    assert not {first, ended} & march


def test_behind_a_coordinators_own_citizens_stands_no_end_to_come(story: Story) -> None:
    fact = PersonAssigned(actor=LEADER, person=who("mentor"), function="coordinator", from_=START)
    story.team(fact, START)
    first, ended = match(story, "first", "mentor"), end(story, "first", MARCH)
    assert first in named(story, management)
    assert ended not in named(story, management)
