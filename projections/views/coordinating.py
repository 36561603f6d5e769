"""Who leads takes part in coordinating which courses (*løbende koordinering*): by the database.

A property test holds it to `domain.leadership.taking_part`: each person once a talk, whichever of
their ids it names, as coordinator before leader; linked courses are one.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier

from domain.calendar import instants
from domain.leadership import FUNCTIONS, Spent, taking_part
from domain.values import Period, Ref
from projections import identity
from projections.asking import Question
from projections.facts.roles import COORDINATIONS
from projections.views.days import happened_in

_TALKS = SQL("""with person_of (id, one) as (
  select * from unnest(%(staff_ids)s::uuid[], %(staff_ones)s::uuid[])),
 course_of (id, one) as (
  select * from unnest(%(course_ids)s::uuid[], %(course_ones)s::uuid[])),
 talks as (
  select t.ctid as talk, coalesce(c.one, t.stream) as course, t.participants, t.functions,
   t.minutes, t.occurred_at
  from {table} t left join course_of c on c.id = t.stream
  where t.learned <= %(at)s and (t.superseded is null or t.superseded > %(at)s)
   and t.occurred_at between %(since)s and %(as_of)s and t.occurred_at < %(until)s)""")

_BY_PERSON = SQL(""",
 parts as (
  select coalesce(p.one, u.id) as person, min(u.function) as function, course,
   min(minutes) as minutes, min(occurred_at) as at
  from talks cross join lateral unnest(participants, functions) as u (id, function)
  left join person_of p on p.id = u.id
  where functions && %(leading)s and u.function = any(%(leading)s)
  group by talk, course, coalesce(p.one, u.id))
 select person, function, count(*)::int, (count(*) - count(minutes))::int,
  coalesce(sum(minutes), 0)::int,
  (max(at) at time zone 'Europe/Copenhagen')::date, count(distinct course)::int
 from parts group by person, function""")

_IN_ALL = SQL(""" select count(distinct course)::int,
  (count(distinct course) filter (where 'coordinator' = any(functions)))::int from talks""")


class Part(NamedTuple):
    """A person's part in coordinating courses, in one function."""

    spent: Spent
    courses: int


def parts_by_person(question: Question, days: Period) -> Mapping[tuple[UUID, str], Part]:
    """By person and function: what coordinators and leaders took part in on those days."""
    return {
        (person, function): Part(Spent(times, untimed, told, last), courses)
        for person, function, times, untimed, told, last, courses in _rows(
            question, _BY_PERSON, days
        )
    }


def courses_coordinated(question: Question, days: Period) -> tuple[int, int]:
    """How many courses were coordinated on those days, and of how many a coordinator took part."""
    [(courses, with_coordinator)] = _rows(question, _IN_ALL, days)
    return courses, with_coordinator


def talks_behind(question: Question, days: Period) -> list[tuple[Ref, dict[UUID, str]]]:
    """Every talk on those days, with the coordinators and leaders who took part."""
    staff = question.once(identity.staff)
    columns = ("source", "event_id", "participants", "functions")
    return [
        (
            Ref(row.source, row.event_id),
            taking_part(
                (staff[person], function)
                for person, function in zip(row.participants, row.functions, strict=True)
                if person is not None
            ),
        )
        for row in happened_in(question, COORDINATIONS, days, *columns)
    ]


def _rows(question: Question, asked: SQL, days: Period) -> list[Any]:
    staff, courses = question.once(identity.staff), question.once(identity.courses)
    since, end = instants(days)
    values = {
        "at": question.position,
        "as_of": question.as_of,
        "since": since,
        "until": end,
        "leading": list(FUNCTIONS),
        "staff_ids": list(staff),
        "staff_ones": [staff[id_] for id_ in staff],
        "course_ids": list(courses),
        "course_ones": [courses[id_] for id_ in courses],
    }
    talks = _TALKS.format(table=Identifier(question.schema, COORDINATIONS.name))
    cursor = question.connection.cursor(binary=True, row_factory=tuple_row)
    return cursor.execute(talks + asked, values, prepare=True).fetchall()
