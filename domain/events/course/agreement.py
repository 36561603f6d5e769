"""Agreement, roles and goal."""

from collections.abc import Iterator
from typing import Annotated, Any

from domain import codes
from domain.events.base import CourseFact, Finding
from domain.events.checks import not_both_volumes
from domain.fields import CodeMap, Codes, Many, Reference, Sealed, Under
from domain.values import (
    Actor,
    Ciphertext,
    Date,
    Person,
    Span,
    Thing,
    TotalMinutes,
    WeeklyMinutes,
)


class MentorAgreementMade(CourseFact, frozen=True, kw_only=True):
    """The written agreement with the citizen is made or renewed. [P]

    *mentoraftale*. Replaces the earlier one with this mentor. `parts` alone decides what is
    missing; it may be empty.
    """

    NAME = "course.mentor-agreement-made"
    SENT_BY = ("CS",)
    HERE = ("caseworker", "coordinator")
    READ_BY = ("grants", "agreement-incomplete")

    mentor: Person
    parts: Annotated[tuple[str, ...], Codes(codes.agreement_parts)]
    period: Span | None = None
    weekly_minutes: WeeklyMinutes | None = None
    total_minutes: TotalMinutes | None = None
    goal: Thing | None = None
    tasks: Annotated[Ciphertext | None, Sealed("text", Under.CITIZEN)] = None
    contact: Annotated[Ciphertext | None, Sealed("text", Under.CITIZEN)] = None

    @classmethod
    def own_checks(cls, form: Any) -> Iterator[Finding]:
        """Not both `weekly_minutes` and `total_minutes`."""
        yield from not_both_volumes(form)


class RolesStated(CourseFact, frozen=True, kw_only=True):
    """Mentor or caseworker states, for their own part, who does what. [R]

    *rolleudmelding, rollefordeling*. A full snapshot: what is left out is not stated, and nothing
    shines through from earlier. Speaker and `counterpart` are the pair.

    A side *claims* with its own function or `both`. Per responsibility [P]: neither side answered
    = *unknown*; one = *one-sided*; same answer of `mentor`, `caseworker`, `both` or
    `someone-else` = *agreed*; else both claim = *overlap*, neither = *gap*, one = *difference*.
    """

    NAME = "course.roles-stated"
    SENT_BY = ("CS",)
    HERE = ("mentor", "caseworker", "coordinator")
    READ_BY = ("role-clarity", "role-statement-overdue", "role-disagreement")

    counterpart: Person
    answers: Annotated[dict[str, str], CodeMap(codes.responsibilities, codes.holders)]

    @classmethod
    def own_checks(cls, form: Any) -> Iterator[Finding]:
        """The speaker is mentor or caseworker; at least one answer."""
        place, speaker = _speaker(form)
        if speaker.function not in ("mentor", "caseworker"):
            yield Finding(
                f"{place}.function",
                "Rollerne udmeldes af mentor eller sagsbehandler; "
                "en anden sender den med `on_behalf_of`.",
                "Roles are stated by mentor or caseworker; anyone else sends it `on_behalf_of`.",
            )
        if not form.answers:
            yield Finding(
                "answers", "Mindst ét ansvar skal være besvaret.", "At least one answer is needed."
            )


class GoalSet(CourseFact, frozen=True, kw_only=True):
    """A version of the one common goal is set. [R]

    *fælles mål*. The latest in fold order is the current version; a mentor or caseworker who sets
    it (speaker) has acknowledged it.
    """

    NAME = "course.goal-set"
    SENT_BY = ("CS",)
    HERE = ("mentor", "caseworker")
    READ_BY = ("role-clarity", "goal-review-overdue")

    goal: Thing
    directions: Annotated[tuple[str, ...], Codes(codes.goal_directions)]
    text: Annotated[Ciphertext, Sealed("text", Under.CITIZEN)]
    target_date: Date | None = None

    @classmethod
    def own_checks(cls, form: Any) -> Iterator[Finding]:
        """At least one direction."""
        if not form.directions:
            yield Finding(
                "directions",
                "Målet skal have mindst én retning.",
                "The goal needs at least one direction.",
            )


class GoalAcknowledged(CourseFact, frozen=True, kw_only=True):
    """The speaker stands by this version. [P]

    *tilslutning til målet*. Common = acknowledged by the present mentor and the present
    caseworker.
    """

    NAME = "course.goal-acknowledged"
    SENT_BY = ("CS",)
    HERE = ("mentor", "caseworker", "coordinator")
    READ_BY = ("role-clarity",)

    goal: Thing

    @classmethod
    def own_checks(cls, form: Any) -> Iterator[Finding]:
        """The speaker is mentor, caseworker or citizen."""
        place, speaker = _speaker(form)
        if speaker.function not in ("mentor", "caseworker", "citizen"):
            yield Finding(
                f"{place}.function",
                "Målet tiltrædes af mentor, sagsbehandler eller borger; "
                "en anden sender det med `on_behalf_of`.",
                "A goal is acknowledged by mentor, caseworker or citizen; "
                "anyone else sends it `on_behalf_of`.",
            )


class GoalReviewed(CourseFact, frozen=True, kw_only=True):
    """The goal is gone through. [R that it is kept and adapted]

    *opfølgning på målet*. An adapted goal is a `goal-set` as well.
    """

    NAME = "course.goal-reviewed"
    SENT_BY = ("CS",)
    HERE = ("mentor", "caseworker", "coordinator")
    READ_BY = ("role-clarity", "goal-review-overdue")

    goal: Thing
    outcome: Annotated[str, codes.goal_outcomes]
    participants: Annotated[tuple[Actor, ...], Many(Reference("actor"))] = ()


def _speaker(form: Any) -> tuple[str, Any]:
    """Where in the data the speaker stands, and who it is."""
    if form.on_behalf_of is not None:
        return "on_behalf_of", form.on_behalf_of
    return "actor", form.actor


EVENTS = (MentorAgreementMade, RolesStated, GoalSet, GoalAcknowledged, GoalReviewed)
