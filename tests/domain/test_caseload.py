"""Caseload: exact numbers, worked out by hand."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.caseload import (
    WeeklyHours,
    band,
    coordinator_is_overloaded,
    full_time_equivalents,
    mean_full_time_equivalents,
    per_full_time,
    too_few,
    until,
)
from domain.values import Period
from tests.domain.spec import day

JANUARY = Period(day("2026-01-01"), day("2026-02-01"))  # 31 days


@pytest.mark.parametrize(
    ("per_fte", "name"),
    [
        ("0", "<10"),
        ("9.99", "<10"),
        ("10", "10-14"),
        ("14.99", "10-14"),
        ("15", "15-19"),
        ("19.99", "15-19"),
        ("20", "20+"),
        ("1000", "20+"),
    ],
)
def test_the_bands_of_table_24_begin_exactly_on_their_number(per_fte: str, name: str) -> None:
    assert band(Fraction(per_fte)) == name


def test_without_mentor_hours_the_measure_is_undefined_not_zero() -> None:
    assert per_full_time(7, Fraction(0)) is None
    assert band(None) is None


def test_two_mentors_at_half_time_are_one() -> None:
    half = [WeeklyHours(day("2026-01-01"), 1110)]

    assert full_time_equivalents(half, day("2026-01-01")) * 2 == 1
    assert full_time_equivalents(half, day("2025-12-31")) == 0


def test_the_mean_weighs_each_number_of_hours_by_its_days() -> None:
    hours = [
        WeeklyHours(day("2025-06-01"), 2220),
        WeeklyHours(day("2026-01-11"), 1110),
        WeeklyHours(day("2026-01-21"), 0),
    ]

    # 10 days at full time, 10 at half time, 11 at none.
    assert mean_full_time_equivalents(hours, JANUARY) == Fraction(15, 31)
    assert mean_full_time_equivalents([], JANUARY) == 0


def test_of_two_changes_on_one_day_only_the_later_has_days() -> None:
    hours = [
        WeeklyHours(day("2026-01-01"), 2220),
        WeeklyHours(day("2026-01-01"), 1110),
    ]

    assert mean_full_time_equivalents(hours, JANUARY) == Fraction(1, 2)
    assert full_time_equivalents(hours, day("2026-01-01")) == Fraction(1, 2)


@given(
    st.lists(
        st.tuples(st.dates(day("2025-11-01"), day("2026-03-01")), st.integers(0, 3600)),
        min_size=1,
    )
)
def test_the_mean_is_the_sum_over_the_days(changes: list[tuple]) -> None:  # type: ignore[type-arg]
    hours = [WeeklyHours(*change) for change in sorted(changes, key=lambda c: c[0])]
    ordinals = range(day("2026-01-01").toordinal(), day("2026-02-01").toordinal())
    days = [day("2026-01-01").fromordinal(n) for n in ordinals]

    daily = sum((full_time_equivalents(hours, one) for one in days), Fraction(0))
    assert mean_full_time_equivalents(hours, JANUARY) == daily / 31


def test_the_period_until_a_day_has_that_day_as_its_last() -> None:
    assert until(day("2026-01-15")) == day("2026-01-16")


@pytest.mark.parametrize(("own", "flagged"), [(0, False), (6, False), (7, True)])
def test_the_coordinator_is_flagged_above_half_of_the_mentors_mean(own: int, flagged: bool) -> None:
    # 24 citizens on two full-time mentors: a mean of 12, half of it 6.
    assert coordinator_is_overloaded(own, 24, Fraction(2)) is flagged


def test_the_coordinators_citizens_are_heads_whatever_the_hours_as_mentor() -> None:
    assert coordinator_is_overloaded(7, 13, Fraction(1)) is True
    assert coordinator_is_overloaded(7, 14, Fraction(1)) is False
    assert coordinator_is_overloaded(7, 14, Fraction(0)) is None


def test_the_bands_have_no_gap_between_them() -> None:
    steps = [Fraction(n, 100) for n in range(2500)]
    order = ["<10", "10-14", "15-19", "20+"]
    ranks = [order.index(str(band(step))) for step in steps]

    assert all(later - earlier in (0, 1) for earlier, later in pairwise(ranks))
    assert set(ranks) == {0, 1, 2, 3}


@pytest.mark.parametrize(
    ("citizens", "mentors", "why"),
    [
        (5, 5, None),
        (4, 5, "few-citizens"),
        (0, 0, "few-citizens"),
        (5, 4, "few-mentors"),
        (60, 0, "few-mentors"),
    ],
)
def test_a_band_of_fewer_than_five_people_isnt_told_to_others(
    citizens: int, mentors: int, why: str | None
) -> None:
    assert too_few(citizens, mentors) == why
