"""The order in which the database finds grants is the one that the folds say."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.envelope import Recorded
from domain.events.base import Fact
from domain.events.course import (
    Closed,
    GrantAppliedFor,
    GrantDecided,
    GrantEnded,
    GrantExtended,
    IdentityLinked,
    Reopened,
)
from domain.values import Actor, Period, Ref
from projections.apply import apply
from projections.asking import Question
from projections.views.grants import every_grant, folded_order
from tests.projections.conftest import Connection
from tests.projections.histories import COURSES, PEOPLE, SOURCE, START, histories
from tests.projections.test_apply import DATABASE_TEST

SCHEMA = "view_a"
BY = st.just(Actor("caseworker", PEOPLE[0]))
DAYS = st.integers(-2, 9).map(lambda n: date(2026, 1, 4) + timedelta(days=n))
TIMES = st.integers(0, 1).map(lambda n: START + timedelta(days=3 * n))
MOMENTS = st.integers(-1, 12).map(lambda n: START + timedelta(days=n))
GRANTS = st.sampled_from([Ref(SOURCE, "b-0"), Ref(SOURCE, "b-1"), Ref(SOURCE, "b-2")])
PERIODS = st.builds(Period, DAYS, st.one_of(st.none(), DAYS))

decided = st.builds(
    GrantDecided,
    actor=BY,
    grant=GRANTS,
    kind=st.just("mentor-hours"),
    outcome=st.sampled_from(["granted", "refused"]),
    period=st.one_of(PERIODS, st.none()),
)
facts: st.SearchStrategy[Fact] = st.one_of(
    decided,
    decided,
    st.builds(GrantAppliedFor, actor=BY, grant=GRANTS, kind=st.just("mentor-hours")),
    st.builds(GrantExtended, actor=BY, grant=GRANTS, period=PERIODS),
    st.builds(GrantEnded, actor=BY, grant=GRANTS, to=DAYS, reason=st.just("other")),
    st.builds(Closed, actor=BY, to=DAYS, reason=st.just("job")),
    st.builds(Reopened, actor=BY, from_=DAYS, reason=st.just("returned")),
)
linked = st.builds(
    IdentityLinked,
    actor=BY,
    what=st.just("course"),
    alias=st.sampled_from(COURSES),
    basis=st.just("cpr"),
)


@pytest.mark.soak
@pytest.mark.parametrize("of", [facts, st.one_of(facts, facts, linked)], ids=["plain", "linked"])
@DATABASE_TEST
@given(data=st.data(), as_of=MOMENTS, known=st.integers(1, 14), over=st.integers(0, 3))
def test_grants_are_found_in_the_order_of_the_ledger(
    connection: Connection,
    of: st.SearchStrategy[Fact],
    data: st.DataObject,
    as_of: datetime,
    known: int,
    over: int,
) -> None:
    history: list[Recorded] = data.draw(histories(of=of, at=TIMES))
    apply(connection.cursor(), SCHEMA, history)
    for position in (None, history[min(known, len(history)) - 1].position):
        question = Question(connection, SCHEMA, as_of=as_of, known_at=position)
        found = every_grant(question)
        said = folded_order(question, COURSES)
        assert found[0:] == said
        assert found[over : over + 2] == said[over : over + 2]
    connection.rollback()
