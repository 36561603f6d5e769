"""The rows of a level (*rækker*), one municipality's after the other's, until a page is full."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Cursor

from domain.reckoning import Figure
from domain.values import Ref
from projections.asking import Answer, Question
from projections.asking import Municipality as Where
from projections.paging import FIRST, Page, Place
from services.explaining import explain
from services.municipalities import name_of
from services.narrowing import Condition
from services.rendering import Month
from services.store.municipality import Municipality
from services.view_list.shape import Level

Row = dict[str, Any]
Test = Callable[[Any], bool]
_FIGURE = ("column", "da", "en")
_TURN = 256  # rows read at once where what is wanted shows only in senders' ids


@dataclass(frozen=True)
class Asked:
    """What is asked of a level; `asked` are the period, and the streams of each municipality.

    What is behind an answer is told of the municipality `own` only, if one is given.
    """

    level: Level
    as_of: datetime
    narrow: Sequence[Condition] = ()
    explained: bool = False
    asked: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    only: Mapping[str, Mapping[str, Test]] = field(default_factory=dict)
    own: str | None = None

    def explains(self, store: Municipality) -> bool:
        """Whether what is behind this municipality's rows is asked for and may be told."""
        return self.explained and self.own in (None, store.code)

    @property
    def late(self) -> list[Condition]:
        """The conditions on senders' ids, which come beside the internal ones at last."""
        return [one for one in self.narrow if one.column in besides(self.level)]

    def read(
        self, store: Municipality, cursor: Cursor[Any], position: int | None, page: Page
    ) -> Answer:
        """The rows of a page; the events behind are asked for on the same connection, if at all."""
        place = Where(store.code, name_of(store.code), store.schema)
        answer = self.level.ask(
            cursor.connection,
            place,
            as_of=self.as_of,
            known_at=position,
            page=page,
            **self.asked.get(store.code, {}),
        )
        found = [tuple(behind()) for behind in answer.behind]
        told = [tuple(figures()) for figures in answer.figures]
        return answer._replace(
            behind=[partial(tuple, refs) for refs in found],
            figures=[partial(tuple, figures) for figures in told],
        )


class _Found(NamedTuple):
    """A row with its sender's ids, where it stands, the events behind it, and how its figures are
    made, if asked."""

    place: Place
    row: Row
    behind: Sequence[Ref]
    figures: Sequence[Figure]


class Listing:
    """The rows that a page has of each municipality. `start` is the first, and where in its list.

    Then `next` is where the next page starts, None after the last one.
    """

    def __init__(self, asked: Asked, start: tuple[str, Place] | None, limit: int | None) -> None:
        self._asked = asked
        self._start, self._is_first = start, start is None
        self._left = limit
        self.positions: dict[str, int] = {}
        self.next: tuple[str, Place] | None = None
        self.figures: list[Row] = []
        self._explained = 0  # rows so far
        self._total: int | None = None if asked.explained or asked.late else 0

    def find(self, store: Municipality, cursor: Cursor[Any], position: int | None) -> Answer:
        """The rows of the page that a municipality has, or the first of them; none where nothing
        was received, since nothing known isn't the same as a figure of 0."""
        elsewhere = self._start is not None and self._start[0] != store.code
        if self.next is not None or elsewhere:
            self._total = None
        if self.next is not None or elsewhere or position == 0:
            return Question(cursor.connection, store.schema, known_at=position).answer([])
        place = self._start[1] if self._start else FIRST
        self._start = None
        answer = self._asked.read(store, cursor, position, self._page(store, place))
        if answer.position == 0:
            return answer._replace(rows=[], behind=[], places=[])
        self._count(answer.total)
        return answer

    def _count(self, total: int | None) -> None:
        self._total = None if self._total is None or total is None else self._total + total

    def total(self, rows: int) -> int | None:
        """How many rows there are in all, of which these many are on the page; None where it would
        take reading them all to know."""
        if self._asked.explained:
            return None
        whole = self.next is None and self._is_first
        return rows if whole else self._total

    def finish(self, store: Municipality, answer: Answer) -> list[Row]:
        """The same as they are shown: with what is missing of them, less what is too much."""
        self.positions[store.code] = answer.position
        found = list(self._found(store, answer))
        if self._left is not None:
            if len(found) > self._left:
                self.next = (store.code, found[self._left].place)
            found = found[: self._left]
            self._left -= len(found)
        if not self._asked.explained:
            return [one.row for one in found]
        behind = [(_keys(self._asked.level, one.row), one.behind) for one in found]
        first = self._explained + 1
        self._explained += len(found)
        self.figures += _figures(self._asked.level, found, first)
        events = explain(store, behind, answer.position, first)
        return with_senders_ids(store, events, ["actor", "course", "person"])

    def _page(self, store: Municipality, start: Place) -> Page:
        """One row more than there is room for tells whether there is another page."""
        asked, wanted = self._asked, None if self._left is None else self._left + 1
        if wanted is not None and asked.late:
            wanted = max(wanted, _TURN)
        return Page(start, wanted, asked.only.get(store.code, {}), asked.explains(store))

    def _found(self, store: Municipality, answer: Answer) -> Iterator[_Found]:
        """The rows that meet all conditions, read on until one is too much or there are no more."""
        named, late, several = list(besides(self._asked.level).values()), self._asked.late, 0
        while True:
            rows = with_senders_ids(store, with_months(answer.rows, self._asked.level), named)
            for number, row in enumerate(rows):
                if all(one.holds(row) for one in late):
                    yield _Found(answer.places[number], row, *self._behind(store, answer, number))
                    several += 1
            page = self._page(store, FIRST)
            if page.limit is None or len(rows) < page.limit or several > (self._left or 0):
                return
            last = answer.places[-1]
            page = self._page(store, last._replace(rows=last.rows + 1))
            with store.transaction() as cursor:
                answer = self._asked.read(store, cursor, answer.position, page)

    def _behind(
        self, store: Municipality, answer: Answer, number: int
    ) -> tuple[Sequence[Ref], Sequence[Figure]]:
        """The events behind a row, and how its figures are made; or why they aren't told."""
        if not self._asked.explained:
            return (), ()
        if not self._asked.explains(store):
            return (), (_told_elsewhere(store),)
        events = tuple(answer.behind[number]()) if self._asked.level.explained else ()
        return events, tuple(answer.figures[number]())


