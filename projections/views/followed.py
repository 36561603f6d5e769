"""Who followed which citizen on which days, found by the database: figures without a fold.

The relation `followed` says of rows what `domain.matches` and `domain.spells` say of events, and a
property test holds them to it: of a match the first beginning holds, and the earliest end; it ends
with the spell it was decided in; linked courses are one. Most courses are plain: not linked, never
reopened, closed once at most, each match told once. What holds of them is read off; the others are
put in fold order.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID

from psycopg.rows import namedtuple_row
from psycopg.sql import SQL, Identifier

from projections import identity
from projections.asking import Question
from projections.selecting import several
from projections.views.known import planned_once

_ONES = """
 course_of (id, one) as (
  select * from unnest(%(course_ids)s::uuid[], %(course_ones)s::uuid[])),
 citizen_of (id, one) as (
  select * from unnest(%(citizen_ids)s::uuid[], %(citizen_ones)s::uuid[])),"""
"""Which ids are one: of linked ids the one that stands for all."""

_LONE = """
 several as materialized (
  select id as stream from citizen_of
  union all select stream from {schema}.reopenings where {known}
  union all (select stream from {schema}.closings where {known}
   group by stream having count(*) > 1)
  union all (select stream from {schema}.matches where {known}
   group by stream having count(*) > 1)),
 lone as (
  select from_day, coalesce(to_day, 'infinity') as to_day, out_day from (
   select m.from_day, least(c.to_day, e.to_day) as to_day,
    case when c.reason = 'dropped-out' then c.to_day end as out_day
   from {schema}.matches m
   left join (select stream, to_day, reason from {schema}.closings where {known}) c using (stream)
   left join (select stream, match, min(to_day) as to_day from {schema}.match_ends
    where {known} group by stream, match) e using (stream, match)
   where {known} and m.stream not in (select stream from several)) as m
  where to_day is null or from_day < to_day),"""
"""The days of citizens who are known by one plain course with one match, and the others' courses:
of whom each is counted once need not be asked of the former."""

_ODD = """
 odd as materialized (
  select id as stream from citizen_of
  union select stream from {schema}.reopenings where {known}
  union (select stream from {schema}.closings where {known} {within}
   group by stream having count(*) > 1)
  union (select stream from {schema}.matches where {known} {within}
   group by stream, match having count(*) > 1)),"""
"""Courses that aren't plain."""

_PLAIN = """
 plain as (
  select m.stream as course, m.mentor, m.from_day, least(c.to_day, e.to_day) as to_day,
   case when c.reason = 'dropped-out' then c.to_day end as out_day
  from {schema}.matches m
  left join (select stream, to_day, reason from {schema}.closings
   where {known} {within}) c using (stream)
  left join (select stream, match, min(to_day) as to_day from {schema}.match_ends
   where {known} {within} group by stream, match) e using (stream, match)
  where {known} {within} and m.stream not in (select stream from odd)),"""
"""Of a plain course: from the match's first day until its end or the close, whichever is first."""

_TURNS = """
 turns as (
  select coalesce(c.one, t.stream) as course, t.*
  from (select stream, to_day as day, false as opens, reason = 'dropped-out' as is_out,
    occurred_at, sequence, event_id, source
   from {schema}.closings where stream = any(array(select stream from odd)) and {known}
   union all select stream, from_day, true, false, occurred_at, sequence, event_id, source
   from {schema}.reopenings where {known}) t
  left join course_of c on c.id = t.stream),
 numbered as (
  select *, lag(opens, 1, true) over w as was_open, row_number() over w as number
  from turns window w as (partition by course order by day, {order})),
 turned as (
  select course, opens, is_out, day, lag(day) over w as before, lag(day, 2) over w as earlier,
   lead(day) over w is null as is_last
  from numbered where opens <> was_open
  window w as (partition by course order by number)),
 spells as (
  select course, coalesce(earlier, '-infinity') as since, day as until,
   coalesce(before, '-infinity') as begun, day as to_day, case when is_out then day end as out_day
  from turned where not opens
  union all select course, case when opens then before else day end, 'infinity',
   case when opens then day end, 'infinity', null
  from turned where is_last),"""
"""The spells of the other courses. After any turn the course is as the turn says, so those count
that say otherwise than the one before. A match decided in [since, until) is the spell's; closed
for good the last one has never begun."""

