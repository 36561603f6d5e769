"""The acts of the follow-up engine: its events, ready to be stored, each under an id of its own.

The id is made from the stream, the follow-up's key and the stage, so an act that is stored twice,
by whoever and however late, is one event. A follow-up closes once in a stream: resolving and
withdrawing share an id.
"""

from hashlib import sha256
from uuid import UUID

import msgspec
from msgspec import Struct

from domain.events.base import Fact
from domain.events.common import (
    CourseFollowUpEscalated,
    CourseFollowUpRaised,
    CourseFollowUpReminded,
    CourseFollowUpResolved,
    CourseFollowUpWithdrawn,
    FollowUpEscalated,
    FollowUpEvent,
    FollowUpRaised,
    FollowUpReminded,
    FollowUpResolved,
    FollowUpWithdrawn,
    TeamFollowUpEscalated,
    TeamFollowUpRaised,
    TeamFollowUpReminded,
    TeamFollowUpResolved,
    TeamFollowUpWithdrawn,
)
from domain.values import Actor, FollowUpKey

SYSTEM = Actor("system")
RAISED = "raised"
CLOSED = "closed"


class Act(Struct, frozen=True):
    """An event to be stored: at most 64 characters of `id`, the same whenever it is made.

    It tells acts of one stream apart; the id in the log is `id_in`'s.
    """

    id: str
    fact: Fact


class ActKinds(Struct, frozen=True):
    """The event types of one stream's follow-ups."""

    raised: type[FollowUpRaised]
    reminded: type[FollowUpReminded]
    escalated: type[FollowUpEscalated]
    resolved: type[FollowUpResolved]
    withdrawn: type[FollowUpWithdrawn]


COURSE_ACTS = ActKinds(
    CourseFollowUpRaised,
    CourseFollowUpReminded,
    CourseFollowUpEscalated,
    CourseFollowUpResolved,
    CourseFollowUpWithdrawn,
)
TEAM_ACTS = ActKinds(
    TeamFollowUpRaised,
    TeamFollowUpReminded,
    TeamFollowUpEscalated,
    TeamFollowUpResolved,
    TeamFollowUpWithdrawn,
)


def act_id(key: FollowUpKey, stage: str) -> str:
    """The id of the event that writes this stage of this follow-up."""
    told = msgspec.json.encode([key, stage])
    return f"follow-up-{sha256(told).hexdigest()[:40]}"


def id_in(stream: UUID, id: str) -> str:
    """The id under which an act is stored in a stream.

    Several streams can have the same key: a mentor who leaves, leaves all their citizens; and
    while courses are linked, what hangs on events of the one is written in the other.
    """
    return f"follow-up-{sha256(stream.bytes + id.encode()).hexdigest()[:40]}"


def act(stage: str, fact: FollowUpEvent) -> Act:
    """An act under its id."""
    return Act(act_id(fact.follow_up, stage), fact)
