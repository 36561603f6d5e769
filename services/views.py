"""How a view is asked of one municipality or several: the way of the command line and of HTTP."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from psycopg import Cursor

from domain.values import Period
from projections import parking
from projections.asking import Answer
from projections.asking import Municipality as Place
from projections.views.timeline import timeline
from services.collecting import no_collecting
from services.explaining import explain
from services.freshness import STALE_AFTER
from services.municipalities import danish_order, name_of
from services.narrowing import AskedWrongError, conditions
from services.projector import catch_up, prepare
from services.store.municipality import Municipality
from services.telling import with_details
from services.view_list.all import VIEWS
from services.view_list.shape import Level, View
from services.words import Words

__all__ = ["VIEWS", "Answered", "Row", "View", "ask", "ask_timeline", "bring_up_to_date"]

Row = dict[str, Any]
_CONFIDENTIAL = Words(
    "Kan ikke forklares: hændelserne bag er fortrolige.",
    "Can't be explained: the events behind are confidential.",
)


@dataclass(frozen=True)
class Answered:
    """An answer across municipalities. Positions, and the log's `head`, are each one's own.

    `age_seconds` is for how long there has been an event that the answer doesn't reflect; 0 when
    it reflects all, or what was known at a past time. `parked` streams are missing from some
    position on, since something in them can't be read.
    """

    rows: list[Row]
    position: int | dict[str, int] | None
    age_seconds: float
    head: int | dict[str, int] | None = None
    parked: int = 0

    @property
    def stale(self) -> bool:
        """Whether the answer lacks what the log has held for long, or what couldn't be read."""
        return self.age_seconds > STALE_AFTER or self.parked > 0

    def as_dict(self) -> Row:
        """What a machine gets."""
        return {
            "rows": self.rows,
            "position": self.position,
            "head": self.head,
            "age_seconds": self.age_seconds,
            "parked": self.parked,
            "stale": self.stale,
        }


def level_of(view: View, by: str | None) -> Level:
    """The level of that name, the view's first where none is named. Raises AskedWrongError."""
    if by is not None and by not in view.levels:
        known = ", ".join(view.levels)
        raise AskedWrongError(
            "by",
            Words(
                f"{view.name} kan ikke deles sådan. Kan deles: {known}.",
                f"{view.name} isn't divided so. Can be: {known}.",
            ),
        )
    return view.levels[by or view.default]


def ask(
    view: View,
    municipalities: Sequence[Municipality],
    *,
    by: str | None = None,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    period: Period | None = None,
    course: str | None = None,
    where: Collection[str] = (),
    explained: bool = False,
    now: datetime,
) -> Answered:
    """A view's answer for these municipalities, in Danish order of their names.

    `known_at` is a time: each municipality answers at the position that it had then. `by` is the
    level; `period` and `course` (a sender's id) go with the levels that accept them; `where` are
    conditions on the columns. With `explained` the rows are the events behind the answer's.
    Raises AskedWrongError.
    """
    level = level_of(view, by)
    _check(view, level, {"period": period, "course": course})
    if explained and not level.explained:
        raise AskedWrongError("explain", _CONFIDENTIAL)
    narrow = conditions(where, level.names, level.terms)
    named = [column.name for column in level.columns if column.is_named]

    more: Row = {} if period is None else {"period": period}

    def find(store: Municipality, cursor: Cursor[Any], position: int | None) -> Answer:
        place = Place(store.code, name_of(store.code), store.schema)
        streams = {} if course is None else {"streams": streams_of[store.code]}
        answer = level.ask(
            cursor.connection, place, as_of=as_of or now, known_at=position, **more, **streams
        )
        # The events behind are asked for on the answer's own connection, or not at all.
        found = [tuple(behind()) for behind in answer.behind] if explained else []
        return answer._replace(behind=[partial(tuple, refs) for refs in found])

    def finish(store: Municipality, answer: Answer) -> list[Row]:
        rows = _with_senders_ids(store, answer.rows, named)
        kept = [n for n, row in enumerate(rows) if all(one.holds(row) for one in narrow)]
        if not explained:
            return [rows[n] for n in kept]
        behind = [(_keys(level, rows[n]), answer.behind[n]()) for n in kept]
        events = explain(store, behind, answer.position)
        return _with_senders_ids(store, events, ["actor", "course", "person"])

    by_name = sorted(municipalities, key=lambda m: danish_order(name_of(m.code)))
    streams_of = {m.code: _streams(m, course) for m in by_name} if course is not None else {}
    if course is not None and not any(streams_of.values()):
        raise AskedWrongError("course", Words("Intet forløb har det id.", "No course has that id."))
    return _answered(by_name, find, finish, known_at, now)


