"""A municipality's story in tests: facts, told in the order in which they arrive."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import psycopg
from msgspec import Raw

from domain.calendar import start_of
from domain.envelope import Recorded
from domain.events.base import CourseFact, Fact, MentorFact, TeamFact
from domain.events.codec import encode_fact
from domain.events.common import (
    CourseEventCorrected,
    CourseEventRetracted,
    EventCorrected,
    EventRetracted,
    MentorEventCorrected,
    MentorEventRetracted,
    TeamEventCorrected,
    TeamEventRetracted,
)
from domain.values import Actor, Ref, Replacement
from projections.apply import apply
from projections.asking import Municipality

SOURCE = "https://sagssystem.example"
TEAM = UUID(int=7)
HERE = Municipality(code="0999", name="Testkommune", schema="view_a")

CORRECTED: dict[type[Fact], type[EventCorrected]] = {
    CourseFact: CourseEventCorrected,
    MentorFact: MentorEventCorrected,
    TeamFact: TeamEventCorrected,
}
RETRACTED: dict[type[Fact], type[EventRetracted]] = {
    CourseFact: CourseEventRetracted,
    MentorFact: MentorEventRetracted,
    TeamFact: TeamEventRetracted,
}


def who(name: str) -> UUID:
    """The id of a person or a course by a name that only the test knows."""
    return uuid5(TEAM, name)


def thing(id_: str) -> Ref:
    """A thing of the case system."""
    return Ref(SOURCE, id_)


def actor(function: str, name: str | None = None) -> Actor:
    """Somebody in a function; named after it unless said."""
    return Actor(function, who(name or function))


def noon(day: date) -> datetime:
    """The instant at which a question about a day is asked."""
    return start_of(day) + timedelta(hours=12)


class Story:
    """Takes facts in as they arrive, and lets views be asked."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        self.position = 0
        self.told: list[Recorded] = []
        self.by_ref: dict[Ref, tuple[UUID, type[Fact]]] = {}

    def tell(self, stream: UUID, fact: Fact, at: date | datetime, *, id_: str = "") -> Ref:
        """An event arrives; gives its reference."""
        self.position += 10
        ref = thing(id_ or f"ev-{self.position}")
        when = at if isinstance(at, datetime) else start_of(at)
        kind = next(k for k in (CourseFact, MentorFact, TeamFact) if isinstance(fact, k))
        self.by_ref.setdefault(ref, (stream, kind))
        event = Recorded(
            originator_id=stream,
            originator_version=self.position,
            position=self.position,
            topic=f"{fact.NAME}.v{fact.VERSION}",
            event_id=UUID(int=self.position),
            occurred_at=when,
            recorded_at=datetime(2030, 1, 1, tzinfo=UTC) + timedelta(seconds=self.position),
            source=ref.source,
            source_id=ref.id,
            fact=fact,
        )
        self.told.append(event)
        apply(self.connection.cursor(), HERE.schema, [event])
        return ref

    def course(self, name: str, fact: Fact, at: date | datetime, *, id_: str = "") -> Ref:
        """An event of a course."""
        return self.tell(who(name), fact, at, id_=id_)

    def mentor(self, name: str, fact: Fact, at: date | datetime, *, id_: str = "") -> Ref:
        """An event of a staff member as mentor."""
        return self.tell(who(name), fact, at, id_=id_)

    def team(self, fact: Fact, at: date | datetime, *, id_: str = "") -> Ref:
        """An event of the team."""
        return self.tell(TEAM, fact, at, id_=id_)

    def correct(self, target: Ref, by: Fact, at: date, *, new_time: date, id_: str = "") -> Ref:
        """A correction of an event arrives."""
        stream, kind = self.by_ref[target]
        new = Replacement(
            type=f"{by.NAME}.v{by.VERSION}", time=start_of(new_time), data=Raw(encode_fact(by))
        )
        fact = CORRECTED[kind](
            actor=actor("coordinator"), corrects=target, reason="typing-error", replacement=new
        )
        return self.tell(stream, fact, at, id_=id_)

    def retract(self, target: Ref, at: date, *, id_: str = "") -> Ref:
        """A retraction of an event arrives."""
        stream, kind = self.by_ref[target]
        fact = RETRACTED[kind](actor=actor("coordinator"), retracts=target, reason="never-happened")
        return self.tell(stream, fact, at, id_=id_)


Tell = Callable[[Story], None]
