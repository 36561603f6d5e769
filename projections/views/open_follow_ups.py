"""The follow-ups that are open, found by the database: how each stands, without a fold.

The statement says of rows what `domain.raised` says of events, and a property test holds it to it:
of a follow-up the first raising holds, and the last of what it was given on by; whatever ended it,
ended it. What is linked is one.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.rows import namedtuple_row
from psycopg.sql import SQL, Identifier

from domain.events.common import FollowUpEvent, FollowUpRaised
from domain.folding import Persons, Telling
from domain.raised import FollowUp
from domain.values import FollowUpKey, Ref
from projections import identity
from projections.asking import Question
from projections.facts import follow_ups
from projections.selecting import several
from projections.table import ref

_KEYS = """with course_of (id, one) as (
  select * from unnest(%(course_ids)s::uuid[], %(course_ones)s::uuid[])),
 ended as materialized (
  select coalesce(one, stream) as course, rule, anchor, cycle, {about} as whom
  from {schema}.follow_ups_ended left join course_of on id = stream where {told}),
 raised as materialized (
  select *, {about} as whom, coalesce(one, stream) as course
  from {schema}.follow_ups_raised r left join course_of on id = stream where {told}
  and not exists (select from ended e where e.course = coalesce(one, stream) and e.rule = r.rule
   and e.anchor = r.anchor and e.cycle = r.cycle and e.whom = {about})),"""
"""What was raised and not ended, by the one id of its course; nobody is an id of its own."""

_ACTS = """
 told as (
  select 'raised' as act, addressed_to, person, null::text as taken_as, null::date as until_day,
   0 as number, null::uuid as speaker, {key}, {placed} from raised
  union all select 'escalated', addressed_to, person, null, null, 0, null, {joined}
  from {schema}.follow_ups_escalated left join course_of on id = stream where {told}
  union all select 'taken over', null, person, function, null, 0, speaker, {joined}
  from {schema}.follow_ups_taken_over left join course_of on id = stream where {told}
  union all select 'snoozed', null, null, null, until_day, 0, speaker, {joined}
  from {schema}.follow_ups_snoozed left join course_of on id = stream where {told}
  union all select 'reminded', null, null, null, null, number, null, {joined}
  from {schema}.follow_ups_reminded left join course_of on id = stream where {told}),
 acts as (
  select *, row_number() over (order by act <> 'raised', {order}) as place
  from told where ({key}) in (select {key} from raised)),
 stands as (
  select {key}, max(number) as reminders,
   array_agg(addressed_to order by place) filter (where act = 'escalated') as escalated_to,
   (array_agg(until_day order by place desc) filter (where act = 'snoozed'))[1] as snoozed_until,
   (array_agg(speaker order by place desc) filter (where act = 'snoozed'))[1] as snoozed_by,
   (array_agg(speaker order by place desc) filter (where {gives}))[1] as taken_over_by,
   (array_agg(addressed_to order by place desc) filter (where addressed_to is not null))[1]
    as addressed_to,
   (array_agg(person order by place desc) filter (where {gives}))[1] as person,
   (array_agg(taken_as order by place desc) filter (where {gives}))[1] as taken_as,
   (array_agg(act order by place desc) filter (where {gives}))[1] = 'taken over' as taken_over
  from acts group by {key})"""
"""What was said of those, in fold order but the raisings first, and how each stands for it."""

_OPEN = """
 select r.event_id as id, subject, course, rule, anchor, cycle, about, occurred_at, due_on, pack,
  edition, s.addressed_to, s.person, taken_over, taken_as, reminders, escalated_to, snoozed_until,
  snoozed_by, taken_over_by
 from (select distinct on ({key}) * from raised order by {key}, {order}) r
 join stands s using ({key})
 order by due_on nulls last, rule collate "C", course, anchor collate "C", cycle, whom"""

_PARTS = {
    "about": SQL("coalesce(about, '00000000-0000-0000-0000-000000000000')"),
    "told": SQL(
        "occurred_at <= %(as_of)s and learned <= %(at)s"
        " and (superseded is null or superseded > %(at)s)"
    ),
    "key": SQL("course, rule, anchor, cycle, whom"),
    "order": SQL('occurred_at, coalesce(sequence, -1), event_id collate "C", source collate "C"'),
    "gives": SQL("act in ('raised', 'escalated', 'taken over')"),
}


class Open(NamedTuple):
    """An open follow-up, and the stream that it is of: of linked courses the one they are.

    `id` is that of the event that raised it. `snoozed_by` put it off last, and `taken_over_by` said
    that whoever took it over did, in whose hands it still is.
    """

    id: str
    subject: str  # course, mentor or team
    stream: UUID
    follow_up: FollowUp
    snoozed_by: UUID | None = None
    taken_over_by: UUID | None = None


def open_follow_ups(question: Question) -> list[Open]:
    """What is open at `as_of`, the longest due first; what was raised in a course is closed in one
    linked to it too."""
    courses, persons = question.once(identity.courses), Persons(question.once(identity.staff))
    cursor = question.connection.cursor(binary=True, row_factory=namedtuple_row)
    values = {
        "at": question.position,
        "as_of": question.as_of,
        "course_ids": several(courses),
        "course_ones": several(courses[id_] for id_ in courses),
    }
    found = cursor.execute(_statement(question.schema), values, prepare=True)
    return [_open(row, persons) for row in found]


@cache
def _statement(schema: str) -> bytes:
    placed = SQL("occurred_at, sequence, event_id, source")
    joined = SQL("coalesce(one, stream), rule, anchor, cycle, {about}, {placed}").format(
        about=_PARTS["about"], placed=placed
    )
    parts = {**_PARTS, "schema": Identifier(schema), "joined": joined, "placed": placed}
    return SQL(_KEYS + _ACTS + _OPEN).format(**parts).as_bytes(None)


def _open(row: Any, persons: Persons) -> Open:
    key = FollowUpKey(row.rule, ref(row.anchor), row.cycle, row.about)
    follow_up = FollowUp(
        key=key,
        about=persons.id(row.about) if row.about else None,
        raised_at=row.occurred_at,
        due_on=row.due_on,
        edition=(row.pack, row.edition),
        addressed_to=row.addressed_to,
        person=persons.id(row.person) if row.person else None,
        taken_over=row.taken_over,
        taken_as=row.taken_as,
        reminders=row.reminders,
        escalated_to=tuple(dict.fromkeys(row.escalated_to or ())),
        snoozed_until=row.snoozed_until,
    )
    by = (row.snoozed_by, row.taken_over_by)
    return Open(row.id, row.subject, row.course, follow_up, *(p and persons.id(p) for p in by))


def said_of(question: Question) -> Mapping[tuple[UUID, FollowUpKey], Sequence[Ref]]:
    """What has been said of each follow-up by our own events, by its stream and key; first what
    raised it, of several the first. Slow: nothing is counted from it."""
    told = question.tellings(
        *follow_ups.ALL, one_of=question.once(identity.courses), until=question.as_of
    )
    return {
        (stream, key): refs
        for stream, telling in told.items()
        for key, refs in _said(telling).items()
    }


def _said(telling: Telling) -> dict[FollowUpKey, list[Ref]]:
    said: dict[FollowUpKey, list[Ref]] = defaultdict(list)
    for raised in telling.of(FollowUpRaised):
        said[raised.fact.follow_up].append(raised.ref)
    for told in _others(telling):
        said[told.fact.follow_up].append(told.ref)
    return said


def _others(telling: Telling) -> Iterator[Any]:
    return (t for t in telling.of(FollowUpEvent) if not isinstance(t.fact, FollowUpRaised))
