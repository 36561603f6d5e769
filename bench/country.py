"""A country's worth of courses in the store: what queries are measured over.

Thirteen municipalities, ten courses' events to a hundred; nearly a third of the courses run, and a
fifth of those have an open follow-up. Always the same events, by a seed. One event in a hundred is
corrected, one in two hundred retracted.
"""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

from bench.follow_ups import Followed
from services.edge.incoming import Incoming
from services.projector import catch_up, prepare
from services.rules import record_default
from services.store.municipality import Municipality

CODES = (
    "0101",
    "0316",
    "0326",
    "0330",
    "0370",
    "0510",
    "0540",
    "0630",
    "0657",
    "0740",
    "0791",
    "0851",
    "0860",
)
EVENTS_A_COURSE = 10
LAST_DAY = date(2026, 3, 31)
YEARS = 4
_A_COMMIT = 2000
_MENTOR_HAS = 12  # running courses
_RUN = 0.3
_SOURCE = "https://bench.example"
_RESPONSIBILITIES = (
    "personal-guide",
    "motivating-partner",
    "system-guide",
    "induction-guide",
    "authority-decisions",
    "crisis-contact",
)
_COORDINATOR = {"id": "k-1", "function": "coordinator"}
_LEADER = {"id": "l-1", "function": "leader"}


def fill(
    store: Municipality, courses: int, progress: Callable[[int], None] = lambda events: None
) -> int:
    """Store and project the events of so many courses of a municipality, under the default rules;
    how many there are."""
    prepare(store)
    record_default(store)
    events = Town(store.code, courses).events()
    done = 0
    while some := list(islice(events, _A_COMMIT)):
        store.append(some)
        done += len(some)
        progress(len(some))
    catch_up(store)
    return done


