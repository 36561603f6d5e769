"""Grants as stories tell them: mentor hours unless said."""

from datetime import date
from typing import Any

from domain.events.course import GrantDecided, GrantExtended
from domain.values import Actor, Period, Ref
from tests.projections.story import Story, actor, thing

JANUARY, FEBRUARY, MARCH, APRIL = (date(2026, month, 1) for month in (1, 2, 3, 4))
JULY = date(2026, 7, 1)
CASEWORKER = actor("caseworker")


def grant_fact(
    grant: str = "b-1",
    days: Period = Period(JANUARY, JULY),  # noqa: B008 -- a value that never changes
    *,
    by: Actor = CASEWORKER,
    **more: Any,
) -> GrantDecided:
    """Mentor hours, 70 minutes a week unless said: 10 a day."""
    volume = {} if {"weekly_minutes", "total_minutes"} & more.keys() else {"weekly_minutes": 70}
    told = {"actor": by, "kind": "mentor-hours", "outcome": "granted", **volume, **more}
    return GrantDecided(grant=thing(grant), period=days, **told)


def granted(story: Story, course: str, on: date, *args: Any, **more: Any) -> Ref:
    """A grant is decided on a day."""
    return story.course(course, grant_fact(*args, **more), on)


def extended(story: Story, course: str, on: date, days: Period, **more: Any) -> Ref:
    """The grant `b-1` gets new days."""
    told = {"actor": CASEWORKER, "grant": thing("b-1"), **more}
    return story.course(course, GrantExtended(period=days, **told), on)
