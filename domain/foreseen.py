"""Follow-ups as they will stand when acts that are planned have been written."""

from collections.abc import Iterable

from msgspec.structs import replace

from domain.events.common import (
    FollowUpEscalated,
    FollowUpRaised,
    FollowUpReminded,
    FollowUpResolved,
    FollowUpWithdrawn,
)
from domain.follow_up_acts import Act
from domain.raised import FollowUp, FollowUps, Status


def foreseen(written: FollowUps, acts: Iterable[Act]) -> FollowUps:
    """What is written, and on top of it these acts."""
    follow_ups = dict(written)
    for act in acts:
        match act.fact:
            case FollowUpRaised(follow_up=key, due_on=due_on, addressed_to=to, person=person):
                one = FollowUp(key=key, due_on=due_on, addressed_to=to, person=person)
            case FollowUpReminded(follow_up=key, number=number):
                one = replace(follow_ups[key], reminders=number)
            case FollowUpEscalated(follow_up=key, addressed_to=to, person=person):
                told = (*follow_ups[key].escalated_to, to)
                one = replace(follow_ups[key], addressed_to=to, person=person, escalated_to=told)
            case FollowUpResolved(follow_up=key):
                one = replace(follow_ups[key], closed=Status.RESOLVED)
            case FollowUpWithdrawn(follow_up=key):
                one = replace(follow_ups[key], closed=Status.WITHDRAWN)
            case _:
                continue
        follow_ups[key] = one
    return follow_ups
