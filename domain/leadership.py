"""How a team is led (*ledelsens rolle*): what coordinators and leaders spend their time on.

Of a meeting each participant spent its whole length: an hour's meeting of two coordinators is two
hours of coordinators' time. Whoever held a workshop, a follow-up or a matching meeting for others
took part in it.
"""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from msgspec import Struct

from domain import codes
from domain.values import Ref

# Somebody who is both takes part as coordinator: their time is spent once.
FUNCTIONS = ("coordinator", "leader")

MEETINGS = (
    "coordination",
    "sparring",
    "supervision",
    "role-workshop",
    "role-follow-up",
    "matching-meeting",
    "external-coordination",
)
ACTS = codes.leadership_acts.codes
KINDS = (*MEETINGS, *ACTS)
"""Every kind of work that is told: the meetings, and the acts of leadership by their codes."""


class Spent(Struct, frozen=True):
    """Some work: how often, how often without its minutes told, the minutes told, and when last."""

    times: int = 0
    untimed: int = 0
    told: int = 0
    last: date | None = None

    @property
    def minutes(self) -> int | None:
        """The minutes; None where there was work and none of it tells any."""
        return None if self.times and self.times == self.untimed else self.told

    def __add__(self, other: "Spent") -> "Spent":
        lasts = [one.last for one in (self, other) if one.last is not None]
        return Spent(
            self.times + other.times,
            self.untimed + other.untimed,
            self.told + other.told,
            max(lasts, default=None),
        )


class Work(Struct, frozen=True, kw_only=True):
    """One person's part in a piece of work; `minutes` are those of theirs, if told."""

    kind: str
    function: str
    person: UUID
    minutes: int | None
    day: date
    ref: Ref

    @property
    def spent(self) -> Spent:
        """The work alone."""
        return Spent(1, self.minutes is None, self.minutes or 0, self.day)


def in_all(several: Iterable[Spent]) -> Spent:
    """All of it together."""
    return sum(several, Spent())


def taking_part(participants: Iterable[tuple[UUID, str]]) -> dict[UUID, str]:
    """The coordinators and leaders among participants, each person once, by the one id of each."""
    found: dict[UUID, str] = {}
    for person, function in participants:
        if function in FUNCTIONS:
            found[person] = min(function, found.get(person, function), key=FUNCTIONS.index)
    return found
