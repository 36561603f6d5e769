"""What is known of each pair on the courses that run, read set by set without folding any course.

The same as `pairs_on` and `seen` find in a folded course (domain/role_facts.py), for courses that
tell nothing twice: not linked, not reopened, no match begun twice. The others are left out here.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.rows import namedtuple_row, tuple_row
from psycopg.types.json import Jsonb

from domain.calendar import day_of, start_of
from domain.cooperation import ABOUT_ROLES
from domain.role_clarity import ASSUMED, CommonGoal, Contacts, Seen
from projections import identity
from projections.asking import Question
from projections.facts.roles import FRICTIONS, answers_in
from projections.table import ref
from projections.views.role_sql import FORMS, PAIRS, TWICE, statement

SIDES = ("mentor", "caseworker")
_FIRST_FORM = 14  # of the columns of a row, where the counts by form begin
NO_GOAL, NO_CONTACTS = CommonGoal(), Contacts()


class Friction(NamedTuple):
    """A friction of a course, as its row tells it."""

    at: datetime
    kind: str
    responsibility: str | None
    between: frozenset[UUID]


def told_twice(question: Question) -> set[UUID]:
    """The courses that are left to the fold, beside those that are linked."""
    cursor = question.connection.cursor(binary=True, row_factory=tuple_row)
    rows = cursor.execute(statement(TWICE, question), {"at": question.position})
    return {stream for (stream,) in rows}


def seen_in_rows(question: Question, odd: Sequence[UUID]) -> Iterator[tuple[UUID, Seen]]:
    """The courses that run with each of their pairs, by course; those that are `odd` left out."""
    frictions = question.once(_frictions)
    lately = _after(question.day, ASSUMED.frictions_in)
    for row in _rows(question, odd):
        yield row.stream, _seen(row, _own(frictions.get(row.stream, ()), row), lately)


def _rows(question: Question, odd: Sequence[UUID]) -> Sequence[Any]:
    day = question.day
    values = {
        "at": question.position,
        "as_of": question.as_of,
        "day": day,
        "odd": list(odd),
        "same": Jsonb({str(k): str(v) for k, v in question.once(identity.staff).items()}),
        "contacts_since": _after(day, ASSUMED.contacts_in),
        "crossed_since": _after(day, ASSUMED.crossings_in),
    }
    cursor = question.connection.cursor(binary=True, row_factory=namedtuple_row)
    # Not prepared: a plan for any day and position takes five times as long as one for these.
    return cursor.execute(statement(PAIRS, question), values, prepare=False).fetchall()


def _after(day: date, days: int) -> datetime:
    """The beginning of the last so many days, the day itself among them."""
    return start_of(day - timedelta(days=days - 1))


def _frictions(question: Question) -> dict[UUID, list[Friction]]:
    """What had been reported by then, by course."""
    one = question.once(identity.staff)
    found: dict[UUID, list[Friction]] = defaultdict(list)
    columns = ("stream", "kind", "responsibility", "participants", "functions")
    for row in question.happened(FRICTIONS, *columns):
        people = zip(row.participants, row.functions, strict=True)
        between = frozenset(one[id_] for id_, function in people if function in SIDES)
        found[row.stream].append(Friction(row.occurred_at, row.kind, row.responsibility, between))
    return found


def _seen(row: Any, frictions: Sequence[Friction], lately: datetime) -> Seen:
    return Seen(
        mentor=row.mentor,
        caseworker=row.caseworker,
        matched_since=row.since,
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
    if not frictions or row.caseworker is None:
        return []
    pair = {row.mentor, row.caseworker}
    since = max(row.since, row.responsible_since)
    return [one for one in frictions if day_of(one.at) >= since and one.between <= pair]


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
