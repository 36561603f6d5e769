"""Mentor hours granted (*bevilgede mentortimer*), day by day and month by month.

Granted are so many minutes a day, where the grant says a total, spread evenly over its days.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from domain.calendar import covers, overlap
from domain.envelope import OrderKey
from domain.grants import Grant, Granted
from domain.spells import Spell
from domain.values import Period

LEAST_DAYS = 14  # of a month, for its hours to be asked about
LONGEST = 3660  # days: who grants for longer than ten years names no end
_FAR = date(9000, 1, 1)

Month = tuple[int, int]  # year and month, in Copenhagen


class GrantedMonth(Struct, frozen=True, kw_only=True):
    """The days of a calendar month that a grant covers while the course is open, by day; each with
    what grants it. `minutes` were granted on them.

    Its hours `is_asked_about` where it covers enough of the month. A grant that covers enough of
    none is asked about as one (`as_one`): all its days, with the last of its months.
    """

    grant: Grant
    month: Month
    held: Mapping[date, Granted]
    minutes: Fraction
    is_asked_about: bool

    @property
    def since(self) -> date:
        """The first day after the month, from which its hours are asked about."""
        return first_day_after(self.month)

    @property
    def place(self) -> tuple[date, date, OrderKey]:
        """By the last of all the grant's days, then as they begin, then by which was granted first:
        whose days end first is served first, in whatever month, and in the one that runs too."""
        first = self.grant.granted[0]
        return (self.grant.runs_out_on or date.max, *first.place)

    def up_to(self, day: date) -> "GrantedMonth":
        """The same without the days after `day`."""
        if max(self.held) <= day:
            return self
        held = {one: granted for one, granted in self.held.items() if one <= day}
        return replace(self, held=held, minutes=_minutes(held))

    def by_month(self) -> Iterator["GrantedMonth"]:
        """Itself, or the months of a grant that is asked about as one."""
        enough = len(self.held) >= LEAST_DAYS
        if enough and month_of(min(self.held)) == self.month:
            yield self
        else:
            yield from _by_month(self.grant, self.held)


def granted_months(
    grant: Grant, spells: Sequence[Spell], within: Period | None = None
) -> Iterator[GrantedMonth]:
    """The months of a grant in which it covers days; with `within` of those days only.

    Where several periods grant a day, the one that begins last does.
    """
    return _by_month(grant, _held(grant, spells, within))


def as_one(grant: Grant, spells: Sequence[Spell]) -> GrantedMonth | None:
    """All days of a grant that covers enough of no month; None where it covers enough of one."""
    if any(_is_long(days) for _, days in _stretches(grant, spells)):
        return None
    held = _held(grant, spells)
    if not held or any(len(one.held) >= LEAST_DAYS for one in _by_month(grant, held)):
        return None
    return _month(grant, month_of(max(held)), held, least=1)


def asked_months(grant: Grant, spells: Sequence[Spell]) -> list[GrantedMonth]:
    """The months of a grant whose hours are asked about, or all its days as one."""
    short = as_one(grant, spells)
    several = [short] if short else granted_months(grant, spells)
    return [one for one in several if one.is_asked_about]


def side_by_side(
    grants: Iterable[Grant], spells: Sequence[Spell], within: Period
) -> list[GrantedMonth]:
    """The months of a course's grants between which minutes are shared out, to know what is
    delivered in those of `within`, whole months.

    What a grant that is asked about as one has from earlier months decides what it lacks here: so
    the months from its first on are among them.
    """
    several = [(grant, as_one(grant, spells)) for grant in grants]
    first, short = within.from_, [one for _, one in several if one]
    while begun := [one for one in short if min(one.held) < first <= max(one.held)]:
        first = min(min(one.held) for one in begun).replace(day=1)
    days = Period(first, within.to)
    found: list[GrantedMonth] = []
    for grant, one in several:
        if one is None:
            found += granted_months(grant, spells, days)
        elif any(covers(days, day) for day in one.held):
            found.append(one)
    return found


def month_of(day: date) -> Month:
    """The calendar month of a day."""
    return day.year, day.month


def first_day_after(month: Month) -> date:
    """The first day of the next month."""
    year, number = month
    return date(year + number // 12, number % 12 + 1, 1)


def _held(
    grant: Grant, spells: Sequence[Spell], within: Period | None = None
) -> dict[date, Granted]:
    """The days that a grant covers while the course is open, with what grants each."""
    held: dict[date, Granted] = {}
    for granted, days in _stretches(grant, spells):
        both = overlap(days, within) if within else days
        if both is not None:
            held.update(dict.fromkeys(_days(both), granted))
    return held


def _stretches(grant: Grant, spells: Sequence[Spell]) -> Iterator[tuple[Granted, Period]]:
    """Days on end that an event granted while the course is open: ten years at the longest."""
    until = min(grant.ended_on or _FAR, _FAR)
    for granted in grant.granted:
        for spell in spells:
            days = overlap(granted.days, spell.days)
            if days is not None and days.from_ < until:
                last = min(until.toordinal(), days.from_.toordinal() + LONGEST)
                yield granted, Period(days.from_, _first(days.to, date.fromordinal(last)))


def _first(one: date | None, other: date) -> date:
    return other if one is None else min(one, other)


def _is_long(days: Period) -> bool:
    """Whether it covers enough of a month, of whichever two it lies in."""
    return days.to is None or (days.to - days.from_).days >= 2 * LEAST_DAYS - 1


def _by_month(grant: Grant, held: Mapping[date, Granted]) -> Iterator[GrantedMonth]:
    for month, days in groupby(held, key=month_of):
        yield _month(grant, month, {day: held[day] for day in days}, least=LEAST_DAYS)


def _month(grant: Grant, month: Month, held: Mapping[date, Granted], *, least: int) -> GrantedMonth:
    minutes = _minutes(held)
    asked = len(held) >= least and minutes > 0
    return GrantedMonth(grant=grant, month=month, held=held, minutes=minutes, is_asked_about=asked)


def _minutes(held: Mapping[date, Granted]) -> Fraction:
    minutes = Fraction(0)
    for granted, days in groupby(held.values()):
        minutes += (granted.daily or 0) * len(list(days))
    return minutes


def _days(period: Period) -> Iterator[date]:
    assert period.to is not None
    return map(date.fromordinal, range(period.from_.toordinal(), period.to.toordinal()))
