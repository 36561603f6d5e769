"""Grants (*bevillinger*): what a course's events say of each, from application to end."""

from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from domain.events.course import GrantAppliedFor, GrantDecided, GrantEnded, GrantExtended
from domain.folding import Telling
from domain.values import Period, Ref


class Grant(Struct, frozen=True, kw_only=True):
    """A grant by the case system's one id. Any of its events may be unknown so far."""

    grant: Ref
    kind: str | None = None
    applied_for: Ref | None = None
    decided: Ref | None = None
    outcome: str | None = None
    periods: tuple[Period, ...] = ()
    ended_on: date | None = None

    @property
    def is_granted(self) -> bool:
        """Whether it was granted, in part at least."""
        return self.outcome in ("granted", "partly-granted")


def folded_grants(telling: Telling) -> dict[Ref, Grant]:
    """The grants of a course. The first decision holds, and the earliest end."""
    grants: dict[Ref, Grant] = {}

    def known(grant: Ref) -> Grant:
        return grants.get(grant) or Grant(grant=grant)

    for applied in telling.of(GrantAppliedFor):
        grant = known(applied.fact.grant)
        if grant.applied_for is None:
            grants[grant.grant] = replace(grant, applied_for=applied.ref, kind=applied.fact.kind)
    for decided in telling.of(GrantDecided):
        grant, fact = known(decided.fact.grant), decided.fact
        if grant.decided is None:
            periods = (fact.period,) if fact.period else ()
            grants[grant.grant] = replace(
                grant, decided=decided.ref, kind=fact.kind, outcome=fact.outcome, periods=periods
            )
    for extended in telling.of(GrantExtended):
        grant = known(extended.fact.grant)
        grants[grant.grant] = replace(grant, periods=(*grant.periods, extended.fact.period))
    for ended in telling.of(GrantEnded):
        grant = known(ended.fact.grant)
        on = min(ended.fact.to, grant.ended_on or ended.fact.to)
        grants[grant.grant] = replace(grant, ended_on=on)
    return grants
