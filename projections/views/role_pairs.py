"""The pairs of mentor and caseworker on the courses that run on a day, and how each reads."""

from collections.abc import Collection, Iterator
from datetime import date
from functools import partial
from typing import NamedTuple
from uuid import UUID

from domain.calendar import covers
from domain.course import CourseState
from domain.role_clarity import RoleClarity, read
from domain.role_facts import Paired, pairs_on, seen
from domain.values import Ref
from projections import identity
from projections.answering import known
from projections.asking import Behind, Question
from projections.views.courses import courses_of
from projections.views.running import running


class OnCourse(NamedTuple):
    """A pair on a course, how that reads, and the events that it was read from."""

    course: UUID
    clarity: RoleClarity
    behind: Behind


def pairs_of(question: Question, streams: Collection[UUID] | None = None) -> list[OnCourse]:
    """The pairs of the courses with a match open on the day, by course.

    With `streams` the pairs of those courses, whether they run or not.
    """
    same = question.once(identity.staff)
    asked = question.once(running) if streams is None else streams
    found = []
    for course, state in sorted(courses_of(question, same, asked).items()):
        if streams is not None or state.matches_on(question.day):
            for pair in pairs_on(state, question.as_of):
                clarity = read(seen(pair, question.day), question.day)
                found.append(OnCourse(course, clarity, partial(_behind, state, pair, question.day)))
    return found


def _behind(state: CourseState, pair: Paired, day: date) -> list[Ref]:
    """What made the course run on the day, or not, and what the readings came from."""
    return [*_frame(state, day), *pair.behind]


def _frame(state: CourseState, day: date) -> Iterator[Ref]:
    """The reopening or close that holds, and without an open match the ends of those there were."""
    spell = next((one for one in state.spells if covers(one.days, day)), None)
    last = [one for one in state.spells if one.days.from_ <= day][-1:]
    for one in [spell] if spell else last:
        yield from known(one.begun_by, None if spell else one.ended_by)
    if not state.matches_on(day):
        for match in state.matches:
            yield from known(match.ref, match.ended_by)
