"""Statements about the pairs of running courses: which they are, and what is known of each.

Each is made of the same parts, set by set. What RUNNING leaves to the fold is in `odd`.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, LiteralString
from uuid import UUID

from psycopg.rows import BaseRowFactory, namedtuple_row
from psycopg.sql import SQL, Identifier, Literal
from psycopg.types.json import Jsonb

from domain import codes
from domain.calendar import start_of
from domain.role_clarity import ASSUMED
from projections import identity
from projections.asking import Question
from projections.selecting import several
from projections.views.known import TABLES, known_rows, one_person

FORMS = codes.coordination_forms.codes
_FORM_COLUMNS = [f"form_{form}" for form in FORMS]

# Odd are courses that tell something twice: linked, reopened, a match begun twice. What is closed
# and not reopened has no open match. All else is joined with `running`, each course one row, or
# with `pair` first: both are small, so that the planner looks rows up in them rather than them in
# the rows.
RUNNING = """
with unclosed as materialized (
 select m.stream, match, mentor, from_day from {matches} as m
 where m.stream not in (select stream from {closings} as c where to_day <= %(day)s)),
odd as materialized (
 select unnest(%(linked)s::uuid[]) as stream union select stream from {reopenings} as r
 union select stream from unclosed group by stream, match having count(*) > 1),
follows as materialized (
 select m.stream, {m_mentor} as mentor, min(from_day) as since from unclosed as m
 where from_day <= %(day)s and m.stream not in (select stream from odd)
 and (m.stream, m.match) not in (select stream, match from {ends} as e where to_day <= %(day)s)
 group by 1, 2),
running as materialized (select distinct stream from follows)"""

PAIR = """,
steps as (
 select i.stream, caseworker, occurred_at, sequence, event_id, source,
  (occurred_at at time zone 'Europe/Copenhagen')::date as from_day
 from running join {intakes} as i using (stream) where occurred_at < %(next_day)s
 union all
 select c.stream, caseworker, occurred_at, sequence, event_id, source, from_day
 from running join {changes} as c using (stream) where from_day <= %(day)s),
responsible as (
 select distinct on (stream) stream, {s_caseworker} as caseworker, from_day
 from steps as s order by stream, from_day desc, {newest}),
pair as materialized (
 select row_number() over () as n, f.stream, f.mentor, r.caseworker,
  case when r.from_day is not null then greatest(f.since, r.from_day) end as since
 from follows as f left join responsible as r using (stream))"""

SAID = """,
latest as (
 select distinct on (n, by_mentor) n,
  s.speaker_function = 'mentor' as by_mentor, s.occurred_at as at, s.answers
 from pair as p join {statements} as s using (stream)
 where s.occurred_at <= %(as_of)s and (s.speaker_function = 'mentor'
   and {s_speaker} = p.mentor and {s_counterpart} = p.caseworker
  or s.speaker_function = 'caseworker'
   and {s_speaker} = p.caseworker and {s_counterpart} = p.mentor)
 order by n, by_mentor, {newest}),
said as materialized (
 select n, max(answers) filter (where by_mentor) as mentor_said,
  max(answers) filter (where not by_mentor) as caseworker_said,
  max(at) filter (where by_mentor) as mentor_said_at,
  max(at) filter (where not by_mentor) as caseworker_said_at
 from latest group by 1)"""

GOAL = """,
setting as materialized (
 select g.stream, goal, speaker, speaker_function, occurred_at, sequence, event_id, source
 from running join {goals} as g using (stream) where occurred_at <= %(as_of)s),
set_first as (
 select distinct on (stream, goal) stream, goal, occurred_at, sequence, event_id, source
 from setting order by stream, goal, {oldest}),
current as materialized (
 select distinct on (stream) stream, goal, occurred_at as at from set_first
 order by stream, {newest}),
acknowledged as (
 select stream, goal, speaker, speaker_function
 from setting where speaker_function in ('mentor', 'caseworker')
 union all
 select a.stream, goal, speaker, speaker_function
 from running join {acknowledgements} as a using (stream) where occurred_at <= %(as_of)s),
stands as materialized (
 select n,
  bool_or(a.speaker_function = 'mentor' and {a_speaker} = p.mentor) as mentor_stands,
  bool_or(a.speaker_function = 'caseworker' and {a_speaker} = p.caseworker) as caseworker_stands
 from current join acknowledged as a using (stream, goal) join pair as p using (stream)
 group by 1)"""

CONTACT = """,
talked as materialized (
 select n, max(c.occurred_at) as at, {forms}
 from pair as p join {coordinations} as c using (stream)
 where c.occurred_at <= %(as_of)s and 'mentor' = any(c.functions)
 and 'caseworker' = any(c.functions)
 and ({c_first_mentor} = p.mentor
  or exists (select from unnest(c.participants, c.functions) as t (id, function)
   where function = 'mentor' and {t_id} = p.mentor))
 and ({c_first_caseworker} = p.caseworker
  or exists (select from unnest(c.participants, c.functions) as t (id, function)
   where function = 'caseworker' and {t_id} = p.caseworker))
 group by 1),
