"""Courses that may hold a contradiction, found without folding any."""

from collections.abc import Collection, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, LiteralString
from uuid import UUID

from psycopg.rows import tuple_row
from psycopg.sql import SQL, Composed
from psycopg.types.json import Jsonb

from domain.codes import staff_functions
from domain.contradictions.functions import never_without
from domain.mentor import MentorState
from domain.team import TeamState
from projections import identity
from projections.asking import Question
from projections.facts.supervision import SESSIONS
from projections.selecting import several
from projections.views.irregularities import IRREGULARITIES, OVER, REGULAR, UNHELD, WORK, Work
from projections.views.known import (
    TABLES,
    known_rows,
    one_person,
    other_ids,
    planned_once,
    without_loops,
)
from projections.views.regular import may_be_irregular
from projections.views.staff import functions_of
from projections.views.suspicions import FRAMES, OTHER_WORK, SUSPICIONS, WITH_THE_CITIZEN

Mentors = Mapping[UUID, MentorState]

_PERSONS = ("a.speaker", "a.actor", "m.mentor", "s.speaker", "s.counterpart", "s.caseworker")
_WHO = ("speaker", "counterpart", "mentor", "actor")
_OLDEST = SQL('occurred_at, coalesce(sequence, -1), event_id collate "C", source collate "C"')
_DAY = SQL("(occurred_at at time zone 'Europe/Copenhagen')::date")
_W_DAY = SQL("(w.occurred_at at time zone 'Europe/Copenhagen')::date")


def suspects(question: Question, mentors: Mentors) -> set[UUID]:
    """The courses that may hold one, and those that are linked: some too many, never too few."""
    lacking = _lacking(question.once(functions_of), mentors)
    values = {
        "at": question.position,
        "as_of": question.as_of,
        "day": question.day,
        **_working(mentors, question.day),
        **{f"not_{function}": several(persons) for function, persons in lacking.items()},
    }
    linked = set(question.once(identity.courses).linked)
    few = None
    if not question.once(identity.staff):
        few = may_be_irregular(question, mentors, lacking)
    if few is None:
        return linked | _suspected(question, values, _irregular(question, values))
    if not few:
        return linked
    with planned_once(question):
        return linked | _suspected(question, values, few)


def _irregular(question: Question, values: Mapping[str, Any]) -> set[UUID]:
    """The courses that aren't plainly regular."""
    same = question.once(identity.staff)
    statement = _irregularities(question.schema, linked=bool(same))
    ids = {"ids": several(same.keys()), "ones": several(same.values())}
    with without_loops(question):
        return _streams(question, statement, {**values, **ids})


@lru_cache
def _irregularities(schema: str, *, linked: bool) -> bytes:
    """The statement for a municipality; written once, which takes some time."""
    tables = {name: known_rows(table, schema) for name, table in TABLES.items()}
    persons: dict[str, SQL] = {}
    for column in ("i.caseworker", "c.caseworker", "m.mentor"):
        name = column.replace(".", "_")
        persons[name], persons[f"like_{name}"] = other_ids(column, linked=linked)
    work = [_worked(tables[name], named, linked=linked) for name, named in WORK.items()]
    statement = SQL(IRREGULARITIES).format(
        **tables,
        **persons,
        regular=SQL(REGULAR).format(**tables, **persons, over=SQL(OVER)),
        work=SQL(" union all ").join(work),
        linked=SQL("true" if linked else "false"),
        w_day=_W_DAY,
    )
    return statement.as_bytes(None)


def _worked(table: Composed, named: Work, *, linked: bool) -> Composed:
    """When each row of a table happened, and the mentor and caseworker whom it names."""
    text = f"{named.mentor} {named.caseworker} {named.acting}"
    columns = [name for name in _WHO if f"{{{name}}}" in text]
    of = {name: other_ids(f"t.{name}", linked=linked) for name in columns}
    ones = {name: one for name, (one, _) in of.items()}
    return SQL(
        "select t.stream, t.occurred_at as at, {mentor} as mentor, {caseworker} as caseworker,"
        " {with_citizen} as with_citizen, {unheld} as unheld"
        " from {table} as t {like} where t.occurred_at <= %(as_of)s"
    ).format(
        mentor=SQL(named.mentor or "null::uuid").format(**ones),
        caseworker=SQL(named.caseworker or "null::uuid").format(**ones),
        with_citizen=named.with_citizen,
        unheld=_unheld(named, ones),
        table=table,
        like=SQL(" ").join(join for _, join in of.values()),
    )


def _unheld(named: Work, ones: Mapping[str, SQL]) -> Composed:
    if named.acting is None:
        return SQL("false").format()
    person, function = named.acting
    return SQL(UNHELD).format(person=SQL(person).format(**ones), function=SQL(function))


def _suspected(question: Question, values: Mapping[str, Any], among: Collection[UUID]) -> set[UUID]:
    """Of these courses those that a suspicion falls on."""
    if not among:
        return set()
    same = question.once(identity.staff)
    statement = _suspicions(question.schema, linked=bool(same))
    ones = Jsonb({str(id_): str(one) for id_, one in same.items()})
    asked = {**values, "same": ones, "streams": list(among)}
    return _streams(question, statement, asked)


@lru_cache
def _suspicions(schema: str, *, linked: bool) -> bytes:
    """The same of what suspicions are found by."""
    persons = {name.replace(".", "_"): one_person(name, linked=linked) for name in _PERSONS}
    text = FRAMES + " union ".join(f"({condition})" for condition in SUSPICIONS.values())
    tables = {
        name: known_rows(table, schema, narrow=table is not SESSIONS)
        for name, table in TABLES.items()
    }
    spans = [_span(tables[name], last="max(occurred_at)") for name in WITH_THE_CITIZEN]
    spans += [_span(tables[name], last="null::timestamptz") for name in OTHER_WORK]
    statement = SQL(text).format(
        **tables,
        **persons,
        spans=SQL(" union all ").join(spans),
        oldest=_OLDEST,
        day=_DAY,
        w_day=_W_DAY,
        unheld=SQL(UNHELD).format(person=SQL("w.person"), function=SQL("w.function")),
    )
    return statement.as_bytes(None)


def _streams(question: Question, statement: bytes, values: Mapping[str, Any]) -> set[UUID]:
    cursor = question.connection.cursor(binary=True, row_factory=tuple_row)
    return {stream for (stream,) in cursor.execute(statement, values, prepare=True)}


def _span(table: Composed, *, last: LiteralString) -> Composed:
    """When what a table tells of each course first happened by the moment, and last."""
    return SQL(
        "select stream, min(occurred_at) as first, {} as last from {} as t"
        " where occurred_at <= %(as_of)s group by 1"
    ).format(SQL(last), table)


def _working(mentors: Mentors, day: date) -> dict[str, Any]:
    """On which days who works as mentor, and who isn't employed on the day."""
    served = [
        (person, service.days.from_, service.days.to or date.max)
        for person, mentor in mentors.items()
        for service in mentor.services
    ]
    return {
        "workers": several(person for person, _, _ in served),
        "works_from": [first for _, first, _ in served],
        "works_to": [until for _, _, until in served],
        "gone": several(person for person, one in mentors.items() if not one.is_employed_on(day)),
    }


def _lacking(team: TeamState, mentors: Mentors) -> dict[str, set[UUID]]:
    """Of each function who was ever without it while they held another."""
    lacking: dict[str, set[UUID]] = {function: set() for function in staff_functions.codes}
    for person, function, never in never_without(team, mentors):
        if not never:
            lacking[function].add(person)
    return lacking
