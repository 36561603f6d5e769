"""Where each grant stands on a day (*bevillingsoversigt*), read from what had happened by then."""

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum

from msgspec import Struct

from domain.grants import Grant, Granted
from domain.values import Actor, Ref

SOON = 42  # days: a grant that ends within six weeks runs out soon


class Standing(StrEnum):
    """Where a grant stands on a day."""

    APPLIED_FOR = "applied-for"
    REFUSED = "refused"
    GRANTED = "granted"  # its days lie ahead
    RUNNING = "running"
    RUNS_OUT = "runs-out"  # within six weeks
    RUN_OUT = "run-out"
    ENDED = "ended"


class Entry(Struct, frozen=True, kw_only=True):
    """A grant on a day. `held` are the days that hold, else the next ones, else the last ones.

    `runs_out_on` is the first day no more granted, `continued_by` the grants that carry it on.
    """

    grant: Grant
    standing: Standing
    held: Granted | None = None
    runs_out_on: date | None = None
    continued_by: tuple[Ref, ...] = ()

    def days_left(self, day: date) -> int | None:
        """Days until it runs out, `day` included; None unless it is granted for days to come."""
        if self.standing not in (Standing.GRANTED, Standing.RUNNING, Standing.RUNS_OUT):
            return None
        return (self.runs_out_on - day).days if self.runs_out_on else None

    @property
    def extensions(self) -> int:
        """How many times it got new days after the decision."""
        decided = self.grant.decided
        return sum(one.ref != (decided.ref if decided else None) for one in self.grant.granted)

    @property
    def deciders(self) -> list[Actor]:
        """Who decided, extended and ended it."""
        one = self.grant
        several = [one.decided_by, *(granted.by for granted in one.granted), one.ended_by]
        return [actor for actor in several if actor is not None]

    @property
    def crosses_boundary(self) -> bool:
        """Whether somebody other than a caseworker exercised authority over it."""
        return any(actor.function != "caseworker" for actor in self.deciders)


def ledger(grants: Iterable[Grant], day: date) -> Iterator[Entry]:
    """The entries of one course's grants, in the order in which they are told."""
    several = list(grants)
    followers: dict[Ref, list[Ref]] = {}
    for grant in several:
        if grant.continues is not None and grant.continues != grant.grant:
            followers.setdefault(grant.continues, []).append(grant.grant)
    for grant in several:
        end = _runs_out_on(grant)
        yield Entry(
            grant=grant,
            standing=_standing(grant, end, day),
            held=held_or_near(grant, day),
            runs_out_on=end,
            continued_by=tuple(followers.get(grant.grant, ())),
        )


def held_or_near(grant: Grant, day: date) -> Granted | None:
    """The days granted that hold, else the next ones, else the last ones."""
    ahead = (one for one in grant.granted if one.days.from_ > day)
    return grant.held_on(day) or next(ahead, None) or next(reversed(grant.granted), None)


def _runs_out_on(grant: Grant) -> date | None:
    """The last day's next: of what was granted, or of the grant's end where that comes first."""
    if not grant.granted:
        return None
    ends = [one.days.to or date.max for one in grant.granted]
    end = min(max(ends), grant.ended_on or date.max)
    return None if end == date.max else end


def _standing(grant: Grant, end: date | None, day: date) -> Standing:
    if grant.ended_on is not None and grant.ended_on <= day:
        return Standing.ENDED
    if not grant.granted and grant.decided is None:
        return Standing.APPLIED_FOR
    if not grant.granted and not grant.is_granted:
        return Standing.REFUSED
    if not grant.granted or (end is not None and end <= day):
        return Standing.RUN_OUT
    if grant.held_on(day) is None:
        return Standing.GRANTED
    soon = end is not None and (end - day).days <= SOON
    return Standing.RUNS_OUT if soon else Standing.RUNNING
