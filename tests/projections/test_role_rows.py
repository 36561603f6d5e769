"""What is read of pairs set by set is what the fold finds, over random histories."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import pytest
from hypothesis import given, settings

from domain.envelope import Recorded
from domain.role_clarity import RoleClarity, read
from domain.role_facts import pairs_on, seen
from domain.role_tally import tally, together
from projections import identity
from projections.apply import apply
from projections.asking import Question
from projections.views.courses import courses_of
from projections.views.role_pairs import by_course, by_pair, odd_pairs, pairs_of
from projections.views.role_sums import sums_of
from tests.projections.conftest import Connection
from tests.projections.cooperating import COURSES, cooperations, moments
from tests.projections.story import HERE
from tests.projections.test_every_view import DATABASE_TEST
from tests.soaking import runs


@pytest.mark.soak
@settings(DATABASE_TEST, max_examples=runs(10, 3000))
@given(history=cooperations(), as_of=moments)
def test_pairs_read_from_rows_are_those_of_the_folded_courses(
    connection: Connection, history: list[Recorded], as_of: datetime
) -> None:
    with connection.transaction(force_rollback=True):
        apply(connection.cursor(), HERE.schema, history)
        for known_at in (None, history[len(history) // 2].position):
            question = Question(connection, HERE.schema, as_of=as_of, known_at=known_at)
            pairs, odd = by_pair(question)
            told = [(one.course, one.clarity) for one in pairs_of(question, odd)]
            assert told == _folded(question)
            courses: dict[object, list[object]] = {}
            for course, clarity in told:
                if clarity.seen.two:
                    courses.setdefault(clarity.seen.two, []).append(course)
            assert [(pair[:2], pair.courses) for pair in pairs] == list(courses.items())
            mentors = [(named.course, named.mentor) for named in by_course(question)[0]]
            assert mentors == [(course, clarity.seen.mentor) for course, clarity in told]


@pytest.mark.soak
@settings(DATABASE_TEST, max_examples=runs(10, 3000))
@given(history=cooperations(), as_of=moments)
def test_what_the_database_sums_is_the_tally_of_the_folded_courses(
    connection: Connection, history: list[Recorded], as_of: datetime
) -> None:
    with connection.transaction(force_rollback=True):
        apply(connection.cursor(), HERE.schema, history)
        for known_at in (None, history[len(history) // 2].position):
            question = Question(connection, HERE.schema, as_of=as_of, known_at=known_at)
            sums = sums_of(question)
            folded = odd_pairs(question, sums.odd)
            odd = [one.clarity for one in folded]
            told = _folded(question)
            assert together(sums.tally, tally(odd)) == tally([clarity for _, clarity in told])
            courses = sums.courses + len({one.course for one in folded})
            assert courses == len({course for course, _ in told})
            pairs = _pairs(clarity for _, clarity in told)
            if odd:
                assert sums.named | _pairs(odd) == pairs
            else:
                assert sums.pairs == len(pairs)


def _pairs(several: Iterable[RoleClarity]) -> set[tuple[UUID, UUID]]:
    return {clarity.seen.two for clarity in several if clarity.seen.two}


def _folded(question: Question) -> list[tuple[object, RoleClarity]]:
    """Every course folded, those that run told by course and mentor."""
    day = question.day
    courses = courses_of(question, question.once(identity.staff), COURSES)
    told = [
        (course, read(seen(pair, day), day))
        for course, state in courses.items()
        if state.matches_on(day)
        for pair in pairs_on(state, question.as_of)
    ]
    return sorted(told, key=lambda one: (one[0], str(one[1].seen.mentor)))
