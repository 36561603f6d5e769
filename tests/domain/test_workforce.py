"""The mentors together are the sum of each."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.caseload import full_time_equivalents, mean_full_time_equivalents
from domain.mentor import MentorState, fold_mentor
from domain.values import Period
from domain.workforce import Workforce
from tests.domain.facts import employed, hours_changed, left
from tests.domain.spec import day

JANUARY = Period(day("2026-01-01"), day("2026-02-01"))

days = st.dates(day("2025-12-20"), day("2026-02-10"))
texts = days.map(lambda one: one.isoformat())
minutes = st.sampled_from([0, 60, 1110, 2220])
events = st.one_of(
    st.builds(employed, texts, minutes),
    st.builds(hours_changed, texts, minutes),
    st.builds(left, texts),
)
mentors = st.lists(st.lists(events, max_size=5).map(fold_mentor), max_size=4)


def test_two_mentors_are_weighed_by_the_days_of_each() -> None:
    # One full time all of January; one half time from the 11th, on leave from the 21st: 10 days.
    one = fold_mentor([employed("2026-01-01", 2220)])
    other = fold_mentor([employed("2026-01-11", 1110), hours_changed("2026-01-21", 0)])
    both = Workforce([one, other])
    assert both.mean_in(JANUARY) == 1 + Fraction(10, 31) / 2
    assert both.on(day("2026-01-10")) == 1
    assert both.on(day("2026-01-11")) == Fraction(3, 2)
    assert (both.on_leave(day("2026-01-20")), both.on_leave(day("2026-01-21"))) == (0, 1)
    assert both.first_day == day("2026-01-01")


def test_nobody_works_nothing() -> None:
    nobody = Workforce([])
    assert nobody.on(day("2026-01-01")) == nobody.mean_in(JANUARY) == 0
    assert nobody.first_day is None
    with pytest.raises(ValueError, match="bounded"):
        nobody.mean_in(Period(day("2026-01-01")))


def test_a_mentor_who_left_twice_in_a_period_counts_once() -> None:
    back = [employed("2025-12-01", 2220), left("2026-01-05"), employed("2026-01-10", 2220)]
    workforce = Workforce([fold_mentor([*back, left("2026-01-31")]), fold_mentor(back[:1])])
    assert workforce.left_in(JANUARY) == 1
    assert workforce.left_in(Period(day("2026-01-06"), day("2026-01-31"))) == 0


@given(mentors, st.lists(days, min_size=2, max_size=4).map(sorted))
def test_the_team_is_the_sum_of_its_mentors(several: list[MentorState], at: list) -> None:  # type: ignore[type-arg]
    workforce = Workforce(several)
    for one in at:
        each = [full_time_equivalents(mentor.weekly_hours, one) for mentor in several]
        assert workforce.on(one) == sum(each)
        assert workforce.on_leave(one) == sum(mentor.is_on_leave_on(one) for mentor in several)
    for period in (Period(first, end) for first, end in pairwise(at)):
        means = [mean_full_time_equivalents(mentor.weekly_hours, period) for mentor in several]
        assert workforce.mean_in(period) == sum(means)
