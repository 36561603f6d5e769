"""What is known of each pair on the courses that run, read set by set without folding any course.

The same as `pairs_on` and `seen` find in a folded course (domain/role_facts.py), for courses that
tell nothing twice. Which those are, role_sql.py says; the others are left out here.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.rows import args_row

from domain.calendar import day_of
from domain.cooperation import ABOUT_ROLES
from domain.role_clarity import ASSUMED, CommonGoal, Contacts, Seen
from projections import identity
from projections.asking import Question
from projections.facts.roles import FRICTIONS, answers_in
from projections.table import ref
from projections.views.role_sql import (
    CONTACT,
    CROSSED,
    FORMS,
    GOAL,
    PAIR,
    RUNNING,
    SAID,
    after,
    found,
)

SIDES = ("mentor", "caseworker")
NO_GOAL, NO_CONTACTS = CommonGoal(), Contacts()
_FIRST_FORM = 13  # of the columns of a row, where the counts by form begin

_FOLLOWED = """
select stream, mentor, null::uuid as caseworker from follows
union all select stream, null, null from odd order by 1, 2"""

_PAIRED = """
select * from (
 select mentor, caseworker, array_agg(stream order by stream) as courses
 from pair where caseworker is not null group by 1, 2
 union all select null, null, array_agg(stream) from odd having count(*) > 0) as paired
order by courses[1], mentor"""

_REVIEWED = """,
reviewed as materialized (
 select c.stream, max(r.occurred_at) as at from current as c
 join {reviews} as r on r.stream = c.stream and r.goal = c.goal
 where r.occurred_at <= %(as_of)s group by 1)"""

_SEEN = """
select p.stream, p.mentor, p.caseworker, p.since,
 mentor_said, caseworker_said, mentor_said_at, caseworker_said_at, current.goal, %(day)s
  - (greatest(current.at, reviewed.at) at time zone 'Europe/Copenhagen')::date as reviewed_days_ago,
 mentor_stands, caseworker_stands,
 %(day)s - (talked.at at time zone 'Europe/Copenhagen')::date as days_since,
 {form_columns}, taken_up.at as taken_up_at,
 authority.number as authority, mentor_work.number as mentor_work
