"""The pairs of mentor and caseworker on the courses that run on a day, and how each reads.

What they are is read from rows set by set. Only courses that tell something twice, and those that
are asked for by name, are folded; the events behind a row are found by folding its course too.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date
from functools import cache, partial
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
from projections.views.role_rows import Named, Pair, followed, paired, seen_in_rows
from projections.views.running import running


class OnCourse(NamedTuple):
    """A pair on a course, how that reads, and the events that it was read from."""

    course: UUID
    clarity: RoleClarity
    behind: Behind


def by_pair(question: Question) -> tuple[list[Pair], list[OnCourse]]:
    """All pairs of the courses with a match open on the day, by their first course and the mentor,
    and in full those that are odd: of which rows don't tell."""
    several, courses = paired(question)
    odd = odd_pairs(question, courses)
    if not odd:
        return several, odd
    found: dict[tuple[UUID | None, UUID | None], Pair] = {pair[:2]: pair for pair in several}
    for one in odd:
        if two := one.clarity.seen.two:
            found.setdefault(two, Pair(*two, [])).courses.append(one.course)
    for pair in found.values():
        pair.courses.sort()
    return sorted(found.values(), key=lambda pair: (pair.courses[0], str(pair.mentor))), odd


def by_course(question: Question) -> tuple[list[Named], list[OnCourse]]:
    """The same course by course, by course and mentor, the caseworkers unsaid."""
    several, courses = followed(question)
    odd = odd_pairs(question, courses)
    if not odd:
        return several, odd
    seen = ((one.course, one.clarity.seen) for one in odd)
    told = [Named(course, one.mentor, one.caseworker) for course, one in seen]
    return sorted([*several, *told], key=lambda one: (one.course, str(one.mentor))), odd


def pairs_of(
    question: Question, odd: Sequence[OnCourse], streams: Collection[UUID] | None = None
) -> list[OnCourse]:
    """The pairs of the courses with a match open on the day, by course and mentor; with `streams`
    of those courses only. `odd` are those of which rows don't tell."""
    told = [one for one in odd if streams is None or one.course in streams]
    found = [*told, *_in_rows(question, streams)]
    return sorted(found, key=_place) if told else found


def pairs_on_any(question: Question, streams: Collection[UUID]) -> list[OnCourse]:
    """The pairs of these courses, whether they run or not, by course."""
    return list(_folded(question, courses_folded(question, streams)))


def odd_pairs(question: Question, streams: Collection[UUID]) -> list[OnCourse]:
    """The pairs of those of these courses that run, folded."""
    courses = courses_folded(question, streams).items()
    running_of = {course: state for course, state in courses if state.matches_on(question.day)}
    return list(_folded(question, running_of))


def _in_rows(question: Question, streams: Collection[UUID] | None = None) -> Iterator[OnCourse]:
    @cache
    def folded() -> dict[UUID, CourseState]:
        """The courses of all who ask what is behind them."""
        return courses_folded(question, question.once(running) if streams is None else streams)

    for course, known_of in seen_in_rows(question, streams):
        behind = partial(_behind_of, question, folded, course, known_of.mentor)
        yield OnCourse(course, read(known_of, question.day), behind)


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


def _behind_of(
    question: Question,
    folded: Callable[[], dict[UUID, CourseState]],
    course: UUID,
    mentor: UUID | None,
) -> list[Ref]:
    """What a row was read from, found by folding its course."""
    state = folded()[course]
    pairs = pairs_on(state, question.as_of)
    pair = next(one for one in pairs if one.matches[0].mentor == mentor)
    return _behind(state, pair, question.day)


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
