"""The mentors of a team together: full-time equivalents of a day and their mean, who is on leave.

A team of hundreds over years is asked about month by month, so what each step changes is added up
once. All is exact: no floating point.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from itertools import accumulate, pairwise

from domain.calendar import is_empty
from domain.caseload import FULL_TIME
from domain.mentor import MentorState
from domain.values import Period


class _Total:
    """Step functions added up: their sum on a day, and the sum of it over the days before one."""

    def __init__(self, functions: Iterable[Sequence[tuple[date, int]]]) -> None:
        """Each function's steps in order: from a day on a value, 0 before; the later one holds."""
        changes: Counter[date] = Counter()
        for steps in functions:
            values = (0, *(value for _, value in steps))
            for (day, _), (before, after) in zip(steps, pairwise(values), strict=True):
                changes[day] += after - before
        self.days = sorted(changes)
        self._values = [0, *accumulate(changes[day] for day in self.days)]
        spans = ((later - day).days for day, later in pairwise(self.days))
        until = accumulate(
            (value * span for value, span in zip(self._values[1:], spans, strict=False)), initial=0
        )
        self._sums = list(until)  # until the day with the same number

    def on(self, day: date) -> int:
        """The sum on a day."""
        return self._values[bisect_right(self.days, day)]

    def before(self, day: date) -> int:
        """The sum of the sums on all days before one."""
        held = bisect_right(self.days, day) - 1
        if held < 0:
            return 0
        return self._sums[held] + self._values[held + 1] * (day - self.days[held]).days


class Workforce:
    """The weekly hours of several mentors together (Table 24, note 7), and who of them is away."""

    def __init__(self, mentors: Iterable[MentorState]) -> None:
        several = list(mentors)
        self._minutes = _Total(
            [(step.from_, step.value.minutes) for step in mentor.hours] for mentor in several
        )
        leaves = (
            [
                (step.from_, int(step.value.employed and not step.value.minutes))
                for step in mentor.hours
            ]
            for mentor in several
        )
        self._leave = _Total(steps for steps in leaves if any(away for _, away in steps))
        self._left = [sorted(one.on for one in mentor.departures) for mentor in several]

    @property
    def first_day(self) -> date | None:
        """The first day of which any mentor's hours are known."""
        return min(self._minutes.days, default=None)

    def on(self, day: date) -> Fraction:
        """Full-time equivalents (*fuldtidsstillinger*) on a day."""
        return Fraction(self._minutes.on(day), FULL_TIME)

    def mean_in(self, period: Period) -> Fraction:
        """The time-weighted mean of them over a bounded period; 0 over no days."""
        if period.to is None:
            raise ValueError("a mean is taken over a bounded period")
        if is_empty(period):
            return Fraction(0)
        minute_days = self._minutes.before(period.to) - self._minutes.before(period.from_)
        return Fraction(minute_days, FULL_TIME * (period.to - period.from_).days)

    def on_leave(self, day: date) -> int:
        """How many mentors are on leave (*orlov*) on a day: employed, without hours."""
        return self._leave.on(day)

    def left_in(self, period: Period) -> int:
        """How many mentors left (*fratrådte*) in a bounded period; each counts once."""
        return sum(
            any(period.from_ <= day < (period.to or date.max) for day in days)
            for days in self._left
            if days
        )
