"""Short forms of what tests of supervision tell."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from domain.events.course import CaseSupervised
from domain.events.mentor import Employed, HoursChanged
from domain.events.team import (
    Established,
    PersonAssigned,
    SupervisionArranged,
    SupervisionSessionHeld,
)
from domain.values import Joint, Ref
from tests.projections.story import Story, actor, thing, who

START = date(2026, 1, 5)
LEADER = actor("leader")


def day(number: int) -> date:
    """The day so many days after the start."""
    return START + timedelta(days=number)


def began(story: Story) -> Ref:
    """The team began on the start."""
    return story.team(Established(actor=LEADER, from_=START), START)


def assign(story: Story, name: str, function: str, **more: Any) -> Ref:
    """Somebody gets a function, from the start unless said."""
    fact = PersonAssigned(
        actor=LEADER, person=who(name), function=function, from_=more.pop("on", START), **more
    )
    return story.team(fact, START)


def employ(story: Story, name: str, on: date = START) -> Ref:
    """A mentor is employed full-time."""
    fact = Employed(actor=LEADER, from_=on, weekly_minutes=2220, gender="not-stated")
    return story.mentor(name, fact, on)


def hours(story: Story, name: str, on: date, minutes: int) -> Ref:
    """A mentor's hours change; 0 is leave."""
    fact = HoursChanged(actor=LEADER, from_=on, weekly_minutes=minutes, reason="agreed")
    return story.mentor(name, fact, on)


def agree(story: Story, on: date, cadence_weeks: int | None = None) -> Ref:
    """External supervision is agreed from a day on, at that cadence if any."""
    fact = SupervisionArranged(
        actor=LEADER, from_=on, model="external-supervisor", cadence_weeks=cadence_weeks
    )
    return story.team(fact, on)


def session(
    by: str,
    name: str,
    *,
    mentors: Sequence[str] = ("mentor",),
    minutes: int = 90,
    form: str = "",
    joint: tuple[str, ...] = (),
) -> SupervisionSessionHeld:
    """A session: in group unless it is of one mentor."""
    return SupervisionSessionHeld(
        actor=LEADER,
        session=thing(name),
        supervisor=who(by),
        mentors=tuple(map(who, mentors)),
        form=form or ("individual" if len(mentors) == 1 else "group"),
        minutes=minutes,
        joint=Joint("joint-1", joint) if joint else None,
    )


def case(story: Story, course: str, of: str, mentor: str, on: date) -> Ref:
    """A course was taken up in a session."""
    fact = CaseSupervised(actor=actor("mentor", mentor), session=thing(of), mentor=who(mentor))
    return story.course(course, fact, on)
