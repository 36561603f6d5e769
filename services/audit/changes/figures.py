"""Which figures an event changed (*hvilke tal*): views as known just before it and at it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from projections.asking import Municipality as Where
from projections.paging import Page
from services.audit.changes.rows import Row, pairs
from services.municipalities import name_of
from services.store.municipality import Municipality
from services.view_list.all import VIEWS
from services.view_list.shape import Level

Done = Callable[[str], None]


class Figure(NamedTuple):
    """A figure of a view before and after. Of a row that came or went `column` is empty, and what
    it was or is stands in `before` or `after` as a whole."""

    view: str
    by: str
    row: Row
    column: str
    before: Any
    after: Any


def figures_changed(
    store: Municipality,
    position: int,
    as_of: datetime,
    courses: Sequence[UUID] = (),
    done: Done = lambda level: None,
) -> Iterator[Figure]:
    """The figures that are others as known at a position than just before it.

    What is asked of one course is asked of each of `courses`; of lists that accept it, theirs only.
    """
    for name, view in VIEWS.items():
        for by, level in view.levels.items():
            for asked in _questions(level, courses):
                before = _rows(store, level, position - 1, as_of, asked)
                after = _rows(store, level, position, as_of, asked)
                for key, was, now, columns in pairs(level.keys, before, after):
                    if was and now:
                        for column in columns:
                            yield Figure(name, by, key, column, was[column], now[column])
                    else:
                        yield Figure(name, by, key, "", was or None, now or None)
            done(f"{name} --by {by}")


def _questions(level: Level, courses: Sequence[UUID]) -> list[dict[str, Any]]:
    if level.needs_course:
        return [{"streams": [course]} for course in courses]
    return [{"streams": list(courses)}] if courses and "course" in level.accepts else [{}]


def _rows(
    store: Municipality, level: Level, position: int, as_of: datetime, asked: dict[str, Any]
) -> list[Row]:
    if position <= 0:
        return []
    place, page = Where(store.code, name_of(store.code), store.schema), Page(behind=False)
    with store.transaction() as cursor:
        connection = cursor.connection
        return level.ask(connection, place, as_of=as_of, known_at=position, page=page, **asked).rows