_OTHERS = """
 begun as (
  select distinct on (course, match) coalesce(c.one, m.stream) as course, match, mentor, from_day,
   least(from_day, (occurred_at at time zone 'Europe/Copenhagen')::date) as decided
  from {schema}.matches m left join course_of c on c.id = m.stream
  where m.stream = any(array(select stream from odd)) and {known}
  order by course, match, {order}),
 ended as (
  select coalesce(c.one, e.stream) as course, match, min(to_day) as to_day
  from {schema}.match_ends e left join course_of c on c.id = e.stream
  where e.stream = any(array(select stream from odd)) and {known}
  group by 1, 2),
 others as (
  select b.course, b.mentor, greatest(b.from_day, s.begun) as from_day,
   least(s.to_day, e.to_day) as to_day, s.out_day
  from begun b
  left join spells s on s.course = b.course and s.since <= b.decided and b.decided < s.until
  left join ended e on e.course = b.course and e.match = b.match
  where s.course is null or s.begun is not null),"""

_FOLLOWED = """
 every (citizen, mentor, from_day, to_day, out_day) as (
  select * from plain
  union all select coalesce(c.one, course), mentor, from_day, to_day, out_day
  from others left join citizen_of c on c.id = course),
 followed as materialized (
  select citizen, {mentor} as mentor, from_day, coalesce(to_day, 'infinity') as to_day, out_day
  from every {mentors} where to_day is null or from_day < to_day)"""
"""Every match that covers a day: half-open days, and the day on which the course was closed as
dropped out, if the spell that the match lies in ended so."""

_RELATION = _ODD + _PLAIN + _TURNS + _OTHERS + _FOLLOWED
_OF_SEVERAL = SQL("and stream = any(array(select stream from several))")

_PARTS = {
    "known": SQL("learned <= %(at)s and (superseded is null or superseded > %(at)s)"),
    "order": SQL('occurred_at, coalesce(sequence, -1), event_id collate "C", source collate "C"'),
    "in_period": SQL("(%(from)s < %(to)s and from_day < %(to)s and to_day > %(from)s)"),
    "begins": SQL("(from_day >= %(from)s and from_day < %(to)s)"),
    "ends": SQL("(to_day >= %(from)s and to_day < %(to)s)"),
    "out": SQL("(out_day >= %(from)s and out_day < %(to)s)"),
    "now": SQL("(from_day <= %(day)s and to_day > %(day)s)"),
}

_UNLINKED = {"mentor": SQL("mentor"), "mentors": SQL("")}
_LINKED = {
    "mentor": SQL("coalesce(one, mentor)"),
    "mentors": SQL(
        "left join unnest(%(staff_ids)s::uuid[], %(staff_ones)s::uuid[]) as s (id, one)"
        " on id = mentor"
    ),
}


def from_followed(
    question: Question, same: Mapping[UUID, UUID], select: str, *, lone: bool = False, **values: Any
) -> list[Any]:
    """Rows of a `select` from the relation `followed`, as known at the question's position.

    `same` maps a staff member's other ids to the one they are read as. Of a row `{in_period}`,
    `{begins}`, `{ends}` and `{out}` say whether its days, their first, the first after them, or
    the dropping out lie in the days [`from`, `to`); `{now}` whether it covers `day`. If `lone`,
    the relation of that name has the days of citizens with one match, and `followed` the others.
    """
    courses, citizens = question.once(identity.courses), question.once(identity.citizens)
    told = {
        "at": question.position,
        **_pairs("course", courses),
        **_pairs("citizen", citizens),
        **_pairs("staff", same),
        **values,
    }
    cursor = question.connection.cursor(binary=True, row_factory=namedtuple_row)
    statement = _statement(question.schema, select, linked=bool(same), lone=lone)
    with planned_once(question):
        return cursor.execute(statement, told, prepare=True).fetchall()


@cache
def _statement(schema: str, select: str, *, linked: bool, lone: bool) -> bytes:
    """The whole statement. Mentors are read as others only where any of them are linked."""
    text: Any = "with" + _ONES + (_LONE if lone else "") + _RELATION + select  # of this folder
    parts = (_LINKED if linked else _UNLINKED) | _PARTS
    within = _OF_SEVERAL if lone else SQL("")
    return SQL(text).format(schema=Identifier(schema), within=within, **parts).as_bytes(None)


def _pairs(name: str, same: Mapping[UUID, UUID]) -> dict[str, str]:
    return {f"{name}_ids": several(same), f"{name}_ones": several(same[id_] for id_ in same)}
