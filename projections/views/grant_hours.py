"""Mentor hours granted against those delivered (*bevilgede og leverede timer*), month by month."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction
from functools import partial
from operator import itemgetter
from typing import Any
from uuid import UUID

from domain.agreements import Activity, folded_activities
from domain.calendar import start_of
from domain.folding import Persons, Telling
from domain.granted_hours import (
    GrantedMonth,
    delivered,
    first_day_after,
    granted_months,
    month_of,
)
from domain.grants import Grant
from domain.reckoning import hours
from domain.rule_packs import RuleBook
from domain.spells import Spell, folded_spells
from domain.values import Period, Ref
from projections import identity
from projections.answering import Line, known, view
from projections.asking import Question
from projections.facts.activities import ACTIVITIES
from projections.facts.courses import CLOSINGS, REOPENINGS
from projections.facts.grants import AUTHORITY_ACTS
from projections.views.grants import grants_of
from projections.views.numbers import shown
from projections.views.rules import book_of

RULE = "hours-below-grant"
_DAY = timedelta(days=1)
_NOTHING = Telling()

Counted = Sequence[tuple[Activity, Fraction]]
"""Activities with the minutes of theirs that count."""


@view
def by_granted_month(
    question: Question,
    period: Period | None = None,
    streams: Collection[UUID] | None = None,
) -> Iterator[Line]:
    """One row for each grant of mentor hours and month of which it covers days while the course is
    open: the months of the period, all of a course's where `streams` name it, else the last whole
    month and the one that runs.

    Minutes for no grant by name count once where grants run side by side, as the rule counts them.
    The month that runs is reckoned up to the day asked about, that day included, and never flagged.
    `below` says whether less was delivered than the rule pack's `percent` of what was granted; None
    where the pack doesn't ask, or the grant covers fewer than 14 days of the month.
    """
    linked = question.once(identity.courses)
    within = _within(question.day, period, everything=streams is not None)
    asked = _granted_in(question, within) if streams is None else set(streams)
    yield from question.in_chunks(linked.subjects(asked), partial(_of_courses, question, within))


def _of_courses(
    question: Question, within: Period, courses: Sequence[tuple[UUID]]
) -> Iterator[Iterator[Line]]:
    """The rows of these courses, read together."""
    linked = question.once(identity.courses)
    worked = _Worked(question, within, linked.all_like(course for (course,) in courses))
    grants = grants_of(question, linked, worked.streams)
    for (course,) in courses:
        yield _of_course(question, within, course, grants.get(course, {}).values(), worked)


def _of_course(
    question: Question, within: Period, course: UUID, grants: Iterable[Grant], worked: "_Worked"
) -> Iterator[Line]:
    spells, book = worked.spells(course), question.once(book_of)
    told = [grant for grant in grants if grant.kind == "mentor-hours"]
    months = [one for grant in told for one in granted_months(grant, spells, within)]
    several = _delivered(months, worked.activities(course), book)
    for month, counted in zip(months, several, strict=True):
        row = _row(month, counted, book, question.day)
        yield Line(
            {"course": course, **row},
            partial(_behind, month, counted, spells),
            partial(hours, month, _minutes(counted), _percent(month, book), question.day),
        )


def _delivered(
    months: Sequence[GrantedMonth], activities: Sequence[Activity], book: RuleBook
) -> list[Counted]:
    """What counts for each month, shared out as the rule does: by what it asks for."""
    order = sorted(range(len(months)), key=lambda n: months[n].place)
    enough = [
        months[n].minutes * Fraction(_percent(months[n], book) or 100, 100)
        if months[n].is_asked_about
        else Fraction(0)
        for n in order
    ]
    shared = delivered([months[n] for n in order], enough, activities)
    return [counted for _, counted in sorted(zip(order, shared, strict=True), key=itemgetter(0))]


def _percent(month: GrantedMonth, book: RuleBook) -> int | None:
    """Of what was granted, what the pack asks for; None where it doesn't ask."""
    terms = book.terms(RULE, month.since)
    return (terms[1].percent or 100) if terms else None


class _Worked:
    """What was done on courses in a period, and when they were open."""

    def __init__(self, question: Question, within: Period, streams: Collection[UUID]) -> None:
        self.streams, linked = streams, question.once(identity.courses)
        self._persons = Persons(question.once(identity.staff))
        since = None if within.from_ == date.min else start_of(within.from_)
        self._work = question.tellings(
            ACTIVITIES, one_of=linked, streams=streams, since=since, until=question.as_of
        )
        self._turns = question.tellings(CLOSINGS, REOPENINGS, one_of=linked, streams=streams)

    def spells(self, course: UUID) -> tuple[Spell, ...]:
        """When a course was open."""
        return folded_spells(self._turns.get(course, _NOTHING))

    def activities(self, course: UUID) -> Sequence[Activity]:
        """What mentors did on it."""
        return folded_activities(self._work.get(course, _NOTHING), self._persons)


def _within(day: date, period: Period | None, *, everything: bool) -> Period:
    """Whole months, up to the day asked about."""
    until = day + _DAY
    if period is None and everything:
        return Period(date.min, until)
    if period is None:
        return Period((day.replace(day=1) - _DAY).replace(day=1), until)
    if period.to is not None:
        until = min(until, first_day_after(month_of(max(period.from_, period.to - _DAY))))
    return Period(period.from_.replace(day=1), until)


def _granted_in(question: Question, within: Period) -> set[UUID]:
    """The streams in which days of the period are granted."""
    return question.streams(
        AUTHORITY_ACTS,
        "from_day < %(to)s and (to_day is null or to_day > %(first)s)",
        first=within.from_,
        to=within.to,
    )


def _row(month: GrantedMonth, counted: Counted, book: RuleBook, day: date) -> dict[str, Any]:
    minutes = _minutes(counted)
    is_over, percent = month.since <= day, _percent(month, book)
    below = None
    if is_over and month.is_asked_about and percent is not None:
        below = minutes < month.minutes * Fraction(percent, 100)
    return {
        "grant": f"{month.grant.grant.source} {month.grant.grant.id}",
        "month": date(*month.month, 1),
        "is_over": is_over,
        "days_granted": len(month.held),
        "granted_minutes": shown(month.minutes),
        "delivered_minutes": shown(minutes),
        "delivered_percent": shown(100 * minutes / month.minutes) if month.minutes else None,
        "percent": percent,
        "below": below,
    }


def _minutes(counted: Counted) -> Fraction:
    return sum((part for _, part in counted), Fraction(0))


def _behind(month: GrantedMonth, counted: Counted, spells: Sequence[Spell]) -> list[Ref]:
    """What granted the days, what cut them short, and what was done on them."""
    grant, first = month.grant, date(*month.month, 1)
    told = [granted.ref for granted in month.held.values()]
    if grant.ended and grant.ended_on and grant.ended_on < month.since:
        told.append(grant.ended.ref)
    for spell in spells:
        if spell.days.to and first < spell.days.to < month.since:
            told += known(spell.ended_by)
        if first <= spell.days.from_ < month.since:
            told += known(spell.begun_by)
    return list(dict.fromkeys([*told, *(activity.ref for activity, part in counted if part)]))
