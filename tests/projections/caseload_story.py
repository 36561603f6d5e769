"""Hours and matches as the tests of caseload tell them."""

from datetime import date

from domain.events.course import Closed, MatchEnded, MentorMatched
from domain.events.mentor import Employed, HoursChanged, Left
from domain.values import Ref
from tests.projections.story import Story, actor, thing, who

START, FULL = date(2026, 1, 1), 2220
CASEWORKER, LEADER = actor("caseworker"), actor("leader")


def employ(story: Story, name: str, weekly: int = FULL, on: date = START) -> Ref:
    """A mentor is employed."""
    fact = Employed(actor=LEADER, from_=on, weekly_minutes=weekly, gender="not-stated")
    return story.mentor(name, fact, on)


def change(story: Story, name: str, weekly: int, on: date) -> Ref:
    """A mentor's weekly minutes are others from a day on."""
    reason = "agreed" if weekly else "leave"
    fact = HoursChanged(actor=LEADER, from_=on, weekly_minutes=weekly, reason=reason)
    return story.mentor(name, fact, on)


def leave(story: Story, name: str, on: date) -> Ref:
    """A mentor leaves: not employed from that day on."""
    return story.mentor(name, Left(actor=LEADER, to=on, reason="resigned"), on)


def match(story: Story, course: str, mentor: str, on: date = START, *, id_: str = "") -> Ref:
    """A mentor follows a citizen from a day on; the match is called after the course."""
    fact = MentorMatched(
        actor=CASEWORKER,
        match=thing(id_ or f"m-{course}"),
        mentor=who(mentor),
        from_=on,
        method="other",
    )
    return story.course(course, fact, on)


def end(story: Story, course: str, on: date, *, id_: str = "") -> Ref:
    """A match ends: its last day is the one before."""
    fact = MatchEnded(actor=CASEWORKER, match=thing(id_ or f"m-{course}"), to=on, reason="other")
    return story.course(course, fact, on)


def close(story: Story, course: str, on: date, reason: str = "job") -> Ref:
    """A course is closed from a day on."""
    return story.course(course, Closed(actor=CASEWORKER, to=on, reason=reason), on)
