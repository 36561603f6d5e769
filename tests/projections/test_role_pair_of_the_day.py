"""A pair is of a mentor and the caseworker of the day, and has what these two did."""

from datetime import date

import pytest

from domain.events.course import ActivityRegistered, CaseworkerChanged, Closed, Reopened
from projections.views.role_clarity import (
    role_clarity,
    role_clarity_by_pair,
    role_clarity_by_team,
)
from tests.projections.conftest import Connection
from tests.projections.story import HERE, Story, actor, noon, who
from tests.projections.test_role_clarity import (
    CASEWORKER,
    DAY,
    MENTOR,
    begin,
    match,
    rows,
    talk,
)

VIEWS = (role_clarity, role_clarity_by_pair, role_clarity_by_team)
NEXT = actor("caseworker", "s-2")


@pytest.fixture
def story(connection: Connection) -> Story:
    return Story(connection)


def change(story: Story, from_: date = date(2026, 2, 23)) -> None:
    changed = CaseworkerChanged(
        actor=CASEWORKER, caseworker=who("s-2"), from_=from_, reason="reorganised"
    )
    story.course("c-1", changed, from_)


def test_contact_with_the_former_caseworker_counts_for_no_view_of_the_new_pair(
    story: Story,
) -> None:
    begin(story, "c-1")
    old = talk(story, "c-1", date(2026, 2, 17))
    change(story)

    for view in VIEWS:
        (before,), (after,) = rows(story, view, date(2026, 2, 22)), rows(story, view)
        told = [(one["contact_days_ago"], one["contacts_lately"]) for one in (before, after)]
        assert told == [(5, 1), (None, 0)]
        answer = view(story.connection, HERE, as_of=noon(DAY))
        assert old not in set(answer.behind[0]())
    # A pair for 8 days; by 24 March for 29, which is more than 28.
    assert rows(story)[0]["balance"] == "unknown"
    assert rows(story, on=date(2026, 3, 24))[0]["balance"] == "too-loose"
    (team,) = rows(story, role_clarity_by_team)
    assert (team["courses_balance_unknown"], team["courses_balanced"]) == (1, 0)

    # Both caseworkers took part, the new one named second.
    talk(story, "c-1", date(2026, 2, 27), "meeting", MENTOR, CASEWORKER, NEXT)
    for view in VIEWS:
        (row,) = rows(story, view)
        assert (row["contact_days_ago"], row["contacts_by_form"]) == (4, {"meeting": 1})


def test_mentor_work_of_the_former_caseworker_is_not_the_new_pairs(story: Story) -> None:
    begin(story, "c-1")
    for by, on in ((CASEWORKER, 17), (CASEWORKER, 18), (NEXT, 25)):
        work = ActivityRegistered(
            actor=by, role="system-guide", activity="other", minutes=30, contact="phone"
        )
        story.course("c-1", work, date(2026, 2, on))
    change(story)

    for view in VIEWS:
        (before,), (after,) = rows(story, view, date(2026, 2, 22)), rows(story, view)
        assert [one["mentor_work_crossings"] for one in (before, after)] == [2, 1]


@pytest.mark.parametrize("is_reopened", [False, True])  # read from rows, or folded
def test_a_mentor_without_a_caseworker_is_a_course_and_no_pair(
    story: Story, is_reopened: bool
) -> None:
    if is_reopened:
        closed = Closed(actor=CASEWORKER, to=date(2026, 1, 14), reason="job")
        story.course("c-2", closed, date(2026, 1, 14))
        reopened = Reopened(actor=CASEWORKER, from_=date(2026, 1, 16), reason="setback")
        story.course("c-2", reopened, date(2026, 1, 16))
    match(story, "c-2", "m-32")  # no intake: nobody is responsible
    assert rows(story, role_clarity_by_pair) == []
    (team,) = rows(story, role_clarity_by_team)
    assert (team["courses"], team["pairs"]) == (1, 0)

    begin(story, "c-1")
    (pair,) = rows(story, role_clarity_by_pair)
    assert (pair["mentor"], pair["caseworker"]) == (who("m-31"), who("s-12"))
    (team,) = rows(story, role_clarity_by_team)
    assert (team["courses"], team["pairs"], team["courses_unknown"]) == (2, 1, 2)
    # Matched 43 days ago: too loose as a pair, but unknown where there is none.
    assert (team["courses_too_loose"], team["courses_balance_unknown"]) == (1, 1)
    alone = next(one for one in rows(story) if one["mentor"] == who("m-32"))
    told = alone["caseworker"], alone["overall"], alone["balance"]
    assert told == (None, "unknown", "unknown")
    assert "Den ansvarlige sagsbehandler kendes ikke." in alone["reasons"]
