"""Rows come out the same, however the events came in."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import islice
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.sql import SQL, Identifier

from domain.envelope import Recorded, effective
from domain.events.course import ActivityRegistered
from projections import tracking
from projections.apply import apply
from projections.batch import FEEDS
from projections.facts.all import TABLES
from projections.facts.timeline import TIMELINE
from projections.table import FactTable
from projections.tracking import BehindError, Reached
from tests.projections.conftest import SCHEMAS, Connection
from tests.projections.histories import histories, in_order
from tests.projections.rebuilding import rebuild
from tests.projections.story import Story, actor
from tests.soaking import runs

LIVE, OTHER, REBUILT = SCHEMAS
DATABASE_TEST = settings(
    max_examples=runs(10, 1500),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
Rows = dict[str, list[tuple[Any, ...]]]


def read(
    connection: Connection, schema: str, *, without: Iterable[str] = (), where: str = "true"
) -> Rows:
    """All rows of all fact tables, sorted; `without` some columns."""
    left_out = set(without)
    found: Rows = {}
    for table in TABLES:
        names = ["stream", "source", "event_id", "occurred_at", "sequence", "learned"]
        names += ["superseded", *table.columns]
        columns = SQL(", ").join(Identifier(n) for n in names if n not in left_out)
        statement = SQL("select {} from {} where ").format(
            columns, Identifier(schema, table.name)
        ) + SQL(where)
        found[table.name] = sorted(connection.execute(statement).fetchall(), key=repr)
    return found


def feed(
    connection: Connection, schema: str, events: Sequence[Recorded], sizes: Sequence[int]
) -> None:
    """Apply the events in batches of these sizes, over and over."""
    rest, cursor, turn = iter(events), connection.cursor(), 0
    while batch := list(islice(rest, sizes[turn % len(sizes)])):
        apply(cursor, schema, batch)
        turn += 1


sizes = st.lists(st.integers(1, 5), min_size=1, max_size=4)


@pytest.mark.soak
@DATABASE_TEST
@given(history=histories(), sizes=sizes, parts=st.integers(1, 3), known=st.integers(0, 14))
def test_rows_that_came_live_are_those_of_a_rebuild_from_nothing(
    connection: Connection, history: list[Recorded], sizes: list[int], parts: int, known: int
) -> None:
    # However many processes share the streams, and whatever arrives while they are at work.
    feed(connection, LIVE, history, sizes)
    rebuild(connection.cursor(), REBUILT, history, parts=parts, known=known)
    live, rebuilt = read(connection, LIVE), read(connection, REBUILT)
    held = [
        sorted(connection.execute(f"select * from {schema}.amendments").fetchall(), key=repr)
        for schema in (LIVE, REBUILT)
    ]
    reached = [tracking.reached(connection.cursor(), schema) for schema in (LIVE, REBUILT)]
    connection.rollback()
    assert live == rebuilt
    assert held[0] == held[1]
    assert reached[0] == reached[1] == Reached(history[-1].position, history[-1].recorded_at)


@pytest.mark.soak
@DATABASE_TEST
@given(data=st.data(), history=histories(), sizes=sizes)
def test_rows_that_hold_do_not_depend_on_the_order_of_arrival(
    connection: Connection, data: st.DataObject, history: list[Recorded], sizes: list[int]
) -> None:
    shuffled = in_order(data.draw(st.permutations(history)))
    feed(connection, LIVE, history, sizes)
    feed(connection, OTHER, shuffled, sizes)
    without = ("learned", "superseded", "recorded_at")
    one, other = (
        read(connection, schema, without=without, where="superseded is null")
        for schema in (LIVE, OTHER)
    )
    connection.rollback()
    assert one == other


@pytest.mark.soak
@DATABASE_TEST
@given(data=st.data(), history=histories())
def test_what_was_known_at_a_position_is_what_the_rows_said_then(
    connection: Connection, data: st.DataObject, history: list[Recorded]
) -> None:
    then = data.draw(st.integers(1, len(history)))
    position = history[then - 1].position
    apply(connection.cursor(), OTHER, history[:then])
    apply(connection.cursor(), LIVE, history)
    known = f"learned <= {position} and (superseded is null or superseded > {position})"
    said = read(connection, OTHER, without=["superseded"], where="superseded is null")
    asked = read(connection, LIVE, without=["superseded"], where=known)
    connection.rollback()
    assert asked == said


@pytest.mark.soak
@DATABASE_TEST
@given(history=histories())
def test_rows_that_hold_are_those_of_the_events_that_count(
    connection: Connection, history: list[Recorded]
) -> None:
    apply(connection.cursor(), LIVE, history)
    by_stream: dict[UUID, list[Recorded]] = {e.originator_id: [] for e in history}
    for event in history:
        by_stream[event.originator_id].append(event)
    expected: dict[str, list[tuple[Any, ...]]] = {table.name: [] for table in TABLES}
    for stream, events in by_stream.items():
        for e in effective(events):
            for table, _ in FEEDS[type(e.fact)]:
                expected[table.name].append(
                    (stream, e.source, e.source_id, e.occurred_at, e.sequence)
                )
    columns = SQL(
        "select stream, source, event_id, occurred_at, sequence from {} where superseded is null"
    )
    held = {
        table.name: connection.execute(columns.format(Identifier(LIVE, table.name))).fetchall()
        for table in TABLES
    }
    connection.rollback()
    for table in set(TABLES) - {TIMELINE}:
        rows, wanted = held[table.name], expected[table.name]
        assert sorted(rows, key=repr) == sorted(wanted, key=repr)


@pytest.mark.soak
@DATABASE_TEST
@given(history=histories(), sizes=sizes)
def test_a_batch_that_comes_again_changes_nothing(
    connection: Connection, history: list[Recorded], sizes: list[int]
) -> None:
    feed(connection, LIVE, history, sizes)
    before = read(connection, LIVE)
    again = [apply(connection.cursor(), LIVE, history[:n]) for n in (1, len(history))]
    after = read(connection, LIVE)
    connection.rollback()
    assert again == [0, 0]
    assert after == before


def test_each_row_ends_with_the_amendment_that_ended_it(connection: Connection) -> None:
    story = Story(connection)
    original = story.course("c", _minutes(10), date(2026, 1, 1))
    for number, minutes in enumerate((20, 30)):
        at = date(2026, 2, 1 + number)
        story.correct(original, _minutes(minutes), at, new_time=date(2026, 1, 1))
    story.retract(original, date(2026, 2, 3))
    rows = connection.execute(
        "select minutes, learned, superseded from view_a.activities order by learned"
    ).fetchall()
    assert rows == [(10, 10, 20), (20, 20, 30), (30, 30, 40)]


def _minutes(minutes: int) -> ActivityRegistered:
    return ActivityRegistered(
        actor=actor("mentor"),
        role="system-guide",
        activity="other",
        minutes=minutes,
        contact="phone",
    )


def test_tracking_refuses_to_stand_still_or_to_go_back(connection: Connection) -> None:
    cursor = connection.cursor()
    tracking.move(cursor, LIVE, Reached(10, None))
    for position in (10, 9):
        with pytest.raises(BehindError):
            tracking.move(cursor, LIVE, Reached(position, None))
    assert tracking.reached(cursor, LIVE) == Reached(10, None)


def test_rows_and_position_are_of_one_transaction(connection: Connection, prepared: str) -> None:
    with psycopg.connect(prepared) as reader:
        connection.execute(SQL("insert into {}.intakes default values").format(Identifier(LIVE)))
        tracking.move(connection.cursor(), LIVE, Reached(5, None))
        assert tracking.reached(reader.cursor(), LIVE).position == 0
        assert reader.execute("select count(*) from view_a.intakes").fetchone() == (0,)
    connection.rollback()
    assert tracking.reached(connection.cursor(), LIVE).position == 0


def test_every_fact_table_has_a_name_of_its_own_and_is_fed() -> None:
    assert len({table.name for table in TABLES}) == len(TABLES)
    fed: set[FactTable] = {table for several in FEEDS.values() for table, _ in several}
    assert fed == set(TABLES) - {TIMELINE}


def test_a_rebuild_leaves_what_others_track_and_nothing_of_its_own(connection: Connection) -> None:
    cursor = connection.cursor()
    connection.execute("insert into view_a.tracking values ('another', 7, null)")
    story = Story(connection)
    story.course("c", _minutes(10), date(2026, 1, 1))
    connection.execute("create table view_a.of_somebody_else ()")
    before = _everything(connection)
    rebuild(cursor, LIVE, story.told)
    assert _everything(connection) == before
    rows = cursor.execute("select * from view_a.tracking order by application_name").fetchall()
    assert [row[:2] for row in rows] == [("another", 7), (tracking.NAME, 10)]


def _everything(connection: Connection) -> list[tuple[str, str]]:
    found = connection.execute(
        "select schemaname, tablename from pg_tables union all"
        " select schemaname, indexname from pg_indexes order by 1, 2"
    )
    return found.fetchall()
