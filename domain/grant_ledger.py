"""Where each grant stands on a day (*bevillingsoversigt*), read from what had happened by then."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from domain.calendar import covers
from domain.grants import Grant, Granted
from domain.spells import Spell, close_of
from domain.values import Actor, Ref

ONE_DAY = timedelta(days=1)
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
    CONTINUED = "continued"  # it runs out, or did, and a grant for days after it is in its place
    CLOSED = "closed"  # it would hold, or come to, but its course is closed


_AHEAD = (Standing.GRANTED, Standing.RUNNING, Standing.RUNS_OUT, Standing.CONTINUED)


class Entry(Struct, frozen=True, kw_only=True):
    """A grant on a day. `held` are the days that hold, else the next ones, else the last ones.

    `runs_out_on` is the first day no more granted, `continued_by` the grants that carry it on,
    `closed` the spell by whose end its course is closed on the day.
    """

    grant: Grant
    standing: Standing
    held: Granted | None = None
    runs_out_on: date | None = None
    continued_by: tuple[Ref, ...] = ()
    closed: Spell | None = None

    @property
    def last_day(self) -> date | None:
        """The last day granted, the day before it runs out; None where it doesn't, or isn't."""
        return self.runs_out_on - ONE_DAY if self.runs_out_on else None

    def days_left(self, day: date) -> int | None:
        """Days until it runs out, `day` included; None unless it is granted for days to come, in
        a course that is open."""
        if not self.is_ahead(day):
            return None
        return (self.runs_out_on - day).days if self.runs_out_on else None

    def is_ahead(self, day: date) -> bool:
        """Whether days from `day` on are granted, in a course that is open."""
        past = self.runs_out_on is not None and self.runs_out_on <= day
        return self.standing in _AHEAD and not past

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
    followers: dict[Ref, list[Grant]] = {}
    for grant in several:
        if grant.continues is not None and grant.continues != grant.grant:
            followers.setdefault(grant.continues, []).append(grant)
    for grant in several:
        end, own = grant.runs_out_on, followers.get(grant.grant, ())
        standing = _standing(grant, end, day)
        if standing in (Standing.RUNS_OUT, Standing.RUN_OUT) and _goes_on(own, end):
            standing = Standing.CONTINUED
        yield Entry(
            grant=grant,
            standing=standing,
            held=held_or_near(grant, day),
            runs_out_on=end,
            continued_by=tuple(one.grant for one in own),
        )


def in_course(entry: Entry, spells: Sequence[Spell], day: date) -> Entry:
    """The entry in a course that is open on these days. A grant stands over a close, and holds
    again with the course, but while the course is closed nothing of it is to run out."""
    if not entry.is_ahead(day) or any(covers(spell.days, day) for spell in spells):
        return entry
    return replace(entry, standing=Standing.CLOSED, closed=close_of(spells, day))


def _goes_on(followers: Iterable[Grant], end: date | None) -> bool:
    """Whether days from `end` on are granted by one of these; a refusal continues nothing."""
    for one in followers:
        last = one.runs_out_on
        if end is not None and one.granted and (last is None or last > end):
            return True
    return False


def held_or_near(grant: Grant, day: date) -> Granted | None:
    """The days granted that hold, else the next ones, else the last ones."""
    ahead = (one for one in grant.granted if one.days.from_ > day)
    return grant.held_on(day) or next(ahead, None) or next(reversed(grant.granted), None)


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
