"""The follow-ups (*opfølgninger*) of a stream as its own events tell them.

What is kept is what was written; whether it still should be is asked of the rules.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from domain.events.common import (
    FollowUpEscalated,
    FollowUpEvent,
    FollowUpRaised,
    FollowUpReminded,
    FollowUpResolved,
    FollowUpSnoozed,
    FollowUpTakenOver,
    FollowUpWithdrawn,
)
from domain.folding import Persons, Telling, Told
from domain.values import FollowUpKey, Ref


class Status(StrEnum):
    """Where a follow-up stands."""

    RAISED = "raised"
    REMINDED = "reminded"
    ESCALATED = "escalated"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"


class FollowUp(Struct, frozen=True, kw_only=True):
    """One follow-up. `addressed_to` and `person` are those that have it now; `taken_over` says
    whether that person took it on, and nobody has been given it by an escalation since; `taken_as`
    the function in which they did, None where another gave it to them. `about` is the key's person.
    Both persons are told by the one id that they are read as now.
    """

    key: FollowUpKey
    about: UUID | None = None
    raised_at: datetime | None = None
    due_on: date | None = None
    edition: tuple[str, str] | None = None  # the rule pack's slug, and its edition
    addressed_to: str | None = None
    person: UUID | None = None
    taken_over: bool = False
    taken_as: str | None = None
    reminders: int = 0
    escalated_to: tuple[str, ...] = ()
    snoozed_until: date | None = None
    closed: Status | None = None
    closed_by: Ref | None = None  # the fact that met it, or because of which it was withdrawn
    withdrawn_as: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether it still asks for something."""
        return self.closed is None

    def status_on(self, day: date) -> Status:
        """Its status on a day; a snooze (*udsættelse*) is over on its last day."""
        if self.closed is not None:
            return self.closed
        if self.snoozed_until is not None and day < self.snoozed_until:
            return Status.SNOOZED
        if self.escalated_to:
            return Status.ESCALATED
        return Status.REMINDED if self.reminders else Status.RAISED


FollowUps = dict[FollowUpKey, FollowUp]


def folded_follow_ups(telling: Telling, persons: Persons | None = None) -> FollowUps:
    """The follow-ups of a stream, by key; each person by the one id that they are read as."""
    one_of = persons or Persons()
    by_key: dict[FollowUpKey, list[Told[FollowUpEvent]]] = {}
    for told in telling.of(FollowUpEvent):
        by_key.setdefault(told.fact.follow_up, []).append(told)
    return {key: _follow_up(key, one_of, several) for key, several in by_key.items()}


def _follow_up(
    key: FollowUpKey, one_of: Persons, several: Sequence[Told[FollowUpEvent]]
) -> FollowUp:
    """One follow-up from its own events; of doubled ones the first holds.

    Stages stored at the same instant have no order of their own, so none is read from it.
    """
    facts = [told.fact for told in several]
    raised = next((t for t in several if isinstance(t.fact, FollowUpRaised)), None)
    escalations = [f for f in facts if isinstance(f, FollowUpEscalated)]
    snoozes = [f.until for f in facts if isinstance(f, FollowUpSnoozed)]
    holder, person, taken = _holder(facts)
    closed, closed_by, withdrawn_as = _closing(facts)
    return FollowUp(
        key=key,
        about=one_of.id(key.about) if key.about else None,
        raised_at=raised.at if raised else None,
        due_on=raised.fact.due_on if raised and isinstance(raised.fact, FollowUpRaised) else None,
        edition=_edition(raised.fact) if raised else None,
        addressed_to=holder,
        person=one_of.id(person) if person else None,
        taken_over=taken is not None,
        taken_as=_taken_as(taken),
        reminders=max((f.number for f in facts if isinstance(f, FollowUpReminded)), default=0),
        escalated_to=tuple(dict.fromkeys(f.addressed_to for f in escalations)),
        snoozed_until=snoozes[-1] if snoozes else None,
        closed=closed,
        closed_by=closed_by,
        withdrawn_as=withdrawn_as,
    )


def _edition(fact: FollowUpEvent) -> tuple[str, str] | None:
    return (fact.pack, fact.edition) if isinstance(fact, FollowUpRaised) else None


def _holder(
    facts: Sequence[FollowUpEvent],
) -> tuple[str | None, UUID | None, FollowUpTakenOver | None]:
    """To whom it is addressed and who has it: as raised, escalated or taken over, the last of them.

    The third is how that person took it over, if they did.
    """
    addressed_to: str | None = None
    person: UUID | None = None
    taken: FollowUpTakenOver | None = None
    for fact in _raised_first(facts):
        if isinstance(fact, FollowUpRaised | FollowUpEscalated):
            addressed_to, person, taken = fact.addressed_to, fact.person, None
        elif isinstance(fact, FollowUpTakenOver):
            person, taken = fact.person, fact
    return addressed_to, person, taken


def _taken_as(taken: FollowUpTakenOver | None) -> str | None:
    if taken is None or taken.speaker.id != taken.person:
        return None
    return taken.speaker.function


def _raised_first(facts: Sequence[FollowUpEvent]) -> Iterator[FollowUpEvent]:
    yield from (f for f in facts if isinstance(f, FollowUpRaised))
    yield from (f for f in facts if not isinstance(f, FollowUpRaised))


def _closing(facts: Sequence[FollowUpEvent]) -> tuple[Status | None, Ref | None, str | None]:
    """How it was closed, by which fact, and for a withdrawal why. It closes once."""
    for fact in facts:
        if isinstance(fact, FollowUpResolved):
            return Status.RESOLVED, fact.by, None
        if isinstance(fact, FollowUpWithdrawn):
            return Status.WITHDRAWN, fact.because, fact.reason
    return None, None, None
