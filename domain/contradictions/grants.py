"""Grants that can't be: by whom, never decided, or used outside their days (*bevillinger*)."""

from collections.abc import Iterator

from domain.calendar import covers
from domain.contradictions.base import Contradiction, CourseTold
from domain.events.course import ActivityRegistered, GrantDecided, GrantEnded, GrantExtended
from domain.folding import Told
from domain.grants import Grant
from domain.values import Ref

Act = GrantDecided | GrantExtended | GrantEnded


def grant_without_authority(told: CourseTold) -> Iterator[Contradiction]:
    """A grant decided, extended or ended by somebody who isn't a caseworker (*myndighed*)."""
    for one in _acts(told):
        actor = told.persons.actor(one.fact.actor)
        if actor.function != "caseworker":
            yield told.found(
                "grant-without-authority", [one], person=actor.id, thing=one.fact.grant
            )


def grant_never_decided(told: CourseTold) -> Iterator[Contradiction]:
    """A grant extended or ended, or carried on under a new id, that nobody decided."""
    decided = {one.fact.grant for one in told.telling.of(GrantDecided)}
    missing: dict[Ref, list[Told[Act]]] = {}
    for one in _acts(told):
        named = one.fact.continues if isinstance(one.fact, GrantDecided) else one.fact.grant
        if named is not None and named not in decided:
            missing.setdefault(named, []).append(one)
    for grant, several in missing.items():
        yield told.found("grant-never-decided", several, thing=grant)


def refused_grant_goes_on(told: CourseTold) -> Iterator[Contradiction]:
    """A grant extended that was refused."""
    for one in told.of(GrantExtended):
        grant = told.state.grants[one.fact.grant]
        if grant.decided and not grant.is_granted:
            yield told.found("refused-grant-goes-on", [one], grant.decided.ref, thing=grant.grant)


def work_on_unknown_grant(told: CourseTold) -> Iterator[Contradiction]:
    """Work to carry out a grant that nobody decided on this course."""
    decided = {one.fact.grant for one in told.telling.of(GrantDecided)}
    missing: dict[Ref, list[Told[ActivityRegistered]]] = {}
    for one in told.of(ActivityRegistered):
        if one.fact.grant is not None and one.fact.grant not in decided:
            missing.setdefault(one.fact.grant, []).append(one)
    for grant, several in missing.items():
        yield told.found("work-on-unknown-grant", several, thing=grant)


def work_outside_grant(told: CourseTold) -> Iterator[Contradiction]:
    """Work to carry out a grant on a day that it doesn't cover, or that was refused."""
    outside: dict[Ref, list[Told[ActivityRegistered]]] = {}
    for one in told.of(ActivityRegistered):
        grant = told.state.grants.get(one.fact.grant) if one.fact.grant else None
        if grant and grant.decided and not _covers(grant, one):
            outside.setdefault(grant.grant, []).append(one)
    for ref, several in outside.items():
        grant = told.state.grants[ref]
        beside = [happening.ref for happening in (grant.decided, grant.ended) if happening]
        yield told.found("work-outside-grant", several, *beside, thing=ref)


def _acts(told: CourseTold) -> list[Told[Act]]:
    acts: list[Told[Act]] = [
        *told.of(GrantDecided),
        *told.of(GrantExtended),
        *told.of(GrantEnded),
    ]
    return sorted(acts, key=lambda one: one.order)


def _covers(grant: Grant, one: Told[ActivityRegistered]) -> bool:
    """Whether the grant was there: on the day of its end, up to the moment of that."""
    if not any(covers(granted.days, one.day) for granted in grant.granted):
        return False
    if grant.ended is None or grant.ended_on is None or one.day < grant.ended_on:
        return True
    return one.day == grant.ended_on and one.at <= grant.ended.at


ALL = (
    grant_without_authority,
    grant_never_decided,
    refused_grant_goes_on,
    work_on_unknown_grant,
    work_outside_grant,
)
