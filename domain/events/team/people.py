"""People and place."""

from collections.abc import Iterator
from typing import Annotated, Any

from domain import codes
from domain.events.base import VIEWS, Finding, TeamFact
from domain.fields import Many, Reference, Sealed, Under
from domain.values import Ciphertext, Date, Flag, Person, WeeklyMinutes

_READERS_OF_ASSIGNMENTS = (
    "supervision",
    "caseload",
    "role-clarity",
    "management",
    "worklist",
    "supervision-overdue",
    "coordinator-overloaded",
)


class Established(TeamFact, frozen=True, kw_only=True):
    """The mentor effort begins. [R]

    *mentorteamet etableres*. Table 24 counts from here.
    """

    NAME = "team.established"
    SENT_BY = ("CS",)
    HERE = ("leader", "coordinator")
    READ_BY = (
        "caseload",
        "supervision",
        "role-clarity",
        "role-workshop-overdue",
        "role-follow-up-overdue",
    )

    from_: Date


class PersonAssigned(TeamFact, frozen=True, kw_only=True):
    """A person gets a function in the team. [R]

    *tilknyttet*. Sent again for the same `from`, it replaces. `dedicated`: has time set off for
    the task (frikøbt).
    """

    NAME = "team.person-assigned"
    SENT_BY = ("CS",)
    HERE = ("leader", "coordinator")
    READ_BY = _READERS_OF_ASSIGNMENTS

    person: Person
    function: Annotated[str, codes.staff_functions]
    from_: Date
    employment: Annotated[str | None, codes.employments] = None
    dedicated: Flag | None = None
    weekly_minutes: WeeklyMinutes | None = None
    name: Annotated[Ciphertext | None, Sealed("line", Under.STAFF)] = None
    email: Annotated[Ciphertext | None, Sealed("line", Under.STAFF)] = None
    phone: Annotated[Ciphertext | None, Sealed("line", Under.STAFF)] = None

    @classmethod
    def own_checks(cls, form: Any) -> Iterator[Finding]:
        """A supervisor has `employment`; a mentor has no `weekly_minutes` here."""
        if form.function == "supervisor" and form.employment is None:
            yield Finding(
                "employment",
                "For en supervisor angives, om den er ansat i kommunen eller kommer udefra.",
                "For a supervisor it is given whether they are internal or external.",
            )
        if form.function == "mentor" and form.weekly_minutes is not None:
            yield Finding(
                "weekly_minutes",
                "En mentors timer står i `mentor.employed` og `mentor.hours-changed`, ikke her.",
                "A mentor's hours stand in `mentor.employed` and `mentor.hours-changed`, not here.",
            )


class PersonReleased(TeamFact, frozen=True, kw_only=True):
    """A person leaves a function. [P]

    *fratræder funktionen*.
    """

    NAME = "team.person-released"
    SENT_BY = ("CS",)
    HERE = ("leader", "coordinator")
    READ_BY = _READERS_OF_ASSIGNMENTS

    person: Person
    function: Annotated[str, codes.staff_functions]
    to: Date
    reason: Annotated[str, codes.release_reasons]


class TeamIdentityLinked(TeamFact, frozen=True, kw_only=True):
    """Two systems' ids are one staff member. [P]

    *sammenkobling*.
    """

    NAME = "team.identity-linked"
    SENT_BY = ("CS",)
    HERE = ("coordinator", "system")
    READ_BY = VIEWS

    person: Person
    alias: Person
    basis: Annotated[str, codes.link_bases]


class TeamIdentityUnlinked(TeamFact, frozen=True, kw_only=True):
    """That link was wrong. [P]

    *sammenkobling ophævet*.
    """

    NAME = "team.identity-unlinked"
    SENT_BY = ("CS",)
    HERE = ("coordinator",)
    READ_BY = VIEWS

    person: Person
    alias: Person


class ColocationChanged(TeamFact, frozen=True, kw_only=True):
    """Who of mentors and caseworkers sit together. [R]

    *samlokalisering*. A snapshot: replaces the earlier one. No `persons` = the whole team; else
    those named, nobody else.
    """

    NAME = "team.colocation-changed"
    SENT_BY = ("CS",)
    HERE = ("leader", "coordinator")
    READ_BY = ("role-clarity", "management")

    from_: Date
    extent: Annotated[str, codes.colocation_extents]
    persons: Annotated[tuple[Person, ...], Many(Reference("person"))] = ()


EVENTS = (
    Established,
    PersonAssigned,
    PersonReleased,
    TeamIdentityLinked,
    TeamIdentityUnlinked,
    ColocationChanged,
)
