"""Danish days: when they begin, over both changes of the clock, and which of them are worked."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import (
    ALWAYS,
    Calendar,
    covers,
    day_of,
    instants,
    is_empty,
    months_of,
    overlap,
    start_of,
)
from domain.values import Period
from tests.domain.spec import day, instant

CALENDAR = Calendar()


def test_a_day_is_one_in_copenhagen_whatever_it_is_in_utc() -> None:
    assert day_of(datetime(2026, 1, 15, 22, 59, tzinfo=UTC)) == day("2026-01-15")
    assert day_of(datetime(2026, 1, 15, 23, 0, tzinfo=UTC)) == day("2026-01-16")
    assert day_of(datetime(2026, 7, 15, 22, 0, tzinfo=UTC)) == day("2026-07-16")


@pytest.mark.parametrize(
    ("text", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)]
)
def test_a_day_lasts_as_long_as_the_clock_says(text: str, hours: int) -> None:
    one = day(text)
    assert start_of(one + timedelta(days=1)) - start_of(one) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-03-28", "2026-03-28T05:00:00+00:00"),
        ("2026-03-29", "2026-03-29T04:00:00+00:00"),
        ("2026-10-24", "2026-10-24T04:00:00+00:00"),
        ("2026-10-25", "2026-10-25T05:00:00+00:00"),
        ("2027-01-01", "2027-01-01T05:00:00+00:00"),
    ],
)
def test_the_morning_is_at_six_local_time(text: str, utc: str) -> None:
    assert CALENDAR.morning_of(day(text)).isoformat() == utc


@pytest.mark.parametrize(
    ("now", "reached"),
    [
        ("2026-03-29 05:59", "2026-03-28"),
        ("2026-03-29 06:00", "2026-03-29"),
        ("2026-03-29 23:59", "2026-03-29"),
        ("2026-03-30 00:00", "2026-03-29"),
    ],
)
def test_a_day_is_reached_with_its_morning(now: str, reached: str) -> None:
    assert CALENDAR.reached_by(instant(now)) == day(reached)


@pytest.mark.parametrize(
    "text",
    [
        "2026-04-02",  # Maundy Thursday
        "2026-04-03",  # Good Friday
        "2026-04-06",  # Easter Monday
        "2026-05-14",  # Ascension Day
        "2026-05-25",  # Whit Monday
        "2026-06-05",  # Constitution Day
        "2026-12-24",
        "2026-12-25",
        "2026-12-31",
        "2026-01-01",
        "2023-05-05",  # Store Bededag, until 2023
        "2026-01-17",  # a Saturday
    ],
)
def test_holidays_and_weekends_are_not_worked(text: str) -> None:
    assert not CALENDAR.is_working_day(day(text))


@pytest.mark.parametrize("text", ["2026-04-01", "2026-04-07", "2024-04-26", "2026-12-23"])
def test_other_weekdays_are_worked(text: str) -> None:
    assert CALENDAR.is_working_day(day(text))


def test_working_days_are_counted_over_easter_and_the_turn_of_the_year() -> None:
    # Wednesday; then Thursday to Monday are holidays and a weekend.
    assert CALENDAR.working_days_after(day("2026-04-01"), 1) == day("2026-04-07")
    # 23 December; 24, 25 closed, 26-27 weekend, 28-30 worked, 31 and 1 closed, 2-3 weekend.
    assert CALENDAR.working_days_after(day("2026-12-23"), 4) == day("2027-01-04")
    assert CALENDAR.working_days_after(day("2026-04-01"), 0) == day("2026-04-01")


def test_a_municipality_closes_on_days_of_its_own() -> None:
    assert not Calendar(closed=frozenset([day("2026-07-20")])).is_working_day(day("2026-07-20"))


def test_a_half_open_period_covers_its_first_day_and_not_its_last() -> None:
    period = Period(day("2026-01-19"), day("2026-03-04"))

    assert covers(period, day("2026-01-19"))
    assert covers(period, day("2026-03-03"))
    assert not covers(period, day("2026-03-04"))
    assert is_empty(Period(day("2026-01-19"), day("2026-01-19")))


days = st.dates(day("2026-01-01"), day("2026-01-20"))
periods = st.builds(Period, days, st.none() | days)


@given(periods, periods, days)
def test_an_overlap_covers_what_both_cover(one: Period, other: Period, any_day) -> None:  # type: ignore[no-untyped-def]
    both = overlap(one, other)
    covered = both is not None and covers(both, any_day)
    assert covered == (covers(one, any_day) and covers(other, any_day))


def test_a_periods_instants_are_the_beginnings_of_days_in_copenhagen() -> None:
    summer = Period(day("2026-03-01"), day("2026-04-01"))
    assert instants(summer) == (
        datetime(2026, 2, 28, 23, tzinfo=UTC),
        datetime(2026, 3, 31, 22, tzinfo=UTC),
    )


def test_what_has_no_bound_has_the_first_and_last_instant_there_is() -> None:
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    assert instants(None) == (first, last)
    assert instants(Period(ALWAYS)) == (first, last)
    assert instants(Period(day("2026-03-01"), date.max))[1] == last


def test_the_months_of_a_period_are_cut_by_it() -> None:
    winter = Period(day("2025-12-15"), day("2026-03-02"))
    assert months_of(winter) == [
        Period(day("2025-12-15"), day("2026-01-01")),
        Period(day("2026-01-01"), day("2026-02-01")),
        Period(day("2026-02-01"), day("2026-03-01")),
        Period(day("2026-03-01"), day("2026-03-02")),
    ]
    assert months_of(Period(day("2026-03-01"), day("2026-03-01"))) == []
