"""What happened to each follow-up (*opfølgning*): raised, reminded, escalated, put off, ended."""

from typing import Any

from domain.events.base import Fact
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
from domain.values import Actor, FollowUpKey
from projections.copying import Kind
from projections.table import UNSAID, FactTable, Values, key, ref

# `subject` is the kind of stream: course, mentor or team.
_KEY = {
    "subject": Kind.CODE,
    "rule": Kind.CODE,
    "anchor": Kind.TEXT,
    "cycle": Kind.INT,
    "about": Kind.UUID,
}

RAISED = FactTable(
    "follow_ups_raised",
    {
        **_KEY,
        "due_on": Kind.DATE,
        "addressed_to": Kind.CODE,
        "person": Kind.UUID,
        "pack": Kind.CODE,
        "edition": Kind.CODE,
    },
)
REMINDED = FactTable("follow_ups_reminded", {**_KEY, "number": Kind.INT})
ESCALATED = FactTable(
    "follow_ups_escalated", {**_KEY, "addressed_to": Kind.CODE, "person": Kind.UUID}
)
# `speaker` is who put it off, or said that somebody takes it over: it may be anybody.
SNOOZED = FactTable(
    "follow_ups_snoozed",
    {**_KEY, "until_day": Kind.DATE, "reason": Kind.CODE, "speaker": Kind.UUID},
)
# `function` is that of a person who took it over themselves.
TAKEN_OVER = FactTable(
    "follow_ups_taken_over",
    {
        **_KEY,
        "person": Kind.UUID,
        "reason": Kind.CODE,
        "function": Kind.CODE,
        "speaker": Kind.UUID,
    },
)
# `because` is the fact that satisfied it, or for which it was withdrawn.
ENDED = FactTable(
    "follow_ups_ended",
    {**_KEY, "outcome": Kind.CODE, "reason": Kind.CODE, "because": Kind.TEXT},
)

ALL = (RAISED, REMINDED, ESCALATED, SNOOZED, TAKEN_OVER, ENDED)


def _key(fact: FollowUpEvent) -> Values:
    which = fact.follow_up
    subject = fact.NAME.partition(".")[0]
    return (subject, which.rule, key(which.anchor), which.cycle, which.about)


@RAISED.row_from(FollowUpRaised)
def _raised(fact: FollowUpRaised) -> Values:
    to = (fact.addressed_to, fact.person)
    return (*_key(fact), fact.due_on, *to, fact.pack, fact.edition)


@REMINDED.row_from(FollowUpReminded)
def _reminded(fact: FollowUpReminded) -> Values:
    return (*_key(fact), fact.number)


@ESCALATED.row_from(FollowUpEscalated)
def _escalated(fact: FollowUpEscalated) -> Values:
    return (*_key(fact), fact.addressed_to, fact.person)


@SNOOZED.row_from(FollowUpSnoozed)
def _snoozed(fact: FollowUpSnoozed) -> Values:
    return (*_key(fact), fact.until, fact.reason, fact.speaker.id)


@TAKEN_OVER.row_from(FollowUpTakenOver)
def _taken_over(fact: FollowUpTakenOver) -> Values:
    speaker = fact.speaker
    function = speaker.function if speaker.id == fact.person else None
    return (*_key(fact), fact.person, fact.reason, function, speaker.id)


@ENDED.row_from(FollowUpResolved)
def _resolved(fact: FollowUpResolved) -> Values:
    return (*_key(fact), "resolved", None, key(fact.by))


@ENDED.row_from(FollowUpWithdrawn)
def _withdrawn(fact: FollowUpWithdrawn) -> Values:
    return (*_key(fact), "withdrawn", fact.reason, key(fact.because))


def _told(row: Any) -> FollowUpKey:
    return FollowUpKey(row.rule, ref(row.anchor), row.cycle, row.about)


@RAISED.read_as
def _read_raised(row: Any) -> Fact:
    return FollowUpRaised(
        actor=UNSAID,
        follow_up=_told(row),
        due_on=row.due_on,
        addressed_to=row.addressed_to,
        person=row.person,
        pack=row.pack,
        edition=row.edition,
    )


@REMINDED.read_as
def _read_reminded(row: Any) -> Fact:
    return FollowUpReminded(actor=UNSAID, follow_up=_told(row), number=row.number)


@ESCALATED.read_as
def _read_escalated(row: Any) -> Fact:
    return FollowUpEscalated(
        actor=UNSAID, follow_up=_told(row), addressed_to=row.addressed_to, person=row.person
    )


@SNOOZED.read_as
def _read_snoozed(row: Any) -> Fact:
    return FollowUpSnoozed(
        actor=UNSAID, follow_up=_told(row), until=row.until_day, reason=row.reason
    )


@TAKEN_OVER.read_as
def _read_taken_over(row: Any) -> Fact:
    actor = Actor(row.function, row.person) if row.function else UNSAID
    return FollowUpTakenOver(
        actor=actor, follow_up=_told(row), person=row.person, reason=row.reason
    )


@ENDED.read_as
def _read_ended(row: Any) -> Fact:
    because = ref(row.because) if row.because else None
    if row.outcome == "resolved" and because is not None:
        return FollowUpResolved(actor=UNSAID, follow_up=_told(row), by=because)
    return FollowUpWithdrawn(actor=UNSAID, follow_up=_told(row), reason=row.reason, because=because)
