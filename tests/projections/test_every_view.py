"""Every view at every level: right however its events came, and for ever what it was."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.envelope import Recorded
from projections.apply import apply
from projections.asking import Answer, Municipality
from projections.paging import FIRST, Page, Place
from services.rendering import plain
from services.view_list.all import VIEWS
from services.view_list.shape import Level
from tests.projections.conftest import SCHEMAS, Connection
from tests.projections.happenings import COURSES, START, happenings, shuffled
from tests.projections.rebuilding import rebuild
from tests.soaking import runs

LIVE, OTHER, REBUILT = (Municipality("0999", "Testkommune", schema) for schema in SCHEMAS)
LEVELS = {
    f"{view.name} --by {by}": level for view in VIEWS.values() for by, level in view.levels.items()
}
DATABASE_TEST = settings(
    max_examples=runs(4, 300),
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
    ],
)
moments = st.integers(-10, 75).map(lambda n: START + timedelta(days=n, hours=3))
Rows = list[dict[str, Any]]


def ask(
    connection: Connection, place: Municipality, as_of: datetime, known_at: int | None = None
) -> dict[str, Rows]:
    """The rows of every level; of one course where it is asked about one only."""
    found = {}
    for name, level in LEVELS.items():
        asked: dict[str, Any] = {"streams": [COURSES[0]]} if level.needs_course else {}
        answer = level.ask(connection, place, as_of=as_of, known_at=known_at, **asked)
        found[name] = plain(answer.rows)
    return found


def live(connection: Connection, events: list[Recorded]) -> Iterator[int]:
    """Take the events in one by one; the position after each."""
    for event in events:
        apply(connection.cursor(), LIVE.schema, [event])
        yield event.position


@pytest.mark.soak
@DATABASE_TEST
@given(history=happenings(), as_of=moments, asked=st.integers(2, 5))
def test_what_was_known_at_a_position_is_what_the_live_view_said_there(
    connection: Connection, history: list[Recorded], as_of: datetime, asked: int
) -> None:
    with connection.transaction(force_rollback=True):
        said = {
            at: ask(connection, LIVE, as_of)
            for number, at in enumerate(live(connection, history), 1)
            if number % asked == 0
        }
        for position, rows in said.items():
            assert ask(connection, LIVE, as_of, known_at=position) == rows


@pytest.mark.soak
@DATABASE_TEST
@given(history=happenings(), as_of=moments, order=st.randoms(use_true_random=False))
def test_a_view_says_the_same_rebuilt_and_whatever_came_first(
    connection: Connection, history: list[Recorded], as_of: datetime, order: Any
) -> None:
    with connection.transaction(force_rollback=True):
        for _ in live(connection, history):
            pass
        rebuild(connection.cursor(), REBUILT.schema, history, parts=2)
        for event in shuffled(history, lambda _: order.random()):
            apply(connection.cursor(), OTHER.schema, [event])
        said = ask(connection, LIVE, as_of)
        assert ask(connection, REBUILT, as_of) == said
        assert ask(connection, OTHER, as_of) == said


@pytest.mark.soak
@DATABASE_TEST
@given(history=happenings(), as_of=moments, limit=st.integers(1, 3), half=st.floats(0.3, 0.9))
def test_pages_together_are_the_whole_of_one_position_whatever_comes_meanwhile(
    connection: Connection, history: list[Recorded], as_of: datetime, limit: int, half: float
) -> None:
    first, later = history[: int(len(history) * half)], history[int(len(history) * half) :]
    with connection.transaction(force_rollback=True):
        *_, position = [0, *live(connection, first)]
        whole = ask(connection, LIVE, as_of)
        found = {
            name: page(connection, level, as_of, position, limit) for name, level in LEVELS.items()
        }
        for _ in live(connection, later):
            pass
        for name, level in LEVELS.items():
            rows = plain(found[name].rows)
            while len(found[name].rows) == limit:
                last = found[name].places[-1]
                start = last._replace(rows=last.rows + 1)
                found[name] = page(connection, level, as_of, position, limit, start)
                rows += plain(found[name].rows)
            assert rows == whole[name], name


def page(
    connection: Connection,
    level: Level,
    as_of: datetime,
    position: int,
    limit: int,
    start: Place = FIRST,
) -> Answer:
    asked: dict[str, Any] = {"streams": [COURSES[0]]} if level.needs_course else {}
    wanted = Page(start, limit)
    return level.ask(connection, LIVE, as_of=as_of, known_at=position, page=wanted, **asked)