taken_up as materialized (
 select c.stream, max(occurred_at) as at from running join {coordinations} as c using (stream)
 where occurred_at <= %(as_of)s and functions @> array['coordinator']
 and topics @> array['roles'] group by 1)"""

CROSSED = """,
authority as materialized (
 select n, count(*)::int as number
 from pair as p join {acts} as a using (stream)
 where a.occurred_at >= %(crossed_since)s and a.occurred_at <= %(as_of)s
 and a.actor_function <> 'caseworker'
 and (a.actor_function <> 'mentor' or {a_actor} = p.mentor) group by 1),
mentor_work as materialized (
 select n, count(*)::int as number
 from pair as p join {activities} as a using (stream)
 where a.occurred_at >= %(crossed_since)s and a.occurred_at <= %(as_of)s
 and a.speaker_function = 'caseworker' and {a_speaker} = p.caseworker group by 1)"""

_NEWEST = """occurred_at desc, coalesce(sequence, -1) desc, event_id collate "C" desc,
 source collate "C" desc"""
_OLDEST = """occurred_at, coalesce(sequence, -1), event_id collate "C", source collate "C" """
_FIRST = "c.participants[array_position(c.functions, '{}')]"
_PERSONS = {
    "m_mentor": "m.mentor",
    "s_caseworker": "s.caseworker",
    "s_speaker": "s.speaker",
    "s_counterpart": "s.counterpart",
    "a_speaker": "a.speaker",
    "a_actor": "a.actor",
    "t_id": "t.id",
    "c_first_mentor": _FIRST.format("mentor"),
    "c_first_caseworker": _FIRST.format("caseworker"),
}


def found(
    question: Question,
    *parts: LiteralString,
    streams: Collection[UUID] | None = None,
    rows: BaseRowFactory[Any] = namedtuple_row,
    **more: Any,
) -> Sequence[Any]:
    """The rows of a statement made of parts, `more` its parameters beside those of all.

    With `streams` the rows of those courses only are read. `rows` says what a row becomes.
    """
    linked = bool(question.once(identity.staff))
    text = _statement(question.schema, "".join(parts), linked=linked, narrow=streams is not None)
    values = {**_asked(question), "streams": several(streams or ()), **more}
    cursor = question.connection.cursor(binary=True, row_factory=rows)
    question.once(_planned)
    return cursor.execute(text, values, prepare=True).fetchall()


def _planned(question: Question) -> None:
    """How the planner joins: without loops, since what is joined is thousands of rows, which it
    can't know of tables just filled; and in the order in which the statements say it, since to try
    others takes longer than it saves. So a plan made once serves any day and any courses: to plan
    for the courses that are asked for takes longer than to read them."""
    question.connection.execute(
        "select set_config('enable_nestloop', 'off', true),"
        " set_config('join_collapse_limit', '1', true),"
        " set_config('plan_cache_mode', 'force_generic_plan', true)"
    )


def after(day: date, days: int) -> datetime:
    """The beginning of the last so many days, the day itself among them."""
    return start_of(day - timedelta(days=days - 1))


def _asked(question: Question) -> dict[str, Any]:
    day = question.day
    return {
        "at": question.position,
        "as_of": question.as_of,
        "day": day,
        "next_day": start_of(day + timedelta(days=1)),
        "linked": list(question.once(identity.courses).linked),
        "same": Jsonb({str(k): str(v) for k, v in question.once(identity.staff).items()}),
        "contacts_since": after(day, ASSUMED.contacts_in),
        "crossed_since": after(day, ASSUMED.crossings_in),
        "frictions_since": after(day, ASSUMED.frictions_in),
    }


@lru_cache
def _statement(schema: str, text: LiteralString, *, linked: bool, narrow: bool) -> bytes:
    """A statement for the tables of a municipality; written once, which takes some time."""
    statement = SQL(text).format(
        **{name: known_rows(table, schema, narrow=narrow) for name, table in TABLES.items()},
        **{name: one_person(column, linked=linked) for name, column in _PERSONS.items()},
        newest=SQL(_NEWEST),
        oldest=SQL(_OLDEST),
        forms=SQL(", ").join(
            SQL(
                "count(*) filter (where c.form = {} and c.occurred_at >= %(contacts_since)s)::int"
                " as {}"
            ).format(Literal(form), Identifier(f"form_{form}"))
            for form in FORMS
        ),
        form_columns=SQL(", ").join(Identifier("talked", name) for name in _FORM_COLUMNS),
        form_sums=SQL(", ").join(
            SQL("sum({0}) as {0}").format(Identifier(name)) for name in _FORM_COLUMNS
        ),
        lately=SQL(" + ").join(map(Identifier, _FORM_COLUMNS)),
    )
    return statement.as_bytes(None)