from pair as p
left join said using (n) left join current using (stream)
left join stands using (n) left join reviewed using (stream)
left join talked using (n) left join taken_up using (stream)
left join authority using (n) left join mentor_work using (n)
order by p.stream, p.mentor"""


class Friction(NamedTuple):
    """A friction of a course, as its row tells it."""

    at: datetime
    kind: str
    responsibility: str | None
    between: frozenset[UUID]


class Named(NamedTuple):
    """A pair on a course, by the ids alone."""

    course: UUID
    mentor: UUID | None
    caseworker: UUID | None


class Pair(NamedTuple):
    """A pair by the ids alone, and the courses on which they are one, in their order."""

    mentor: UUID | None
    caseworker: UUID | None
    courses: list[UUID]


def paired(question: Question) -> tuple[list[Pair], list[UUID]]:
    """Who is a pair on running courses, by their first course and the mentor; and the odd courses,
    running or not, whose pairs only the fold finds. A mentor alone is no pair."""
    rows: Sequence[Pair] = found(question, RUNNING, PAIR, _PAIRED, rows=args_row(Pair))
    odd = [course for pair in rows if not pair.mentor for course in pair.courses]
    return [pair for pair in rows if pair.mentor], odd


def followed(question: Question) -> tuple[list[Named], list[UUID]]:
    """Which courses run and who follows them, by course and mentor, the caseworkers unsaid; and
    the odd ones."""
    rows: Sequence[Named] = found(question, RUNNING, _FOLLOWED, rows=args_row(Named))
    odd = [named.course for named in rows if not named.mentor]
    return [named for named in rows if named.mentor], odd


def seen_in_rows(
    question: Question, streams: Collection[UUID] | None = None
) -> Iterator[tuple[UUID, Seen]]:
    """The courses that run with each of their pairs, by course; with `streams` those only."""
    frictions = _frictions(question, streams)
    lately = after(question.day, ASSUMED.frictions_in)
    parts = (RUNNING, PAIR, SAID, GOAL, _REVIEWED, CONTACT, CROSSED, _SEEN)
    for row in found(question, *parts, streams=streams):
        yield row.stream, _seen(row, _own(frictions.get(row.stream, ()), row), lately)


def _frictions(
    question: Question, streams: Collection[UUID] | None
) -> Mapping[UUID, Sequence[Friction]]:
    """What had been reported by then, by course."""
    one = question.once(identity.staff)
    reported: dict[UUID, list[Friction]] = defaultdict(list)
    columns = ("stream", "kind", "responsibility", "participants", "functions")
    for row in question.happened(FRICTIONS, *columns, streams=streams):
        people = zip(row.participants, row.functions, strict=True)
        between = frozenset(one[id_] for id_, function in people if id_ and function in SIDES)
        reported[row.stream].append(
            Friction(row.occurred_at, row.kind, row.responsibility, between)
        )
    return reported


def _seen(row: Any, frictions: Sequence[Friction], lately: datetime) -> Seen:
    return Seen(
        mentor=row.mentor,
        caseworker=row.caseworker,
        together_since=row.since,
        mentor_says=answers_in(row.mentor_said),
        caseworker_says=answers_in(row.caseworker_said),
        goal=_goal(row),
        contacts=_contacts(row),
        crossings=_crossings(row.authority, row.mentor_work),
        frictions=_by_kind([one for one in frictions if one.at >= lately]),
        unsettled=_unsettled(frictions, row) if frictions else frozenset(),
    )


def _by_kind(frictions: Sequence[Friction]) -> dict[str, int]:
    return dict(Counter(one.kind for one in frictions)) if frictions else {}


@lru_cache
def _crossings(authority: int | None, mentor_work: int | None) -> Mapping[str, int]:
    """Those that there are, by kind."""
    counted = {"authority": authority, "mentor-work": mentor_work}
    return MappingProxyType({kind: number for kind, number in counted.items() if number})


def _goal(row: Any) -> CommonGoal:
    if row.goal is None:
        return NO_GOAL
    return CommonGoal(
        goal=ref(row.goal),
        mentor_stands_by=bool(row.mentor_stands),
        caseworker_stands_by=bool(row.caseworker_stands),
        reviewed_days_ago=row.reviewed_days_ago,
    )


def _contacts(row: Any) -> Contacts:
    if row.days_since is None:
        return NO_CONTACTS
    return Contacts(
        days_since=row.days_since,
        by_form=_forms(row[_FIRST_FORM : _FIRST_FORM + len(FORMS)]),
    )


@lru_cache
def _forms(counted: tuple[int, ...]) -> Mapping[str, int]:
    """Those that there are, by form."""
    several = zip(FORMS, counted, strict=True)
    return MappingProxyType({form: number for form, number in several if number})


def _own(frictions: Sequence[Friction], row: Any) -> list[Friction]:
    """Those reported while the two were a pair that name nobody else."""
    if not frictions or row.since is None:
        return []
    pair = {row.mentor, row.caseworker}
    return [one for one in frictions if day_of(one.at) >= row.since and one.between <= pair]


def _unsettled(frictions: Sequence[Friction], row: Any) -> frozenset[str | None]:
    """The responsibilities of those about the roles that are neither taken up nor stated anew."""
    both = row.mentor_said_at and row.caseworker_said_at
    stated = [row.mentor_said_at, row.caseworker_said_at] if both else []
    settled = max([*stated, *([row.taken_up_at] if row.taken_up_at else [])], default=None)
    return frozenset(
        one.responsibility
        for one in frictions
        if one.kind in ABOUT_ROLES and (settled is None or settled < one.at)
    )
