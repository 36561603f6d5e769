"""The mentor team (*mentorteam*) of a municipality: who is who, what is agreed, what was held."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from domain.codes import staff_functions
from domain.cooperation import Happening
from domain.envelope import Recorded
from domain.events.team import (
    CaseloadPolicySet,
    Established,
    PersonAssigned,
    PersonReleased,
    RoleFollowUpHeld,
    RoleWorkshopHeld,
    RulesAdopted,
    SupervisionArranged,
    SupervisionSessionHeld,
    TeamIdentityLinked,
    TeamIdentityUnlinked,
)
from domain.folding import Persons, Step, Steps, Telling, Told, held_on, steps
from domain.linking import Link, one_of_each
from domain.raised import FollowUps, folded_follow_ups
from domain.supervision import Arrangement, Assignment, Session
from domain.values import Actor, Period, Ref

Assigned = tuple[UUID, str]  # a person, and a function


class Adoption(Struct, frozen=True, kw_only=True):
    """A rule pack (*regelsæt*) that came into force, with its text, and who adopted it when."""

    pack: str
    edition: str
    period: Period
    sha256: str
    text: str
    actor: Actor
    at: datetime
    ref: Ref

    @property
    def by_system(self) -> bool:
        """Whether it is the default pack's, which nobody chose."""
        return self.actor.function == "system"


class Policy(Struct, frozen=True):
    """A chosen number of citizens per full-time mentor (*belastningspolitik*), both included."""

    lowest: int | None
    highest: int | None
    reason: str


class TeamState(Struct, frozen=True, kw_only=True):
    """What rules need to know of a team. Empty before anything is told.

    `start` is the day from which the effort runs; `same` maps each linked id of a staff member to
    the one they are read as.
    """

    start: Step[None] | None = None
    assignments: dict[Assigned, Steps[Assignment | None]] = {}
    arrangements: Steps[Arrangement] = ()
    policies: Steps[Policy] = ()
    sessions: tuple[Session, ...] = ()
    workshops: tuple[Happening, ...] = ()
    role_follow_ups: tuple[Happening, ...] = ()
    adoptions: tuple[Adoption, ...] = ()
    same: dict[UUID, UUID] = {}
    amendments: dict[Ref, Ref] = {}
    follow_ups: FollowUps = {}

    def functions_on(self, person: UUID, day: date) -> dict[str, Assignment]:
        """The functions that a person holds on a day."""
        held = {
            function: held_on(self.assignments.get((person, function), ()), day)
            for function in staff_functions.codes
        }
        return {function: step.value for function, step in held.items() if step and step.value}

    def holders_on(self, function: str, day: date) -> list[UUID]:
        """Who holds a function on a day, the one assigned first before the others."""
        found = []
        for (person, which), several in self.assignments.items():
            step = held_on(several, day) if which == function else None
            if step and step.value:
                found.append((step.place, person))
        return [person for _, person in sorted(found)]

    def staff_on(self, day: date) -> dict[str, UUID]:
        """Who is addressed as coordinator and as leader on a day."""
        holders = {f: self.holders_on(f, day) for f in ("coordinator", "leader")}
        return {function: persons[0] for function, persons in holders.items() if persons}


def fold_team(events: Iterable[Recorded]) -> TeamState:
    """The state of a team from its events."""
    telling = Telling(events)
    same = _same(telling)
    persons = Persons(same)
    starts = [Step(t.fact.from_, t.order, t.ref, None) for t in telling.of(Established)]
    return TeamState(
        start=min(starts, key=lambda step: step.place, default=None),
        assignments=_assignments(telling, persons),
        arrangements=_arrangements(telling, persons),
        policies=steps(
            Step(t.fact.from_, t.order, t.ref, policy_of(t.fact))
            for t in telling.of(CaseloadPolicySet)
        ),
        sessions=_sessions(telling, persons),
        workshops=tuple(Happening(at=t.at, ref=t.ref) for t in telling.of(RoleWorkshopHeld)),
        role_follow_ups=tuple(Happening(at=t.at, ref=t.ref) for t in telling.of(RoleFollowUpHeld)),
        adoptions=tuple(_adoption(t) for t in telling.of(RulesAdopted)),
        same=same,
        amendments=telling.amendments(),
        follow_ups=folded_follow_ups(telling, persons),
    )


def _adoption(told: Told[RulesAdopted]) -> Adoption:
    fact = told.fact
    return Adoption(
        pack=fact.pack,
        edition=fact.edition,
        period=fact.period,
        sha256=fact.sha256,
        text=fact.text,
        actor=fact.actor,
        at=told.at,
        ref=told.ref,
    )


def _assignments(telling: Telling, persons: Persons) -> dict[Assigned, Steps[Assignment | None]]:
    """By person and function: from a day on this assignment, or none after a release."""
    told: dict[Assigned, list[Step[Assignment | None]]] = {}
    for t in telling.of(PersonAssigned):
        key = (persons.id(t.fact.person), t.fact.function)
        held = Assignment(
            t.fact.function,
            t.fact.employment,
            t.fact.dedicated or False,
            t.fact.weekly_minutes,
        )
        told.setdefault(key, []).append(Step(t.fact.from_, t.order, t.ref, held))
    for released in telling.of(PersonReleased):
        key = (persons.id(released.fact.person), released.fact.function)
        end = Step[Assignment | None](released.fact.to, released.order, released.ref, None)
        told.setdefault(key, []).append(end)
    return {key: steps(several) for key, several in told.items()}


def _arrangements(telling: Telling, persons: Persons) -> Steps[Arrangement]:
    return steps(
        Step(t.fact.from_, t.order, t.ref, arrangement_of(t.fact, persons))
        for t in telling.of(SupervisionArranged)
    )


def arrangement_of(fact: SupervisionArranged, persons: Persons) -> Arrangement:
    """What one event arranges."""
    return Arrangement(
        model=fact.model,
        cadence_weeks=fact.cadence_weeks,
        supervisor=persons.id(fact.supervisor) if fact.supervisor else None,
        forms=fact.forms,
        reasons=fact.reasons,
        joint_with=fact.joint.municipalities if fact.joint else (),
    )


def policy_of(fact: CaseloadPolicySet) -> Policy:
    """What one event chooses."""
    return Policy(fact.lowest, fact.highest, fact.reason)


def _sessions(telling: Telling, persons: Persons) -> tuple[Session, ...]:
    """Each session once: the first telling of it holds; in fold order."""
    sessions: dict[Ref, Session] = {}
    for t in telling.of(SupervisionSessionHeld):
        session = Session(
            session=t.fact.session,
            supervisor=persons.id(t.fact.supervisor),
            mentors=persons.ids(t.fact.mentors),
            form=t.fact.form,
            minutes=t.fact.minutes,
            day=t.day,
            ref=t.ref,
            joint_with=t.fact.joint.municipalities if t.fact.joint else (),
        )
        sessions.setdefault(t.fact.session, session)
    return tuple(sessions.values())


def _same(telling: Telling) -> dict[UUID, UUID]:
    """Linked ids to the one of their group that is read for all."""
    told = [(t.order, t.fact.person, t.fact.alias, True) for t in telling.of(TeamIdentityLinked)]
    told += [
        (t.order, t.fact.person, t.fact.alias, False) for t in telling.of(TeamIdentityUnlinked)
    ]
    return one_of_each(
        Link(person, alias, holds)
        for _, person, alias, holds in sorted(told, key=lambda link: link[0])
    )
