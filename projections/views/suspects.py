"""Courses that may hold a contradiction, found without folding any."""

from collections.abc import Mapping
from datetime import date
from typing import Any, LiteralString
from uuid import UUID

from psycopg.rows import tuple_row
from psycopg.sql import SQL, Composed
from psycopg.types.json import Jsonb

from domain.mentor import MentorState
from projections import identity
from projections.asking import Question
from projections.facts.activities import ACTIVITIES, ATTEMPTS
from projections.facts.agreements import AGREEMENTS
from projections.facts.courses import CASEWORKER_CHANGES, CLOSINGS, INTAKES, REOPENINGS
from projections.facts.grants import AUTHORITY_ACTS
from projections.facts.matches import CHEMISTRY_CHECKS, FIRST_MEETINGS, MATCH_ENDS, MATCHES
from projections.facts.roles import (
    ACKNOWLEDGEMENTS,
    COORDINATIONS,
    FRICTIONS,
    GOALS,
    REVIEWS,
    STATEMENTS,
)
from projections.facts.supervision import CASES, SESSIONS
from projections.table import FactTable
from projections.views.known import known_rows, one_person
from projections.views.suspicions import FRAMES, OTHER_WORK, SUSPICIONS, WITH_THE_CITIZEN

Mentors = Mapping[UUID, MentorState]

_TABLES: dict[str, FactTable] = {
    "intakes": INTAKES,
    "changes": CASEWORKER_CHANGES,
    "closings": CLOSINGS,
    "reopenings": REOPENINGS,
    "matches": MATCHES,
    "ends": MATCH_ENDS,
    "first_meetings": FIRST_MEETINGS,
    "chemistry_checks": CHEMISTRY_CHECKS,
    "agreements": AGREEMENTS,
    "activities": ACTIVITIES,
    "attempts": ATTEMPTS,
    "statements": STATEMENTS,
    "goals": GOALS,
    "acknowledgements": ACKNOWLEDGEMENTS,
    "reviews": REVIEWS,
    "coordinations": COORDINATIONS,
    "frictions": FRICTIONS,
    "acts": AUTHORITY_ACTS,
    "cases": CASES,
    "sessions": SESSIONS,
}
_PERSONS = ("a.speaker", "m.mentor", "s.speaker", "s.counterpart", "s.caseworker")
_OLDEST = 'occurred_at, coalesce(sequence, -1), event_id collate "C", source collate "C"'
_DAY = "(occurred_at at time zone 'Europe/Copenhagen')::date"
_W_DAY = "(w.occurred_at at time zone 'Europe/Copenhagen')::date"


def suspects(question: Question, mentors: Mentors) -> set[UUID]:
    """The courses that may hold one, and those that are linked: some too many, never too few."""
    linked = bool(question.once(identity.staff))
    persons = {name.replace(".", "_"): one_person(name, linked=linked) for name in _PERSONS}
    text = FRAMES + " union ".join(f"({condition})" for condition in SUSPICIONS.values())
    tables = {name: known_rows(table, question.schema) for name, table in _TABLES.items()}
    spans = [_span(tables[name], last="max(occurred_at)") for name in WITH_THE_CITIZEN]
    spans += [_span(tables[name], last="null::timestamptz") for name in OTHER_WORK]
    statement = SQL(text).format(
        **tables,
        **persons,
        spans=SQL(" union all ").join(spans),
        oldest=SQL(_OLDEST),
        day=SQL(_DAY),
        w_day=SQL(_W_DAY),
    )
    values = {
        "at": question.position,
        "as_of": question.as_of,
        "day": question.day,
        "same": Jsonb({str(k): str(v) for k, v in question.once(identity.staff).items()}),
        **_working(mentors, question.day),
    }
    cursor = question.connection.cursor(binary=True, row_factory=tuple_row)
    rows = cursor.execute(statement, values, prepare=False)
    return {stream for (stream,) in rows} | set(question.once(identity.courses).linked)


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
        "workers": [person for person, _, _ in served],
        "works_from": [first for _, first, _ in served],
        "works_to": [until for _, _, until in served],
        "gone": [person for person, one in mentors.items() if not one.is_employed_on(day)],
    }
