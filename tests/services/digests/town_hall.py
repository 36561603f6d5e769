"""A municipality in which something lies with everybody, day by day as the engine wrote it.

Day 0 is Monday 12 January 2026, nine o'clock in Copenhagen when its letters are asked for; a match
is due 14 days after the intake, reminded of 5 days later and given on to the coordinator after 7.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import msgspec

from domain.calendar import COPENHAGEN
from domain.events.common import CourseFollowUpSnoozed, CourseFollowUpTakenOver
from domain.team import fold_team
from domain.values import Actor
from services.follow_ups import Engine
from services.following.concerning import Concerned
from services.projector import catch_up, prepare
from services.store.entries import Decided
from services.store.municipality import Municipality
from services.store.server import Server
from tests.conftest import Clock
from tests.services.following.room import open_keys
from tests.workflows.town import Town
from workflows.messages import TEAM, course_subject

MONDAY = date(2026, 1, 12)
RULES = """
pack = "letters"
edition = "1"
valid_from = 2000-01-01
closed = [2026-01-20]

[rules.match-overdue]
days = 14
addressed_to = "caseworker"
remind = [5]
escalate = [{ after = 7, to = "coordinator" }]
basis = "a test"

[rules.supervision-overdue]
days = 42
addressed_to = "coordinator"
basis = "a test"
"""
CASEWORKER, COORDINATOR, UNREACHED = "s-12", "k-02", "s-99"
ADDRESSES = {CASEWORKER: "soeren@kommune.example", COORDINATOR: "kirsten@kommune.example"}
SECRETS = ("Test Testesen", "Kirsten Kærgaard", "010190-1234", "Bor hos sin mormor", "12345678")
"""What is told sealed, but for addresses."""


class TownHall:
    """Tells the story of the days before; what is told of a day is told on that day."""

    def __init__(self, server: Server, clock: Clock, code: str = "0860") -> None:
        self.server, self.clock = server, clock
        self.store: Municipality = server.municipality(code)
        self.engine = Engine(server)
        self.town = Town(self.store, MONDAY)
        self._of_day: dict[int, list[Callable[[], Any]]] = defaultdict(list)

    def on(self, day: int, tell: Callable[..., Any], *args: Any, **more: Any) -> None:
        """Let it happen on that day, before six."""
        self._of_day[day].append(lambda: tell(*args, **more))

    def staffed(self) -> "TownHall":
        """A coordinator and a caseworker with addresses, and a mentor without one."""
        self.on(-200, self.town.adopt, RULES)
        self.on(-200, self.town.established, -200)
        self.on(-200, self.assigned, COORDINATOR, "coordinator", email=ADDRESSES[COORDINATOR])
        self.on(-200, self.assigned, CASEWORKER, "caseworker", email=ADDRESSES[CASEWORKER])
        return self

    def assigned(self, person: str, function: str, day: int = -200, **more: Any) -> None:
        """A person in a function, with a name and a phone that no letter may tell."""
        self.town.tell(
            "team.person-assigned",
            "team",
            day,
            person={"id": person},
            function=function,
            from_=self.town.day(day).isoformat(),
            **{"name": "Kirsten Kærgaard", "phone": "12345678"} | more,
        )

    def course(self, name: str, intake: int, caseworker: str = CASEWORKER) -> None:
        """A course whose intake is on that day."""
        self.on(
            intake,
            self.town.tell,
            "course.intake-registered",
            name,
            intake,
            caseworker={"id": caseworker},
            name="Test Testesen",
            cpr="010190-1234",
            note="Bor hos sin mormor",
        )

    def snooze(self, course: str, until: int) -> None:
        """The caseworker puts the one follow-up of a course off."""
        [key] = open_keys(self.store, self.town.stream(course))
        self._decided(
            course,
            CourseFollowUpSnoozed(
                actor=self._actor(CASEWORKER, "caseworker"),
                follow_up=key,
                until=self.town.day(until),
                reason="citizen-away",
            ),
        )

    def take_over(self, course: str) -> None:
        """The coordinator takes the one follow-up of a course over."""
        [key] = open_keys(self.store, self.town.stream(course))
        self._decided(
            course,
            CourseFollowUpTakenOver(
                actor=self._actor(COORDINATOR, "coordinator"),
                follow_up=key,
                person=self.person(COORDINATOR),
                reason="absence",
            ),
        )

    def person(self, id_: str) -> UUID:
        """The internal id of a member of staff."""
        found = self.store.find("person", id_)
        assert found is not None
        return found

    def _actor(self, person: str, function: str) -> Actor:
        return Actor(function, self.person(person))

    def _decided(self, course: str, fact: Any) -> None:
        id_ = f"decided-{self.clock.now.isoformat()}-{course}"
        body = msgspec.json.encode(id_)
        self.store.decide(self.town.stream(course), [Decided(id=id_, fact=fact, body=body)])

    def one(self, id_: str) -> UUID:
        """The one id that a person is read as."""
        person, team = self.person(id_), self.store.team()
        assert team is not None
        return fold_team(self.store.read_stream(team)).same.get(person, person)

    def due_today(self) -> list[Callable[[], Any]]:
        """What was to happen on day 0."""
        return self._of_day[0]

    def lived(self, until: int = 0) -> "TownHall":
        """Live the days on which something happens; from the eighth before on something is due."""
        for day in sorted({*self._of_day, *range(-8, until + 1)}):
            self.clock.now = self.at(day, 5)
            for tell in self._of_day[day]:
                tell()
            self.clock.now = self.at(day, 7)
            if day >= -8:
                self.look()
        self.clock.now = self.at(until, 9)
        self.project()
        return self

    def look(self) -> None:
        """Let the engine write what is due."""
        courses = Concerned(self.store).known().courses
        for subject in (TEAM, *map(course_subject, courses)):
            self.engine.advance(self.store.code, subject, self.clock.now)

    def project(self) -> None:
        """Bring the views up to date, and let a minute go by: what is written is written after."""
        self.clock.now += timedelta(minutes=1)
        prepare(self.store)
        catch_up(self.store)

    def at(self, day: int, hour: int) -> datetime:
        """An hour of a day in Copenhagen."""
        return datetime.combine(self.town.day(day), time(hour), COPENHAGEN)
