"""The values that events are made of: references, actors, periods."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Struct

from domain.fields import Plain, Reference

Person = Annotated[UUID, Reference("person")]
Course = Annotated[UUID, Reference("course")]
Date = Annotated[date, Plain("date")]
Minutes = Annotated[int, Plain("minutes", 1, 6000)]
WeeklyMinutes = Annotated[int, Plain("weekly-minutes", 0, 3600)]
TotalMinutes = Annotated[int, Plain("total-minutes", 1, 600_000)]
Oere = Annotated[int, Plain("oere", 0, 10**12)]
Flag = Annotated[bool, Plain("flag")]
Slug = Annotated[str, Plain("slug")]

# Ciphertext. The domain never sees what is in it.
Ciphertext = str


class Ref(Struct, frozen=True, order=True):
    """A thing or an event by its sender's reference: who named it, and how."""

    source: str
    id: str


Thing = Annotated[Ref, Reference("thing")]
EventRef = Annotated[Ref, Reference("event")]


class Actor(Struct, frozen=True, omit_defaults=True):
    """Who did it, in which function (*funktion*). The citizen and the system have no id."""

    function: str
    id: UUID | None = None


class Period(Struct, frozen=True, omit_defaults=True, rename={"from_": "from"}):
    """Days in Copenhagen, half-open: `to` is the first day not covered; none = open."""

    from_: date
    to: date | None = None


Span = Annotated[Period, Plain("period")]


class Item(Struct, frozen=True, omit_defaults=True):
    """A quality of a mentor (*styrke*, *ønske*) with sealed words of their own."""

    code: str
    text: Ciphertext | None = None


class Joint(Struct, frozen=True):
    """Supervision shared by municipalities: the id that they agreed on, and their codes."""

    id: str
    municipalities: tuple[str, ...]


JointSession = Annotated[Joint, Plain("joint")]


class FollowUpKey(Struct, frozen=True, omit_defaults=True):
    """What makes a follow-up that one: never its date.

    `anchor` is the event it hangs on; `cycle` counts from 1 how often it has been raised on it;
    `about` is the person when it isn't about the stream's own subject.
    """

    rule: str
    anchor: Ref
    cycle: int
    about: UUID | None = None


FollowUp = Annotated[FollowUpKey, Plain("follow-up")]


class Replacement(Struct, frozen=True):
    """The whole event that a correction (*rettelse*) puts in the original's place."""

    type: str  # name and version, such as course.activity-registered.v1
    time: datetime
    data: msgspec.Raw


Whole = Annotated[Replacement, Plain("replacement")]
