"""A municipality whose facts are told by the day: day 0 is the day the test begins on."""

import tomllib
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from domain.calendar import COPENHAGEN, day_of
from domain.events.common import (
    FollowUpEscalated,
    FollowUpEvent,
    FollowUpRaised,
    FollowUpResolved,
    FollowUpWithdrawn,
)
from services.store.municipality import Municipality
from tests.services.store.sending import sent
from workflows.messages import course_subject

COORDINATOR = {"id": "k-02", "function": "coordinator"}
MENTOR = {"id": "m-31", "function": "mentor"}
# Rules for tests that say when exactly what is raised, and that nothing else is.
FOUR_RULES = """
pack = "four"
edition = "1"
valid_from = 2000-01-01

[rules.match-overdue]
days = 14
addressed_to = "caseworker"
escalate = [{ after = 7, to = "coordinator" }, { after = 21, to = "leader" }]
basis = "a test"

[rules.first-meeting-overdue]
days = 7
addressed_to = "mentor"
escalate = [{ after = 14, to = "coordinator" }, { after = 28, to = "leader" }]
basis = "a test"

[rules.no-mentor-contact]
days = 7
addressed_to = "mentor"
escalate = [{ after = 7, to = "coordinator" }, { after = 28, to = "leader" }]
basis = "a test"

[rules.supervision-overdue]
days = 42
addressed_to = "coordinator"
escalate = [{ after = 14, to = "leader" }]
basis = "a test"
"""


class Town:
    """Tells facts to a store, and reads back what was followed up."""

    def __init__(self, municipality: Municipality, today: date) -> None:
        self.municipality = municipality
        self.today = today
        self._count = 0

    def day(self, number: int) -> date:
        """The day so many days after day 0."""
        return self.today + timedelta(days=number)

    def tell(
        self, topic: str, subject: str, day: int, hour: int = 9, id: str = "", **data: Any
    ) -> str:
        """A fact of that day arrives now; its id."""
        self._count += 1
        id = id or f"ev-{self._count}"
        at = datetime.combine(self.day(day), time(hour), COPENHAGEN)
        event = sent(id, f"{topic}.v1", subject, at.isoformat(), **data)
        [receipt] = self.municipality.append([event])
        assert receipt.status == "stored"
        return id

    # A course.

    def intake(self, course: str, day: int = 0, **more: Any) -> str:
        return self.tell("course.intake-registered", course, day, caseworker={"id": "s-12"}, **more)

    def matched(self, course: str, day: int, mentor: str = "m-31", **more: Any) -> str:
        return self.tell(
            "course.mentor-matched",
            course,
            day,
            match={"id": f"match-{course}-{day}"},
            mentor={"id": mentor},
            from_=self.day(day).isoformat(),
            method="by-profile",
            **more,
        )

    def met(self, course: str, day: int, mentor: str = "m-31") -> str:
        return self.tell(
            "course.first-meeting-held",
            course,
            day,
            hour=10,
            mentor={"id": mentor},
            form="in-person",
        )

    def worked(self, course: str, day: int, mentor: str = "m-31", **more: Any) -> str:
        return self.tell(
            "course.activity-registered",
            course,
            day,
            hour=13,
            actor={"id": mentor, "function": "mentor"},
            role="personal-guide",
            area="body-and-mind",
            activity="accompany-to-doctor",
            minutes=90,
            contact="in-person",
            **more,
        )

    def granted(self, course: str, day: int, days: int = 180) -> str:
        return self.tell(
            "course.grant-decided",
            course,
            day,
            hour=11,
            grant={"id": f"grant-{course}-{day}"},
            kind="mentor-hours",
            outcome="granted",
            weekly_minutes=120,
            period={"from": self.day(day).isoformat(), "to": self.day(day + days).isoformat()},
        )

    def closed(self, course: str, day: int) -> str:
        to = self.day(day).isoformat()
        return self.tell("course.closed", course, day, hour=14, to=to, reason="job")

    # A team.

    def established(self, day: int = 0) -> str:
        return self.tell(
            "team.established", "team", day, actor=COORDINATOR, from_=self.day(day).isoformat()
        )

    def supervisor(self, person: str = "k-02", day: int = 0) -> str:
        return self.tell(
            "team.person-assigned",
            "team",
            day,
            actor=COORDINATOR,
            person={"id": person},
            function="coordinator",
            from_=self.day(day).isoformat(),
        )

    def employed(self, mentor: str, day: int = 0) -> str:
        return self.tell(
            "mentor.employed",
            mentor,
            day,
            actor=COORDINATOR,
            from_=self.day(day).isoformat(),
            weekly_minutes=2220,
            gender="female",
        )

    def supervised(self, day: int, *mentors: str) -> str:
        return self.tell(
            "team.supervision-session-held",
            "team",
            day,
            actor=COORDINATOR,
            session={"id": f"session-{day}"},
            supervisor={"id": "k-02"},
            mentors=[{"id": mentor} for mentor in mentors],
            form="group",
            minutes=120,
        )

    def adopt(self, pack: str) -> None:
        """These rules and no others, from long before day 0."""
        told = tomllib.loads(pack)
        self.tell(
            "team.rules-adopted",
            "team",
            0,
            actor={"id": "l-01", "function": "leader"},
            pack=told["pack"],
            edition=told["edition"],
            period={"from": self.day(-1000).isoformat()},
            text=pack,
            sha256=sha256(pack.encode()).hexdigest(),
        )

    # What came of it.

    def subject(self, course: str) -> str:
        """What a course's workflow is about."""
        return course_subject(self.stream(course))

    def stream(self, course: str) -> UUID:
        stream = self.municipality.find("course", course)
        assert stream is not None
        return stream

    def followed(self, stream: UUID | None) -> list[str]:
        """The follow-up events of a stream, each with its day: `7 raised no-mentor-contact`."""
        assert stream is not None
        return [
            f"{(day_of(event.occurred_at) - self.today).days} {_told(event.fact)}"
            for event in self.municipality.read_stream(stream)
            if isinstance(event.fact, FollowUpEvent)
        ]

    def followed_in(self, course: str) -> list[str]:
        return self.followed(self.stream(course))

    def followed_in_team(self) -> list[str]:
        return self.followed(self.municipality.team())


def _told(fact: FollowUpEvent) -> str:
    rule = fact.follow_up.rule
    match fact:
        case FollowUpRaised():
            return f"raised {rule} to {fact.addressed_to}"
        case FollowUpEscalated():
            return f"escalated {rule} to {fact.addressed_to}"
        case FollowUpResolved():
            return f"resolved {rule} by {fact.by.id}"
        case FollowUpWithdrawn():
            return f"withdrawn {rule} as {fact.reason}"
    return f"{fact.NAME} {rule}"
