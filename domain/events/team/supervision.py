"""Supervision, and sparring, which isn't supervision."""

from collections.abc import Iterator
from typing import Annotated, Any

from domain import codes
from domain.events.base import Finding, TeamFact
from domain.fields import Codes, Many, Plain, Reference
from domain.values import Actor, Date, JointSession, Minutes, Person, Thing

_OF_SUPERVISION = ("supervisor", "cadence_weeks", "forms", "joint")


class SupervisionArranged(TeamFact, frozen=True, kw_only=True):
    """What supervision is agreed, or that there is none. [R]

    *supervision aftalt*. Holds until the next; the model itself is read from sessions.
    """

    NAME = "team.supervision-arranged"
    SENT_BY = ("CS",)
    HERE = ("leader", "coordinator")
    READ_BY = ("supervision", "supervision-overdue")

    from_: Date
    model: Annotated[str, codes.supervision_models]
    supervisor: Person | None = None
    cadence_weeks: Annotated[int | None, Plain("int", 1, 26)] = None
    forms: Annotated[tuple[str, ...], Codes(codes.supervision_forms)] = ()
    reasons: Annotated[tuple[str, ...], Codes(codes.no_supervision_reasons)] = ()
    joint: JointSession | None = None

    @classmethod
    def own_checks(cls, form: Any) -> Iterator[Finding]:
        """With `none` at least one of `reasons`, and no `supervisor`, `cadence_weeks`, `forms` or
        `joint`; otherwise no `reasons`.
        """
        if form.model != "none":
            if form.reasons:
                yield Finding(
                    "reasons",
                    "Begrundelser hører til, når der ingen supervision er (`none`).",
                    "Reasons belong where there is no supervision (`none`).",
                )
            return
        if not form.reasons:
            yield Finding(
                "reasons",
                "Angiv mindst én grund til, at der ingen supervision er.",
                "Give at least one reason why there is no supervision.",
            )
        for field in _OF_SUPERVISION:
            if getattr(form, field) not in (None, (), []):
                yield Finding(
                    field,
                    "Hører ikke til, når der ingen supervision er (`none`).",
                    "Does not belong where there is no supervision (`none`).",
                )


class SupervisionSessionHeld(TeamFact, frozen=True, kw_only=True):
    """An actual supervisor supervised mentors. [R]

    *supervision*. `minutes` is its length. The supervisor's function is read from the assignments
    of that day: leader or coordinator before supervisor.
    """

    NAME = "team.supervision-session-held"
    SENT_BY = ("CS", "TR")
    HERE = ("supervisor", "coordinator", "leader")
    READ_BY = ("supervision", "management", "supervision-overdue")

    session: Thing
    supervisor: Person
    mentors: Annotated[tuple[Person, ...], Many(Reference("person"))]
    form: Annotated[str, codes.supervision_forms]
    minutes: Minutes
    joint: JointSession | None = None

    @classmethod
    def own_checks(cls, form: Any) -> Iterator[Finding]:
        """At least one mentor; `individual` exactly one."""
        if not form.mentors:
            yield Finding(
                "mentors", "Mindst én mentor skal være med.", "At least one mentor takes part."
            )
        elif form.form == "individual" and len(form.mentors) != 1:
            yield Finding(
                "mentors",
                "En-til-en er med præcis én mentor; ellers er formen `group`.",
                "`individual` has exactly one mentor; otherwise the form is `group`.",
            )


class SparringHeld(TeamFact, frozen=True, kw_only=True):
    """Sparring or exchange without a supervisor. [R]

    *sparring, ugentligt sagsmøde*. Never supervision: shown beside it, not counted (note 12).
    """

    NAME = "team.sparring-held"
    SENT_BY = ("CS", "TR")
    HERE = ("mentor", "coordinator", "leader", "caseworker")
    READ_BY = ("supervision", "management")

    form: Annotated[str, codes.sparring_forms]
    participants: Annotated[tuple[Actor, ...], Many(Reference("actor"))]
    minutes: Minutes

    @classmethod
    def own_checks(cls, form: Any) -> Iterator[Finding]:
        """At least two participants."""
        if len(form.participants) < 2:
            yield Finding(
                "participants",
                "Sparring har mindst to deltagere.",
                "Sparring has at least two participants.",
            )


EVENTS = (SupervisionArranged, SupervisionSessionHeld, SparringHeld)
