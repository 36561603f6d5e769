"""Caseload (*deltagere pr. fuldtidsmentor*, Table 24): citizens per full-time mentor.

All is exact: no floating point. Part-time mentors are converted by weekly hours (note 7).
"""

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction
from uuid import UUID

from msgspec import Struct

from domain.calendar import is_empty, overlap
from domain.surveys import SMALL
from domain.values import Period, Ref

FULL_TIME = 2220  # minutes a week: 37 hours
BANDS = ((10, "<10"), (15, "10-14"), (20, "15-19"))
FEW = ("few-citizens", "few-mentors")
CLEARLY_SMALLER = Fraction(1, 2)  # of the mentors' mean: the coordinator's own at most


class WeeklyHours(Struct, frozen=True):
    """From a day on so many minutes a week as mentor, until the next step."""

    from_: date
    minutes: int


class DroppedOut(Struct, frozen=True):
    """The course was closed because the citizen dropped out (*frafaldt*), from this day on."""

    on: date
    ref: Ref


class Follows(Struct, frozen=True):
    """A mentor follows a citizen on these days, begun and ended by these events.

    `dropped_out` is how the open spell of the course ended in which they lie, if it ended so.
    """

    citizen: UUID
    mentor: UUID
    days: Period
    begun_by: Ref | None = None
    ended_by: Ref | None = None
    dropped_out: DroppedOut | None = None

    def by(self, end: date) -> Iterator[Ref]:
        """The events by which it is counted on days before `end`: an end on a later day changes
        nothing of them."""
        if self.begun_by:
            yield self.begun_by
        if self.ended_by and self.days.to and self.days.to < end:
            yield self.ended_by


def full_time_equivalents(hours: Iterable[WeeklyHours], day: date) -> Fraction:
    """Full-time equivalents (*fuldtidsstillinger*) of one mentor on a day.

    `hours` are steps in order; of one day the later one holds. None before the first.
    """
    minutes = 0
    for step in hours:
        if step.from_ > day:
            break
        minutes = step.minutes
    return Fraction(minutes, FULL_TIME)


def mean_full_time_equivalents(hours: Iterable[WeeklyHours], period: Period) -> Fraction:
    """The time-weighted mean of one mentor over a bounded period; 0 over no days."""
    if period.to is None:
        raise ValueError("a mean is taken over a bounded period")
    if is_empty(period):
        return Fraction(0)
    minute_days = 0
    several = list(hours)
    ends = [step.from_ for step in several[1:]]
    for step, end in zip(several, [*ends, period.to], strict=False):
        held = overlap(Period(step.from_, end), period)
        if held and held.to:
            minute_days += step.minutes * (held.to - held.from_).days
    return Fraction(minute_days, FULL_TIME * (period.to - period.from_).days)


def per_full_time(participants: int, fte: Fraction) -> Fraction | None:
    """Participants per full-time mentor; undefined, never 0 or infinite, without mentor hours."""
    return participants / fte if fte > 0 else None


def band(per_fte: Fraction | None) -> str | None:
    """The interval of Table 24: below 10, [10, 15), [15, 20), 20 and over; None if undefined."""
    if per_fte is None:
        return None
    return next((name for below, name in BANDS if per_fte < below), "20+")


def too_few(citizens: int, mentors: int) -> str | None:
    """Of whom there are too few to tell other municipalities a band; None where there are enough.

    A band of few citizens tells of them, and a band of few mentors how much each of them has.
    """
    few_citizens, few_mentors = FEW
    if citizens < SMALL:
        return few_citizens
    return few_mentors if mentors < SMALL else None


def until(as_of: date) -> date:
    """The end of a period that has `as_of` as its last day."""
    return date.fromordinal(as_of.toordinal() + 1)


def coordinator_is_overloaded(
    own_citizens: int,
    mentors_citizens: int,
    mentors_fte: Fraction,
    share: Fraction = CLEARLY_SMALLER,
) -> bool | None:
    """Whether the coordinator's own caseload isn't clearly smaller than the mentors'.

    Heads against heads: the coordinator's number of citizens, whatever their hours, against
    `share` of the other mentors' mean number per full-time mentor. None where that is undefined.
    """
    mean = per_full_time(mentors_citizens, mentors_fte)
    return None if mean is None else own_citizens > mean * share
