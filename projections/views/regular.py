"""Which courses must be looked into for contradictions: all but those that are always regular.

Whether a course is regular whatever is asked about is worked out once, and kept by the process;
afterwards only courses of which something new was told are looked at again. What is kept says which
courses to look into, never what is found: it holds for every moment and for every position.
"""

from collections.abc import Collection, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.rows import tuple_row
from psycopg.sql import SQL, Composed, Identifier, Literal

from domain.mentor import MentorState
from projections import parking
from projections.asking import Question
from projections.facts.courses import INTAKES
from projections.facts.supervision import SESSIONS
from projections.facts.timeline import TIMELINE
from projections.selecting import several
from projections.tracking import NAME
from projections.views.always_regular import ACTING, EVER_IRREGULAR, FIRST_MATCHES
from projections.views.irregularities import OVER, WORK, Work
from projections.views.known import TABLES, without_loops

FEW = 500
"""With more courses to look into, all are looked at together."""

_W_DAY = SQL("(w.occurred_at at time zone 'Europe/Copenhagen')::date")

# A transaction's own rows may yet be rolled back, and then others stand at the same positions.
_STATE = """select (select oid::bigint from pg_database where datname = current_database()),
 pg_postmaster_start_time(), {named}::regclass::oid::bigint, t.xmin::text, t.notification_id,
 array(select stream from {parked} order by 1), pg_current_xact_id_if_assigned() is null
from {tracking} as t where t.application_name = {name}"""

# Sessions are the team's: of a case's session something may be told that no course tells.
_SESSIONS = "select count(*), max(learned), max(superseded) from {sessions}"

_TOLD = "select distinct stream from {timeline} where learned > %(after)s"

# What isn't known yet at the position is nothing that could be irregular.
_MATCHED = """select stream from {matches} as m where mentor = any(%(mentors)s::uuid[])
 and learned <= %(at)s limit %(many)s"""

_ACTED = """select stream from ({acting}) as a where person = any(%(persons)s::uuid[])
 and function = any(%(functions)s) limit %(many)s"""


class _State(NamedTuple):
    """Where rows are, how far they have come, and which streams are missing in them.

    Rows of a position stay as they are while the tables do, but for the parked streams'. They are
    `settled` where this transaction has written nothing.
    """

    database: int
    started: Any
    table: int
    moved: str
    position: int
    parked: list[UUID]
    settled: bool

    def is_of_the_tables_of(self, other: "_State") -> bool:
        """Whether both are states of the very same tables, which no rebuild has exchanged."""
        return (self.started, self.table) == (other.started, other.table)


class Ever(NamedTuple):
    """What was found of all rows up to a state.

    `odd` are the courses that aren't always regular; `first` is the day of each mentor's first
    match, `acting` who ever acted in which function.
    """

    state: _State
    sessions: tuple[Any, ...]
    odd: frozenset[UUID]
    first: Mapping[UUID, date]
    acting: frozenset[tuple[str, UUID]]


_KEPT: dict[tuple[int, str], Ever] = {}  # by database and schema


def may_be_irregular(
    question: Question, mentors: Mapping[UUID, MentorState], lacking: Mapping[str, Collection[UUID]]
) -> set[UUID] | None:
    """The courses to look into, linked ones aside; None where they are many.

    No staff member has several ids. `lacking` are, of each function, those who may have acted in it
    without holding it.
    """
    ever = ever_irregular(question)
    if len(ever.odd) > FEW:
        return None
    gone = [one for one, first in ever.first.items() if not _works_from(mentors.get(one), first)]
    astray = {(function, one) for function, one in ever.acting if one in lacking.get(function, ())}
    matched: dict[str, Any] = {"mentors": several(gone), "at": question.position}
    acted: dict[str, Any] = {
        "functions": [function for function, _ in astray],
        "persons": several(person for _, person in astray),
    }
    asked = [(_MATCHED, matched)] * bool(gone) + [(_ACTED, acted)] * bool(astray)
    found = set(ever.odd)
    for text, values in asked:
        rows = _rows(question, text, many=FEW + 1, **values)
        if len(rows) > FEW:
            return None  # they needn't all be read to know that they are many
        found.update(stream for (stream,) in rows)
    return found if len(found) <= FEW else None


def _works_from(mentor: MentorState | None, first: date) -> bool:
    """Whether they have worked ever since a day."""
    return mentor is not None and any(
        one.days.from_ <= first and one.days.to is None for one in mentor.services
    )


