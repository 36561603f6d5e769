"""What the database finds of who followed whom is what the folds of the domain say."""

from collections import Counter
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import is_empty
from domain.envelope import Recorded
from domain.events.base import Fact
from domain.events.course import (
    Closed,
    IdentityLinked,
    IdentityUnlinked,
    MatchEnded,
    MentorMatched,
    Reopened,
)
from domain.values import Actor, Ref
from projections.apply import apply
from projections.asking import Question
from projections.views.followed import from_followed
from projections.views.following import follows_of
from tests.projections.conftest import Connection
from tests.projections.histories import COURSES, PEOPLE, SOURCE, START, histories
from tests.projections.test_apply import DATABASE_TEST

SCHEMA = "view_a"
BY = st.just(Actor("caseworker", PEOPLE[0]))
# So few days that much falls on the same, and some before what they are told on.
DAYS = st.integers(-2, 9).map(lambda n: date(2026, 1, 4) + timedelta(days=n))
# So few instants that the sender's sequence often decides.
TIMES = st.integers(0, 1).map(lambda n: START + timedelta(days=3 * n))
THINGS = st.sampled_from([Ref(SOURCE, "match-0"), Ref(SOURCE, "match-1")])

matched = st.builds(
    MentorMatched,
    actor=BY,
    match=THINGS,
    mentor=st.sampled_from(PEOPLE),
    from_=DAYS,
    method=st.just("other"),
)
facts: st.SearchStrategy[Fact] = st.one_of(
    matched,
    matched,
    st.builds(MatchEnded, actor=BY, match=THINGS, to=DAYS, reason=st.just("other")),
    st.builds(Closed, actor=BY, to=DAYS, reason=st.sampled_from(["job", "dropped-out"])),
    st.builds(Closed, actor=BY, to=DAYS, reason=st.sampled_from(["job", "dropped-out"])),
    st.builds(Reopened, actor=BY, from_=DAYS, reason=st.just("returned")),
    st.builds(
        IdentityLinked,
        actor=BY,
        what=st.sampled_from(["course", "citizen"]),
        alias=st.sampled_from(COURSES),
        basis=st.just("cpr"),
    ),
    st.builds(
        IdentityUnlinked,
        actor=BY,
        what=st.sampled_from(["course", "citizen"]),
        alias=st.sampled_from(COURSES),
    ),
)
links: st.SearchStrategy[dict[UUID, UUID]] = st.sampled_from([{}, {PEOPLE[1]: PEOPLE[0]}])

Row = tuple[UUID, UUID, date, date | None, date | None]


def folded(question: Question, same: dict[UUID, UUID]) -> list[Row]:
    """Every match that covers a day, as the folds say."""
    return [
        (
            one.citizen,
            one.mentor,
            one.days.from_,
            one.days.to,
            one.dropped_out.on if one.dropped_out else None,
        )
        for one in follows_of(question, same)
        if not is_empty(one.days)
    ]


def found(question: Question, same: dict[UUID, UUID]) -> list[Row]:
    """Every match that covers a day, as the database finds."""
    select = "select citizen, mentor, from_day, nullif(to_day, 'infinity') as to_day, out_day"
    return [tuple(row) for row in from_followed(question, same, f"{select} from followed")]


@pytest.mark.soak
@DATABASE_TEST
@given(history=histories(of=facts, at=TIMES), same=links, known=st.integers(1, 14))
def test_the_database_finds_what_the_folds_say(
    connection: Connection, history: list[Recorded], same: dict[UUID, UUID], known: int
) -> None:
    apply(connection.cursor(), SCHEMA, history)
    for position in (None, history[min(known, len(history)) - 1].position):
        question = Question(connection, SCHEMA, known_at=position)
        said, rows = folded(question, same), found(question, same)
        assert sorted(rows, key=repr) == sorted(said, key=repr)
    connection.rollback()


@pytest.mark.soak
@DATABASE_TEST
@given(history=histories(of=facts, at=TIMES), same=links, known=st.integers(1, 14))
def test_citizens_with_one_match_and_the_others_are_all_that_are_followed(
    connection: Connection, history: list[Recorded], same: dict[UUID, UUID], known: int
) -> None:
    apply(connection.cursor(), SCHEMA, history)
    days = "from_day, nullif(to_day, 'infinity') as to_day, out_day"
    of_lone, others = f"'lone' as who, {days} from lone", f"citizen::text as who, {days}"
    for position in (None, history[min(known, len(history)) - 1].position):
        question = Question(connection, SCHEMA, known_at=position)
        every = from_followed(question, same, f"select {others} from followed")
        both = f"select {of_lone} union all select {others} from followed"
        apart = from_followed(question, same, both, lone=True)
        assert Counter(row[1:] for row in apart) == Counter(row[1:] for row in every)
        # Of whom there is more than one, all stand among the others.
        times, left = (Counter(row.who for row in rows) for rows in (every, apart))
        assert all(
            left[citizen] == n or (left[citizen], n) == (0, 1) for citizen, n in times.items()
        )
    connection.rollback()
