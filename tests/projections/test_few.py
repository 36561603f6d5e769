"""A few events come into the rows by another way than many, and are the same rows."""

from collections.abc import Sequence
from datetime import date
from itertools import islice
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.envelope import Recorded
from projections import few, parking, tracking
from projections.apply import apply
from projections.parking import Parked, Stored, Unreadable
from tests.projections.conftest import SCHEMAS, Connection
from tests.projections.histories import histories
from tests.projections.story import Story
from tests.projections.test_apply import DATABASE_TEST, _minutes, read, sizes

COPIED, INSERTED, _ = SCHEMAS


def insert(connection: Connection, events: Sequence[Stored]) -> None:
    """Take them in as the projector does, in the pipeline."""
    cursor: Any = connection.cursor(binary=True)
    asked = few.questions(INSERTED)[1:]  # no log is here to be compared with the position
    known = few.standing([[(1,)], *(cursor.execute(each).fetchall() for each in asked)])
    assert known is not None
    with connection.pipeline():
        few.write(cursor, INSERTED, events, known)


def held(connection: Connection, schema: str) -> list[Any]:
    """What stands in a schema besides the fact tables."""
    beside = [
        sorted(connection.execute(f"select {columns} from {schema}.{name}").fetchall(), key=repr)
        for name, columns in (
            ("amendments", "*"),
            ("parked", "stream, position, topic, kind, attempts"),
        )
    ]
    return [*beside, tracking.reached(connection.cursor(), schema)]


@pytest.mark.soak
@DATABASE_TEST
@given(history=histories(), sizes=sizes, unreadable=st.none() | st.integers(0, 13))
def test_inserted_rows_are_those_that_would_be_copied(
    connection: Connection, history: list[Recorded], sizes: list[int], unreadable: int | None
) -> None:
    events: list[Stored] = list(history)
    if unreadable is not None and unreadable < len(history):
        spoilt = history[unreadable]
        events[unreadable] = Unreadable(
            originator_id=spoilt.originator_id,
            position=spoilt.position,
            topic=spoilt.topic,
            recorded_at=spoilt.recorded_at,
            kind="UnknownEventError",
        )
    rest, turn = iter(events), 0
    while batch := list(islice(rest, sizes[turn % len(sizes)])):
        apply(connection.cursor(), COPIED, batch)
        insert(connection, batch)
        turn += 1
    copied, inserted = read(connection, COPIED), read(connection, INSERTED)
    beside = [held(connection, schema) for schema in (COPIED, INSERTED)]
    connection.rollback()
    assert inserted == copied
    assert beside[0] == beside[1]


def test_a_stream_that_waits_gets_no_rows_until_it_is_let_go(connection: Connection) -> None:
    story = Story(connection)
    for day in (1, 2):
        story.course("c", _minutes(10 * day), date(2026, 1, day))
    first, second = story.told
    waits = Parked(first.originator_id, 5, "course.closed.v1", "DecodeError")
    parking.park(connection.cursor(), INSERTED, [waits])
    insert(connection, [first])
    assert read(connection, INSERTED)["timeline"] == []
    parking.release(connection.cursor(), INSERTED, first.originator_id)
    insert(connection, [second])
    assert [row[2] for row in read(connection, INSERTED)["timeline"]] == ["ev-20"]
