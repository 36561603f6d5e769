"""The live tables against those made of events alone, row for row (*sammenligning*).

A row that somebody changed, took away or put in by hand is named, the one of the earliest event
first; so is every view that answers otherwise because of it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from psycopg import Cursor
from psycopg.rows import dict_row
from psycopg.sql import SQL, Composed, Identifier

from projections import amendments, parking
from projections.facts import all as facts
from projections.paging import Page
from services.audit.changes.rebuilt import Beside
from services.audit.changes.rows import Row, pairs
from services.view_list.all import VIEWS
from services.view_list.shape import Level

CHANGED, MISSING, EXTRA = "changed", "missing", "extra"
BY = " --by "
"""Between a view's name and its level's, where one is named."""
_SHOWN = 200  # rows of a table that are looked at to name the first; more are counted
_ASKED = 20  # courses of which a view is asked that is asked of one course
_KEY = ("stream", "source", "event_id")

_DIFFERING = """with differing as (
 select true as is_live, one.* from (
  select {columns} from {live} except all select {columns} from {rebuilt}) as one
 union all select false, one.* from (
  select {columns} from {rebuilt} except all select {columns} from {live}) as one)
 select *, count(*) filter (where is_live) over () as live_rows,
  count(*) filter (where not is_live) over () as rebuilt_rows
 from differing order by {order} limit {limit}"""


class Differing(NamedTuple):
    """What differs in a table, or in a view's answer: how many rows, and the first of them.

    `what` happened to it: changed, missing or too many in the live one. `row` is what it is known
    by; `columns` those that differ, `live` and `rebuilt` what stands in them.
    """

    where: str
    what: str
    rows: int
    row: Row
    columns: Sequence[str]
    live: Row
    rebuilt: Row


TABLES = {
    **{table.name: ("learned", *_KEY) for table in facts.TABLES},
    amendments.NAME: ("occurred_at", *_KEY),
    parking.NAME: ("position", "stream"),
}
"""The tables that are filled from the log, and by what their rows are ordered."""


def compare_tables(
    beside: Beside, done: Callable[[str], None] = lambda table: None
) -> list[Differing]:
    """The tables that aren't what the events say."""
    found = []
    for name, order in TABLES.items():
        columns = _columns(beside, name)
        rows = _differing(beside, name, columns, order)
        if rows:
            found.append(_first(name, columns, rows))
        done(name)
    return found


def _columns(beside: Beside, name: str) -> Sequence[str]:
    """Its columns. What is parked since when, and how often it was tried, no event tells."""
    if name == parking.NAME:
        return parking.COLUMNS
    nothing = SQL("select * from {} limit 0").format(Identifier(beside.rebuilt.schema, name))
    return [column.name for column in beside.cursor.execute(nothing).description or ()]


def _differing(
    beside: Beside, name: str, columns: Sequence[str], order: Sequence[str]
) -> list[Row]:
    statement: Composed = SQL(_DIFFERING).format(
        columns=SQL(", ").join(map(Identifier, columns)),
        live=Identifier(beside.live.schema, name),
        rebuilt=Identifier(beside.rebuilt.schema, name),
        order=SQL(", ").join(map(Identifier, (*order, "is_live"))),
        limit=_SHOWN,
    )
    cursor = beside.cursor.connection.cursor(row_factory=dict_row)
    return cursor.execute(statement).fetchall()


def _first(name: str, columns: Sequence[str], rows: list[Row]) -> Differing:
    """Of the rows that stand in one table only, those of one event belong together."""
    known_by = [one for one in _KEY if one in columns] or list(columns[:1])
    together: defaultdict[tuple[Any, ...], dict[bool, Row]] = defaultdict(dict)
    for row in rows:
        together[tuple(row[one] for one in known_by)].setdefault(row["is_live"], row)
    key, sides = next(iter(together.items()))
    live, rebuilt = sides.get(True), sides.get(False)
    what = CHANGED if live and rebuilt else EXTRA if live else MISSING
    either = [one for one in columns if not (live and rebuilt) or live[one] != rebuilt[one]]
    several = max(rows[0]["live_rows"], rows[0]["rebuilt_rows"])
    return Differing(
        name,
        what,
        several,
        dict(zip(known_by, key, strict=True)) | _place(live or rebuilt or {}),
        either,
        {one: live[one] for one in either} if live else {},
        {one: rebuilt[one] for one in either} if rebuilt else {},
    )


def _place(row: Row) -> Row:
    return {name: row[name] for name in ("learned", "position") if name in row}


def compare_views(
    beside: Beside,
    names: Sequence[str],
    now: datetime,
    done: Callable[[str], None] = lambda level: None,
) -> list[Differing]:
    """The views, level by level, that answer otherwise than the events say."""
    found = []
    for name in names:
        for by, level in VIEWS[name].levels.items():
            for asked in _questions(beside, level):
                differing = _answers(beside, f"{name}{BY}{by}", level, now, asked)
                if differing:
                    found.append(differing)
                    break
            done(f"{name}{BY}{by}")
    return found


def levels(names: Sequence[str]) -> int:
    """How many levels these views have."""
    return sum(len(VIEWS[name].levels) for name in names)


def _questions(beside: Beside, level: Level) -> Iterator[Row]:
    """What a level is asked: once of all, or of some courses where it is asked of one."""
    if not level.needs_course:
        yield {}
        return
    cursor: Cursor[Any] = beside.cursor
    courses = SQL("select distinct stream from {} order by 1 limit {}").format(
        Identifier(beside.rebuilt.schema, "intakes"), _ASKED
    )
    for (stream,) in cursor.execute(courses).fetchall():
        yield {"streams": [stream]}


def _answers(
    beside: Beside, name: str, level: Level, now: datetime, asked: Row
) -> Differing | None:
    page, connection = Page(behind=False), beside.cursor.connection
    live, rebuilt = (
        level.ask(connection, place, as_of=now, page=page, **asked).rows
        for place in (beside.live, beside.rebuilt)
    )
    found = pairs(level.keys, live, rebuilt)
    if not found:
        return None
    first = found[0]
    what = CHANGED if first.one and first.other else EXTRA if first.one else MISSING
    return Differing(
        name,
        what,
        len(found),
        first.key,
        first.columns,
        {name: first.one[name] for name in first.columns} if first.one else {},
        {name: first.other[name] for name in first.columns} if first.other else {},
    )
