"""The pairs of mentor and caseworker on the courses that run on a day, and how each reads.

What they are is read from rows set by set. Only courses that tell something twice, and those that
are asked for by name, are folded; the events behind a row are found by folding its course too.
"""

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
from projections.views.role_rows import seen_in_rows, told_twice
from projections.views.running import running


class OnCourse(NamedTuple):
    """A pair on a course, how that reads, and the events that it was read from."""

    course: UUID
    clarity: RoleClarity
    behind: Behind


def pairs_of(question: Question, streams: Collection[UUID] | None = None) -> list[OnCourse]:
    """The pairs of the courses with a match open on the day, by course and mentor.

    With `streams` the pairs of those courses, whether they run or not.
    """
    if streams is not None:
        return list(_folded(question, courses_folded(question, streams)))
    odd = {*question.once(told_twice), *question.once(identity.courses).linked}
    running_of = {
        course: state
        for course, state in courses_folded(question, odd).items()
        if state.matches_on(question.day)
    }
    day = question.day
    found = [*_folded(question, running_of)]
    for course, known_of in seen_in_rows(question, list(odd)):
        behind = partial(_behind_of, question, course, known_of.mentor)
        found.append(OnCourse(course, read(known_of, day), behind))
    return sorted(found, key=_place) if running_of else found


def courses_folded(question: Question, streams: Collection[UUID]) -> dict[UUID, CourseState]:
    """Those courses, folded; nothing is read where there are none."""
    if not streams:
        return {}
    return courses_of(question, question.once(identity.staff), streams)


def _place(one: OnCourse) -> tuple[UUID, str]:
    return one.course, str(one.clarity.seen.mentor)


def _folded(question: Question, courses: dict[UUID, CourseState]) -> Iterator[OnCourse]:
    day = question.day
    for course, state in sorted(courses.items()):
        for pair in pairs_on(state, question.as_of):
            clarity = read(seen(pair, day), day)
            yield OnCourse(course, clarity, partial(_behind, state, pair, day))


def _behind_of(question: Question, course: UUID, mentor: UUID | None) -> list[Ref]:
    """What a row was read from: the courses that run are folded once for all who ask."""
    state = question.once(_running)[course]
    pairs = pairs_on(state, question.as_of)
    pair = next(one for one in pairs if one.matches[0].mentor == mentor)
    return _behind(state, pair, question.day)


def _running(question: Question) -> dict[UUID, CourseState]:
    return courses_folded(question, question.once(running))


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
