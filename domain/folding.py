"""What the folds of course, mentor and team share.

A fold orders the events that count, sorts them into their kinds, and reads each part of the state
from the kinds it needs. No part depends on the order of arrival, since none sees it.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Generic, TypeVar
from uuid import UUID

from msgspec import Struct

from domain.calendar import day_of
from domain.envelope import OrderKey, Recorded, amending, effective
from domain.events.base import Fact
from domain.values import Actor, Ref

F = TypeVar("F", bound=Fact)
F_co = TypeVar("F_co", bound=Fact, covariant=True)
V = TypeVar("V")


class Told(Struct, Generic[F_co], frozen=True):
    """An event that counts: what it tells, when it happened, and its reference."""

    fact: F_co
    at: datetime
    ref: Ref
    order: OrderKey

    @property
    def day(self) -> date:
        """The day in Copenhagen on which it happened."""
        return day_of(self.at)


@cache
def _is_one_kind(kind: type[Fact]) -> bool:
    """Whether it is no base class of others; all kinds are declared before any is folded."""
    return not kind.__subclasses__()


class Telling:
    """The events that count, in fold order, by kind."""

    def __init__(self, events: Iterable[Recorded] = ()) -> None:
        self.events = list(events)
        self._by_type: dict[type[Fact], list[Told[Fact]]] = {}
        for e in effective(self.events):
            self.add(Told(e.fact, e.occurred_at, e.ref, e.order))

    def add(self, told: Told[Fact]) -> None:
        """Add an event that is known to count, after those of its kind that come before it."""
        self._by_type.setdefault(type(told.fact), []).append(told)

    def without(self, left_out: Collection[Ref]) -> "Telling":
        """The same without the events of these references."""
        rest = Telling()
        for several in self._by_type.values():
            for told in several:
                if told.ref not in left_out:
                    rest.add(told)
        return rest

    def of(self, kind: type[F]) -> list[Told[F]]:
        """Those of one kind, in fold order; of a base class, those of all its kinds."""
        if _is_one_kind(kind):
            return self._by_type.get(kind, [])  # type: ignore[return-value]  # keyed by their type
        kinds = [several for type_, several in self._by_type.items() if issubclass(type_, kind)]
        found = (told for several in kinds for told in several)
        return sorted(found, key=lambda told: told.order)  # type: ignore[arg-type]

    def amendments(self) -> dict[Ref, Ref]:
        """Which correction or retraction holds, by the event that it amends."""
        return {target: held.ref for target, held in amending(self.events).items()}


class Step(Struct, Generic[V], frozen=True):
    """From this day on, this holds; `ref` is the event that says so."""

    from_: date
    order: OrderKey
    ref: Ref
    value: V

    @property
    def place(self) -> tuple[date, OrderKey]:
        """By the day first, then in fold order."""
        return (self.from_, self.order)


Steps = tuple[Step[V], ...]


def steps(several: Iterable[Step[V]]) -> Steps[V]:
    """A step function: each step holds until the next; of one day the later in fold order."""
    return tuple(sorted(several, key=lambda step: step.place))


def held_on(function: Steps[V], day: date) -> Step[V] | None:
    """The step that holds on a day; None before the first."""
    held = None
    for step in function:
        if step.from_ > day:
            break
        held = step
    return held


class Persons:
    """Reads each person by one id, whichever system's id an event bears."""

    def __init__(self, same: Mapping[UUID, UUID] | None = None) -> None:
        self._same = same or {}

    def id(self, person: UUID) -> UUID:
        """The one id of this person."""
        # Where none is linked an id needn't be hashed, which takes longer than the rest.
        return self._same.get(person, person) if self._same else person

    def ids(self, persons: Iterable[UUID]) -> tuple[UUID, ...]:
        """The ids of several persons, each once, in their order."""
        return tuple(dict.fromkeys(map(self.id, persons) if self._same else persons))

    def actor(self, actor: Actor) -> Actor:
        """The same actor by that id."""
        return Actor(actor.function, self.id(actor.id)) if actor.id else actor
