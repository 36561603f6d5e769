"""The views' tables anew from events alone, up to a position, for as long as somebody looks.

They lie in a schema that nobody else sees, in a transaction that is always rolled back: nothing is
left behind, whatever happens. The live tables aren't read here.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from psycopg import Cursor

from projections import tracking
from projections.asking import Municipality as Where
from projections.rebuild import build
from projections.tracking import Reached
from services.crew import Crew
from services.municipalities import name_of
from services.rebuilding import make_schema, packed_log
from services.store.municipality import Municipality
from services.store.schema import role_of

Progress = Callable[[int], None]


class Beside(NamedTuple):
    """The live tables and those made of events, both as of one snapshot; and their position."""

    cursor: Cursor[Any]
    live: Where
    rebuilt: Where
    position: int


@contextmanager
def beside_the_live(
    store: Municipality, progress: Progress = lambda done: None
) -> Iterator[Beside]:
    """Tables of the events that the live ones reflect, beside them. No rebuild exchanges the live
    ones meanwhile; they are filled on, which isn't seen here. Raises PackingError."""
    with store.transaction() as holding:
        tracking.hold(holding, store.schema)
        with _snapshot(store) as cursor:
            reached = tracking.reached(cursor, store.schema)
            with _built(store, cursor, reached, progress) as beside:
                yield beside


@contextmanager
def as_known_at(
    store: Municipality, position: int, progress: Progress = lambda done: None
) -> Iterator[Beside]:
    """Tables of the events up to a position. Raises PackingError."""
    with (
        _snapshot(store) as cursor,
        _built(store, cursor, Reached(position, None), progress) as beside,
    ):
        yield beside


@contextmanager
def _snapshot(store: Municipality) -> Iterator[Cursor[Any]]:
    with store.transaction() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with cursor.connection.transaction(force_rollback=True):
            yield cursor


@contextmanager
def _built(
    store: Municipality, cursor: Cursor[Any], to: Reached, progress: Progress
) -> Iterator[Beside]:
    name, log = f"{store.schema}_audited", store.log_reader
    make_schema(cursor, name, role_of(store.schema))
    with Crew(store.database_url) as crew:
        build(
            cursor,
            name,
            to=to,
            blocks=lambda: packed_log(store, cursor, crew, to.position),
            after=lambda position: log.batches(cursor, position, to.position),
            progress=progress,
            freeze=False,
        )
    live = Where(store.code, name_of(store.code), store.schema)
    yield Beside(cursor, live, Where(live.code, live.name, name), to.position)
