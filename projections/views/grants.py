"""Grants (*bevillinger*): the ledger, from application to end.

Providers and the legal basis are sealed, and stay so.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from domain.grant_ledger import Entry, in_course, ledger
from domain.grants import Grant, folded_grants
from domain.spells import folded_spells
from domain.values import Actor, Ref
from projections import identity
from projections.answering import Line, known, view
from projections.asking import Question
from projections.facts.courses import CLOSINGS, REOPENINGS
from projections.facts.grants import APPLICATIONS, AUTHORITY_ACTS
from projections.identity import Identities
from projections.paging import Ordered
from projections.table import key
from projections.views.grant_order import Placed, in_order

Grants = Mapping[Ref, Grant]


@view
def by_grant(question: Question, streams: Collection[UUID] | None = None) -> Iterator[Line]:
    """One row for each grant that was applied for or decided by `as_of`, what runs out first on
    top; with `streams` those courses' only.

    `state` is where it stands on the day; `granted_from` and `granted_to` are the days that hold
    then, else the next, else the last ones, with what was granted for them. What wasn't decided
    yet at `as_of` isn't read, from whatever day it holds. While its course is closed a grant with
    days to come is `closed`. One that runs out, or did, is `continued` where a grant that carries
    it on has days after it.
    """
    subjects = every_grant(question) if streams is None else folded_order(question, streams)
    columns = ("course", "grant", "days_left")
    yield from question.in_chunks(subjects, partial(_of_grants, question), columns, one_each=True)


def every_grant(question: Question) -> Ordered[Placed]:
    """All grants, what runs out first on top."""
    linked = question.once(identity.courses)
    several = linked.all_like(linked.linked)
    return in_order(question, several, folded_order(question, several))


def folded_order(question: Question, streams: Collection[UUID]) -> list[Placed]:
    """The grants of some courses, what runs out first on top."""
    linked, day = question.once(identity.courses), question.day
    grants = grants_of(question, linked, linked.all_like(streams)) if streams else {}
    found = [
        (course, str(key(entry.grant.grant)), entry.days_left(day))
        for course, entry in _entries(question, linked, grants)
    ]
    return sorted(found, key=lambda one: (one[2] is None, one[2] or 0, one[0], one[1]))


def _of_grants(question: Question, subjects: Sequence[Placed]) -> Iterator[list[Line]]:
    """The row of each of these grants."""
    linked, staff = question.once(identity.courses), question.once(identity.staff)
    grants = grants_of(question, linked, linked.all_like(course for course, *_ in subjects))
    entries = {
        (course, key(entry.grant.grant)): entry
        for course, entry in _entries(question, linked, grants)
    }
    for course, grant, _ in subjects:
        entry = entries[course, grant]
        values = {"course": course, **_row(entry, question, staff)}
        yield [Line(values, partial(_behind, entry, grants[course]))]


def _entries(
    question: Question, linked: Identities, grants: Mapping[UUID, Grants]
) -> list[tuple[UUID, Entry]]:
    """The entries of all courses. When a course was open is read where a grant has days to come."""
    day = question.day
    told = [(course, one) for course, own in grants.items() for one in ledger(own.values(), day)]
    asked = linked.all_like(course for course, one in told if one.is_ahead(day))
    turns = question.tellings(CLOSINGS, REOPENINGS, one_of=linked, streams=asked)
    spells = {course: folded_spells(telling) for course, telling in turns.items()}
    return [
        (course, in_course(one, spells[course], day) if course in spells else one)
        for course, one in told
    ]


def grants_of(
    question: Question, linked: Identities, streams: Collection[UUID] | None = None
) -> dict[UUID, dict[Ref, Grant]]:
    """The grants of each course, as told by the moment asked about; linked courses are one."""
    told = question.tellings(
        APPLICATIONS, AUTHORITY_ACTS, one_of=linked, streams=streams, until=question.as_of
    )
    return {course: folded_grants(telling) for course, telling in told.items()}


def _row(entry: Entry, question: Question, staff: Identities) -> dict[str, Any]:
    grant, held = entry.grant, entry.held
    return {
        "grant": key(grant.grant),
        "kind": grant.kind,
        "state": str(entry.standing),
        "applied_at": grant.applied_at,
        **_actor("applied", grant.applied_by, staff),
        "decided_at": grant.decided.at if grant.decided else None,
        **_actor("decided", grant.decided_by, staff),
        "boundary_crossing": entry.crosses_boundary,
        "outcome": grant.outcome,
        "refusal_reason": grant.reason,
        "granted_from": held.days.from_ if held else None,
        "granted_to": held.days.to if held else None,
        "weekly_minutes": held.weekly_minutes if held else None,
        "total_minutes": held.total_minutes if held else None,
        "amount_oere": held.amount_oere if held else None,
        "extensions": entry.extensions,
        "runs_out_on": entry.runs_out_on,
        "granted_through": entry.last_day,
        "days_left": entry.days_left(question.day),
        "ended_on": grant.ended_on,
        "end_reason": grant.end_reason,
        "closed_on": entry.closed.days.to if entry.closed else None,
        "continues": key(grant.continues),
        "continued_by": [key(grant) for grant in entry.continued_by],
    }


def _actor(did: str, actor: Actor | None, staff: Identities) -> dict[str, Any]:
    return {
        f"{did}_function": actor.function if actor else None,
        f"{did}_by": staff.of(actor.id) if actor else None,
    }


def _behind(entry: Entry, grants: Grants) -> list[Ref]:
    """Application, decision, extensions, end, the decisions of what carries it on, the close."""
    own, carried_on = entry.grant, [grants[ref] for ref in entry.continued_by]
    decided = [grant.decided for grant in (own, *carried_on)]
    told = [*(one.ref for one in decided if one), *(one.ref for one in own.granted)]
    ended = own.ended.ref if own.ended else None
    closed = entry.closed.ended_by if entry.closed else None
    return list(dict.fromkeys([*known(own.applied_for), *told, *known(ended, closed)]))
