"""Who followed which citizen on which days: matches, ended by themselves or by a close."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from uuid import UUID

from domain.caseload import DroppedOut, Follows
from domain.envelope import Recorded
from domain.events.course import Closed
from domain.folding import Persons, Telling
from domain.matches import Match, folded_matches
from domain.spells import close_of, folded_spells
from projections import identity
from projections.asking import Question
from projections.facts.courses import CLOSINGS, REOPENINGS
from projections.facts.matches import MATCH_ENDS, MATCHES


def follows_of(question: Question, same: Mapping[UUID, UUID]) -> list[Follows]:
    """All of a municipality. Linked citizens count once; `same` as for `matches_of`.

    Folded: slow, and with the events behind. `followed.py` has the figures of it.
    """
    citizens, persons = question.once(identity.citizens), Persons(same)
    return [
        one
        for course, telling in _by_course(question).items()
        for one in _follows(citizens[course], telling, persons)
    ]


def _follows(citizen: UUID, telling: Telling, persons: Persons) -> Iterator[Follows]:
    spells = folded_spells(telling)
    out = {t.ref: t.fact.to for t in telling.of(Closed) if t.fact.reason == "dropped-out"}
    for match in folded_matches(telling, spells, persons):
        close = close_of(spells, match.days.from_)
        by = close.ended_by if close else None
        yield Follows(
            citizen,
            match.mentor,
            match.days,
            match.ref,
            match.ended_by,
            DroppedOut(out[by], by) if by in out else None,
        )


def matches_of(question: Question, same: Mapping[UUID, UUID]) -> dict[UUID, tuple[Match, ...]]:
    """All of a municipality, by the one id that all ids of a course are read as.

    `same` maps a staff member's other ids to the one they are read as.
    """
    persons = Persons(same)
    return {
        course: folded_matches(telling, folded_spells(telling), persons)
        for course, telling in _by_course(question).items()
    }


def _by_course(question: Question) -> dict[UUID, Telling]:
    courses = question.once(identity.courses)
    by_course: dict[UUID, list[Recorded]] = defaultdict(list)
    for event in question.facts(MATCHES, MATCH_ENDS, CLOSINGS, REOPENINGS):
        by_course[courses[event.originator_id]].append(event)
    return {course: Telling(events) for course, events in by_course.items()}