def _told_elsewhere(store: Municipality) -> Figure:
    """Why nothing is told of what is behind another municipality's row, and who is told it."""
    name = name_of(store.code)
    return Figure(
        "municipality",
        f"Hændelserne bag rækken for {name} fortælles kun dér: spørg med en adgang til kommune"
        f" {store.code}.",
        f"The events behind the row of {name} are told there only: ask with an access to"
        f" municipality {store.code}.",
    )


def besides(level: Level) -> dict[str, str]:
    """The columns of senders' ids, and the one of internal ids beside which each stands."""
    return {column.beside.name: column.name for column in level.columns if column.is_named}


Named = Mapping[Condition, frozenset[UUID]]
"""The courses and persons that conditions on their ids ask for."""


def asked_for(store: Municipality, level: Level, narrow: Collection[Condition]) -> Named:
    """Whom conditions ask for: a sender's id stands for one in each system that has it."""
    units = {column.beside.name: column.unit for column in level.columns if column.is_named}
    internal, found = set(besides(level).values()), dict[Condition, frozenset[UUID]]()
    for one in narrow:
        if one.sign == "=" and one.value and one.column in units:
            ids = store.find_all(units[one.column], one.value, store.sources())
            found[one] = frozenset(ids)
        elif one.sign == "=" and one.value and one.column in internal:
            found[one] = frozenset([UUID(one.value)])
    return found


def tests(level: Level, narrow: Collection[Condition], named: Named) -> dict[str, Test]:
    """What columns must pass, by name, for a row to meet these conditions, as far as it can be told
    before senders' ids are known: that of a sender's id is one of those that it stands for."""
    found: dict[str, list[Test]] = defaultdict(list)
    internal = besides(level)
    for one in narrow:
        if one.column in level.months:
            found[one.column].append(partial(_in_month, one))
        elif one.column not in internal:
            found[one.column].append(one.meets)
        elif one in named:
            found[internal[one.column]].append(named[one].__contains__)
    return {name: partial(_passes, several) for name, several in found.items()}


def _in_month(condition: Condition, first: date) -> bool:
    return condition.meets(Month(first))


def _passes(several: Sequence[Test], value: Any) -> bool:
    return all(test(value) for test in several)


def _figures(level: Level, found: Iterable[_Found], first: int) -> Iterator[Row]:
    """How the figures of rows are made, each with its row's number, its keys and column."""
    for number, one in enumerate(found, first):
        keys = _keys(level, one.row)
        for figure in one.figures:
            yield {"row": number, **keys, **dict(zip(_FIGURE, figure, strict=True))}


def _keys(level: Level, row: Row) -> Row:
    """What a row is known by: its municipality, and the level's keys."""
    names = ["municipality", *level.keys, *(f"{name}_id" for name in level.keys)]
    # An event has an id of its own.
    return {"row_id" if name == "id" else name: row[name] for name in names if name in row}


def with_months(rows: Sequence[Row], level: Level) -> Sequence[Row]:
    """Views tell a month by its first day; these columns hold months."""
    if not level.months:
        return rows
    return [row | {name: Month(row[name]) for name in level.months} for row in rows]


def with_senders_ids(store: Municipality, rows: Sequence[Row], named: Collection[str]) -> list[Row]:
    """Beside each internal id, `<column>_id`: what its sender calls it; None if that is gone."""
    ids: set[UUID] = {row[name] for row in rows for name in named if row[name] is not None}
    known = {id_: sent for id_, (_, sent) in store.references(ids).items()}
    beside = [(f"{name}_id", name) for name in named]
    return [row | {column: known.get(row[name]) for column, name in beside} for row in rows]
