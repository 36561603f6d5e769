"""What can happen in every stream (section 6): corrections, retractions, follow-ups.

Each event exists once for each stream under a name of its own; code that treats them alike uses
the classes at the top, and those of the streams only say their name and whose key seals a remark.
The follow-ups (*opfølgninger*) are written here only.
"""

from collections.abc import Iterator
from typing import Annotated, Any

from domain import codes
from domain.events.base import CourseFact, Fact, Finding, MentorFact, TeamFact
from domain.fields import Plain
from domain.values import Date, EventRef, FollowUp, Person, Ref, Slug, Whole

WIRE_PREFIX = "dk.roedtraad."
_PEOPLE = ("caseworker", "mentor", "coordinator", "leader")


class Amendment(Fact, frozen=True, kw_only=True):
    """A statement about an earlier event: what it names no longer counts as it stood.

    Registered here by whoever may register the original.
    """

    SENT_BY = ("CS", "TR", "SV")
    HERE = codes.functions.codes

    @property
    def target(self) -> Ref:
        """The original event. Never an amendment."""
        raise NotImplementedError


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
        topic = form.replacement.type.removeprefix(WIRE_PREFIX)
        stream = cls.NAME.partition(".")[0]
        name = topic.rpartition(".v")[0]
        if not topic.startswith(f"{stream}.") or name in NAMES:
            yield Finding(
                "replacement.type",
                f"Skal være en hændelse i `{stream}`, og hverken rettelse, tilbagekaldelse eller "
                "opfølgning.",
                f"Must be an event of `{stream}`, and no correction, retraction or follow-up.",
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


class FollowUpEvent(Fact, frozen=True, kw_only=True):
    """An act on one follow-up. Its time is when it was recorded."""

    READ_BY = ("worklist",)

    follow_up: FollowUp


class FollowUpRaised(FollowUpEvent, frozen=True, kw_only=True):
    """Something is due. [P]

    *opfølgning rejst*.
    """

    HERE = ("system",)

    due_on: Date
    addressed_to: Annotated[str, codes.staff_functions]
    person: Person | None = None
    pack: Slug
    edition: Slug


class FollowUpReminded(FollowUpEvent, frozen=True, kw_only=True):
    """The same, once more. [P]

    *påmindet*.
    """

    HERE = ("system",)

    number: Annotated[int, Plain("int", 1, 99)]


class FollowUpEscalated(FollowUpEvent, frozen=True, kw_only=True):
    """It goes to the coordinator, then to the leader. [P]

    *eskaleret*.
    """

    HERE = ("system",)

    addressed_to: Annotated[str, codes.staff_functions]
    person: Person | None = None


class FollowUpResolved(FollowUpEvent, frozen=True, kw_only=True):
    """A fact satisfied it. [P]

    *opfyldt*.
    """

    HERE = ("system",)

    by: EventRef


class FollowUpWithdrawn(FollowUpEvent, frozen=True, kw_only=True):
    """It never was due, or is so no more. [P]

    *trukket tilbage*.
    """

    HERE = ("system",)

    reason: Annotated[str, codes.withdrawal_reasons]
    because: EventRef | None = None


class FollowUpSnoozed(FollowUpEvent, frozen=True, kw_only=True):
    """A named person puts it off. [P]

    *udsat*.
    """

    HERE = _PEOPLE

    until: Date
    reason: Annotated[str, codes.snooze_reasons]


class FollowUpTakenOver(FollowUpEvent, frozen=True, kw_only=True):
    """A named person takes it on. [P]

    *overtaget*.
    """

    HERE = _PEOPLE

    person: Person
    reason: Annotated[str, codes.take_over_reasons]


class CourseEventCorrected(EventCorrected, CourseFact, frozen=True, kw_only=True):
    __doc__ = EventCorrected.__doc__
    NAME = "course.event-corrected"


class CourseEventRetracted(EventRetracted, CourseFact, frozen=True, kw_only=True):
    __doc__ = EventRetracted.__doc__
    NAME = "course.event-retracted"


class CourseFollowUpRaised(FollowUpRaised, CourseFact, frozen=True, kw_only=True):
    __doc__ = FollowUpRaised.__doc__
    NAME = "course.follow-up-raised"


class CourseFollowUpReminded(FollowUpReminded, CourseFact, frozen=True, kw_only=True):
    __doc__ = FollowUpReminded.__doc__
    NAME = "course.follow-up-reminded"


class CourseFollowUpEscalated(FollowUpEscalated, CourseFact, frozen=True, kw_only=True):
    __doc__ = FollowUpEscalated.__doc__
    NAME = "course.follow-up-escalated"


class CourseFollowUpResolved(FollowUpResolved, CourseFact, frozen=True, kw_only=True):
    __doc__ = FollowUpResolved.__doc__
    NAME = "course.follow-up-resolved"


class CourseFollowUpWithdrawn(FollowUpWithdrawn, CourseFact, frozen=True, kw_only=True):
    __doc__ = FollowUpWithdrawn.__doc__
    NAME = "course.follow-up-withdrawn"


class CourseFollowUpSnoozed(FollowUpSnoozed, CourseFact, frozen=True, kw_only=True):
    __doc__ = FollowUpSnoozed.__doc__
    NAME = "course.follow-up-snoozed"


class CourseFollowUpTakenOver(FollowUpTakenOver, CourseFact, frozen=True, kw_only=True):
    __doc__ = FollowUpTakenOver.__doc__
    NAME = "course.follow-up-taken-over"


class MentorEventCorrected(EventCorrected, MentorFact, frozen=True, kw_only=True):
    __doc__ = EventCorrected.__doc__
    NAME = "mentor.event-corrected"


class MentorEventRetracted(EventRetracted, MentorFact, frozen=True, kw_only=True):
    __doc__ = EventRetracted.__doc__
    NAME = "mentor.event-retracted"


class MentorFollowUpRaised(FollowUpRaised, MentorFact, frozen=True, kw_only=True):
    __doc__ = FollowUpRaised.__doc__
    NAME = "mentor.follow-up-raised"


class MentorFollowUpReminded(FollowUpReminded, MentorFact, frozen=True, kw_only=True):
    __doc__ = FollowUpReminded.__doc__
    NAME = "mentor.follow-up-reminded"


class MentorFollowUpEscalated(FollowUpEscalated, MentorFact, frozen=True, kw_only=True):
    __doc__ = FollowUpEscalated.__doc__
    NAME = "mentor.follow-up-escalated"


class MentorFollowUpResolved(FollowUpResolved, MentorFact, frozen=True, kw_only=True):
    __doc__ = FollowUpResolved.__doc__
    NAME = "mentor.follow-up-resolved"


class MentorFollowUpWithdrawn(FollowUpWithdrawn, MentorFact, frozen=True, kw_only=True):
    __doc__ = FollowUpWithdrawn.__doc__
    NAME = "mentor.follow-up-withdrawn"


class MentorFollowUpSnoozed(FollowUpSnoozed, MentorFact, frozen=True, kw_only=True):
    __doc__ = FollowUpSnoozed.__doc__
    NAME = "mentor.follow-up-snoozed"


class MentorFollowUpTakenOver(FollowUpTakenOver, MentorFact, frozen=True, kw_only=True):
    __doc__ = FollowUpTakenOver.__doc__
    NAME = "mentor.follow-up-taken-over"


class TeamEventCorrected(EventCorrected, TeamFact, frozen=True, kw_only=True):
    __doc__ = EventCorrected.__doc__
    NAME = "team.event-corrected"


class TeamEventRetracted(EventRetracted, TeamFact, frozen=True, kw_only=True):
    __doc__ = EventRetracted.__doc__
    NAME = "team.event-retracted"


class TeamFollowUpRaised(FollowUpRaised, TeamFact, frozen=True, kw_only=True):
    __doc__ = FollowUpRaised.__doc__
    NAME = "team.follow-up-raised"


class TeamFollowUpReminded(FollowUpReminded, TeamFact, frozen=True, kw_only=True):
    __doc__ = FollowUpReminded.__doc__
    NAME = "team.follow-up-reminded"


class TeamFollowUpEscalated(FollowUpEscalated, TeamFact, frozen=True, kw_only=True):
    __doc__ = FollowUpEscalated.__doc__
    NAME = "team.follow-up-escalated"


class TeamFollowUpResolved(FollowUpResolved, TeamFact, frozen=True, kw_only=True):
    __doc__ = FollowUpResolved.__doc__
    NAME = "team.follow-up-resolved"


class TeamFollowUpWithdrawn(FollowUpWithdrawn, TeamFact, frozen=True, kw_only=True):
    __doc__ = FollowUpWithdrawn.__doc__
    NAME = "team.follow-up-withdrawn"


class TeamFollowUpSnoozed(FollowUpSnoozed, TeamFact, frozen=True, kw_only=True):
    __doc__ = FollowUpSnoozed.__doc__
    NAME = "team.follow-up-snoozed"


class TeamFollowUpTakenOver(FollowUpTakenOver, TeamFact, frozen=True, kw_only=True):
    __doc__ = FollowUpTakenOver.__doc__
    NAME = "team.follow-up-taken-over"


EVENTS = (
    CourseEventCorrected,
    CourseEventRetracted,
    CourseFollowUpRaised,
    CourseFollowUpReminded,
    CourseFollowUpEscalated,
    CourseFollowUpResolved,
    CourseFollowUpWithdrawn,
    CourseFollowUpSnoozed,
    CourseFollowUpTakenOver,
    MentorEventCorrected,
    MentorEventRetracted,
    MentorFollowUpRaised,
    MentorFollowUpReminded,
    MentorFollowUpEscalated,
    MentorFollowUpResolved,
    MentorFollowUpWithdrawn,
    MentorFollowUpSnoozed,
    MentorFollowUpTakenOver,
    TeamEventCorrected,
    TeamEventRetracted,
    TeamFollowUpRaised,
    TeamFollowUpReminded,
    TeamFollowUpEscalated,
    TeamFollowUpResolved,
    TeamFollowUpWithdrawn,
    TeamFollowUpSnoozed,
    TeamFollowUpTakenOver,
)

NAMES = frozenset(type_.NAME for type_ in EVENTS)
"""The names of this section."""
