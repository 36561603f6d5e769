"""Courses, folded from rows as they are folded from events: what views of courses begin with."""

from collections.abc import Collection, Mapping
from uuid import UUID

from domain.course import CourseState, fold_telling
from projections import identity
from projections.asking import Question
from projections.facts.activities import ACTIVITIES
from projections.facts.agreements import AGREEMENTS
from projections.facts.courses import CASEWORKER_CHANGES, CLOSINGS, INTAKES, REOPENINGS
from projections.facts.grants import AUTHORITY_ACTS
from projections.facts.matches import CHEMISTRY_CHECKS, FIRST_MEETINGS, MATCH_ENDS, MATCHES
from projections.facts.roles import (
    ACKNOWLEDGEMENTS,
    COORDINATIONS,
    FRICTIONS,
    GOALS,
    REVIEWS,
    STATEMENTS,
)

TABLES = (
    INTAKES,
    CASEWORKER_CHANGES,
    CLOSINGS,
    REOPENINGS,
    MATCHES,
    MATCH_ENDS,
    FIRST_MEETINGS,
    CHEMISTRY_CHECKS,
    AGREEMENTS,
    ACTIVITIES,
    STATEMENTS,
    GOALS,
    ACKNOWLEDGEMENTS,
    REVIEWS,
    COORDINATIONS,
    FRICTIONS,
    AUTHORITY_ACTS,
)


def courses_of(
    question: Question, same: Mapping[UUID, UUID], streams: Collection[UUID] | None = None
) -> dict[UUID, CourseState]:
    """Courses by the one id that all ids of a course are read as; with `streams` those only.

    `same` maps a staff member's other ids to the one they are read as. Follow-ups are left out.
    """
    linked = question.once(identity.courses)
    if streams is not None:
        streams = linked.all_like(streams)
    told = question.tellings(*TABLES, one_of=linked, streams=streams)
    return {course: fold_telling(telling, same) for course, telling in told.items()}
