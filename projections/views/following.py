"""Who followed which citizen on which days: matches, ended by themselves or by a close."""

from collections import defaultdict
from collections.abc import Mapping
from uuid import UUID

from domain.caseload import Follows
from domain.envelope import Recorded
from domain.folding import Persons, Telling
from domain.matches import Match, folded_matches
from domain.spells import folded_spells
from projections import identity
from projections.answering import known
from projections.asking import Question
from projections.facts.courses import CLOSINGS, REOPENINGS
from projections.facts.matches import MATCH_ENDS, MATCHES


def follows_of(question: Question, same: Mapping[UUID, UUID]) -> list[Follows]:
    """All of a municipality. Linked citizens count once; `same` as for `matches_of`."""
    citizens = question.once(identity.citizens)
    return [
        Follows(citizens[course], match.mentor, match.days, tuple(known(match.ref, match.ended_by)))
        for course, several in matches_of(question, same).items()
        for match in several
    ]


def matches_of(question: Question, same: Mapping[UUID, UUID]) -> dict[UUID, tuple[Match, ...]]:
    """All of a municipality, by the one id that all ids of a course are read as.

    `same` maps a staff member's other ids to the one they are read as.
    """
    courses = question.once(identity.courses)
    by_course: dict[UUID, list[Recorded]] = defaultdict(list)
    for event in question.facts(MATCHES, MATCH_ENDS, CLOSINGS, REOPENINGS):
        by_course[courses[event.originator_id]].append(event)
    persons = Persons(same)
    return {course: _matches(Telling(events), persons) for course, events in by_course.items()}


def _matches(telling: Telling, persons: Persons) -> tuple[Match, ...]:
    return folded_matches(telling, folded_spells(telling), persons)
