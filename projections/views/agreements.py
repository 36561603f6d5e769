"""Mentor agreements (*mentoraftaler*) of running matches: what each lacks, and whether its hours
are those granted."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from functools import partial
from typing import Any
from uuid import UUID

from domain import codes
from domain.agreements import Agreement, folded_agreements
from domain.calendar import covers
from domain.folding import Persons, Telling
from domain.grants import Grant, Granted, daily_minutes
from domain.matches import Match, folded_matches
from domain.rule_packs import RuleBook
from domain.spells import folded_spells
from domain.values import Ref
from projections import identity
from projections.answering import Line, known, view
from projections.asking import Question
from projections.facts.agreements import AGREEMENTS
from projections.facts.courses import CLOSINGS, REOPENINGS
from projections.facts.matches import MATCH_ENDS, MATCHES
from projections.views.grants import grants_of
from projections.views.numbers import shown
from projections.views.rules import adopted_for, book_of
from projections.views.running import running

RULE = "agreement-incomplete"
_OF_MATCHES = (MATCHES, MATCH_ENDS, CLOSINGS, REOPENINGS)


@view
def by_agreement(question: Question, streams: Collection[UUID] | None = None) -> Iterator[Line]:
    """One row for each match open on the day; with `streams` those courses' only.

    The agreement is the last one made with that mentor. What is `missing` is told by the rule
    pack of the day; nothing is made of hours where either side is unknown. The courses are in the
    order of their internal ids; `where=missing=goal` asks for agreements without a goal.
    """
    linked = question.once(identity.courses)
    found = running(question) if streams is None else streams
    yield from question.in_chunks(linked.subjects(found), partial(_of_courses, question))


def _of_courses(question: Question, courses: Sequence[tuple[UUID]]) -> Iterator[Iterator[Line]]:
    """The rows of these courses, read together."""
    linked, nothing = question.once(identity.courses), Telling()
    streams = linked.all_like(course for (course,) in courses)
    granted = grants_of(question, linked, streams)
    held = question.tellings(*_OF_MATCHES, one_of=linked, streams=streams)
    agreed = question.tellings(AGREEMENTS, one_of=linked, streams=streams, until=question.as_of)
    for (course,) in courses:
        told = (held.get(course, nothing), agreed.get(course, nothing))
        on_day = _granted_on(granted.get(course, {}).values(), question.day)
        yield _of_course(question, course, *told, on_day)


def _of_course(
    question: Question, course: UUID, held: Telling, agreed: Telling, on_day: Sequence[Granted]
) -> Iterator[Line]:
    persons, book = Persons(question.once(identity.staff)), question.once(book_of)
    agreements = folded_agreements(agreed, persons)
    for match in folded_matches(held, folded_spells(held), persons):
        if match.is_open_on(question.day):
            own = [one for one in agreements if one.mentor == match.mentor]
            agreement = own[-1] if own else None
            values = _row(match, agreement, on_day, book, question.day)
            behind = partial(_behind, question, match, agreement, on_day)
            yield Line({"course": course, **values}, behind)


def _row(
    match: Match, agreement: Agreement | None, held: Iterable[Granted], book: RuleBook, day: date
) -> dict[str, Any]:
    agreed, granted = _agreed_weekly(agreement), _granted_weekly(held)
    days = agreement.days if agreement else None
    apart = None if agreed is None or granted is None else agreed - granted
    return {
        "mentor": match.mentor,
        "match_from": match.days.from_,
        "agreed_on": agreement.day if agreement else None,
        "missing": _missing(agreement, book, day),
        "agreed_from": days.from_ if days else None,
        "agreed_to": days.to if days else None,
        "in_force": covers(days, day) if days else None,
        "agreed_weekly_minutes": shown(agreed),
        "granted_weekly_minutes": shown(granted),
        "difference_minutes": shown(apart),
    }


def _missing(held: Agreement | None, book: RuleBook, day: date) -> list[str] | None:
    """The parts that the pack of the day asks for and the agreement hasn't; None where it asks
    for none."""
    terms = book.terms(RULE, day)
    if terms is None:
        return None
    parts = held.parts if held else frozenset()
    asked = set(terms[1].parts) - parts
    return [part for part in codes.agreement_parts.codes if part in asked]


def _agreed_weekly(held: Agreement | None) -> Fraction | None:
    """Minutes a week; a total is spread evenly over the agreement's days."""
    if held is None:
        return None
    daily = daily_minutes(held.days, held.weekly_minutes, held.total_minutes)
    return None if daily is None else daily * 7


def _granted_weekly(held: Iterable[Granted]) -> Fraction | None:
    """Mentor hours granted for the day, all grants of the course together."""
    several = [one.daily * 7 for one in held if one.daily is not None]
    return sum(several, Fraction(0)) if several else None


def _granted_on(grants: Iterable[Grant], day: date) -> list[Granted]:
    held = [grant.held_on(day) for grant in grants if grant.kind == "mentor-hours"]
    return [one for one in held if one is not None]


def _behind(
    question: Question, match: Match, agreement: Agreement | None, held: Iterable[Granted]
) -> list[Ref]:
    """The match, the agreement, what was granted for the day, and its rules."""
    return [
        *known(match.ref, agreement.ref if agreement else None),
        *(one.ref for one in held),
        *adopted_for(question, question.day),
    ]
