"""Short forms of what tests of management tell."""

from typing import Any

from domain.events.course import CoordinationHeld
from domain.events.team import (
    LeadershipActRecorded,
    MatchingMeetingHeld,
    RoleFollowUpHeld,
    RoleWorkshopHeld,
    SparringHeld,
)
from domain.values import Actor, Ref
from projections.answering import Ask
from projections.views.management import management, management_by_act
from tests.projections.story import HERE, Story, actor, noon, thing
from tests.projections.supervising import day

LATE = 80
COORDINATOR, LEADER = actor("coordinator"), actor("leader")
SECOND = actor("coordinator", "second")
MENTOR, CASEWORKER = actor("mentor"), actor("caseworker")


def coordinate(
    story: Story, course: str, number: int, *people: Actor, minutes: int | None = 30
) -> Ref:
    """Those people coordinate on a course."""
    fact = CoordinationHeld(
        actor=people[0], form="meeting", participants=tuple(people), minutes=minutes
    )
    return story.course(course, fact, day(number))


def act(
    story: Story, number: int, which: str, by: Actor = LEADER, minutes: int | None = None
) -> Ref:
    """An act of leadership is recorded, the leader's unless said."""
    fact = LeadershipActRecorded(actor=by, act=which, minutes=minutes)
    return story.team(fact, day(number))


def spar(story: Story, number: int, minutes: int, *people: Actor) -> Ref:
    """Those people spar."""
    fact = SparringHeld(
        actor=people[0], form="weekly-meeting", participants=tuple(people), minutes=minutes
    )
    return story.team(fact, day(number))


def followed_up(by: Actor, *people: Actor, **said: Any) -> RoleFollowUpHeld:
    """Somebody follows up on the division of roles with those people, in 45 minutes."""
    return RoleFollowUpHeld(
        **{"actor": by, "participants": people, "outcome": "clear", "minutes": 45, **said}
    )


def workshop(by: Actor, *people: Actor) -> RoleWorkshopHeld:
    """Somebody holds a workshop on the division of roles for those people, of 180 minutes."""
    return RoleWorkshopHeld(actor=by, occasion="refresher", participants=people, minutes=180)


def matching_meeting(by: Actor, *people: Actor) -> MatchingMeetingHeld:
    """Somebody holds a meeting on matching with those people, of 240 minutes."""
    return MatchingMeetingHeld(
        actor=by,
        meeting=thing("mm-1"),
        kind="review-of-citizens",
        participants=people,
        minutes=240,
    )


def rows(story: Story, view: Ask, **asked: Any) -> list[dict[str, Any]]:
    """A level's rows on day 80, or that of `number`."""
    number = asked.pop("number", LATE)
    return view(story.connection, HERE, as_of=noon(day(number)), **asked).rows


def ask(story: Story, **asked: Any) -> dict[str, Any]:
    """The municipality's row."""
    [row] = rows(story, management, **asked)
    return row


def by_act(story: Story, **asked: Any) -> dict[tuple[str, str], dict[str, Any]]:
    """The rows by function and kind of work."""
    told = rows(story, management_by_act, **asked)
    return {(row["function"], row["kind"]): row for row in told}
