"""The running work."""

from collections.abc import Iterator
from typing import Annotated, Any

from domain import codes
from domain.codes import PERSONAL_GUIDE, activities_under
from domain.events.base import CourseFact, Finding
from domain.fields import Codes, Many, Reference, Sealed, Under
from domain.values import Actor, Ciphertext, Minutes, Person, Thing

MINUTES_OF_A_DAY = 1440


class CoordinationHeld(CourseFact, frozen=True, kw_only=True):
    """Those around the citizen coordinate on this course. [R]

    *løbende koordinering*. Mentor–caseworker contact when both functions take part, and that of a
    pair when both of the two are named; a talk about several courses is one event for each, with
    its share of the minutes. It takes a disagreement up when the coordinator takes part and
    `roles` is a topic.
    """

    NAME = "course.coordination-held"
    SENT_BY = ("CS", "TR")
    HERE = ("mentor", "caseworker", "coordinator")
    READ_BY = ("role-clarity", "management", "coordination-overdue", "role-disagreement")

    form: Annotated[str, codes.coordination_forms]
    participants: Annotated[tuple[Actor, ...], Many(Reference("actor"))]
    other_actors: Annotated[
        Ciphertext | None, Sealed("codes", Under.CITIZEN, codes.other_actors)
    ] = None
    topics: Annotated[tuple[str, ...], Codes(codes.coordination_topics)] = ()
    minutes: Minutes | None = None

    @classmethod
    def own_checks(cls, form: Any) -> Iterator[Finding]:
        """Two parties at least in `participants` and `other_actors` together."""
        if len(form.participants) + len(form.other_actors or ()) < 2:
            yield Finding(
                "participants",
                "Der skal være mindst to parter i `participants` og `other_actors` tilsammen.",
                "There must be two parties at least in `participants` and `other_actors` together.",
            )


class FrictionReported(CourseFact, frozen=True, kw_only=True):
    """Somebody says that the cooperation grates. [R]

    *samarbejdsvanskelighed*.
    """

    NAME = "course.friction-reported"
    SENT_BY = ("CS",)
    HERE = ("mentor", "caseworker", "coordinator", "leader")
    READ_BY = ("role-clarity", "role-disagreement")

    kind: Annotated[str, codes.friction_kinds]
    responsibility: Annotated[str | None, codes.responsibilities] = None
    between: Annotated[tuple[Actor, ...], Many(Reference("actor"))] = ()


class ActivityRegistered(CourseFact, frozen=True, kw_only=True):
    """Work for the citizen, with its time. [R for time, P for the rest]

    *aktivitet, tidsregistrering*. The speaker did it: as mentor it counts as mentor time, as
    caseworker it reads as a boundary crossing. `grant`: what it helps to carry out.
    """

    NAME = "course.activity-registered"
    SENT_BY = ("TR", "CS")
    HERE = ("mentor", "caseworker", "coordinator")
    READ_BY = (
        "mentor-roles",
        "activities",
        "grants",
        "role-clarity",
        "no-mentor-contact",
        "agreement-incomplete",
        "hours-below-grant",
    )

    role: Annotated[str, codes.activity_roles]
    area: Annotated[str | None, codes.activity_areas] = None
    activity: Annotated[str, codes.activities]
    minutes: Minutes
    contact: Annotated[str, codes.activity_contacts]
    grant: Thing | None = None

    @classmethod
    def own_checks(cls, form: Any) -> Iterator[Finding]:
        """`minutes` ≤ 1440; `area` with `personal-guide`, and only there; the activity stands
        under that role and area, or as common.
        """
        if form.minutes > MINUTES_OF_A_DAY:
            yield Finding(
                "minutes",
                f"En aktivitet varer højst et døgn: {MINUTES_OF_A_DAY} minutter.",
                f"An activity lasts a day at most: {MINUTES_OF_A_DAY} minutes.",
            )
        if (form.area is not None) != (form.role == PERSONAL_GUIDE):
            yield Finding(
                "area",
                f"Område angives ved rollen `{PERSONAL_GUIDE}` (evt. `not-stated`), og kun dér.",
                f"The area is given with the role `{PERSONAL_GUIDE}` (`not-stated` if need be), "
                "and only there.",
            )
        elif form.activity not in (allowed := activities_under(form.role, form.area)):
            right = ", ".join(code for code in codes.activities.codes if code in allowed)
            yield Finding(
                "activity",
                f"`{form.activity}` hører ikke under den rolle og det område. Mulige: {right}.",
                f"`{form.activity}` does not stand under that role and area. Possible: {right}.",
            )


class ContactAttempted(CourseFact, frozen=True, kw_only=True):
    """The mentor tried to reach the citizen in vain. [P]

    *forgæves kontakt*. Never counts as contact, and is shown beside it. Minutes are mentor time,
    not delivered hours.
    """

    NAME = "course.contact-attempted"
    SENT_BY = ("TR", "CS")
    HERE = ("mentor", "caseworker", "coordinator")
    READ_BY = ("activities", "no-mentor-contact")

    form: Annotated[str, codes.contact_forms]
    outcome: Annotated[str, codes.attempt_outcomes]
    minutes: Minutes | None = None


class KeyPersonFound(CourseFact, frozen=True, kw_only=True):
    """A person in the citizen's life to build on is found. [R]

    *nøgleperson*.
    """

    NAME = "course.key-person-found"
    SENT_BY = ("CS",)
    HERE = ("mentor", "caseworker")
    READ_BY = ("activities",)

    key_person: Thing
    relation: Annotated[Ciphertext, Sealed("code", Under.CITIZEN, codes.relations)]
    name: Annotated[Ciphertext | None, Sealed("line", Under.CITIZEN)] = None
    contact: Annotated[Ciphertext | None, Sealed("line", Under.CITIZEN)] = None


class CaseSupervised(CourseFact, frozen=True, kw_only=True):
    """The course was taken up in a supervision session. [P]

    *sagssupervision*. No time, no supervisor: those stand in `team.supervision-session-held`.
    """

    NAME = "course.case-supervised"
    SENT_BY = ("CS",)
    HERE = ("mentor", "supervisor", "coordinator")
    READ_BY = ("supervision",)

    session: Thing
    mentor: Person


EVENTS = (
    CoordinationHeld,
    FrictionReported,
    ActivityRegistered,
    ContactAttempted,
    KeyPersonFound,
    CaseSupervised,
)
