"""What happened to each follow-up (*opfølgning*): raised, reminded, escalated, put off, ended."""

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
from projections.copying import Kind
from projections.table import FactTable, Values, key

_KEY = {"rule": Kind.CODE, "anchor": Kind.TEXT, "cycle": Kind.INT, "about": Kind.UUID}

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
SNOOZED = FactTable("follow_ups_snoozed", {**_KEY, "until_day": Kind.DATE, "reason": Kind.CODE})
TAKEN_OVER = FactTable("follow_ups_taken_over", {**_KEY, "person": Kind.UUID, "reason": Kind.CODE})
# `because` is the fact that satisfied it, or for which it was withdrawn.
ENDED = FactTable(
    "follow_ups_ended",
    {**_KEY, "outcome": Kind.CODE, "reason": Kind.CODE, "because": Kind.TEXT},
)

ALL = (RAISED, REMINDED, ESCALATED, SNOOZED, TAKEN_OVER, ENDED)


def _key(fact: FollowUpEvent) -> Values:
    which = fact.follow_up
    return (which.rule, key(which.anchor), which.cycle, which.about)


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
    return (*_key(fact), fact.until, fact.reason)


@TAKEN_OVER.row_from(FollowUpTakenOver)
def _taken_over(fact: FollowUpTakenOver) -> Values:
    return (*_key(fact), fact.person, fact.reason)


@ENDED.row_from(FollowUpResolved)
def _resolved(fact: FollowUpResolved) -> Values:
    return (*_key(fact), "resolved", None, key(fact.by))


@ENDED.row_from(FollowUpWithdrawn)
def _withdrawn(fact: FollowUpWithdrawn) -> Values:
    return (*_key(fact), "withdrawn", fact.reason, key(fact.because))
