"""Grants (*bevillinger*): what a course's events say of each, from application to end."""

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from domain.calendar import is_empty
from domain.cooperation import Happening
from domain.envelope import OrderKey
from domain.events.course import GrantAppliedFor, GrantDecided, GrantEnded, GrantExtended
from domain.folding import Telling, Told
from domain.values import Period, Ref


class Granted(Happening, frozen=True, kw_only=True):
    """The days that one event granted, the decision or an extension; `daily` are minutes a day."""

    days: Period
    order: OrderKey
    daily: Fraction | None = None

    @property
    def place(self) -> tuple[date, OrderKey]:
        """By the first day, then in fold order."""
        return (self.days.from_, self.order)


class Grant(Struct, frozen=True, kw_only=True):
    """A grant by the case system's one id. Any of its events may be unknown so far.

    `granted` are its days by their first, `continues` the grant that it carries on, `decided` and
    `ended` the events: the first decision holds, and the earliest end.
    """

    grant: Ref
    kind: str | None = None
    applied_for: Ref | None = None
    decided: Happening | None = None
    outcome: str | None = None
    continues: Ref | None = None
    granted: tuple[Granted, ...] = ()
    ended: Happening | None = None
    ended_on: date | None = None

    @property
    def is_granted(self) -> bool:
        """Whether it was granted, in part at least."""
        return self.outcome in ("granted", "partly-granted")


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
            grants[grant.grant] = replace(grant, applied_for=applied.ref, kind=applied.fact.kind)
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
            happening = Happening(at=ended.at, ref=ended.ref)
            grant = replace(grant, ended=happening, ended_on=ended.fact.to)
        grants[grant.grant] = grant
    return {
        ref: replace(grant, granted=_granted(decisions.get(ref), extensions.get(ref, ())))
        for ref, grant in grants.items()
    }


def _decided(grant: Grant, told: Told[GrantDecided]) -> Grant:
    return replace(
        grant,
        decided=Happening(at=told.at, ref=told.ref),
        kind=told.fact.kind,
        outcome=told.fact.outcome,
        continues=told.fact.continues,
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
            daily = _daily(days, one.fact.weekly_minutes, one.fact.total_minutes)
            found.append(Granted(at=one.at, ref=one.ref, order=one.order, days=days, daily=daily))
    found.sort(key=lambda granted: granted.place)
    daily = None
    for number, granted in enumerate(found):
        if granted.daily is None:
            found[number] = replace(granted, daily=daily)
        daily = found[number].daily
    return tuple(found)


def _daily(days: Period, weekly: int | None, total: int | None) -> Fraction | None:
    """Minutes a day: a seventh of the weekly ones, or all spread evenly over the days."""
    if weekly is not None:
        return Fraction(weekly, 7)
    if total is None or days.to is None:
        return None
    return Fraction(total, (days.to - days.from_) // timedelta(days=1))
