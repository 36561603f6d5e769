"""The follow-ups (*opfølgninger*), written here only; a sender meets them in the change feed."""

from typing import Annotated

from domain import codes
from domain.events.base import CourseFact, Fact, MentorFact, TeamFact
from domain.fields import Plain
from domain.values import Date, EventRef, FollowUp, Person, Slug

_PEOPLE = ("caseworker", "mentor", "coordinator", "leader")


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


class CourseFollowUpRaised(FollowUpRaised, CourseFact, frozen=True, kw_only=True):
    """`FollowUpRaised` in a citizen's course."""

    NAME = "course.follow-up-raised"


class CourseFollowUpReminded(FollowUpReminded, CourseFact, frozen=True, kw_only=True):
    """`FollowUpReminded` in a citizen's course."""

    NAME = "course.follow-up-reminded"


class CourseFollowUpEscalated(FollowUpEscalated, CourseFact, frozen=True, kw_only=True):
    """`FollowUpEscalated` in a citizen's course."""

    NAME = "course.follow-up-escalated"


class CourseFollowUpResolved(FollowUpResolved, CourseFact, frozen=True, kw_only=True):
    """`FollowUpResolved` in a citizen's course."""

    NAME = "course.follow-up-resolved"


class CourseFollowUpWithdrawn(FollowUpWithdrawn, CourseFact, frozen=True, kw_only=True):
    """`FollowUpWithdrawn` in a citizen's course."""

    NAME = "course.follow-up-withdrawn"


class CourseFollowUpSnoozed(FollowUpSnoozed, CourseFact, frozen=True, kw_only=True):
    """`FollowUpSnoozed` in a citizen's course."""

    NAME = "course.follow-up-snoozed"


class CourseFollowUpTakenOver(FollowUpTakenOver, CourseFact, frozen=True, kw_only=True):
    """`FollowUpTakenOver` in a citizen's course."""

    NAME = "course.follow-up-taken-over"


class MentorFollowUpRaised(FollowUpRaised, MentorFact, frozen=True, kw_only=True):
    """`FollowUpRaised` in a mentor's stream."""

    NAME = "mentor.follow-up-raised"


class MentorFollowUpReminded(FollowUpReminded, MentorFact, frozen=True, kw_only=True):
    """`FollowUpReminded` in a mentor's stream."""

    NAME = "mentor.follow-up-reminded"


class MentorFollowUpEscalated(FollowUpEscalated, MentorFact, frozen=True, kw_only=True):
    """`FollowUpEscalated` in a mentor's stream."""

    NAME = "mentor.follow-up-escalated"


class MentorFollowUpResolved(FollowUpResolved, MentorFact, frozen=True, kw_only=True):
    """`FollowUpResolved` in a mentor's stream."""

    NAME = "mentor.follow-up-resolved"


class MentorFollowUpWithdrawn(FollowUpWithdrawn, MentorFact, frozen=True, kw_only=True):
    """`FollowUpWithdrawn` in a mentor's stream."""

    NAME = "mentor.follow-up-withdrawn"


class MentorFollowUpSnoozed(FollowUpSnoozed, MentorFact, frozen=True, kw_only=True):
    """`FollowUpSnoozed` in a mentor's stream."""

    NAME = "mentor.follow-up-snoozed"


class MentorFollowUpTakenOver(FollowUpTakenOver, MentorFact, frozen=True, kw_only=True):
    """`FollowUpTakenOver` in a mentor's stream."""

    NAME = "mentor.follow-up-taken-over"


class TeamFollowUpRaised(FollowUpRaised, TeamFact, frozen=True, kw_only=True):
    """`FollowUpRaised` in the team's stream."""

    NAME = "team.follow-up-raised"


class TeamFollowUpReminded(FollowUpReminded, TeamFact, frozen=True, kw_only=True):
    """`FollowUpReminded` in the team's stream."""

    NAME = "team.follow-up-reminded"


class TeamFollowUpEscalated(FollowUpEscalated, TeamFact, frozen=True, kw_only=True):
    """`FollowUpEscalated` in the team's stream."""

    NAME = "team.follow-up-escalated"


class TeamFollowUpResolved(FollowUpResolved, TeamFact, frozen=True, kw_only=True):
    """`FollowUpResolved` in the team's stream."""

    NAME = "team.follow-up-resolved"


class TeamFollowUpWithdrawn(FollowUpWithdrawn, TeamFact, frozen=True, kw_only=True):
    """`FollowUpWithdrawn` in the team's stream."""

    NAME = "team.follow-up-withdrawn"


class TeamFollowUpSnoozed(FollowUpSnoozed, TeamFact, frozen=True, kw_only=True):
    """`FollowUpSnoozed` in the team's stream."""

    NAME = "team.follow-up-snoozed"


class TeamFollowUpTakenOver(FollowUpTakenOver, TeamFact, frozen=True, kw_only=True):
    """`FollowUpTakenOver` in the team's stream."""

    NAME = "team.follow-up-taken-over"


EVENTS = (
    CourseFollowUpRaised,
    CourseFollowUpReminded,
    CourseFollowUpEscalated,
    CourseFollowUpResolved,
    CourseFollowUpWithdrawn,
    CourseFollowUpSnoozed,
    CourseFollowUpTakenOver,
    MentorFollowUpRaised,
    MentorFollowUpReminded,
    MentorFollowUpEscalated,
    MentorFollowUpResolved,
    MentorFollowUpWithdrawn,
    MentorFollowUpSnoozed,
    MentorFollowUpTakenOver,
    TeamFollowUpRaised,
    TeamFollowUpReminded,
    TeamFollowUpEscalated,
    TeamFollowUpResolved,
    TeamFollowUpWithdrawn,
    TeamFollowUpSnoozed,
    TeamFollowUpTakenOver,
)