class Town:
    """The events of one municipality, course by course, its staff first."""

    def __init__(self, code: str, courses: int) -> None:
        self._chance = random.Random(code)
        self._courses = courses
        self._mentors = [f"m-{n}" for n in range(max(2, round(courses * _RUN / _MENTOR_HAS)))]
        self._caseworkers = [f"s-{n}" for n in range(max(2, len(self._mentors) // 3))]
        self._first = LAST_DAY - timedelta(days=365 * YEARS)
        self._told = 0
        self._followed = Followed(code, LAST_DAY)

    def events(self) -> Iterator[Incoming]:
        """All of them."""
        yield from self._staff()
        for number in range(self._courses):
            yield from self._course(f"c-{number}")

    def _staff(self) -> Iterator[Incoming]:
        yield self._event("team.established", "team", self._first, from_=self._first)
        for person, function in (("k-1", "coordinator"), ("l-1", "leader"), ("u-1", "supervisor")):
            more = {"employment": "external"} if function == "supervisor" else {}
            yield self._event(
                "team.person-assigned",
                "team",
                self._first,
                person={"id": person},
                function=function,
                from_=self._first,
                **more,
            )
        for mentor in self._mentors:
            hours = self._chance.choice((2220, 2220, 1110, 1480))
            yield self._event(
                "mentor.employed",
                mentor,
                self._first,
                from_=self._first,
                weekly_minutes=hours,
                gender=self._chance.choice(("woman", "man")),
                birth_year=self._chance.randint(1955, 2000),
            )
        for week in range(0, 52 * YEARS, 6):
            day = self._first + timedelta(weeks=week)
            for number in range(0, len(self._mentors), 8):
                yield self._event(
                    "team.supervision-session-held",
                    "team",
                    day,
                    session={"id": f"sup-{week}-{number}"},
                    supervisor={"id": "u-1"},
                    mentors=[{"id": one} for one in self._mentors[number : number + 8]],
                    form="group",
                    minutes=90,
                )

    def _course(self, course: str) -> Iterator[Incoming]:
        """A course's own events, then what was followed up in it."""
        chance = self._chance
        runs = chance.random() < _RUN
        mentor, caseworker = chance.choice(self._mentors), chance.choice(self._caseworkers)
        people = {
            "mentor": mentor,
            "caseworker": caseworker,
            "coordinator": _COORDINATOR["id"],
            "leader": _LEADER["id"],
        }
        told = list(self._work(course, mentor, caseworker, runs=runs))
        yield from told
        yield from self._followed.of(told, self._told_of(course), people, runs=runs)

    def _work(self, course: str, mentor: str, caseworker: str, *, runs: bool) -> Iterator[Incoming]:
        chance = self._chance
        age = chance.randint(10, 300) if runs else chance.randint(200, 365 * YEARS - 10)
        day = LAST_DAY - timedelta(days=age)
        by, work = (
            {"id": caseworker, "function": "caseworker"},
            {"id": mentor, "function": "mentor"},
        )
        at = partial_days(day)
        tell = self._told_of(course)
        yield tell("intake-registered", at(0), by, caseworker={"id": caseworker}, form="in-person")
        yield tell(
            "mentor-matched",
            at(4),
            by,
            match={"id": f"match-{course}"},
            mentor={"id": mentor},
            from_=at(5),
            method="by-profile",
            reasons=["strengths-fit"],
        )
        yield tell("first-meeting-held", at(7), work, mentor={"id": mentor}, form="in-person")
        answers = {
            one: chance.choice(("mentor", "mentor", "caseworker")) for one in _RESPONSIBILITIES
        }
        yield tell("roles-stated", at(8), by, counterpart={"id": mentor}, answers=answers)
        yield tell("roles-stated", at(9), work, counterpart={"id": caseworker}, answers=answers)
        goal = {"id": f"goal-{course}"}
        yield tell("goal-set", at(9), by, goal=goal, directions=["job"], text="I praktik")
        yield tell(
            "grant-decided",
            at(9),
            by,
            grant={"id": f"grant-{course}"},
            kind="mentor-hours",
            outcome="granted",
            weekly_minutes=120,
            period={"from": at(9).isoformat(), "to": at(9 + 180).isoformat()},
        )
        for number in range(2):
            yield from self._activity(tell, course, number, min(10 + 30 * number, age), day, work)
        if runs:
            yield tell(
                "coordination-held",
                at(min(age, 40)),
                by,
                form="informal",
                participants=[by, work],
                topics=["goal"],
                minutes=20,
            )
        else:
            end = min(age, chance.randint(90, 400))
            yield tell(
                "closed", at(end), by, to=at(end), reason=chance.choice(("job", "dropped-out"))
            )

    def _activity(
        self, tell: Any, course: str, number: int, after: int, day: date, work: dict[str, Any]
    ) -> Iterator[Incoming]:
        data = {
            "role": "personal-guide",
            "area": "household",
            "activity": "practical-chores",
            "minutes": 60,
            "contact": "in-person",
        }
        when = day + timedelta(days=after)
        one = tell("activity-registered", when, work, **data)
        yield one
        fate = self._chance.random()
        if fate < 0.05:
            replacement = {
                "type": "dk.roedtraad.course.activity-registered.v1",
                "time": _noon(when).isoformat(),
                "data": {"actor": work, **data, "minutes": 45},
            }
            yield tell(
                "event-corrected",
                when + timedelta(days=9),
                work,
                corrects={"id": one.id},
                reason="typing-error",
                replacement=replacement,
            )
        elif fate < 0.075:
            yield tell(
                "event-retracted",
                when + timedelta(days=9),
                work,
                retracts={"id": one.id},
                reason="sent-twice",
            )

    def _told_of(self, course: str) -> Callable[..., Incoming]:
        def tell(name: str, day: date, actor: dict[str, Any], **data: Any) -> Incoming:
            return self._event(f"course.{name}", course, day, actor=actor, **data)

        return tell

    def _event(self, name: str, subject: str, day: date, **data: Any) -> Incoming:
        self._told += 1
        id = f"ev-{self._told}"
        actor = _LEADER if name.startswith(("team.est", "mentor")) else _COORDINATOR
        told = {"actor": actor} | {key.rstrip("_"): _plain(value) for key, value in data.items()}
        return Incoming(
            topic=f"{name}.v1",
            source=_SOURCE,
            id=id,
            subject=subject,
            subject_source=None,
            time=_noon(day),
            sequence=None,
            correlation=None,
            data=told,
            body=id.encode(),
        )


def partial_days(day: date) -> Callable[[int], date]:
    """So many days after it."""
    return lambda after: min(day + timedelta(days=after), LAST_DAY)


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 11, tzinfo=UTC)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
