"""An ordinary first year of a course: what the default rules ask for, mostly in time."""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from bench.following.facts import CASEWORKER, COORDINATOR, MENTOR, activity, fact, intake
from domain.calendar import COPENHAGEN
from services.edge.incoming import Incoming

DAYS = 365
_BEGINS = date(2025, 1, 13)
_ONE = {"id": "m-1"}
_OTHER = {"id": "s-1"}
_PEOPLE = [MENTOR, CASEWORKER]
_GOAL = {"id": "goal-1"}
_GRANT = {"id": "grant-1"}
_ROLES = {"personal-guide": "mentor", "system-guide": "both", "crisis-contact": "mentor"}
_PARTS = ["goal", "contact", "tasks", "duration", "hours", "complaint-guidance"]


class OrdinaryYear:
    """The facts of one course. The same whenever it is asked for, but for ids."""

    def __init__(self) -> None:
        self.course = str(uuid4())
        self._chance = random.Random(7)

    def facts(self) -> list[Incoming]:
        """In order of time."""
        told = [*self._beginning(), *self._agreements(), *self._running_work()]
        return sorted(told, key=lambda one: one.time)

    def _beginning(self) -> Iterator[Incoming]:
        yield intake(self.course, _at(0, 9))
        yield self._on(0, "preference-stated", age="none", gender="none")
        match = {"match": {"id": "match-1"}, "mentor": _ONE, "from": _day(8)}
        yield self._on(8, "mentor-matched", **match, method="by-profile")
        yield self._on(11, "first-meeting-held", actor=MENTOR, mentor=_ONE, form="in-person")
        yield self._on(25, "chemistry-checked", mentor=_ONE, asked="citizen", result="good")

    def _agreements(self) -> Iterator[Incoming]:
        agreed = {"parts": _PARTS, "period": _period(14, DAYS), "weekly_minutes": 90}
        yield self._on(14, "mentor-agreement-made", mentor=_ONE, **agreed)
        yield self._on(18, "goal-set", goal=_GOAL, directions=["job"], text="-")
        yield self._on(19, "goal-acknowledged", actor=MENTOR, goal=_GOAL)
        granted = {"kind": "mentor-hours", "outcome": "granted", "weekly_minutes": 90}
        yield self._on(15, "grant-decided", grant=_GRANT, period=_period(15, 190), **granted)
        yield self._on(160, "grant-extended", grant=_GRANT, period=_period(190, DAYS))

    def _running_work(self) -> Iterator[Incoming]:
        for day in self._every(5, 6, 6, 9, after=11):  # due after 7 days
            yield activity(self.course, _at(day, 13))
        for day in self._every(10, 12, 13, 17, after=8):  # due after 14
            held = {"form": "informal", "participants": _PEOPLE, "topics": ["goal"]}
            yield self._on(day, "coordination-held", **held)
        for day in self._every(50, 54, 60, after=18):  # due after 56
            yield self._on(day, "goal-reviewed", goal=_GOAL, outcome="kept", participants=_PEOPLE)
        for day in (16, *self._every(50, 54, 60, after=16)):  # due after 56, first after 14
            yield self._on(day, "roles-stated", counterpart=_ONE, answers=_ROLES)
            said = {"actor": MENTOR, "counterpart": _OTHER, "answers": _ROLES}
            yield self._on(day + 1, "roles-stated", **said)
        for day in self._every(42, after=14):
            session = {"session": {"id": f"session-{day}"}, "mentor": _ONE}
            yield self._on(day, "case-supervised", actor=COORDINATOR, **session)

    def _on(self, day: int, topic: str, **data: Any) -> Incoming:
        return fact(topic, self.course, _at(day, 10), **data)

    def _every(self, *intervals: int, after: int) -> Iterator[int]:
        """Days with one of these intervals between them, until a year is over."""
        day = after
        while (day := day + self._chance.choice(intervals)) < DAYS - 1:
            yield day


def _day(number: int) -> str:
    return (_BEGINS + timedelta(days=number)).isoformat()


def _at(day: int, hour: int) -> datetime:
    return datetime.combine(_BEGINS + timedelta(days=day), time(hour), COPENHAGEN)


def _period(begin: int, end: int) -> dict[str, str]:
    return {"from": _day(begin), "to": _day(end)}
