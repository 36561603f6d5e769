"""Who acts in a function that isn't theirs (*funktion*), as far as the team's facts tell."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from uuid import UUID

from domain.codes import staff_functions
from domain.contradictions.base import Contradiction, CourseTold
from domain.events.base import Fact
from domain.events.course import (
    ActivityRegistered,
    ContactAttempted,
    FrictionReported,
    GoalAcknowledged,
    GoalSet,
    GrantDecided,
    GrantEnded,
    GrantExtended,
    RolesStated,
)
from domain.folding import Told, held_on
from domain.mentor import MentorState
from domain.team import TeamState
from domain.values import Actor, Ref

ACTS_OF_AUTHORITY: tuple[type[Fact], ...] = (GrantDecided, GrantExtended, GrantEnded)
STATEMENTS: tuple[type[Fact], ...] = (
    ActivityRegistered,
    ContactAttempted,
    FrictionReported,
    GoalAcknowledged,
    GoalSet,
    RolesStated,
)


def acted_in_another_function(told: CourseTold) -> Iterator[Contradiction]:
    """What somebody did in a function that they didn't hold that day, though they held another.

    A mentor who decides a grant as caseworker. Of somebody whom the team tells nothing of, nothing
    is known to contradict it. Authority is the actor's, all else the speaker's.
    """
    several: dict[Actor, list[Told[Fact]]] = {}
    for one in sorted(_named(told), key=lambda one: one.order):
        acting = isinstance(one.fact, ACTS_OF_AUTHORITY)
        who = told.persons.actor(one.fact.actor if acting else one.fact.speaker)
        held = functions_held(told.team, told.mentors, who.id, one.day) if who.id else ()
        if held and who.function not in held:
            several.setdefault(who, []).append(one)
    for who, acts in several.items():
        given = (ref for one in acts for ref in _given(told, who.id, one.day))
        beside = dict.fromkeys(given)
        yield told.found("acted-in-another-function", acts, *beside, person=who.id)


def _given(told: CourseTold, person: UUID | None, day: date) -> Iterator[Ref]:
    """What gave a person the functions that they hold on a day: assignments, and as mentor the
    employment or change of hours that holds."""
    if person is None:
        return
    for function in staff_functions.codes:
        assigned = held_on(told.team.assignments.get((person, function), ()), day)
        if assigned and assigned.value:
            yield assigned.ref
    mentor = told.mentors.get(person)
    hours = held_on(mentor.hours, day) if mentor else None
    if hours and hours.value.employed:
        yield hours.ref


def functions_held(
    team: TeamState, mentors: Mapping[UUID, MentorState], person: UUID, day: date
) -> Collection[str]:
    """The functions that a person holds on a day: those assigned, and mentor while employed."""
    held = set(team.functions_on(person, day))
    mentor = mentors.get(person)
    return held | {"mentor"} if mentor and mentor.is_employed_on(day) else held


def never_without(
    team: TeamState, mentors: Mapping[UUID, MentorState]
) -> Iterator[tuple[UUID, str, bool]]:
    """Of everybody whom the team knows, and each function: whether they hold it on every day on
    which they hold any, so that nothing done in it can be at odds."""
    assigned: dict[UUID, set[date]] = {}
    for (person, _), steps in team.assignments.items():
        assigned.setdefault(person, set()).update(step.from_ for step in steps)
    for person in {*assigned, *mentors}:
        held = list(_held_over_time(team, mentors, person, assigned.get(person)))
        for function in staff_functions.codes:
            yield person, function, all(function in some for some in held if some)


def _held_over_time(
    team: TeamState,
    mentors: Mapping[UUID, MentorState],
    person: UUID,
    assigned: Collection[date] | None,
) -> Iterator[Collection[str]]:
    """The functions on each day on which they change; most are mentors and nothing else."""
    steps = mentors[person].hours if person in mentors else ()
    if not assigned:
        yield from (("mentor",) for step in steps[:1])
        return
    for day in {*assigned, *(step.from_ for step in steps)}:
        yield functions_held(team, mentors, person, day)


def _named(told: CourseTold) -> Iterator[Told[Fact]]:
    for kind in (*ACTS_OF_AUTHORITY, *STATEMENTS):
        yield from told.of(kind)


ALL = (acted_in_another_function,)
