"""Corrections and retractions, which every stream has."""

from collections.abc import Iterator
from typing import Annotated, Any

from domain import codes
from domain.events.base import WIRE_PREFIX, CourseFact, Fact, Finding, MentorFact, TeamFact
from domain.values import EventRef, Ref, Whole

IN_EVERY_STREAM = (
    "event-corrected",
    "event-retracted",
    "follow-up-raised",
    "follow-up-reminded",
    "follow-up-escalated",
    "follow-up-resolved",
    "follow-up-withdrawn",
    "follow-up-snoozed",
    "follow-up-taken-over",
)


class Amendment(Fact, frozen=True, kw_only=True):
    """A statement about an earlier event: what it names no longer counts as it stood.

    Registered here by whoever may register the original.
    """

    SENT_BY = ("CS", "TR", "SV")
    HERE = (*codes.staff_functions.codes, "system")

    @property
    def target(self) -> Ref:
        """The original event. Never an amendment."""
        raise TypeError("an amendment corrects or retracts")


class EventCorrected(Amendment, frozen=True, kw_only=True):
    """An earlier event is replaced as a whole. [P]

    *rettelse*. Sent for events of the sender's own source. The replacement takes the original's
    place: its own `time`, the original's `sequence`, `id` and `source`.
    """

    corrects: EventRef
    reason: Annotated[str, codes.correction_reasons]
    replacement: Whole

    @property
    def target(self) -> Ref:
        """The event that is replaced."""
        return self.corrects

    @classmethod
    def own_checks(cls, form: Any) -> Iterator[Finding]:
        """`replacement.type` is of this stream, and none of these events of every stream."""
        own_stream = cls.NAME.partition(".")[0]
        topic = form.replacement.type.removeprefix(WIRE_PREFIX)
        stream, _, event = topic.rpartition(".v")[0].partition(".")
        if stream != own_stream or event in IN_EVERY_STREAM:
            yield Finding(
                "replacement.type",
                f"Skal være en hændelse i `{own_stream}`, og hverken rettelse, tilbagekaldelse "
                "eller opfølgning.",
                f"Must be an event of `{own_stream}`, and no correction, retraction or follow-up.",
            )


class EventRetracted(Amendment, frozen=True, kw_only=True):
    """An earlier event should not count. [P]

    *tilbagekaldelse*. Sent for events of the sender's own source. It stays visible.
    """

    retracts: EventRef
    reason: Annotated[str, codes.retraction_reasons]

    @property
    def target(self) -> Ref:
        """The event that should not count."""
        return self.retracts


class CourseEventCorrected(EventCorrected, CourseFact, frozen=True, kw_only=True):
    """`EventCorrected` in a citizen's course."""

    NAME = "course.event-corrected"


class CourseEventRetracted(EventRetracted, CourseFact, frozen=True, kw_only=True):
    """`EventRetracted` in a citizen's course."""

    NAME = "course.event-retracted"


class MentorEventCorrected(EventCorrected, MentorFact, frozen=True, kw_only=True):
    """`EventCorrected` in a mentor's stream."""

    NAME = "mentor.event-corrected"


class MentorEventRetracted(EventRetracted, MentorFact, frozen=True, kw_only=True):
    """`EventRetracted` in a mentor's stream."""

    NAME = "mentor.event-retracted"


class TeamEventCorrected(EventCorrected, TeamFact, frozen=True, kw_only=True):
    """`EventCorrected` in the team's stream."""

    NAME = "team.event-corrected"


class TeamEventRetracted(EventRetracted, TeamFact, frozen=True, kw_only=True):
    """`EventRetracted` in the team's stream."""

    NAME = "team.event-retracted"


EVENTS = (
    CourseEventCorrected,
    CourseEventRetracted,
    MentorEventCorrected,
    MentorEventRetracted,
    TeamEventCorrected,
    TeamEventRetracted,
)
