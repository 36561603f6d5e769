"""What is kept of which courses are always regular misses nothing that is told later."""

from datetime import datetime

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.envelope import Recorded
from domain.events.base import Fact
from domain.events.course import GoalSet, GrantDecided, IntakeRegistered, MentorMatched
from domain.events.mentor import Employed
from projections.apply import apply
from projections.asking import Municipality, Question
from projections.schema import create_tables
from projections.views.contradictions import contradictions
from projections.views.regular import ever_irregular
from tests.projections import nearly_right
from tests.projections.conftest import Connection
from tests.projections.histories import in_order
from tests.projections.test_every_view import DATABASE_TEST
from tests.projections.test_suspects import same_of_all_as_of_each
from tests.soaking import runs

HERE = Municipality("0999", "Kept", "view_kept")
JUSTIFYING: list[type[Fact]] = [IntakeRegistered, MentorMatched, GrantDecided, GoalSet]
shares = st.sampled_from([0.3, 0.6, 0.8, 0.9])
moments = st.lists(nearly_right.moments, min_size=2, max_size=2)


@pytest.mark.soak
@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # of the history, if it fails
@settings(DATABASE_TEST, max_examples=runs(5, 200))
@given(history=nearly_right.nearly_right(), share=shares, moments=moments, back=shares)
def test_nothing_told_later_is_missed_for_what_was_kept(
    prepared: str,
    history: list[Recorded],
    share: float,
    moments: list[datetime],
    back: float,
) -> None:
    """Some of the history is stored and asked about, then a little more, then all of it."""
    with psycopg.connect(prepared, autocommit=True) as connection:
        _new_tables(connection)
        first = int(share * len(history))
        for begin, end in ((0, first), (first, first + 1), (first + 1, len(history))):
            with connection.transaction():
                apply(connection.cursor(), HERE.schema, history[begin:end])
            for as_of in moments:
                for known_at in (history[end - 1].position, history[int(back * end)].position):
                    _same_of_all_as_of_each(connection, as_of, known_at)


@pytest.mark.soak
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@settings(DATABASE_TEST, max_examples=runs(8, 1000))
@given(
    history=nearly_right.nearly_right(),
    order=st.permutations(JUSTIFYING),
    others=st.integers(1, len(JUSTIFYING)),
    as_of=nearly_right.moments,
    part=st.floats(0.2, 1),
)
def test_what_makes_a_row_regular_may_be_told_after_it(
    connection: Connection,
    history: list[Recorded],
    order: list[type[Fact]],
    others: int,
    as_of: datetime,
    part: float,
) -> None:
    """All intakes are told, then all matches, all else, and all grants; or in another order."""

    def turn(event: Recorded) -> int:
        kinds = (n for n, kind in enumerate(order) if isinstance(event.fact, kind))
        return -1 if isinstance(event.fact, Employed) else next(kinds, others)

    told = in_order(sorted(history, key=turn))
    same_of_all_as_of_each(connection, told, nearly_right.COURSES, as_of, part)


def _same_of_all_as_of_each(connection: Connection, as_of: datetime, known_at: int) -> None:
    with connection.transaction():
        together = contradictions(connection, HERE, as_of=as_of, known_at=known_at).rows
        each = contradictions(
            connection, HERE, as_of=as_of, known_at=known_at, streams=nearly_right.COURSES
        ).rows
        assert [row for row in together if row["course"]] == each


@pytest.mark.soak
@settings(DATABASE_TEST, max_examples=runs(2))
@given(history=nearly_right.nearly_right())
def test_it_is_kept_for_rows_that_stay_and_for_no_others(
    prepared: str, history: list[Recorded]
) -> None:
    with psycopg.connect(prepared, autocommit=True) as connection:
        _new_tables(connection)
        half = len(history) // 2
        apply(connection.cursor(), HERE.schema, history[:half])

        def kept() -> object:
            return ever_irregular(Question(connection, HERE.schema))

        with connection.transaction():
            first = kept()
        with connection.transaction(force_rollback=True):
            apply(connection.cursor(), HERE.schema, history[half:])
            assert kept() is not first
        with connection.transaction():
            assert kept() is first


def _new_tables(connection: Connection) -> None:
    with connection.transaction():
        connection.execute("drop schema if exists view_kept cascade")
        connection.execute("create schema view_kept")
        create_tables(connection.cursor(), HERE.schema)
