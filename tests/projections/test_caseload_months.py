"""Caseload over a period and month by month, worked out by hand."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.envelope import Recorded
from domain.events.course import Reopened
from domain.events.team import Established
from domain.values import Period
from projections.apply import apply
from projections.views.caseload import caseload
from projections.views.caseload_months import monthly_caseload
from tests.projections.caseload_story import (
    CASEWORKER,
    FULL,
    LEADER,
    START,
    change,
    close,
    employ,
    end,
    leave,
    match,
)
from tests.projections.conftest import Connection
from tests.projections.histories import histories
from tests.projections.story import HERE, Story, noon
from tests.projections.test_apply import DATABASE_TEST
from tests.projections.test_followed import facts

JANUARY = Period(START, date(2026, 2, 1))
FEBRUARY = Period(date(2026, 2, 1), date(2026, 3, 1))
SHARED = (
    *("since", "until", "participants", "fte", "per_fte", "band", "dropped_out", "mentors_left"),
    *("matches_begun", "matches_ended"),
)


@pytest.fixture
def story(connection: Connection) -> Story:
    """A team that began on 1 January."""
    story = Story(connection)
    story.team(Established(actor=LEADER, from_=START), START)
    return story


def whole(story: Story, day: date, **asked: Any) -> dict[str, Any]:
    (row,) = caseload(story.connection, HERE, as_of=noon(day), **asked).rows
    return row


def months(story: Story, day: date, **asked: Any) -> list[dict[str, Any]]:
    return monthly_caseload(story.connection, HERE, as_of=noon(day), **asked).rows


def test_a_period_has_its_own_participants_and_mean_hours(story: Story) -> None:
    # February: 14 days full time, 14 half time: 0.75; of three citizens two had a mentor in it.
    employ(story, "mentor")
    change(story, "mentor", FULL // 2, date(2026, 2, 15))
    match(story, "before", "mentor")
    end(story, "before", date(2026, 2, 1))
    match(story, "until the first", "mentor")
    end(story, "until the first", date(2026, 2, 2))
    match(story, "on the last", "mentor", date(2026, 2, 28))
    match(story, "after", "mentor", date(2026, 3, 1))
    row = whole(story, date(2026, 4, 1), period=FEBRUARY)
    assert (row["participants"], row["fte"], row["per_fte"]) == (
        2,
        Decimal("0.75"),
        Decimal("2.67"),
    )
    assert (row["since"], row["until"]) == (FEBRUARY.from_, FEBRUARY.to)
    # What is so now is of the day asked about, whatever the period.
    assert (row["participants_now"], row["fte_now"]) == (2, Decimal("0.50"))
    # The match that ended on 1 February had its last day in January, and ended in February.
    assert (row["matches_begun"], row["matches_ended"]) == (1, 2)


def test_a_period_is_cut_by_the_teams_start_and_by_the_day_asked_about(story: Story) -> None:
    employ(story, "mentor", on=date(2025, 12, 1))
    match(story, "citizen", "mentor")
    wide = Period(date(2025, 1, 1), date(2027, 1, 1))
    row = whole(story, date(2026, 1, 10), period=wide)
    assert (row["since"], row["until"]) == (START, date(2026, 1, 11))
    assert (row["fte"], row["per_fte"]) == (1, 1)
    before = Period(date(2025, 1, 1), date(2025, 2, 1))
    row = whole(story, date(2026, 1, 10), period=before)
    assert (row["participants"], row["fte"], row["per_fte"], row["band"]) == (0, 0, None, None)
    ahead = Period(date(2027, 1, 1), date(2027, 2, 1))
    row = whole(story, date(2026, 1, 10), period=ahead)
    assert (row["participants"], row["band"], row["since"]) == (0, None, row["until"])


def test_drop_outs_and_leavings_of_the_period_stand_beside_the_figure(story: Story) -> None:
    for name in ("one", "other", "third"):
        employ(story, name)
    match(story, "drops out", "one")
    match(story, "finds a job", "one")
    match(story, "drops out later", "one")
    close(story, "drops out", date(2026, 2, 10), "dropped-out")
    close(story, "finds a job", date(2026, 2, 10))
    close(story, "drops out later", date(2026, 3, 1), "dropped-out")
    # Who never had a mentor is in none of the figures, so the leaving makes none uncertain.
    close(story, "never matched", date(2026, 2, 10), "dropped-out")
    leave(story, "one", date(2026, 2, 28))
    leave(story, "other", date(2026, 3, 1))
    change(story, "third", 0, date(2026, 2, 28))
    row = whole(story, date(2026, 2, 28), period=FEBRUARY)
    assert (row["dropped_out"], row["mentors_left"], row["mentors_on_leave"]) == (1, 1, 1)
    row = whole(story, date(2026, 3, 1))
    assert (row["dropped_out"], row["mentors_left"]) == (2, 2)


def test_a_mentor_found_too_late_to_end_the_match_still_had_one_who_dropped_out(
    story: Story,
) -> None:
    # The match ended in January; in February the course was closed as dropped out.
    employ(story, "mentor")
    match(story, "citizen", "mentor")
    end(story, "citizen", date(2026, 1, 20))
    closed = close(story, "citizen", date(2026, 2, 5), "dropped-out")
    row = whole(story, date(2026, 2, 28), period=FEBRUARY)
    assert (row["participants"], row["dropped_out"]) == (0, 1)
    known = story.position
    story.retract(closed, date(2026, 3, 1))
    assert whole(story, date(2026, 2, 28))["dropped_out"] == 0
    assert whole(story, date(2026, 2, 28), known_at=known)["dropped_out"] == 1


def test_of_a_reopened_course_each_close_is_of_its_own_time(story: Story) -> None:
    # Dropped out in January, came back, had a mentor again, and found a job in March.
    employ(story, "mentor")
    match(story, "citizen", "mentor")
    close(story, "citizen", date(2026, 1, 20), "dropped-out")
    back = Reopened(actor=CASEWORKER, from_=date(2026, 2, 10), reason="returned")
    story.course("citizen", back, date(2026, 2, 10))
    match(story, "citizen", "mentor", date(2026, 2, 15), id_="m-again")
    close(story, "citizen", date(2026, 3, 10))
    rows = months(story, date(2026, 3, 31))
    assert [row["dropped_out"] for row in rows] == [1, 0, 0]
    assert [row["participants"] for row in rows] == [1, 1, 1]
    assert [row["participants_at_end"] for row in rows] == [0, 1, 0]
    assert [row["matches_begun"] for row in rows] == [1, 1, 0]
    assert [row["matches_ended"] for row in rows] == [1, 0, 1]
    assert whole(story, date(2026, 3, 31))["participants"] == 1


def test_a_match_that_covers_no_day_neither_begins_nor_ends(story: Story) -> None:
    employ(story, "mentor")
    match(story, "citizen", "mentor", date(2026, 1, 10))
    end(story, "citizen", date(2026, 1, 10))
    (row,) = months(story, date(2026, 1, 31))
    assert (row["participants"], row["matches_begun"], row["matches_ended"]) == (0, 0, 0)


def test_each_month_has_its_citizens_and_its_hours(story: Story) -> None:
    # Full time in January, half in February and March, gone from 16 March.
    employ(story, "mentor")
    change(story, "mentor", FULL // 2, date(2026, 2, 1))
    leave(story, "mentor", date(2026, 3, 16))
    match(story, "throughout", "mentor")
    match(story, "january", "mentor")
    close(story, "january", date(2026, 2, 1))
    match(story, "late february", "mentor", date(2026, 2, 28))
    rows = months(story, date(2026, 3, 30))
    assert [row["month"] for row in rows] == [date(2026, n, 1) for n in (1, 2, 3)]
    assert [row["participants"] for row in rows] == [2, 2, 2]
    assert [row["participants_at_end"] for row in rows] == [2, 2, 2]
    # March until the 30th: 15 days of 30 at half time.
    assert [row["fte"] for row in rows] == [1, Decimal("0.50"), Decimal("0.25")]
    assert [row["per_fte"] for row in rows] == [2, 4, 8]
    assert [row["mentors_left"] for row in rows] == [0, 0, 1]
    assert [row["matches_ended"] for row in rows] == [0, 1, 0]
    assert (rows[-1]["since"], rows[-1]["until"]) == (date(2026, 3, 1), date(2026, 3, 31))


def test_the_series_begins_in_the_month_of_the_teams_start(connection: Connection) -> None:
    story = Story(connection)
    story.team(Established(actor=LEADER, from_=date(2026, 1, 15)), date(2026, 1, 15))
    employ(story, "mentor")
    first, second = months(story, date(2026, 2, 10))
    assert (first["since"], first["until"]) == (date(2026, 1, 15), date(2026, 2, 1))
    assert (first["month"], second["until"]) == (START, date(2026, 2, 11))
    (only,) = months(story, date(2026, 3, 10), period=FEBRUARY)
    assert (only["since"], only["until"]) == (FEBRUARY.from_, FEBRUARY.to)
    assert months(story, date(2025, 6, 1)) == []


def test_behind_a_month_stands_what_it_was_worked_out_from(story: Story) -> None:
    start = story.told[0].ref
    hired = employ(story, "mentor")
    changed = change(story, "mentor", FULL // 2, date(2026, 2, 15))
    first = match(story, "january", "mentor")
    ended = end(story, "january", date(2026, 1, 20))
    out = close(story, "january", date(2026, 2, 3), "dropped-out")
    second = match(story, "february", "mentor", date(2026, 2, 3))
    answer = monthly_caseload(story.connection, HERE, as_of=noon(date(2026, 2, 28)))
    january, february = (set(events()) for events in answer.behind)
    assert january == {start, hired, first, ended}
    assert february == {start, hired, changed, out, second}


@pytest.mark.soak
@DATABASE_TEST
@given(history=histories(of=facts), end=st.integers(0, 70), start=st.none() | st.integers(0, 40))
def test_a_months_figures_are_the_municipalitys_over_that_month(
    connection: Connection, history: list[Recorded], end: int, start: int | None
) -> None:
    # The matches of these histories begin and end around the turn of the year.
    apply(connection.cursor(), HERE.schema, history)
    day = date(2025, 12, 20) + timedelta(days=end)
    period = None if start is None else Period(date(2025, 12, 20) + timedelta(days=start), day)
    for row in monthly_caseload(connection, HERE, as_of=noon(day), period=period).rows:
        month = Period(row["since"], row["until"])
        (of_month,) = caseload(connection, HERE, as_of=noon(day), period=month).rows
        assert {name: row[name] for name in SHARED} == {name: of_month[name] for name in SHARED}
        last = month.to - timedelta(days=1) if month.to else day
        (at_end,) = caseload(connection, HERE, as_of=noon(last)).rows
        assert row["participants_at_end"] == at_end["participants_now"]
        assert row["mentors_on_leave"] == at_end["mentors_on_leave"]
    connection.rollback()
