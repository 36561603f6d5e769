"""Intake and matching."""

from collections.abc import Iterator
from typing import Annotated, Any

from domain import codes
from domain.events.base import CourseFact, Finding
from domain.fields import Codes, Sealed, Under
from domain.values import Ciphertext, Date, EventRef, Minutes, Person, Thing


class IntakeRegistered(CourseFact, frozen=True, kw_only=True):
    """The first talk between citizen and caseworker opens the course. [R]

    *visitation, indledende samtale*. `caseworker` is the one responsible from now on.
    """

    NAME = "course.intake-registered"
    SENT_BY = ("CS",)
    HERE = ("caseworker", "coordinator")
    READ_BY = (
        "matching",
        "caseload",
        "role-clarity",
        "match-overdue",
        "role-statement-overdue",
        "role-disagreement",
    )

    caseworker: Person
    form: Annotated[str | None, codes.contact_forms] = None
    name: Annotated[Ciphertext | None, Sealed("line", Under.CITIZEN)] = None
    cpr: Annotated[Ciphertext | None, Sealed("cpr", Under.CITIZEN)] = None
    birth_date: Annotated[Ciphertext | None, Sealed("date", Under.CITIZEN)] = None
    address: Annotated[Ciphertext | None, Sealed("line", Under.CITIZEN)] = None
    phone: Annotated[Ciphertext | None, Sealed("line", Under.CITIZEN)] = None
    email: Annotated[Ciphertext | None, Sealed("line", Under.CITIZEN)] = None


class PreferenceStated(CourseFact, frozen=True, kw_only=True):
    """The citizen says what mentor they would like. [R]

    *præference for mentors alder og køn*. Replaces the earlier statement as a whole; considered,
    never a filter. [P]
    """

    NAME = "course.preference-stated"
    SENT_BY = ("CS",)
    HERE = ("caseworker", "coordinator")
    READ_BY = ("matching",)

    age: Annotated[str, codes.preferred_ages]
    gender: Annotated[str, codes.preferred_genders]


class MatchProposed(CourseFact, frozen=True, kw_only=True):
    """Somebody, or the software, proposes a mentor. [P]

    *matchforslag*. `meeting` is a `team.matching-meeting-held`.
    """

    NAME = "course.match-proposed"
    SENT_BY = ("CS",)
    HERE = ("caseworker", "coordinator", "mentor", "system")
    READ_BY = ("matching",)

    mentor: Person
    method: Annotated[str, codes.match_methods]
    reasons: Annotated[tuple[str, ...], Codes(codes.match_reasons)] = ()
    meeting: Thing | None = None
    rationale: Annotated[Ciphertext | None, Sealed("text", Under.CITIZEN)] = None

    @classmethod
    def own_checks(cls, form: Any) -> Iterator[Finding]:
        """From `system`, at least one reason: software explains its suggestion."""
        if form.actor.function == "system" and not form.reasons:
            yield Finding(
                "reasons",
                "Et forslag fra systemet skal have mindst én begrundelse.",
                "A proposal by the system needs at least one reason.",
            )


class MentorMatched(CourseFact, frozen=True, kw_only=True):
    """A person decides that this mentor follows the citizen. [R]

    *match*. `minutes` is the decider's own time, without the meeting's.
    """

    NAME = "course.mentor-matched"
    SENT_BY = ("CS",)
    HERE = ("caseworker", "coordinator")
    READ_BY = (
        "matching",
        "caseload",
        "role-clarity",
        "grants",
        "management",
        "match-overdue",
        "first-meeting-overdue",
        "agreement-incomplete",
        "no-mentor-contact",
        "chemistry-check-overdue",
        "role-statement-overdue",
        "role-disagreement",
        "coordination-overdue",
        "coordinator-overloaded",
        "mentor-left",
    )

    match: Thing
    mentor: Person
    from_: Date
    method: Annotated[str, codes.match_methods]
    reasons: Annotated[tuple[str, ...], Codes(codes.match_reasons)] = ()
    proposal: EventRef | None = None
    meeting: Thing | None = None
    minutes: Minutes | None = None
    rationale: Annotated[Ciphertext | None, Sealed("text", Under.CITIZEN)] = None


class MatchEnded(CourseFact, frozen=True, kw_only=True):
    """The match ends; the course goes on. [R]

    *match ophørt*.
    """

    NAME = "course.match-ended"
    SENT_BY = ("CS",)
    HERE = ("caseworker", "coordinator")
    READ_BY = (
        "matching",
        "caseload",
        "role-clarity",
        "grants",
        "management",
        "match-overdue",
        "first-meeting-overdue",
        "agreement-incomplete",
        "no-mentor-contact",
        "chemistry-check-overdue",
        "role-statement-overdue",
        "role-disagreement",
        "coordination-overdue",
        "coordinator-overloaded",
        "mentor-left",
    )

    match: Thing
    to: Date
    reason: Annotated[str, codes.match_end_reasons]


class FirstMeetingHeld(CourseFact, frozen=True, kw_only=True):
    """Citizen and mentor meet for the first time. [P]

    *første møde*. Counts as contact; its time stands in an activity.
    """

    NAME = "course.first-meeting-held"
    SENT_BY = ("CS", "TR")
    HERE = ("mentor", "caseworker", "coordinator")
    READ_BY = ("matching", "first-meeting-overdue", "no-mentor-contact")

    mentor: Person
    form: Annotated[str, codes.contact_forms]


class ChemistryChecked(CourseFact, frozen=True, kw_only=True):
    """One side is asked whether the chemistry is there. [R that it decides, P that it is asked]

    *kemi*. One event for each side; the follow-up is met by the citizen's.
    """

    NAME = "course.chemistry-checked"
    SENT_BY = ("CS",)
    HERE = ("mentor", "caseworker", "coordinator")
    READ_BY = ("matching", "chemistry-check-overdue")

    mentor: Person
    asked: Annotated[str, codes.chemistry_sides]
    result: Annotated[str, codes.chemistry_results]


EVENTS = (
    IntakeRegistered,
    PreferenceStated,
    MatchProposed,
    MentorMatched,
    MatchEnded,
    FirstMeetingHeld,
    ChemistryChecked,
)
