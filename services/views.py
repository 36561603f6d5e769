"""How a view is asked of one municipality or several: the way of the command line and of HTTP."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import UUID

from psycopg import Cursor

from domain.values import Period
from projections.asking import Answer
from projections.views.timeline import timeline
from services.audit.access.looking import Seen, whose
from services.collecting import no_collecting
from services.cursors import Pins, Seal
from services.freshness import freshness_at, stale_because
from services.listing import Asked, Listing, Named, Row, asked_for, tests, with_senders_ids
from services.municipalities import danish_order, name_of
from services.narrowing import AskedWrongError, conditions
from services.projector import catch_up, prepare
from services.store.municipality import Municipality
from services.telling import with_details
from services.view_list.all import VIEWS
from services.view_list.shape import Level, View
from services.words import Words

__all__ = ["VIEWS", "Answered", "Row", "View", "ask", "ask_timeline", "bring_up_to_date"]

_ABOUT = {
    "period": Words("en periode (from, to)", "a period (from, to)"),
    "course": Words("ét forløb (course)", "one course (course)"),
}
SEVERAL_HAVE_IT = Words(
    "Flere kommuner har et forløb med det id: angiv municipality.",
    "Several municipalities have a course of that id: give municipality.",
)
FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Beyond these, reckoning with days ends."""
_BEHIND = ("course", "person", "actor", "stream")
_IN_TIMELINE = ("actor", "behalf", "person", "other_course")
"""The columns with ids of people and courses, of the events behind rows and of a timeline."""


class AmbiguousError(AskedWrongError):
    """Several municipalities have a course of the id that was given, and they are no one's."""

    def __init__(self, whose: Mapping[str, Collection[UUID]]) -> None:
        super().__init__("course", SEVERAL_HAVE_IT)
        self.whose = whose


@dataclass(frozen=True)
class _Shown:
    """Whose data rows hold: those whose ids stand in these columns, there or in what is told
    `beside` them, and those who were `asked` about, by municipality."""

    names: Collection[str]
    asked: Mapping[str, Collection[UUID]]
    beside: Sequence[Row] = ()

    def seen(self, code: str, rows: Sequence[Row]) -> Seen:
        beside = [row for row in self.beside if row["municipality"] == name_of(code)]
        return Seen(len(rows), whose(chain(rows, beside), self.names).union(self.asked[code]))


@dataclass(frozen=True)
class Answered:
    """An answer across municipalities. Positions, and the log's `head`, are each one's own.

    `age_seconds` is for how long there has been an event that the answer doesn't reflect, of what
    was known at a past time one that was recorded by then; 0 when it reflects all. `parked`
    streams are missing from some position on, since something in them can't be read;
    `other_edition` where tables are filled by another definition than the program's. `next` is the
    cursor of the next page, if there is one. `total` is how many rows there are on all pages, where
    that is cheap to tell.
    Of the events behind an answer, `figures` say how those of its rows are made: the row's number
    and keys, the column, a sentence in Danish and one in English.
    `seen` is whose data it holds, by the municipalities' codes.
    """

    rows: list[Row]
    position: int | dict[str, int] | None
    age_seconds: float
    head: int | dict[str, int] | None = None
    parked: int = 0
    other_edition: bool = False
    next: str | None = None
    total: int | None = None
    figures: list[Row] | None = None
    seen: Mapping[str, Seen] = field(default_factory=dict)

    @property
    def stale_because(self) -> list[Words]:
        """Why it isn't what the log holds; nothing where it is."""
        return stale_because(self.age_seconds, self.parked, self.other_edition)

    @property
    def stale(self) -> bool:
        """Whether there is a reason."""
        return bool(self.stale_because)

    def as_dict(self) -> Row:
        """What a machine gets."""
        return {
            "rows": self.rows,
            "position": self.position,
            "head": self.head,
            "age_seconds": self.age_seconds,
            "parked": self.parked,
            "stale": self.stale,
            "stale_because": [words._asdict() for words in self.stale_because],
            "next": self.next,
            "total": self.total,
            **({} if self.figures is None else {"figures": self.figures}),
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
    own: str | None = None,
    limit: int | None = None,
    cursor: str | None = None,
    now: datetime,
) -> Answered:
    """A view's answer for these municipalities, in Danish order of their names.

    `known_at` is a time: each municipality answers at the position that it had then. `by` is the
    level; `period` and `course` (a sender's id) go with the levels that accept them; `where` are
    conditions on the columns. With `explained` the rows are the events behind the answer's; where
    an `own` municipality is given, behind its rows only, and the others say so. With
    `limit` so many rows are answered, and `next` is the `cursor` with which the same question goes
    on; its times and period are the first page's, whether or not they are given again. Raises
    AskedWrongError.
    """
    level = level_of(view, by)
    _check(view, level, {"period": period, "course": course})
    narrow = conditions(
        where,
        level.names,
        level.terms,
        codes=level.codes,
        internal=level.internal,
        shortened=level.shortened,
    )
    by_name = sorted(municipalities, key=lambda m: danish_order(name_of(m.code)))
    seal = Seal(by_name, (view.name, by or view.default, course or "", *where))
    start = None
    if cursor is not None:
        start = seal.opened(cursor, as_of, known_at, period)
        as_of, known_at, period = start.pins.as_of, start.pins.known_at, start.pins.period
    named = {m.code: asked_for(m, level, narrow) for m in by_name} if narrow else {}
    asked = Asked(
        level,
        as_of or now,
        narrow,
        explained,
        asked=_more(by_name, period, course),
        only={code: tests(level, narrow, found) for code, found in named.items()},
        own=own,
    )
    listing = Listing(asked, start.start if start else None, limit)
    pinned = start.pins.positions if start else {}
    ids = {*level.internal, *_BEHIND} if explained else level.internal
    about = {m.code: _about(asked.asked[m.code], named.get(m.code, {})) for m in by_name}
    shown = _Shown(ids, about, listing.figures)
    answered = _answered(by_name, listing.find, listing.finish, shown, known_at, now, pinned)
    answered = replace(
        answered,
        total=listing.total(len(answered.rows)),
        figures=listing.figures if explained else None,
    )
    if listing.next is None:
        return answered
    pins = Pins(asked.as_of, known_at, period, listing.positions)
    return replace(answered, next=seal.sealed(pins, *listing.next))


