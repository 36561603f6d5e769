"""What people do about follow-ups in a run: put one off, or take it over."""

from datetime import datetime, timedelta
from uuid import UUID

from domain.calendar import day_of
from domain.events.common import (
    CourseFollowUpSnoozed,
    CourseFollowUpTakenOver,
    FollowUpEvent,
    TeamFollowUpSnoozed,
    TeamFollowUpTakenOver,
)
from tests.follow_ups.memory import Sight
from tests.follow_ups.script import Handling
from tests.follow_ups.story import COORDINATOR, id_of


def handled(what: Handling, sight: Sight, now: datetime) -> tuple[UUID, FollowUpEvent] | None:
    """The stream, and what is said there; None where nothing is open."""
    opened = [
        (subject, key)
        for subject in (sight.course_id, sight.team_id)
        for key, one in sorted(sight.follow_ups(subject).items(), key=repr)
        if one.is_open
    ]
    if not opened:
        return None
    subject, key = opened[what.pick % len(opened)]
    of_course = subject == sight.course_id
    if what.days is None:
        taken = CourseFollowUpTakenOver if of_course else TeamFollowUpTakenOver
        return subject, taken(
            actor=COORDINATOR, follow_up=key, person=id_of(COORDINATOR), reason="workload"
        )
    snoozed = CourseFollowUpSnoozed if of_course else TeamFollowUpSnoozed
    until = day_of(now) + timedelta(days=what.days)
    return subject, snoozed(actor=COORDINATOR, follow_up=key, until=until, reason="holiday")
