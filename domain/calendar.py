"""Days in Denmark: when a day begins, when its morning is, and which days are worked.

All deadlines are days in Copenhagen; instants are UTC. Nothing here asks what time it is.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays
from msgspec import Struct

from domain.values import Period

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
MORNING = time(6, 0)
ALWAYS = date.min
_EARLIEST = datetime.min.replace(tzinfo=UTC)
_LATEST = datetime.max.replace(tzinfo=UTC)
_LAST = date.max - timedelta(days=1)  # the last one whose every hour can be told in UTC


def day_of(instant: datetime) -> date:
    """The day in Copenhagen on which an instant falls."""
    return instant.astimezone(COPENHAGEN).date()


def start_of(day: date) -> datetime:
    """The instant at which a day begins in Copenhagen, in UTC. The day lasts 23 to 25 hours."""
    return datetime.combine(day, time(0, 0), COPENHAGEN).astimezone(UTC)


def covers(period: Period, day: date) -> bool:
    """Whether a half-open period covers the day; where `from` is `to` it covers none."""
    return period.from_ <= day and (period.to is None or day < period.to)


def is_empty(period: Period) -> bool:
    """Whether a period covers no day at all."""
    return period.to is not None and period.to <= period.from_


def overlap(one: Period, other: Period) -> Period | None:
    """The days that both periods cover; None where there are none."""
    ends = [end for end in (one.to, other.to) if end is not None]
    both = Period(max(one.from_, other.from_), min(ends, default=None))
    return None if is_empty(both) else both


def instants(period: Period | None) -> tuple[datetime, datetime]:
    """The instants, in UTC, from which and before which a period's days are; None is all time."""
    first = start_of(period.from_) if period and period.from_ > ALWAYS else _EARLIEST
    end = period.to if period else None
    return first, start_of(end) if end is not None and end <= _LAST else _LATEST


def months_of(period: Period) -> list[Period]:
    """The calendar months of a bounded period, the first and the last cut by it."""
    if period.to is None:
        raise ValueError("months are told of a bounded period")
    months, first = [], period.from_
    while first < period.to:
        following = (first.replace(day=1) + timedelta(days=31)).replace(day=1)
        months.append(Period(first, min(following, period.to)))
        first = following
    return months


@cache
def closed_days(year: int) -> frozenset[date]:
    """Weekdays on which Danish public offices are closed.

    The public holidays (*helligdage*), and 1 May, Constitution Day, Christmas Eve and New Year's
    Eve, on which municipal offices are closed by agreement. Store Bededag counts until 2023.
    """
    return frozenset(holidays.country_holidays("DK", years=year, categories=("public", "optional")))


class Calendar(Struct, frozen=True):
    """How a municipality counts days: the hour at which what is due is raised, and its own
    closed days beside the national ones."""

    morning: time = MORNING
    closed: frozenset[date] = frozenset()

    def morning_of(self, day: date) -> datetime:
        """The instant, in UTC, from which something due on that day is raised."""
        return datetime.combine(day, self.morning, COPENHAGEN).astimezone(UTC)

    def reached_by(self, now: datetime) -> date:
        """The last day whose morning has come."""
        today = day_of(now)
        return today if now >= self.morning_of(today) else today - timedelta(days=1)

    def is_working_day(self, day: date) -> bool:
        """Monday to Friday, and not closed (*hverdag*)."""
        return day.weekday() < 5 and day not in closed_days(day.year) and day not in self.closed

    def working_days_after(self, day: date, count: int) -> date:
        """The day that is `count` working days after `day`, which itself isn't counted."""
        while count > 0 and day < _LAST:
            day += timedelta(days=1)
            count -= self.is_working_day(day)
        return day

    def working_day_before(self, day: date) -> date:
        """The last working day before that day."""
        day -= timedelta(days=1)
        while not self.is_working_day(day):
            day -= timedelta(days=1)
        return day

    def working_day_from(self, day: date) -> date:
        """That day, else the next working day after it."""
        return day if self.is_working_day(day) else self.working_days_after(day, 1)