def _check(view: View, level: Level, asked: Mapping[str, Any]) -> None:
    for name, value in asked.items():
        if value is not None and name not in level.accepts:
            raise AskedWrongError(
                name,
                Words(
                    f"{view.name} {level.of.da} spørges ikke sådan.",
                    f"{view.name} {level.of.en} isn't asked so.",
                ),
            )
    if level.needs_course and asked["course"] is None:
        raise AskedWrongError(
            "course", Words("Angiv ét forløb ved dets id.", "Give one course by its id.")
        )


def _streams(store: Municipality, course: str) -> list[UUID]:
    stream = store.find("course", course)
    return [] if stream is None else [stream]


def _keys(level: Level, row: Row) -> Row:
    """What a row is known by: its municipality, and the level's keys."""
    names = ["municipality", *level.keys, *(f"{name}_id" for name in level.keys)]
    return {name: row[name] for name in names if name in row}


def ask_timeline(
    store: Municipality,
    streams: Sequence[UUID],
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    now: datetime,
) -> Answered:
    """The timeline of courses, staff members or the team, each line with its clear `details`."""

    def find(_: Municipality, cursor: Cursor[Any], position: int | None) -> Answer:
        return timeline(
            cursor.connection, store.schema, streams, as_of=as_of or now, known_at=position
        )

    def finish(_: Municipality, answer: Answer) -> list[Row]:
        rows = _with_senders_ids(store, answer.rows, ["actor", "behalf", "person"])
        return with_details(store, rows)

    return _answered([store], find, finish, known_at, now)


def bring_up_to_date(municipalities: Sequence[Municipality]) -> None:
    """Project what the log holds, for a command that runs without a projector beside it."""
    for municipality in municipalities:
        prepare(municipality)
        catch_up(municipality)


@no_collecting()  # a full collection takes as long as an answer
def _answered(
    municipalities: Sequence[Municipality],
    find: Callable[[Municipality, Cursor[Any], int | None], Answer],
    finish: Callable[[Municipality, Answer], list[Row]],
    known_at: datetime | None,
    now: datetime,
) -> Answered:
    rows: list[Row] = []
    positions: dict[str, int] = {}
    heads: dict[str, int] = {}
    age, parked = 0.0, 0
    for store in municipalities:
        position = store.log_recorder.position_at(known_at) if known_at else None
        with store.transaction() as cursor:
            answer = find(store, cursor, position)
            waiting_since = store.log_recorder.recorded_after(cursor, answer.position)
            heads[store.code] = store.log_recorder.head(cursor).position
            parked += parking.waiting(cursor, store.schema, answer.position).streams
        # What follows takes connections of its own, so this one is given back first.
        rows += finish(store, answer)
        positions[store.code] = answer.position
        if known_at is None and waiting_since is not None:
            age = max(age, (now - waiting_since).total_seconds())
    return Answered(rows, _one_or_each(positions), age, _one_or_each(heads), parked)


def _one_or_each(positions: dict[str, int]) -> int | dict[str, int]:
    """Of one municipality its own; of several each; of none nothing was reached."""
    if len(positions) > 1:
        return positions
    return next(iter(positions.values()), 0)


def _with_senders_ids(
    store: Municipality, rows: Sequence[Row], named: Collection[str]
) -> list[Row]:
    """Beside each internal id, `<column>_id`: what its sender calls it; None if that is gone."""
    ids = {row[name] for row in rows for name in named if row[name] is not None}
    known = store.references(ids)
    return [
        row | {f"{name}_id": known[row[name]][1] if row[name] in known else None for name in named}
        for row in rows
    ]
