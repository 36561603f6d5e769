"""What passes between mentor and caseworker on a course: roles, goal, coordination.

These are the facts that role clarity (*rolleafklaring*) is read from.
"""

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from domain.calendar import day_of
from domain.events.course import (
    ActivityRegistered,
    CoordinationHeld,
    GoalAcknowledged,
    GoalReviewed,
    GoalSet,
    GrantDecided,
    GrantEnded,
    GrantExtended,
    RolesStated,
)
from domain.folding import Persons, Telling, Told
from domain.values import Actor, Ref


class Happening(Struct, frozen=True, kw_only=True):
    """Something that happened at an instant, traceable to its event."""

    at: datetime
    ref: Ref

    @property
    def day(self) -> date:
        """The day in Copenhagen."""
        return day_of(self.at)


class Statement(Happening, frozen=True, kw_only=True):
    """One side's statement of who does what (*rolleudmelding*): a full snapshot of its view."""

    speaker: Actor
    counterpart: UUID
    answers: dict[str, str]


class GoalVersion(Happening, frozen=True, kw_only=True):
    """A version of the one common goal (*fælles mål*)."""

    goal: Ref


class Acknowledgement(Happening, frozen=True, kw_only=True):
    """A speaker stands by a goal version; whoever sets it as mentor or caseworker does."""

    goal: Ref
    speaker: Actor


class Review(Happening, frozen=True, kw_only=True):
    """A goal version is gone through (*opfølgning på målet*)."""

    goal: Ref


class Coordination(Happening, frozen=True, kw_only=True):
    """Those around the citizen coordinate (*løbende koordinering*)."""

    form: str
    functions: frozenset[str]
    topics: frozenset[str] = frozenset()

    @property
    def is_between_mentor_and_caseworker(self) -> bool:
        """Whether both functions took part."""
        return self.functions >= {"mentor", "caseworker"}


class Crossing(Happening, frozen=True, kw_only=True):
    """One does the other's part: `authority` without a caseworker, `mentor-work` by one."""

    kind: str
    actor: Actor


class Cooperation(Struct, frozen=True, kw_only=True):
    """The facts of the cooperation on one course, each in fold order."""

    statements: tuple[Statement, ...] = ()
    goals: tuple[GoalVersion, ...] = ()
    acknowledgements: tuple[Acknowledgement, ...] = ()
    reviews: tuple[Review, ...] = ()
    coordinations: tuple[Coordination, ...] = ()
    crossings: tuple[Crossing, ...] = ()


def folded_cooperation(telling: Telling, persons: Persons) -> Cooperation:
    """The cooperation on a course."""
    return Cooperation(
        statements=_statements(telling, persons),
        goals=_goals(telling),
        acknowledgements=_acknowledgements(telling, persons),
        reviews=tuple(
            Review(at=t.at, ref=t.ref, goal=t.fact.goal) for t in telling.of(GoalReviewed)
        ),
        coordinations=_coordinations(telling),
        crossings=_crossings(telling, persons),
    )


def _statements(telling: Telling, persons: Persons) -> tuple[Statement, ...]:
    return tuple(
        Statement(
            at=t.at,
            ref=t.ref,
            speaker=persons.actor(t.fact.speaker),
            counterpart=persons.id(t.fact.counterpart),
            answers=dict(t.fact.answers),
        )
        for t in telling.of(RolesStated)
    )


def _goals(telling: Telling) -> tuple[GoalVersion, ...]:
    """Each version once: the first setting of it holds."""
    goals: dict[Ref, GoalVersion] = {}
    for t in telling.of(GoalSet):
        goals.setdefault(t.fact.goal, GoalVersion(at=t.at, ref=t.ref, goal=t.fact.goal))
    return tuple(goals.values())


def _acknowledgements(telling: Telling, persons: Persons) -> tuple[Acknowledgement, ...]:
    setters = (
        t for t in telling.of(GoalSet) if t.fact.speaker.function in ("mentor", "caseworker")
    )
    both: list[Told[GoalSet | GoalAcknowledged]] = [*setters, *telling.of(GoalAcknowledged)]
    told = sorted(both, key=lambda t: t.order)
    return tuple(
        Acknowledgement(at=t.at, ref=t.ref, goal=t.fact.goal, speaker=persons.actor(t.fact.speaker))
        for t in told
    )


def _coordinations(telling: Telling) -> tuple[Coordination, ...]:
    return tuple(
        Coordination(
            at=t.at,
            ref=t.ref,
            form=t.fact.form,
            functions=frozenset(actor.function for actor in t.fact.participants),
            topics=frozenset(t.fact.topics),
        )
        for t in telling.of(CoordinationHeld)
    )


def _crossings(telling: Telling, persons: Persons) -> tuple[Crossing, ...]:
    """Authority is read from the actor's function; whose activity it is, from the speaker."""
    decisions: list[Told[GrantDecided | GrantExtended | GrantEnded]] = [
        *telling.of(GrantDecided),
        *telling.of(GrantExtended),
        *telling.of(GrantEnded),
    ]
    authority = [
        (t.order, Crossing(at=t.at, ref=t.ref, kind="authority", actor=persons.actor(t.fact.actor)))
        for t in decisions
        if t.fact.actor.function != "caseworker"
    ]
    work = [
        (
            t.order,
            Crossing(at=t.at, ref=t.ref, kind="mentor-work", actor=persons.actor(t.fact.speaker)),
        )
        for t in telling.of(ActivityRegistered)
        if t.fact.speaker.function == "caseworker"
    ]
    return tuple(crossing for _, crossing in sorted([*authority, *work], key=lambda c: c[0]))
