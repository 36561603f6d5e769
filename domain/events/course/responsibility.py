"""Who is responsible, who it is, and the end."""

from typing import Annotated

from domain import codes
from domain.events.base import VIEWS, CourseFact
from domain.values import Course, Date, Flag, Person, Thing

RULES_OF_THE_COURSE = (
    "match-overdue",
    "first-meeting-overdue",
    "agreement-incomplete",
    "no-mentor-contact",
    "chemistry-check-overdue",
    "role-statement-overdue",
    "role-disagreement",
    "coordination-overdue",
    "goal-review-overdue",
    "grant-running-out",
    "hours-below-grant",
    "mentor-left",
)


class CaseworkerChanged(CourseFact, frozen=True, kw_only=True):
    """Another caseworker takes the course over. [P]

    *sagsbehandlerskift*.
    """

    NAME = "course.caseworker-changed"
    SENT_BY = ("CS",)
    HERE = ("caseworker", "coordinator", "leader")
    READ_BY = (
        "role-clarity",
        "matching",
        "worklist",
        "role-statement-overdue",
        "role-disagreement",
    )

    caseworker: Person
    from_: Date
    reason: Annotated[str, codes.caseworker_change_reasons]


class HandoverOffered(CourseFact, frozen=True, kw_only=True):
    """A caseworker or mentor offers a course to another. [P]

    *overdragelse tilbudt*.
    """

    NAME = "course.handover-offered"
    HERE = ("caseworker", "mentor", "coordinator")
    READ_BY = ("worklist",)

    handover: Thing
    function: Annotated[str, codes.handover_functions]
    giver: Person
    receiver: Person
    from_: Date
    release_confidential_notes: Flag


class HandoverAccepted(CourseFact, frozen=True, kw_only=True):
    """The receiver takes it. [P]

    *overdragelse modtaget*. Registered by the receiver. Writes the change itself beside it
    (`caseworker-changed`, or `match-ended` and `mentor-matched`), and only those are read for
    responsibility.
    """

    NAME = "course.handover-accepted"
    HERE = codes.handover_functions.codes
    READ_BY = ("worklist",)

    handover: Thing


class HandoverRejected(CourseFact, frozen=True, kw_only=True):
    """The receiver declines. [P]

    *overdragelse afvist*. Registered by the receiver.
    """

    NAME = "course.handover-rejected"
    HERE = codes.handover_functions.codes
    READ_BY = ("worklist",)

    handover: Thing
    reason: Annotated[str, codes.rejection_reasons]


class IdentityLinked(CourseFact, frozen=True, kw_only=True):
    """Another id is the same course, or another course is the same citizen's. [P]

    *sammenkobling*. `alias` is an id of a course. Linked ids are folded as one course; linked
    citizens are one subject, erased together. Courses whose intakes have the same CPR number are
    linked here, by the system.
    """

    NAME = "course.identity-linked"
    SENT_BY = ("CS",)
    HERE = ("coordinator", "system")
    READ_BY = VIEWS

    what: Annotated[str, codes.link_kinds]
    alias: Course
    basis: Annotated[str, codes.link_bases]


class IdentityUnlinked(CourseFact, frozen=True, kw_only=True):
    """A link was wrong. [P]

    *sammenkobling ophævet*. Courses that were linked by the citizen's CPR number are not linked by
    it again.
    """

    NAME = "course.identity-unlinked"
    SENT_BY = ("CS",)
    HERE = ("coordinator", "system")
    READ_BY = VIEWS

    what: Annotated[str, codes.link_kinds]
    alias: Course


class Closed(CourseFact, frozen=True, kw_only=True):
    """The course ends. [R for education, job, dropping out; P for the rest]

    *afsluttet*. Open matches end that day; open follow-ups are withdrawn; grants stand.
    """

    NAME = "course.closed"
    SENT_BY = ("CS",)
    HERE = ("caseworker", "coordinator")
    READ_BY = (
        "caseload",
        "matching",
        "role-clarity",
        "grants",
        "management",
        *RULES_OF_THE_COURSE,
        "coordinator-overloaded",
    )

    to: Date
    reason: Annotated[str, codes.close_reasons]


class Reopened(CourseFact, frozen=True, kw_only=True):
    """A closed course goes on. [P]

    *genåbnet*. Matches ended by the close stay ended.
    """

    NAME = "course.reopened"
    SENT_BY = ("CS",)
    HERE = ("caseworker", "coordinator")
    READ_BY = (
        "caseload",
        "matching",
        "grants",
        "management",
        "match-overdue",
        "goal-review-overdue",
        "grant-running-out",
        "hours-below-grant",
    )

    from_: Date
    reason: Annotated[str, codes.reopen_reasons]


EVENTS = (
    CaseworkerChanged,
    HandoverOffered,
    HandoverAccepted,
    HandoverRejected,
    IdentityLinked,
    IdentityUnlinked,
    Closed,
    Reopened,
)
