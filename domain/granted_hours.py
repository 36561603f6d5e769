"""Mentor hours granted (*bevilgede mentortimer*), day by day and month by month.

Granted are so many minutes a day, where the grant says a total, spread evenly over its days.
Delivered are the minutes of mentors' activities on those days, for this grant or for none by name;
attempts to reach the citizen never count. Minutes for no grant by name are shared out, so that they
count once where grants run side by side.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import chain, groupby

from msgspec import Struct
from msgspec.structs import replace

from domain.agreements import Activity
from domain.calendar import overlap
from domain.envelope import OrderKey
from domain.grants import Grant, Granted
from domain.spells import Spell
from domain.values import Period, Ref

LEAST_DAYS = 14  # of a month, for its hours to be asked about
LONGEST = 3660  # days: who grants for longer than ten years names no end
_FAR = date(9000, 1, 1)

Month = tuple[int, int]  # year and month, in Copenhagen


class GrantedMonth(Struct, frozen=True, kw_only=True):
    """The days of a calendar month that a grant covers while the course is open, by day; each with
    what grants it. `minutes` were granted on them."""

    grant: Grant
    month: Month
    held: Mapping[date, Granted]
    minutes: Fraction

    @property
    def is_asked_about(self) -> bool:
        """Whether it covers enough of the month for its hours to be asked about."""
        return len(self.held) >= LEAST_DAYS and self.minutes > 0

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


def granted_months(
    grant: Grant, spells: Sequence[Spell], within: Period | None = None
) -> Iterator[GrantedMonth]:
    """The months of a grant in which it covers days; with `within` of those days only.

    Where several periods grant a day, the one that begins last does.
    """
    held: dict[date, Granted] = {}
    for granted in grant.granted:
        for spell in spells:
            days = overlap(granted.days, spell.days)
            if days is not None:
                held.update(dict.fromkeys(_days(days, grant.ended_on, within), granted))
    for month, days_of in groupby(held, key=month_of):
        of_month = {day: held[day] for day in days_of}
        yield GrantedMonth(grant=grant, month=month, held=of_month, minutes=_minutes(of_month))


def asked_months(grant: Grant, spells: Sequence[Spell]) -> list[GrantedMonth]:
    """The months of a grant whose hours are asked about.

    Where it covers enough of none, all its days count as one, with the last of its months.
    """
    several = list(granted_months(grant, spells))
    enough = [one for one in several if len(one.held) >= LEAST_DAYS]
    if several and not enough:
        held = {day: granted for one in several for day, granted in one.held.items()}
        minutes = sum((one.minutes for one in several), Fraction(0))
        enough = [replace(several[-1], held=held, minutes=minutes)]
    return [one for one in enough if one.minutes]


def shared_out(
    months: Sequence[GrantedMonth], enough: Sequence[Fraction], activities: Iterable[Activity]
) -> list[list[tuple[Activity, Fraction]]]:
    """What is delivered of each month: activities in their order, with the minutes that count.

    Those for a grant by name count for it. Each minute for none by name counts once: for the month
    that is given first, until it has enough with those by name, then for the next.
    """
    several = list(activities)
    on, by_day = {activity.day for activity in several}, dict[date, list[int]]()
    for number, month in enumerate(months):
        for day in on.intersection(month.held):
            by_day.setdefault(day, []).append(number)
    worked = [activity for activity in several if activity.day in by_day]
    lacking = list(enough)
    for activity in worked:
        for number in by_day[activity.day]:
            if activity.grant == months[number].grant.grant:
                lacking[number] -= activity.minutes
    found: list[list[tuple[Activity, Fraction]]] = [[] for _ in months]
    for activity in worked:
        left = Fraction(activity.minutes)
        for number in by_day[activity.day]:
            if activity.grant is None:
                part = max(Fraction(0), min(left, lacking[number]))
                left, lacking[number] = left - part, lacking[number] - part
                found[number].append((activity, part))
            elif activity.grant == months[number].grant.grant:
                found[number].append((activity, left))
    return found


def delivered(
    months: Sequence[GrantedMonth], enough: Sequence[Fraction], activities: Iterable[Activity]
) -> list[list[tuple[Activity, Fraction]]]:
    """The same, and nothing lost: what no month needs counts for the first that holds the day."""
    worked = list(activities)
    found = shared_out(months, enough, worked)
    used: dict[Ref, Fraction] = {}
    for activity, minutes in chain.from_iterable(found):
        used[activity.ref] = used.get(activity.ref, Fraction(0)) + minutes
    for activity in worked:
        left = activity.minutes - used.get(activity.ref, Fraction(0))
        first = next((n for n, month in enumerate(months) if activity.day in month.held), None)
        if activity.grant is None and left and first is not None:
            found[first].append((activity, left))
    return found


def month_of(day: date) -> Month:
    """The calendar month of a day."""
    return day.year, day.month


def first_day_after(month: Month) -> date:
    """The first day of the next month."""
    year, number = month
    return date(year + number // 12, number % 12 + 1, 1)


def _minutes(held: Mapping[date, Granted]) -> Fraction:
    minutes = Fraction(0)
    for granted, days in groupby(held.values()):
        minutes += (granted.daily or 0) * len(list(days))
    return minutes


def _days(period: Period, until: date | None, within: Period | None) -> Iterator[date]:
    """The days of a period that ends at the latest on `until`, or after ten years."""
    longest = min(period.from_.toordinal() + LONGEST, _FAR.toordinal())
    ends = [end.toordinal() for end in (period.to, until) if end]
    first, last = period.from_.toordinal(), min([longest, *ends])
    if within is not None:
        first = max(first, within.from_.toordinal())
        last = min(last, within.to.toordinal()) if within.to else last
    return map(date.fromordinal, range(first, last))
