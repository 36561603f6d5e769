"""Courses, folded from rows as they are folded from events: what views of courses begin with."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from uuid import UUID

from domain.course import CourseState, fold_course
from domain.envelope import Recorded
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
        streams = {id_ for stream in streams for id_ in linked.like(stream)}
    by_course: dict[UUID, list[Recorded]] = defaultdict(list)
    for event in question.facts(*TABLES, streams=streams):
        by_course[linked[event.originator_id]].append(event)
    return {course: fold_course(events, same) for course, events in by_course.items()}
