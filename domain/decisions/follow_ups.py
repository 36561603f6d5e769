"""Putting a follow-up off (*udsæt*), and taking it on (*overtag*): who may, and until when.

A follow-up that is put off is neither reminded of nor escalated before the day; on that day comes
what is due by then. What satisfies it resolves it meanwhile. One that is taken over lies with that
person until it is escalated: taking over doesn't stop the clock.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct

from domain import codes
from domain.calendar import day_of
from domain.decisions.refusing import Refusal, Rule, pass_all
from domain.events.base import Fact
from domain.events.common import (
    CourseFollowUpSnoozed,
    CourseFollowUpTakenOver,
    FollowUpSnoozed,
    FollowUpTakenOver,
    TeamFollowUpSnoozed,
    TeamFollowUpTakenOver,
)
from domain.folding import Persons
from domain.raised import FollowUp
from domain.values import Actor, Ciphertext, FollowUpKey

LONGEST_SNOOZE = timedelta(days=90)
"""From today; a quarter of a year. Basis: assumption."""

_SNOOZED: Mapping[str, type[FollowUpSnoozed]] = {
    "course": CourseFollowUpSnoozed,
    "team": TeamFollowUpSnoozed,
}
_TAKEN_OVER: Mapping[str, type[FollowUpTakenOver]] = {
    "course": CourseFollowUpTakenOver,
    "team": TeamFollowUpTakenOver,
}


class FollowUpSeen(Struct, frozen=True, kw_only=True):
    """A follow-up as its stream tells it; `follow_up` is None where nothing of it counts.

    `subject` is the kind of stream, course or team; `same` maps a staff member's other ids to the
    one they are read as (`TeamState.same`).
    """

    key: FollowUpKey
    subject: str
    follow_up: FollowUp | None
    same: Mapping[UUID, UUID] = {}


class _OnFollowUp(Struct, frozen=True, kw_only=True):
    """What both commands say. The follow-up itself isn't among it: it is what is asked about."""

    actor: Actor
    reason: str
    on_behalf_of: Actor | None = None
    note: Ciphertext | None = None
    note_confidential: bool = False


class SnoozeFollowUp(_OnFollowUp, frozen=True, kw_only=True):
    """Put a follow-up off until a day (*udsæt*): on that day it is there again.

    Anew it sets the day anew, later or sooner.
    """

    until: date


class TakeOverFollowUp(_OnFollowUp, frozen=True, kw_only=True):
    """Take a follow-up on (*overtag*): `person` has it from now on."""

    person: UUID


def snooze(state: FollowUpSeen, command: SnoozeFollowUp, *, now: datetime) -> list[Fact]:
    """The follow-up as put off. Raises Refused by the first rule that forbids it."""
    pass_all(SNOOZE_RULES, state, command, now)
    return [_SNOOZED[state.subject](follow_up=state.key, **_fields(command))]


def take_over(state: FollowUpSeen, command: TakeOverFollowUp, *, now: datetime) -> list[Fact]:
    """The follow-up as taken over. Raises Refused by the first rule that forbids it."""
    pass_all(TAKE_OVER_RULES, state, command, now)
    return [_TAKEN_OVER[state.subject](follow_up=state.key, **_fields(command))]


def _fields(command: _OnFollowUp) -> dict[str, Any]:
    return {name: getattr(command, name) for name in command.__struct_fields__}


def a_named_person_does_it(
    state: FollowUpSeen, command: _OnFollowUp, now: datetime
) -> Refusal | None:
    """A follow-up is put off or taken over by a person who answers for it, never by a program."""
    may = FollowUpSnoozed.HERE
    if command.actor.function in may and command.actor.id is not None:
        return None
    names = ", ".join(codes.functions.danish[function] for function in may)
    return Refusal(
        f"Det gør kun en navngiven person: {names}.",
        f"Only a named person does that: {', '.join(may)}.",
        f"en person med id og en af funktionerne {', '.join(may)}",
        f"a person with an id and one of the functions {', '.join(may)}",
    )


