"""Putting a follow-up off (*udsæt*), and taking it on (*overtag*): who may, and until when.

A follow-up that is put off is neither reminded of nor escalated before the day; on that day comes
what is due by then. What satisfies it resolves it meanwhile. One that is taken over lies with that
person until it is escalated: taking over doesn't stop the clock.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from domain.calendar import day_of
from domain.decisions.general import the_actor_may_decide_this
from domain.decisions.refusing import Decision, Refusal
from domain.events.common import FollowUpEvent, FollowUpSnoozed, FollowUpTakenOver
from domain.folding import Persons
from domain.raised import FollowUp

LONGEST_SNOOZE = timedelta(days=90)
"""From today; a quarter of a year. Basis: assumption."""


class FollowUpSeen(Struct, frozen=True, kw_only=True):
    """A follow-up as its stream tells it; `follow_up` is None where nothing of it counts.

    `same` maps a staff member's other ids to the one they are read as (`TeamState.same`).
    """

    follow_up: FollowUp | None
    same: Mapping[UUID, UUID] = {}


def the_follow_up_is_open(
    state: FollowUpSeen, asked: FollowUpEvent, now: datetime
) -> Refusal | None:
    """What is met or withdrawn asks for nothing more. [P]"""
    if state.follow_up is not None and state.follow_up.is_open:
        return None
    return Refusal(
        "Opfølgningen er ikke åben: den er opfyldt eller trukket tilbage.",
        "The follow-up is not open: it was met or withdrawn.",
        "en opfølgning, der står på opgavelisten",
        "a follow-up that stands in the worklist",
    )


def a_snooze_lies_ahead(
    state: FollowUpSeen, asked: FollowUpSnoozed, now: datetime
) -> Refusal | None:
    """On its last day a snooze is over, so tomorrow is the first that puts anything off. [P]"""
    if asked.until > day_of(now):
        return None
    return Refusal(
        "En opfølgning udsættes til en dag, der ligger efter i dag.",
        "A follow-up is put off until a day after today.",
        f"en dag fra {day_of(now) + timedelta(days=1):%d.%m.%Y}",
        f"a day from {day_of(now) + timedelta(days=1)} on",
    )


def a_snooze_ends_in_time(
    state: FollowUpSeen, asked: FollowUpSnoozed, now: datetime
) -> Refusal | None:
    """What is put off for longer is forgotten; whoever still needs it puts it off anew. [P]"""
    last = day_of(now) + LONGEST_SNOOZE
    if asked.until <= last:
        return None
    days = LONGEST_SNOOZE.days
    return Refusal(
        f"En opfølgning kan højst udsættes {days} dage ad gangen.",
        f"A follow-up is put off for {days} days at most, each time.",
        f"en dag senest {last:%d.%m.%Y}",
        f"a day no later than {last}",
    )


def a_snooze_changes_the_day(
    state: FollowUpSeen, asked: FollowUpSnoozed, now: datetime
) -> Refusal | None:
    """Putting off anew sets another day, later or deliberately sooner; the same would say nothing.

    So of several who put it off at once until the same day, one does. [P]
    """
    if state.follow_up is None or asked.until != state.follow_up.snoozed_until:
        return None
    return Refusal(
        "Opfølgningen er allerede udsat til den dag.",
        "The follow-up is already put off until that day.",
        "en anden dag, senere eller tidligere",
        "another day, later or sooner",
    )


def whoever_takes_over_does_it_themselves(
    state: FollowUpSeen, asked: FollowUpTakenOver, now: datetime
) -> Refusal | None:
    """Nobody is given a follow-up: who takes it on says so, or has it said on their behalf. [P]"""
    persons, speaker = Persons(state.same), asked.speaker
    if speaker.id is not None and persons.id(speaker.id) == persons.id(asked.person):
        return None
    return Refusal(
        "En opfølgning overtages af den, der selv siger det.",
        "A follow-up is taken over by whoever says so themselves.",
        "at den, der overtager, er den, der siger det, eller den, der siges det på vegne af",
        "that whoever takes it over says so, or is the one on whose behalf it is said",
    )


def nobody_takes_over_what_they_have(
    state: FollowUpSeen, asked: FollowUpTakenOver, now: datetime
) -> Refusal | None:
    """Whoever has it needn't take it over; one who was asked twice sees that it is so. [P]"""
    persons = Persons(state.same)
    held = state.follow_up.person if state.follow_up else None
    if held is None or persons.id(held) != persons.id(asked.person):
        return None
    return Refusal(
        "Opfølgningen ligger allerede hos den person.",
        "The follow-up lies with that person already.",
        "at en anden overtager den; den, der har den, skal intet gøre",
        "that somebody else takes it over; whoever has it need do nothing",
    )


SNOOZE = Decision[FollowUpSeen, FollowUpSnoozed](
    "follow-up-snoozed",
    (
        the_actor_may_decide_this,
        the_follow_up_is_open,
        a_snooze_lies_ahead,
        a_snooze_ends_in_time,
        a_snooze_changes_the_day,
    ),
)
TAKE_OVER = Decision[FollowUpSeen, FollowUpTakenOver](
    "follow-up-taken-over",
    (
        the_actor_may_decide_this,
        the_follow_up_is_open,
        whoever_takes_over_does_it_themselves,
        nobody_takes_over_what_they_have,
    ),
)
