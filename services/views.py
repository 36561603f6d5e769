"""How a view is asked of one municipality or several: the way of the command line and of HTTP."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from projections.asking import Answer
from projections.asking import Municipality as Place
from projections.views.timeline import timeline
from services.municipalities import danish_order, name_of
from services.projector import catch_up, prepare
from services.store.municipality import Municipality
from services.view_list import VIEWS, View

__all__ = ["VIEWS", "Answered", "Row", "View", "ask", "ask_timeline", "bring_up_to_date"]

Row = dict[str, Any]
# Columns of internal ids, or of nothing.
_IDS = ("about", "actor", "behalf", "caseworker", "coordinator", "course", "mentor", "person")


@dataclass(frozen=True)
class Answered:
    """An answer across municipalities. Positions are each municipality's own.

    `age_seconds` is for how long there has been an event that the answer doesn't reflect; 0 when
    it reflects all, or what was known at a past time.
    """

    rows: list[Row]
    position: int | dict[str, int] | None
    age_seconds: float

    def as_dict(self) -> Row:
        """What a machine gets."""
        return {"rows": self.rows, "position": self.position, "age_seconds": self.age_seconds}


def ask(
    view: View,
    municipalities: Sequence[Municipality],
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    now: datetime,
) -> Answered:
    """A view's answer for these municipalities, in Danish order of their names.

    `known_at` is a time: each municipality answers at the position that it had then.
    """

    def one(connection: Any, place: Place, position: int | None) -> Answer:
        return view.ask(connection, place, as_of=as_of or now, known_at=position)

    by_name = sorted(municipalities, key=lambda m: danish_order(name_of(m.code)))
    return _answered(by_name, one, known_at, now)


def ask_timeline(
    store: Municipality,
    streams: Sequence[UUID],
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    now: datetime,
) -> Answered:
    """The timeline of courses, staff members or the team."""

    def one(connection: Any, place: Place, position: int | None) -> Answer:
        return timeline(connection, place.schema, streams, as_of=as_of or now, known_at=position)

    return _answered([store], one, known_at, now)


def bring_up_to_date(municipalities: Sequence[Municipality]) -> None:
    """Project what the log holds, for a command that runs without a projector beside it."""
    for municipality in municipalities:
        prepare(municipality)
        catch_up(municipality)


def _answered(
    municipalities: Sequence[Municipality],
    one: Callable[[Any, Place, int | None], Answer],
    known_at: datetime | None,
    now: datetime,
) -> Answered:
    rows: list[Row] = []
    positions: dict[str, int] = {}
    age = 0.0
    for store in municipalities:
        place = Place(store.code, name_of(store.code), store.schema)
        position = store.log_recorder.position_at(known_at) if known_at else None
        with store.transaction() as cursor:
            answer = one(cursor.connection, place, position)
            waiting_since = store.log_recorder.recorded_after(cursor, answer.position)
        rows += _with_senders_ids(store, answer.rows)
        positions[store.code] = answer.position
        if known_at is None and waiting_since is not None:
            age = max(age, (now - waiting_since).total_seconds())
    if not positions:
        return Answered(rows, 0, age)
    if len(positions) == 1:
        return Answered(rows, next(iter(positions.values())), age)
    return Answered(rows, positions, age)


def _with_senders_ids(store: Municipality, rows: Sequence[Row]) -> list[Row]:
    """Beside each internal id, `<column>_id`: what its sender calls it; None if that is gone."""
    known = store.references(v for row in rows for v in row.values() if isinstance(v, UUID))
    return [
        row
        | {
            f"{name}_id": known[value][1] if value in known else None
            for name, value in row.items()
            if name in _IDS
        }
        for row in rows
    ]