def ever_irregular(question: Question) -> Ever:
    """What was found up to the state of the rows; what is new is looked at, if there is any."""
    state = _state(question)
    place = state.database, question.schema
    kept = _KEPT.get(place) if state.settled else None
    if kept is not None and not kept.state.is_of_the_tables_of(state):
        kept = None
    if kept is not None and (kept.state == state or kept.state.position > state.position):
        return kept  # what holds of more rows holds of fewer
    sessions = _one(question, _SESSIONS)
    new = None
    if kept is not None and kept.sessions == sessions:
        told = _read(question, _TOLD, after=kept.state.position)
        new = told.union(kept.state.parked, state.parked)
    if kept is None or new is None or len(new) > FEW:
        ever = Ever(state, sessions, *_found(question, None))
    else:
        odd, first, acting = _found(question, new)
        days = {one: min(day, kept.first.get(one, day)) for one, day in first.items()}
        ever = Ever(
            state, sessions, kept.odd - new | odd, {**kept.first, **days}, kept.acting | acting
        )
    if state.settled:
        _KEPT[place] = ever
    return ever


def _found(
    question: Question, streams: Collection[UUID] | None
) -> tuple[frozenset[UUID], Mapping[UUID, date], frozenset[tuple[str, UUID]]]:
    """Of all rows, or of those of some streams."""
    cursor = question.connection.cursor(binary=True, row_factory=tuple_row)
    narrow = streams is not None
    values = {"streams": several(streams or ())}

    def rows(text: str) -> list[Any]:
        statement = _statement(question.schema, text, narrow=narrow)
        return cursor.execute(statement, values if narrow else None).fetchall()

    with without_loops(question):
        odd = frozenset(stream for (stream,) in rows(EVER_IRREGULAR))
        return odd, dict(rows(FIRST_MATCHES)), frozenset(rows(ACTING))


def _state(question: Question) -> _State:
    return _State(*_one(question, _STATE))


def _one(question: Question, text: str) -> tuple[Any, ...]:
    cursor = question.connection.cursor(binary=True, row_factory=tuple_row)
    row = cursor.execute(_statement(question.schema, text, narrow=False), prepare=True).fetchone()
    assert row is not None
    return row


def _read(question: Question, text: str, **values: Any) -> set[UUID]:
    return {stream for (stream,) in _rows(question, text, **values)}


def _rows(question: Question, text: str, **values: Any) -> list[tuple[UUID]]:
    cursor = question.connection.cursor(binary=True, row_factory=tuple_row)
    statement = _statement(question.schema, text, narrow=False)
    return cursor.execute(statement, values, prepare=True).fetchall()


@lru_cache
def _statement(schema: str, text: Any, *, narrow: bool) -> bytes:
    """A statement for a municipality's tables; written once, which takes some time."""
    tables = {name: _all_rows(table.name, schema, narrow=narrow) for name, table in TABLES.items()}
    tables["sessions"] = _all_rows(SESSIONS.name, schema, narrow=False)
    statement = SQL(text).format(
        **tables,
        work=SQL(" union all ").join(_worked(tables[name], of) for name, of in WORK.items()),
        acting=SQL(" union all ").join(
            SQL("select t.stream, {} as function, {} as person from {} as t").format(
                SQL(of.acting[1]), _plain(of.acting[0]), tables[name]
            )
            for name, of in WORK.items()
            if of.acting
        ),
        over=SQL(OVER),
        w_day=_W_DAY,
        timeline=Identifier(schema, TIMELINE.name),
        parked=Identifier(schema, parking.NAME),
        tracking=Identifier(schema, "tracking"),
        name=NAME,
        named=Literal(Identifier(schema, INTAKES.name).as_string(None)),
    )
    return statement.as_bytes(None)


def _all_rows(name: str, schema: str, *, narrow: bool) -> Composed:
    """The rows of a table, whatever they are known by."""
    only = SQL("where stream = any(%(streams)s::uuid[])" if narrow else "")
    return SQL("(select * from {} {})").format(Identifier(schema, name), only)


def _worked(table: Composed, named: Work) -> Composed:
    """When each row of a table was told and happened, and the mentor and caseworker it names."""
    return SQL(
        "select t.stream, t.learned, t.occurred_at as at, {} as mentor, {} as caseworker,"
        " {} as with_citizen from {} as t"
    ).format(
        _plain(named.mentor), _plain(named.caseworker), SQL(str(named.with_citizen).lower()), table
    )


def _plain(column: Any) -> Composed:
    """A column, or which of two, as `WORK` writes it."""
    names = ("speaker", "counterpart", "mentor", "actor")
    return SQL(column or "null::uuid").format(**{name: Identifier("t", name) for name in names})
