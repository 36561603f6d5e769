"""Events for tests, and given-when-then for decisions.

    fact_at("2026-01-19 10:00", FirstMeetingHeld(actor=MENTOR, mentor=MENTOR.id, form="phone"))

Times are Copenhagen time. Ids are made from what they name, so that nothing differs from run to
run; `ref` and `person` give the same one wherever they are asked.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Self
from uuid import NAMESPACE_URL, UUID, uuid5

from msgspec import Raw
from msgspec.structs import replace

from domain.calendar import COPENHAGEN
from domain.decisions import Decision, Refused
from domain.decisions.seen import CourseSeen, see_course
from domain.envelope import Recorded
from domain.events.base import Fact
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
from domain.mentor import fold_mentor
from domain.values import Actor, Ref, Replacement

SOURCE = "https://sagssystem.example"
TIMES = "https://tid.example"

_CORRECTED: dict[str, type[EventCorrected]] = {
    "course": CourseEventCorrected,
    "mentor": MentorEventCorrected,
    "team": TeamEventCorrected,
}
_RETRACTED: dict[str, type[EventRetracted]] = {
    "course": CourseEventRetracted,
    "mentor": MentorEventRetracted,
    "team": TeamEventRetracted,
}


def person(name: str) -> UUID:
    """The internal id of a staff member whom the case system calls `name`."""
    return uuid5(NAMESPACE_URL, f"person:{name}")


def course(name: str) -> UUID:
    """The internal id of a course."""
    return uuid5(NAMESPACE_URL, f"course:{name}")


def ref(id_: str, source: str = SOURCE) -> Ref:
    """A thing or an event by its sender's reference."""
    return Ref(source, id_)


COURSE = course("c-4711")
MENTOR = Actor("mentor", person("m-31"))
CASEWORKER = Actor("caseworker", person("s-12"))
COORDINATOR = Actor("coordinator", person("k-02"))
LEADER = Actor("leader", person("l-01"))
MENTOR_ID = person("m-31")
CASEWORKER_ID = person("s-12")
COORDINATOR_ID = person("k-02")
LEADER_ID = person("l-01")


def day(text: str) -> date:
    """`2026-01-19`."""
    return date.fromisoformat(text)


def instant(when: str | datetime) -> datetime:
    """`2026-01-19` or `2026-01-19 10:00`, in Copenhagen, as UTC."""
    if isinstance(when, str):
        when = datetime.fromisoformat(when).replace(tzinfo=COPENHAGEN)
    return when.astimezone(UTC)


def fact_at(
    when: str | datetime,
    fact: Fact,
    *,
    id: str | None = None,  # as the envelope calls it
    source: str = SOURCE,
    stream: UUID = COURSE,
    sequence: int | None = None,
    recorded: str | datetime | None = None,
    position: int = 1,
) -> Recorded:
    """An event as it stands in the store: it happened then, and was recorded then unless said."""
    at = instant(when)
    name = id or f"{fact.NAME}-{at:%Y%m%dT%H%M%S}"
    return Recorded(
        originator_id=stream,
        originator_version=position,
        position=position,
        topic=f"{fact.NAME}.v{fact.VERSION}",
        event_id=uuid5(NAMESPACE_URL, f"{source} {name}"),
        occurred_at=at,
        recorded_at=instant(recorded) if recorded else at,
        source=source,
        source_id=name,
        sequence=sequence,
        fact=fact,
    )


def corrected(
    when: str | datetime,
    original: Recorded,
    fact: Fact,
    *,
    at: str | datetime | None = None,
    id: str | None = None,
) -> Recorded:
    """A correction of `original`: `fact` stands in its place, at its time unless said."""
    stream = original.topic.split(".")[0]
    new = Replacement(
        f"{fact.NAME}.v{fact.VERSION}",
        instant(at) if at else original.occurred_at,
        Raw(encode_fact(fact)),
    )
    correction = _CORRECTED[stream](
        actor=fact.actor, corrects=original.ref, reason="typing-error", replacement=new
    )
    return fact_at(when, correction, id=id, source=original.source, stream=original.originator_id)


def retracted(
    when: str | datetime,
    original: Recorded,
    *,
    id: str | None = None,
) -> Recorded:
    """A retraction of `original`."""
    stream = original.topic.split(".")[0]
    retraction = _RETRACTED[stream](
        actor=original.fact.actor, retracts=original.ref, reason="never-happened"
    )
    return fact_at(when, retraction, id=id, source=original.source, stream=original.originator_id)


class Spec:
    """given(events).when(decision, asked).then(facts), or .refused(rule). Of mentors too."""

    def __init__(self, *events: Recorded, same: Mapping[UUID, UUID] | None = None) -> None:
        self.events = events
        self.same = same
        self._facts: list[Fact] | None = None
        self._refused: Refused | None = None

    def seen(self) -> CourseSeen:
        """The course, and all mentors told of."""
        course = [event for event in self.events if event.topic.startswith("course.")]
        streams = {e.originator_id for e in self.events if e.topic.startswith("mentor.")}
        mentors = {
            id_: fold_mentor(e for e in self.events if e.originator_id == id_) for id_ in streams
        }
        return replace(see_course(course, self.same), mentors=mentors)

    def when(self, decision: Decision[Any, Any], asked: Fact, now: str | datetime) -> Self:
        """Ask for the decision."""
        try:
            self._facts = decision.decide(self.seen(), asked, now=instant(now))
        except Refused as refused:
            self._refused = refused
        return self

    def decided(self) -> list[Fact]:
        """It was decided: the events."""
        assert self._refused is None, self._refused
        assert self._facts is not None
        return self._facts

    def then(self, *facts: Fact) -> None:
        """It was decided, and these are the events."""
        assert self.decided() == list(facts)

    def refused(self, rule: str) -> Refused:
        """It was refused by this rule; the refusal says so in both languages."""
        assert self._refused is not None, f"decided: {self._facts}"
        assert self._refused.rule == rule
        assert self._refused.danish
        assert self._refused.english
        assert self._refused.danish_remedy and self._refused.english_remedy
        return self._refused


def given(*events: Recorded, same: Mapping[UUID, UUID] | None = None) -> Spec:
    """What had happened before; `same` maps other ids of staff to the one they are read as."""
    return Spec(*events, same=same)
