"""Matches that can't be: with whom, by whom, twice over, or ended without having begun."""

from collections.abc import Iterator
from datetime import date
from itertools import combinations
from typing import Any
from uuid import UUID

from domain.calendar import overlap
from domain.contradictions.base import Contradiction, CourseTold
from domain.events.course import (
    ActivityRegistered,
    CaseSupervised,
    ChemistryChecked,
    ContactAttempted,
    FirstMeetingHeld,
    MatchEnded,
    MentorAgreementMade,
    MentorMatched,
)
from domain.folding import Told, held_on
from domain.matches import Match
from domain.mentor import MentorState
from domain.values import Period, Ref

NAMING_A_MENTOR: tuple[type[Any], ...] = (
    FirstMeetingHeld,
    ChemistryChecked,
    MentorAgreementMade,
    CaseSupervised,
)
MENTORS_OWN: tuple[type[Any], ...] = (ActivityRegistered, ContactAttempted)


def match_by_system(told: CourseTold) -> Iterator[Contradiction]:
    """A match that no person decided: a person decides every match."""
    for one in told.of(MentorMatched):
        if one.fact.actor.function == "system":
            mentor = told.persons.id(one.fact.mentor)
            yield told.found("match-by-system", [one], person=mentor, thing=one.fact.match)


def match_that_never_began(told: CourseTold) -> Iterator[Contradiction]:
    """An end of a match whose beginning isn't known."""
    begun = {one.fact.match for one in told.telling.of(MentorMatched)}
    for one in told.of(MatchEnded):
        if one.fact.match not in begun:
            yield told.found("match-never-began", [one], thing=one.fact.match)


def mentor_who_left(told: CourseTold) -> Iterator[Contradiction]:
    """A match that began while the mentor was gone, ended since or not; and one that is open on the
    day though they have left while it ran."""
    for match in _matches(told):
        for gone in _mentor(told, match).departures:
            both = overlap(Period(gone.on, gone.back), match.days)
            if not both or both.from_ > told.day:
                continue
            if gone.covers(match.days.from_):
                yield _found(told, "match-after-leaving", match, gone.ref)
            elif match.is_open_on(told.day) and gone.covers(told.day):
                yield _found(told, "mentor-who-left", match, gone.ref, since=gone.on)


def mentor_not_employed(told: CourseTold) -> Iterator[Contradiction]:
    """A match from a day on which nobody has employed the mentor, and no leaving is known; an
    employment that came later by the day asked about is of it too."""
    for match in _matches(told):
        mentor, first = _mentor(told, match), match.days.from_
        gone = any(departure.covers(first) for departure in mentor.departures)
        if first <= told.day and not gone and not mentor.is_employed_on(first):
            later = [step for step in mentor.hours if first < step.from_ <= told.day]
            employed = next((step.ref for step in later if step.value.employed), None)
            yield _found(told, "mentor-not-employed", match, employed)


def mentor_without_hours(told: CourseTold) -> Iterator[Contradiction]:
    """A match from a day on which the mentor is employed without hours: on leave (*orlov*)."""
    for match in _matches(told):
        mentor, first = _mentor(told, match), match.days.from_
        held = held_on(mentor.hours, first)
        if first <= told.day and held and held.value.employed and not held.value.minutes:
            yield _found(told, "mentor-without-hours", match, held.ref)


def two_matches_with_one_mentor(told: CourseTold) -> Iterator[Contradiction]:
    """Two matches of one mentor on the course that share days."""
    for one, other in combinations(_matches(told), 2):
        both = overlap(one.days, other.days) if one.mentor == other.mentor else None
        if both and both.from_ <= told.day:
            yield Contradiction(
                kind="two-matches-with-one-mentor",
                since=both.from_,
                events=(one.ref, other.ref),
                course=told.course,
                person=one.mentor,
                thing=other.match,
            )


def mentor_is_caseworker(told: CourseTold) -> Iterator[Contradiction]:
    """One person who is mentor and responsible caseworker of the same course at once."""
    several = told.state.caseworkers
    for match in _matches(told):
        for step, later in zip(several, [*several[1:], None], strict=False):
            days = Period(step.from_, later.from_ if later else None)
            both = overlap(days, match.days) if step.value == match.mentor else None
            if both and both.from_ <= told.day:
                yield Contradiction(
                    kind="mentor-is-caseworker",
                    since=both.from_,
                    events=(match.ref, step.ref),
                    course=told.course,
                    person=match.mentor,
                    thing=match.match,
                )


def named_without_match(told: CourseTold) -> Iterator[Contradiction]:
    """A first meeting, chemistry, agreement or supervised case with a mentor who isn't matched."""
    by_mentor: dict[UUID, list[Told[Any]]] = {}
    for kind in NAMING_A_MENTOR:
        for one in told.of(kind):
            mentor = told.persons.id(one.fact.mentor)
            if not told.is_closed(one) and not told.is_matched(mentor, one):
                by_mentor.setdefault(mentor, []).append(one)
    for mentor, several in by_mentor.items():
        yield told.found("named-without-match", several, person=mentor)


def work_without_match(told: CourseTold) -> Iterator[Contradiction]:
    """What a mentor did on a course where they have no match that day."""
    by_mentor: dict[UUID, list[Told[Any]]] = {}
    work = [one for kind in MENTORS_OWN for one in told.of(kind)]
    for one in sorted(work, key=lambda one: one.order):
        speaker = told.persons.actor(one.fact.speaker)
        if speaker.function != "mentor" or speaker.id is None or told.is_closed(one):
            continue
        if not told.is_matched(speaker.id, one):
            by_mentor.setdefault(speaker.id, []).append(one)
    for mentor, several in by_mentor.items():
        yield told.found("work-without-match", several, person=mentor)


def _matches(told: CourseTold) -> list[Match]:
    """Those decided by then that cover a day."""
    return [m for m in told.state.matches if m.at <= told.as_of and not m.covers_no_day]


def _mentor(told: CourseTold, match: Match) -> MentorState:
    return told.mentors.get(match.mentor) or MentorState()


def _found(
    told: CourseTold,
    kind: str,
    match: Match,
    other: Ref | None = None,
    since: date | None = None,
) -> Contradiction:
    return Contradiction(
        kind=kind,
        since=since or match.days.from_,
        events=(match.ref, other) if other else (match.ref,),
        course=told.course,
        person=match.mentor,
        thing=match.match,
    )


ALL = (
    match_by_system,
    match_that_never_began,
    mentor_who_left,
    mentor_not_employed,
    mentor_without_hours,
    two_matches_with_one_mentor,
    mentor_is_caseworker,
    named_without_match,
    work_without_match,
)