def the_follow_up_is_open(
    state: FollowUpSeen, command: _OnFollowUp, now: datetime
) -> Refusal | None:
    """What is met or withdrawn asks for nothing more."""
    if state.follow_up is not None and state.follow_up.is_open:
        return None
    return Refusal(
        "Opfølgningen er ikke åben: den er opfyldt eller trukket tilbage.",
        "The follow-up is not open: it was met or withdrawn.",
        "en opfølgning, der står på opgavelisten",
        "a follow-up that stands in the worklist",
    )


def a_snooze_lies_ahead(
    state: FollowUpSeen, command: SnoozeFollowUp, now: datetime
) -> Refusal | None:
    """On its last day a snooze is over, so tomorrow is the first that puts anything off."""
    if command.until > day_of(now):
        return None
    return Refusal(
        "En opfølgning udsættes til en dag, der ligger efter i dag.",
        "A follow-up is put off until a day after today.",
        f"en dag fra {day_of(now) + timedelta(days=1):%d.%m.%Y}",
        f"a day from {day_of(now) + timedelta(days=1)} on",
    )


def a_snooze_ends_in_time(
    state: FollowUpSeen, command: SnoozeFollowUp, now: datetime
) -> Refusal | None:
    """What is put off for longer is forgotten; whoever still needs it puts it off anew."""
    last = day_of(now) + LONGEST_SNOOZE
    if command.until <= last:
        return None
    days = LONGEST_SNOOZE.days
    return Refusal(
        f"En opfølgning kan højst udsættes {days} dage ad gangen.",
        f"A follow-up is put off for {days} days at most, each time.",
        f"en dag senest {last:%d.%m.%Y}",
        f"a day no later than {last}",
    )


def a_snooze_changes_the_day(
    state: FollowUpSeen, command: SnoozeFollowUp, now: datetime
) -> Refusal | None:
    """Putting off anew sets another day, later or deliberately sooner; the same would say nothing.

    So of several who put it off at once until the same day, one does.
    """
    if state.follow_up is None or command.until != state.follow_up.snoozed_until:
        return None
    return Refusal(
        "Opfølgningen er allerede udsat til den dag.",
        "The follow-up is already put off until that day.",
        "en anden dag, senere eller tidligere",
        "another day, later or sooner",
    )


def whoever_takes_over_does_it_themselves(
    state: FollowUpSeen, command: TakeOverFollowUp, now: datetime
) -> Refusal | None:
    """Nobody is given a follow-up: who takes it on says so, or has it said on their behalf."""
    persons, speaker = Persons(state.same), command.on_behalf_of or command.actor
    if speaker.id is not None and persons.id(speaker.id) == persons.id(command.person):
        return None
    return Refusal(
        "En opfølgning overtages af den, der selv siger det.",
        "A follow-up is taken over by whoever says so themselves.",
        "at den, der overtager, er den, der siger det, eller den, der siges det på vegne af",
        "that whoever takes it over says so, or is the one on whose behalf it is said",
    )


def nobody_takes_over_what_they_have(
    state: FollowUpSeen, command: TakeOverFollowUp, now: datetime
) -> Refusal | None:
    """Whoever has it already needn't take it over; one who was asked twice sees that it is so."""
    persons = Persons(state.same)
    held = state.follow_up.person if state.follow_up else None
    if held is None or persons.id(held) != persons.id(command.person):
        return None
    return Refusal(
        "Opfølgningen ligger allerede hos den person.",
        "The follow-up lies with that person already.",
        "en anden person, eller intet: den, der har den, beholder den",
        "another person, or nothing: whoever has it keeps it",
    )


SNOOZE_RULES: Sequence[Rule[FollowUpSeen, SnoozeFollowUp]] = (
    a_named_person_does_it,
    the_follow_up_is_open,
    a_snooze_lies_ahead,
    a_snooze_ends_in_time,
    a_snooze_changes_the_day,
)
TAKE_OVER_RULES: Sequence[Rule[FollowUpSeen, TakeOverFollowUp]] = (
    a_named_person_does_it,
    the_follow_up_is_open,
    whoever_takes_over_does_it_themselves,
    nobody_takes_over_what_they_have,
)
