"""Grants (*bevillinger*): what a course's events say of each, from application to end."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from domain.calendar import covers, is_empty
from domain.cooperation import Happening
from domain.envelope import OrderKey
from domain.events.course import GrantAppliedFor, GrantDecided, GrantEnded, GrantExtended
from domain.folding import Telling, Told
from domain.values import Actor, Period, Ref


class Granted(Happening, frozen=True, kw_only=True):
    """The days that one event granted, the decision or an extension; `daily` are minutes a day.

    `weekly_minutes` and `total_minutes` are as they were granted, `amount_oere` too, `by` whom.
    """

    days: Period
    order: OrderKey
    by: Actor
    daily: Fraction | None = None
    weekly_minutes: int | None = None
    total_minutes: int | None = None
    amount_oere: int | None = None

    @property
    def place(self) -> tuple[date, OrderKey]:
        """By the first day, then in fold order."""
        return (self.days.from_, self.order)


class Grant(Struct, frozen=True, kw_only=True):
    """A grant by the case system's one id. Any of its events may be unknown so far.

    `granted` are its days by their first, `continues` the grant that it carries on, `decided` and
    `ended` the events: the first decision holds, and the earliest end. `reason` is that of a
    refusal; who applied is the speaker, who decided or ended it the actor.
    """

    grant: Ref
    kind: str | None = None
    applied_for: Ref | None = None
    applied_at: datetime | None = None
    applied_by: Actor | None = None
    decided: Happening | None = None
    decided_by: Actor | None = None
    outcome: str | None = None
    reason: str | None = None
    continues: Ref | None = None
    granted: tuple[Granted, ...] = ()
    ended: Happening | None = None
    ended_on: date | None = None
    ended_by: Actor | None = None
    end_reason: str | None = None

    @property
    def is_granted(self) -> bool:
        """Whether it was granted, in part at least."""
        return self.outcome in ("granted", "partly-granted")

    @property
    def runs_out_on(self) -> date | None:
        """The last day's next: of what was granted, or of the grant's end where that comes first.
        None where nothing was granted, or no end was."""
        ends = [one.days.to or date.max for one in self.granted]
        end = min(max(ends), self.ended_on or date.max) if ends else date.max
        return None if end == date.max else end

    def held_on(self, day: date) -> Granted | None:
        """What grants a day: of several the one that begins last; None once it is ended."""
        if self.ended_on is not None and self.ended_on <= day:
            return None
        return next((one for one in reversed(self.granted) if covers(one.days, day)), None)


def folded_grants(telling: Telling) -> dict[Ref, Grant]:
    """The grants of a course."""
    grants: dict[Ref, Grant] = {}
    extensions: dict[Ref, list[Told[GrantExtended]]] = {}
    decisions: dict[Ref, Told[GrantDecided]] = {}

    def known(grant: Ref) -> Grant:
        return grants.get(grant) or Grant(grant=grant)

    for applied in telling.of(GrantAppliedFor):
        grant = known(applied.fact.grant)
        if grant.applied_for is None:
            grants[grant.grant] = _applied_for(grant, applied)
    for decided in telling.of(GrantDecided):
        grant = known(decided.fact.grant)
        if grant.decided is None:
            decisions[grant.grant] = decided
            grants[grant.grant] = _decided(grant, decided)
    for extended in telling.of(GrantExtended):
        grants.setdefault(extended.fact.grant, Grant(grant=extended.fact.grant))
        extensions.setdefault(extended.fact.grant, []).append(extended)
    for ended in telling.of(GrantEnded):
        grant = known(ended.fact.grant)
        if grant.ended_on is None or ended.fact.to < grant.ended_on:
            grant = _ended(grant, ended)
        grants[grant.grant] = grant
    return {
        ref: replace(grant, granted=_granted(decisions.get(ref), extensions.get(ref, ())))
        for ref, grant in grants.items()
    }


def _applied_for(grant: Grant, told: Told[GrantAppliedFor]) -> Grant:
    return replace(
        grant,
        kind=told.fact.kind,
        applied_for=told.ref,
        applied_at=told.at,
        applied_by=told.fact.speaker,
    )


def _decided(grant: Grant, told: Told[GrantDecided]) -> Grant:
    return replace(
        grant,
        decided=Happening(at=told.at, ref=told.ref),
        decided_by=told.fact.actor,
        kind=told.fact.kind,
        outcome=told.fact.outcome,
        reason=told.fact.reason,
        continues=told.fact.continues,
    )


def _ended(grant: Grant, told: Told[GrantEnded]) -> Grant:
    return replace(
        grant,
        ended=Happening(at=told.at, ref=told.ref),
        ended_on=told.fact.to,
        ended_by=told.fact.actor,
        end_reason=told.fact.reason,
    )


def _granted(
    decided: Told[GrantDecided] | None, extended: Sequence[Told[GrantExtended]]
) -> tuple[Granted, ...]:
    """The days granted, by their first; an extension without a volume goes on as before."""
    told: list[Told[GrantDecided] | Told[GrantExtended]] = [*extended]
    if decided is not None:
        told.append(decided)
    found: list[Granted] = []
    for one in told:
        days = one.fact.period
        if days is not None and not is_empty(days):
            found.append(_period(one, days))
    held: list[Granted] = []
    for granted in sorted(found, key=lambda granted: granted.place):
        goes_on = bool(held) and granted.daily is None
        held.append(_as_before(granted, held[-1]) if goes_on else granted)
    return tuple(held)


def _period(told: Told[GrantDecided] | Told[GrantExtended], days: Period) -> Granted:
    fact = told.fact
    return Granted(
        at=told.at,
        ref=told.ref,
        order=told.order,
        by=fact.actor,
        days=days,
        daily=daily_minutes(days, fact.weekly_minutes, fact.total_minutes),
        weekly_minutes=fact.weekly_minutes,
        total_minutes=fact.total_minutes,
        amount_oere=fact.amount_oere,
    )


def _as_before(granted: Granted, before: Granted) -> Granted:
    """With the volume of the period before it."""
    return replace(granted, daily=before.daily, weekly_minutes=before.weekly_minutes)


def daily_minutes(days: Period | None, weekly: int | None, total: int | None) -> Fraction | None:
    """Minutes a day: a seventh of the weekly ones, or all spread evenly over the days."""
    if weekly is not None:
        return Fraction(weekly, 7)
    if total is None or days is None or days.to is None or is_empty(days):
        return None
    return Fraction(total, (days.to - days.from_) // timedelta(days=1))
