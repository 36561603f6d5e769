"""Mentor hours granted against those delivered (*bevilgede og leverede timer*), month by month."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction
from functools import partial
from typing import Any
from uuid import UUID

from domain.agreements import Activity, folded_activities
from domain.calendar import covers, instants
from domain.decided import decided_by
from domain.delivered_hours import Counted, delivered
from domain.folding import Persons, Telling
from domain.granted_hours import GrantedMonth, first_day_after, month_of, side_by_side
from domain.grants import Grant
from domain.reckoning import hours
from domain.rule_packs import RuleBook
from domain.spells import folded_spells
from domain.values import Period, Ref
from projections import identity
from projections.answering import Line, known, view
from projections.asking import Question
from projections.facts.activities import ACTIVITIES
from projections.facts.courses import CLOSINGS, REOPENINGS
from projections.facts.grants import AUTHORITY_ACTS
from projections.views.grants import Grants, grants_of
from projections.views.numbers import shown
from projections.views.rules import adopted_for, book_of

RULE = "hours-below-grant"
_DAY = timedelta(days=1)
_LAST = date(9999, 11, 30)  # the months of later days have no end
_NOTHING = Telling()


@view
def by_granted_month(
    question: Question,
    period: Period | None = None,
    streams: Collection[UUID] | None = None,
) -> Iterator[Line]:
    """One row for each grant of mentor hours and month of which it covers days while the course is
    open: the months of the period, all of a course's where `streams` name it, else the last whole
    month and the one that runs.

    Minutes for no grant by name count once where grants run side by side, as the rule counts them:
    first for the grant whose days end first, as decided by then, until it has what the rule asks
    for, then for the next. What none of them lacks is the first one's.
    The month that runs is reckoned up to the day asked about, that day included, and never flagged.
    `below` says whether less was delivered than the rule pack's `percent` of what was granted; None
    where the pack doesn't ask, or the grant covers fewer than 14 days of the month. The courses are
    in the order of their internal ids; `where=below=true` asks for the months below.
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
    streams = linked.all_like(course for (course,) in courses)
    turns = question.tellings(CLOSINGS, REOPENINGS, one_of=linked, streams=streams)
    grants = grants_of(question, linked, streams)
    told = {
        course: _Granted(
            grants.get(course, {}),
            decided_by(turns.get(course, _NOTHING), question.as_of),
            within,
            question.day,
        )
        for (course,) in courses
    }
    work = _work(question, streams, (one.first for one in told.values()))
    for course, granted in told.items():
        yield _of_course(question, course, granted, work.get(course, ()))


def _of_course(
    question: Question, course: UUID, granted: "_Granted", activities: Sequence[Activity]
) -> Iterator[Line]:
    book = question.once(book_of)
    for month, counted in granted.delivered(activities, book):
        yield Line(
            {"course": course, **_row(month, counted, book, question.day)},
            partial(_behind, question, month, counted, granted),
            partial(hours, month, _minutes(counted), _percent(month, book), question.day),
        )


class _Granted:
    """The months of a course's grants on a day, and which of them are told."""

    def __init__(self, grants: Grants, turns: Telling, within: Period, day: date) -> None:
        self.spells = folded_spells(turns)
        self._within, self._day = within, day
        told = [grant for grant in grants.values() if grant.kind == "mentor-hours"]
        # A month that runs is asked about, or not, by all its days.
        running = within.to is None or within.to > day
        end = first_day_after(month_of(min(day, _LAST))) if running else within.to
        whole = Period(within.from_, end)
        self._months = [
            one for one in side_by_side(told, self.spells, whole) if min(one.held) <= day
        ]

    @property
    def first(self) -> date | None:
        """The first day that is granted; None where none is."""
        return min((min(one.held) for one in self._months), default=None)

    def beside(self, month: GrantedMonth, counted: Counted) -> list[Grant]:
        """The grants with which it shared minutes out; its own among them, where there are any."""
        days = {work.day for work, _ in counted if work.grant is None}
        held = [one.grant for one in self._months if not days.isdisjoint(one.held)]
        several = {grant.grant: grant for grant in (month.grant, *held)}
        return list(several.values()) if len(several) > 1 else []

    def delivered(
        self, activities: Sequence[Activity], book: RuleBook
    ) -> Iterator[tuple[GrantedMonth, Counted]]:
        """The months that are told, up to the day, with what counts for each, shared out as the
        rule does: by what it asks for."""
        months = [one.up_to(self._day) for one in self._months]
        enough = [
            one.minutes * Fraction(_percent(one, book) or 100, 100)
            if one.is_asked_about
            else Fraction(0)
            for one in months
        ]
        for one, counted in zip(months, delivered(months, enough, activities), strict=True):
            for month in one.by_month():
                if covers(self._within, min(month.held)):
                    yield month, counted if month is one else _of_month(month, counted)


def _work(
    question: Question, streams: Collection[UUID], firsts: Iterable[date | None]
) -> dict[UUID, Sequence[Activity]]:
    """What mentors did on these courses, from the first of these days on."""
    first = min((day for day in firsts if day), default=None)
    if first is None:
        return {}
    linked, persons = question.once(identity.courses), Persons(question.once(identity.staff))
    since, _ = instants(Period(first))
    told = question.tellings(
        ACTIVITIES, one_of=linked, streams=streams, since=since, until=question.as_of
    )
    return {course: folded_activities(telling, persons) for course, telling in told.items()}


def _of_month(month: GrantedMonth, counted: Counted) -> Counted:
    return [(work, part) for work, part in counted if work.day in month.held]


def _percent(month: GrantedMonth, book: RuleBook) -> int | None:
    """Of what was granted, what the pack asks for; None where it doesn't ask."""
    terms = book.terms(RULE, month.since)
    return (terms[1].percent or 100) if terms else None


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


def _behind(
    question: Question, month: GrantedMonth, counted: Counted, granted: _Granted
) -> list[Ref]:
    """What granted the days, what cut them short, what was done on them, by what they end sooner
    or later than those of grants beside them, and the rules that the month is judged by."""
    grant, first = month.grant, date(*month.month, 1)
    told = [one.ref for one in month.held.values()]
    if grant.ended and grant.ended_on and grant.ended_on < month.since:
        told.append(grant.ended.ref)
    for spell in granted.spells:
        if spell.days.to and first < spell.days.to < month.since:
            told += known(spell.ended_by)
        if first <= spell.days.from_ < month.since:
            told += known(spell.begun_by)
    for beside in granted.beside(month, counted):
        told += [one.ref for one in beside.granted]
        told += known(beside.ended.ref if beside.ended else None)
    told += (activity.ref for activity, part in counted if part)
    return list(dict.fromkeys([*told, *adopted_for(question, month.since)]))
