"""Grants: what was applied for, granted, for how long and how much, and ended (*bevillinger*).

Authority is read from the actor's function, not the speaker's.
"""

from typing import Any

from domain.events.base import Fact
from domain.events.course import GrantAppliedFor, GrantDecided, GrantEnded, GrantExtended
from domain.values import Actor, Period
from projections.copying import Kind
from projections.table import FactTable, Values, key, ref

AUTHORITY_ACTS = FactTable(
    "authority_acts",
    {
        "act": Kind.CODE,
        "grant_key": Kind.TEXT,
        "actor": Kind.UUID,
        "actor_function": Kind.CODE,
        "kind": Kind.CODE,
        "outcome": Kind.CODE,
        "reason": Kind.CODE,
        "from_day": Kind.DATE,
        "to_day": Kind.DATE,
        "weekly_minutes": Kind.INT,
        "total_minutes": Kind.INT,
        "amount_oere": Kind.LONG,
        "continues": Kind.TEXT,
    },
    rare="actor_function <> 'caseworker'",  # without the authority
)
APPLICATIONS = FactTable(
    "grant_applications",
    {
        "grant_key": Kind.TEXT,
        "speaker": Kind.UUID,
        "speaker_function": Kind.CODE,
        "kind": Kind.CODE,
    },
)

ALL = (AUTHORITY_ACTS, APPLICATIONS)


def _act(name: str, fact: GrantDecided | GrantExtended | GrantEnded) -> Values:
    return (name, key(fact.grant), fact.actor.id, fact.actor.function)


def _granted(fact: GrantDecided | GrantExtended) -> Values:
    days = (fact.period.from_, fact.period.to) if fact.period else (None, None)
    return (*days, fact.weekly_minutes, fact.total_minutes, fact.amount_oere)


@AUTHORITY_ACTS.row_from(GrantDecided)
def _decision(fact: GrantDecided) -> Values:
    said = (fact.kind, fact.outcome, fact.reason)
    return (*_act("grant-decided", fact), *said, *_granted(fact), key(fact.continues))


@AUTHORITY_ACTS.row_from(GrantExtended)
def _extension(fact: GrantExtended) -> Values:
    return (*_act("grant-extended", fact), None, None, None, *_granted(fact), None)


@AUTHORITY_ACTS.row_from(GrantEnded)
def _end(fact: GrantEnded) -> Values:
    act = _act("grant-ended", fact)
    return (*act, None, None, fact.reason, None, fact.to, None, None, None, None)


@AUTHORITY_ACTS.read_as
def _read_act(row: Any) -> Fact:
    actor, grant = Actor(row.actor_function, row.actor), ref(row.grant_key)
    if row.act == "grant-ended":
        return GrantEnded(actor=actor, grant=grant, to=row.to_day, reason=row.reason)
    if row.act == "grant-extended":
        return GrantExtended(
            actor=actor,
            grant=grant,
            period=Period(row.from_day, row.to_day),
            weekly_minutes=row.weekly_minutes,
            total_minutes=row.total_minutes,
            amount_oere=row.amount_oere,
        )
    return GrantDecided(
        actor=actor,
        grant=grant,
        kind=row.kind,
        outcome=row.outcome,
        reason=row.reason,
        period=Period(row.from_day, row.to_day) if row.from_day else None,
        weekly_minutes=row.weekly_minutes,
        total_minutes=row.total_minutes,
        amount_oere=row.amount_oere,
        continues=ref(row.continues) if row.continues else None,
    )


@APPLICATIONS.row_from(GrantAppliedFor)
def _application(fact: GrantAppliedFor) -> Values:
    who = fact.speaker
    return (key(fact.grant), who.id, who.function, fact.kind)


@APPLICATIONS.read_as
def _read_application(row: Any) -> Fact:
    return GrantAppliedFor(
        actor=Actor(row.speaker_function, row.speaker), grant=ref(row.grant_key), kind=row.kind
    )
