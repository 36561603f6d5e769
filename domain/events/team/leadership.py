"""Roles, matching, leadership."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Annotated, Any

from domain import codes
from domain.events.base import Finding, TeamFact
from domain.fields import Codes, Many, Plain, Reference
from domain.values import Actor, Date, Minutes, Slug, Span, Thing

Participants = Annotated[tuple[Actor, ...], Many(Reference("actor"))]
Bound = Annotated[int, Plain("int", 0, 200)]


class RoleWorkshopHeld(TeamFact, frozen=True, kw_only=True):
    """A workshop on the division of roles. [R]

    *rolleworkshop*.
    """

    NAME = "team.role-workshop-held"
    SENT_BY = ("CS",)
    HERE = ("coordinator", "leader")
    READ_BY = ("role-clarity", "management", "role-workshop-overdue")

    occasion: Annotated[str, codes.workshop_occasions]
    participants: Participants
    minutes: Minutes


class RoleFollowUpHeld(TeamFact, frozen=True, kw_only=True):
    """The coordinator follows up on the division of roles, across courses. [R]

    *opfølgning på rollefordelingen*. On one course it is a `course.coordination-held` with the
    topic `roles`.
    """

    NAME = "team.role-follow-up-held"
    SENT_BY = ("CS",)
    HERE = ("coordinator",)
    READ_BY = ("role-clarity", "management", "role-follow-up-overdue")

    participants: Participants
    outcome: Annotated[str, codes.role_follow_up_outcomes]
    minutes: Minutes | None = None


class MatchingMeetingHeld(TeamFact, frozen=True, kw_only=True):
    """A shared meeting on matching. [R]

    *matchningsmøde*. `minutes` is its length. Courses name the meeting in `course.match-proposed`
    and `course.mentor-matched`.
    """

    NAME = "team.matching-meeting-held"
    SENT_BY = ("CS",)
    HERE = ("coordinator",)
    READ_BY = ("matching", "management")

    meeting: Thing
    kind: Annotated[str, codes.matching_meeting_kinds]
    participants: Participants
    minutes: Minutes
    courses_discussed: Annotated[int | None, Plain("int", 0, 5000)] = None


class ExternalCoordinationHeld(TeamFact, frozen=True, kw_only=True):
    """Coordination with other actors, for the effort as a whole. [R]

    *koordinering med andre aktører*.
    """

    NAME = "team.external-coordination-held"
    SENT_BY = ("CS",)
    HERE = ("coordinator", "leader")
    READ_BY = ("management",)

    other_actors: Annotated[tuple[str, ...], Codes(codes.other_actors)]
    minutes: Minutes | None = None

    @classmethod
    def own_checks(cls, form: Any) -> Iterator[Finding]:
        """At least one of `other_actors`."""
        if not form.other_actors:
            yield Finding(
                "other_actors", "Mindst én aktør skal nævnes.", "At least one actor is named."
            )


class LeadershipActRecorded(TeamFact, frozen=True, kw_only=True):
    """Leader or coordinator frames, backs or clears the way. [R]

    *ledelseshandling*. The actor's function says whose act it is; sparring, coordination,
    workshops and follow-up have events of their own.
    """

    NAME = "team.leadership-act-recorded"
    SENT_BY = ("CS",)
    HERE = ("leader", "coordinator")
    READ_BY = ("management",)

    act: Annotated[str, codes.leadership_acts]
    minutes: Minutes | None = None


class CaseloadPolicySet(TeamFact, frozen=True, kw_only=True):
    """A chosen number of citizens per full-time mentor, with its reason. [R]

    *belastningspolitik*. Both bounds are included. Holds until the next; what lies inside is
    policy, not breach.
    """

    NAME = "team.caseload-policy-set"
    SENT_BY = ("CS",)
    HERE = ("leader",)
    READ_BY = ("caseload", "matching")

    from_: Date
    lowest: Bound | None = None
    highest: Bound | None = None
    reason: Annotated[str, codes.policy_reasons]

    @classmethod
    def own_checks(cls, form: Any) -> Iterator[Finding]:
        """One bound at least, `lowest` ≤ `highest`."""
        if form.lowest is None and form.highest is None:
            yield Finding(
                "highest",
                "Angiv `lowest`, `highest` eller begge.",
                "Give `lowest`, `highest` or both.",
            )
        elif None not in (form.lowest, form.highest) and form.lowest > form.highest:
            yield Finding(
                "highest",
                "`highest` kan ikke være mindre end `lowest`.",
                "`highest` cannot be less than `lowest`.",
            )


class RulesAdopted(TeamFact, frozen=True, kw_only=True):
    """A rule pack comes into force. [P]

    *regelsæt*. Carries the pack, so that history needs no file beside it; `system` adopts the
    default one. Where periods overlap, the one adopted last holds.
    """

    NAME = "team.rules-adopted"
    HERE = ("leader", "coordinator", "system")
    READ_BY = ("worklist", "supervision", "grants", *codes.rules.codes)

    pack: Slug
    edition: Slug
    period: Span
    sha256: Slug
    text: Annotated[str, Plain("toml")]

    @classmethod
    def own_checks(cls, form: Any) -> Iterator[Finding]:
        """`sha256` is that of `text` in UTF-8, in hex."""
        if (right := sha256(form.text.encode()).hexdigest()) != form.sha256:
            yield Finding(
                "sha256",
                f"Er ikke tekstens SHA-256, som er {right}.",
                f"Is not the text's SHA-256, which is {right}.",
            )


EVENTS = (
    RoleWorkshopHeld,
    RoleFollowUpHeld,
    MatchingMeetingHeld,
    ExternalCoordinationHeld,
    LeadershipActRecorded,
    CaseloadPolicySet,
    RulesAdopted,
)
