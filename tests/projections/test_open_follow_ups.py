"""What the database finds of open follow-ups is what the fold of the domain says."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.envelope import Recorded
from domain.events.base import Fact
from domain.events.common import (
    CourseFollowUpEscalated,
    CourseFollowUpRaised,
    CourseFollowUpReminded,
    CourseFollowUpResolved,
    CourseFollowUpSnoozed,
    CourseFollowUpTakenOver,
    CourseFollowUpWithdrawn,
)
from domain.events.course import IdentityLinked, IdentityUnlinked
from domain.events.team import TeamIdentityLinked
from domain.folding import Persons
from domain.raised import FollowUp, folded_follow_ups
from domain.values import Actor, FollowUpKey, Ref
from projections import identity
from projections.apply import apply
from projections.asking import Question
from projections.facts import follow_ups
from projections.views.open_follow_ups import open_follow_ups, said_of
from tests.projections.conftest import Connection
from tests.projections.histories import COURSES, PEOPLE, SOURCE, START, histories
from tests.projections.test_apply import DATABASE_TEST

SCHEMA = "view_a"
SYSTEM = st.just(Actor("system"))
# So few days, instants and people that much falls on the same.
DAYS = st.integers(0, 3).map(lambda n: date(2026, 1, 4) + timedelta(days=n))
TIMES = st.integers(0, 1).map(lambda n: START + timedelta(days=3 * n))
WHOM = st.sampled_from(PEOPLE[:2])
KEYS = st.builds(
    FollowUpKey,
    rule=st.just("mentor-left"),
    anchor=st.just(Ref(SOURCE, "left-0")),
    cycle=st.just(1),
    about=st.sampled_from([None, PEOPLE[1]]),
)
FUNCTIONS = st.sampled_from(["caseworker", "coordinator", "leader"])
RAISED = st.builds(
    CourseFollowUpRaised,
    actor=SYSTEM,
    follow_up=KEYS,
    due_on=DAYS,
    addressed_to=FUNCTIONS,
    person=st.none() | WHOM,
    pack=st.just("default"),
    edition=st.sampled_from(["1", "2"]),
)
TAKEN_BY = st.builds(Actor, st.sampled_from(["mentor", "leader"]), WHOM)

facts: st.SearchStrategy[Fact] = st.one_of(
    RAISED,
    RAISED,
    RAISED,
    st.builds(CourseFollowUpReminded, actor=SYSTEM, follow_up=KEYS, number=st.integers(1, 3)),
    st.builds(
        CourseFollowUpEscalated,
        actor=SYSTEM,
        follow_up=KEYS,
        addressed_to=FUNCTIONS,
        person=st.none() | WHOM,
    ),
    st.builds(
        CourseFollowUpTakenOver,
        actor=TAKEN_BY,
        follow_up=KEYS,
        person=WHOM,
        reason=st.just("other"),
    ),
    st.builds(
        CourseFollowUpSnoozed, actor=TAKEN_BY, follow_up=KEYS, until=DAYS, reason=st.just("other")
    ),
    st.builds(
        CourseFollowUpResolved, actor=SYSTEM, follow_up=KEYS, by=st.just(Ref(SOURCE, "ev-0"))
    ),
    st.builds(CourseFollowUpWithdrawn, actor=SYSTEM, follow_up=KEYS, reason=st.just("met-before")),
    st.builds(
        IdentityLinked,
        actor=TAKEN_BY,
        what=st.just("course"),
        alias=st.sampled_from(COURSES),
        basis=st.just("cpr"),
    ),
    st.builds(
        IdentityUnlinked,
        actor=TAKEN_BY,
        what=st.just("course"),
        alias=st.sampled_from(COURSES),
    ),
    st.builds(
        TeamIdentityLinked,
        actor=TAKEN_BY,
        person=st.just(PEOPLE[0]),
        alias=st.just(PEOPLE[1]),
        basis=st.just("cpr"),
    ),
)


def folded(question: Question) -> Iterator[tuple[UUID, FollowUp]]:
    """What was raised and is open, as the fold says."""
    persons = Persons(question.once(identity.staff))
    told = question.tellings(
        *follow_ups.ALL, one_of=question.once(identity.courses), until=question.as_of
    )
    for stream, telling in told.items():
        for one in folded_follow_ups(telling, persons).values():
            if one.is_open and one.raised_at is not None:
                yield stream, one


@pytest.mark.soak
@DATABASE_TEST
@given(history=histories(of=facts, at=TIMES), known=st.integers(1, 14), days=st.integers(0, 4))
def test_the_database_finds_what_the_fold_says(
    connection: Connection, history: list[Recorded], known: int, days: int
) -> None:
    apply(connection.cursor(), SCHEMA, history)
    as_of = START + timedelta(days=days)
    for position in (None, history[min(known, len(history)) - 1].position):
        question = Question(connection, SCHEMA, as_of=as_of, known_at=position)
        found = open_follow_ups(question)
        said = said_of(question)
        assert sorted(((one.stream, one.follow_up) for one in found), key=repr) == sorted(
            folded(question), key=repr
        )
        assert [one.id for one in found] == [
            said[one.stream, one.follow_up.key][0].id for one in found
        ]
    connection.rollback()
