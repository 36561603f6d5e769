"""Employments and functions that can't be: hours of nobody's, a supervisor who is none."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from domain.contradictions.base import Contradiction
from domain.envelope import Recorded
from domain.events.mentor import HoursChanged, Left
from domain.events.team import PersonAssigned, PersonReleased, SupervisionSessionHeld
from domain.folding import Persons, Telling, Told
from domain.mentor import MentorState
from domain.supervision import model_of
from domain.team import TeamState, fold_team
from domain.values import Ref


@dataclass(frozen=True)
class MentorTold:
    """A mentor as told, on the streams of all their ids."""

    person: UUID
    telling: Telling
    state: MentorState
    as_of: datetime


@dataclass(frozen=True)
class TeamTold:
    """The team as told."""

    telling: Telling
    state: TeamState
    as_of: datetime


def team_told(events: Iterable[Recorded], as_of: datetime) -> TeamTold:
    """The team from its events."""
    telling = Telling(events)
    return TeamTold(telling, fold_team(telling.events), as_of)


def hours_outside_employment(told: MentorTold) -> Iterator[Contradiction]:
    """Hours that change on a day on which nobody has employed the mentor."""
    held = {step.ref for step in told.state.hours}
    for one in told.telling.of(HoursChanged):
        if one.at <= told.as_of and one.ref not in held:
            yield _of_person("hours-outside-employment", told.person, one)


def left_without_employment(told: MentorTold) -> Iterator[Contradiction]:
    """A leaving of a mentor who wasn't employed then."""
    leaving = {one.ref: one for one in told.telling.of(Left) if one.at <= told.as_of}
    employed = False
    for step in told.state.hours:
        if step.ref in leaving and not employed:
            yield _of_person("left-without-employment", told.person, leaving[step.ref])
        employed = step.value.employed


def session_without_supervisor(told: TeamTold) -> Iterator[Contradiction]:
    """Supervision by somebody without the function on the day (*supervisor*)."""
    by_ref = {one.ref: one for one in told.telling.of(SupervisionSessionHeld)}
    for session in told.state.sessions:
        held = by_ref[session.ref]
        functions = told.state.functions_on(session.supervisor, session.day)
        if held.at <= told.as_of and model_of(functions) is None:
            yield _of_person(
                "session-without-supervisor", session.supervisor, held, thing=session.session
            )


def session_told_twice(told: TeamTold) -> Iterator[Contradiction]:
    """A second session under the same reference: the first one holds."""
    several: dict[Ref, list[Told[SupervisionSessionHeld]]] = {}
    for one in told.telling.of(SupervisionSessionHeld):
        if one.at <= told.as_of:
            several.setdefault(one.fact.session, []).append(one)
    for session, all_ in several.items():
        if len(all_) > 1:
            refs = tuple(one.ref for one in all_)
            yield Contradiction(kind="begun-twice", since=all_[1].day, events=refs, thing=session)


def released_without_assignment(told: TeamTold) -> Iterator[Contradiction]:
    """A person who leaves a function that they weren't known to have."""
    persons = Persons(told.state.same)
    assigned: dict[tuple[UUID, str], date] = {}
    for given in told.telling.of(PersonAssigned):
        key = (persons.id(given.fact.person), given.fact.function)
        assigned[key] = min(assigned.get(key, date.max), given.fact.from_)
    for one in told.telling.of(PersonReleased):
        key = (persons.id(one.fact.person), one.fact.function)
        if one.at <= told.as_of and assigned.get(key, date.max) > one.fact.to:
            yield _of_person("released-without-assignment", key[0], one)


def _of_person(kind: str, person: UUID, one: Told[Any], thing: Ref | None = None) -> Contradiction:
    return Contradiction(kind=kind, since=one.day, events=(one.ref,), person=person, thing=thing)


OF_MENTOR = (hours_outside_employment, left_without_employment)
OF_TEAM = (session_without_supervisor, session_told_twice, released_without_assignment)
