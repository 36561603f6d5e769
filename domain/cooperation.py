"""What passes between mentor and caseworker on a course: roles, goal, coordination.

These are the facts that role clarity (*rolleafklaring*) is read from.
"""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from domain.calendar import day_of
from domain.events.course import (
    ActivityRegistered,
    CoordinationHeld,
    FrictionReported,
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

ABOUT_ROLES = frozenset({"different-perceptions", "overlap", "gap"})
"""Of the kinds of friction those about who does what; `disagreement` is about the goal."""


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
    mentors: frozenset[UUID] = frozenset()
    caseworkers: frozenset[UUID] = frozenset()
    topics: frozenset[str] = frozenset()

    @property
    def is_between_mentor_and_caseworker(self) -> bool:
        """Whether both functions took part."""
        return self.functions >= {"mentor", "caseworker"}

    @property
    def takes_up_the_roles(self) -> bool:
        """Whether a coordinator took part and the roles were a topic: taken up, not settled."""
        return "coordinator" in self.functions and "roles" in self.topics


class Friction(Happening, frozen=True, kw_only=True):
    """Somebody says that the cooperation grates (*samarbejdsvanskelighed*).

    `between` are the mentors and caseworkers named; empty where nobody is. `responsibility` is
    what it is about, where that is said.
    """

    kind: str
    between: frozenset[UUID] = frozenset()
    responsibility: str | None = None


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
    frictions: tuple[Friction, ...] = ()
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
        coordinations=_coordinations(telling, persons),
        frictions=_frictions(telling, persons),
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


def _coordinations(telling: Telling, persons: Persons) -> tuple[Coordination, ...]:
    return tuple(
        Coordination(
            at=t.at,
            ref=t.ref,
            form=t.fact.form,
            functions=frozenset(actor.function for actor in t.fact.participants),
            mentors=_ids(t.fact.participants, persons, "mentor"),
            caseworkers=_ids(t.fact.participants, persons, "caseworker"),
            topics=frozenset(t.fact.topics),
        )
        for t in telling.of(CoordinationHeld)
    )


def _frictions(telling: Telling, persons: Persons) -> tuple[Friction, ...]:
    return tuple(
        Friction(
            at=t.at,
            ref=t.ref,
            kind=t.fact.kind,
            between=_ids(t.fact.between, persons, "mentor", "caseworker"),
            responsibility=t.fact.responsibility,
        )
        for t in telling.of(FrictionReported)
    )


def _ids(actors: Iterable[Actor], persons: Persons, *functions: str) -> frozenset[UUID]:
    """Those of the actors who act in one of these functions."""
    return frozenset(
        persons.id(actor.id) for actor in actors if actor.id and actor.function in functions
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