def _more(
    stores: Sequence[Municipality], period: Period | None, course: str | None
) -> dict[str, Row]:
    """What else a level is asked, of each municipality. Raises AskedWrongError."""
    more: Row = {} if period is None else {"period": period}
    if course is None:
        return {m.code: more for m in stores}
    streams = {m.code: _streams(m, course) for m in stores}
    having = {code: found for code, found in streams.items() if found}
    if not having:
        raise AskedWrongError("course", Words("Intet forløb har det id.", "No course has that id."))
    if len(having) > 1:
        raise AmbiguousError(having)
    return {code: more | {"streams": found} for code, found in streams.items()}


def _about(asked: Mapping[str, Any], named: Named) -> set[UUID]:
    """Who is asked about: an answer without them tells of them too."""
    return set(asked.get("streams", ())).union(*named.values())


def _check(view: View, level: Level, asked: Mapping[str, Any]) -> None:
    for name, value in asked.items():
        if value is not None and name not in level.accepts:
            raise AskedWrongError(name, _not_so(view, level, name))
    if level.needs_course and asked["course"] is None:
        raise AskedWrongError(
            "course", Words("Angiv ét forløb ved dets id.", "Give one course by its id.")
        )


def _not_so(view: View, level: Level, name: str) -> Words:
    """That a level isn't asked about a period or a course, and which levels of the view are."""
    what = _ABOUT[name]
    such = ", ".join(by for by, one in view.levels.items() if name in one.accepts)
    can = Words(f"by={such}", f"by={such}") if such else Words("ingen", "none")
    return Words(
        f"{view.name} {level.of.da} spørges ikke om {what.da}. Det kan: {can.da}.",
        f"{view.name} {level.of.en} isn't asked about {what.en}. What is: {can.en}.",
    )


def _streams(store: Municipality, course: str) -> list[UUID]:
    stream = store.find("course", course)
    return [] if stream is None else [stream]


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
        return with_details(store, with_senders_ids(store, answer.rows, _IN_TIMELINE))

    shown = _Shown(_IN_TIMELINE, {store.code: streams})
    answered = _answered([store], find, finish, shown, known_at, now)
    return replace(answered, total=len(answered.rows))


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
    shown: _Shown,
    known_at: datetime | None,
    now: datetime,
    pinned: Mapping[str, int] | None = None,
) -> Answered:
    rows: list[Row] = []
    positions: dict[str, int] = {}
    heads: dict[str, int] = {}
    seen: dict[str, Seen] = {}
    age, parked, other_edition = 0.0, 0, False
    for store in municipalities:
        position = (pinned or {}).get(store.code)
        if position is None and known_at is not None:
            position = store.log_recorder.position_at(known_at)
        with store.transaction() as cursor:
            answer = find(store, cursor, position)
            fresh = freshness_at(store, cursor, answer.position, now, known_at)
        # What follows takes connections of its own, so this one is given back first.
        finished = finish(store, answer)
        rows += finished
        seen[store.code] = shown.seen(store.code, finished)
        positions[store.code], heads[store.code] = fresh.position, fresh.head
        parked += fresh.parked.streams
        age = max(age, fresh.age_seconds)
        other_edition = other_edition or fresh.other_edition
    at, head = _one_or_each(positions), _one_or_each(heads)
    return Answered(rows, at, age, head, parked, other_edition, seen=seen)


def _one_or_each(positions: dict[str, int]) -> int | dict[str, int]:
    """Of one municipality its own; of several each; of none nothing was reached."""
    if len(positions) > 1:
        return positions
    return next(iter(positions.values()), 0)
