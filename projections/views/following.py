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
from projections.asking import Question
from projections.facts.courses import CLOSINGS, REOPENINGS
from projections.facts.matches import MATCH_ENDS, MATCHES


def follows_of(question: Question, same: Mapping[UUID, UUID]) -> list[Follows]:
    """All of a municipality. Linked courses are folded as one, linked citizens count once.

    `same` maps a staff member's other ids to the one they are read as.
    """
    courses, citizens = identity.courses(question), identity.citizens(question)
    by_course: dict[UUID, list[Recorded]] = defaultdict(list)
    for event in question.facts(MATCHES, MATCH_ENDS, CLOSINGS, REOPENINGS):
        by_course[courses[event.originator_id]].append(event)
    persons = Persons(same)
    return [
        Follows(citizens[course], match.mentor, match.days)
        for course, events in by_course.items()
        for match in _matches(Telling(events), persons)
    ]


def _matches(telling: Telling, persons: Persons) -> tuple[Match, ...]:
    return folded_matches(telling, folded_spells(telling), persons)
