"""Statements by those who aren't the pair, goals that nobody set, things that begin twice."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from domain.contradictions.base import Contradiction, CourseTold
from domain.events.base import Fact
from domain.events.course import (
    CaseSupervised,
    GoalAcknowledged,
    GoalReviewed,
    GoalSet,
    GrantDecided,
    MentorMatched,
    RolesStated,
)
from domain.folding import Told, held_on
from domain.values import Ref


def statement_without_match(told: CourseTold) -> Iterator[Contradiction]:
    """A statement by or about a mentor who isn't matched that day (*rolleudmelding*)."""
    for one in told.of(RolesStated):
        mentor, _ = _pair(told, one)
        if mentor and not told.is_closed(one) and not told.is_matched(mentor, one):
            yield told.found("statement-without-match", [one], person=mentor)


def statement_of_another_caseworker(told: CourseTold) -> Iterator[Contradiction]:
    """A statement by or about a caseworker who isn't the one responsible that day.

    Who was to become responsible, as decided by then, may state already.
    """
    for one in told.of(RolesStated):
        _, caseworker = _pair(told, one)
        held = held_on(told.state.caseworkers, one.day)
        to_be = {
            step.value
            for step in told.state.caseworkers
            if step.from_ > one.day and step.order[0] <= one.at
        }
        if held and caseworker not in {held.value, *to_be}:
            yield told.found("statement-of-another-caseworker", [one], held.ref, person=caseworker)


def unknown_goal(told: CourseTold) -> Iterator[Contradiction]:
    """A goal acknowledged or gone through that nobody set."""
    known = {one.fact.goal for one in told.telling.of(GoalSet)}
    missing: dict[Ref, list[Told[Any]]] = {}
    named: list[Told[Any]] = [*told.of(GoalAcknowledged), *told.of(GoalReviewed)]
    for one in sorted(named, key=lambda one: one.order):
        if one.fact.goal not in known:
            missing.setdefault(one.fact.goal, []).append(one)
    for goal, several in missing.items():
        yield told.found("unknown-goal", several, thing=goal)


def unknown_session(told: CourseTold) -> Iterator[Contradiction]:
    """A case taken up in a session that the team isn't known to have held."""
    missing: dict[Ref, list[Told[CaseSupervised]]] = {}
    for one in told.of(CaseSupervised):
        if one.fact.session not in told.sessions:
            missing.setdefault(one.fact.session, []).append(one)
    for session, several in missing.items():
        yield told.found("unknown-session", several, thing=session)


def mentor_not_in_session(told: CourseTold) -> Iterator[Contradiction]:
    """A case taken up by a mentor who isn't among the session's."""
    for one in told.of(CaseSupervised):
        session = told.sessions.get(one.fact.session)
        mentor = told.persons.id(one.fact.mentor)
        if session and mentor not in session.mentors:
            yield told.found(
                "mentor-not-in-session",
                [one],
                session.ref,
                person=mentor,
                thing=one.fact.session,
            )


def begun_twice(told: CourseTold) -> Iterator[Contradiction]:
    """A second beginning that names the same match, grant or goal: the first one holds."""
    named: list[tuple[type[Fact], Callable[[Any], Ref]]] = [
        (MentorMatched, lambda fact: fact.match),
        (GrantDecided, lambda fact: fact.grant),
        (GoalSet, lambda fact: fact.goal),
    ]
    for kind, thing_of in named:
        several: dict[Ref, list[Told[Fact]]] = {}
        for one in told.of(kind):
            several.setdefault(thing_of(one.fact), []).append(one)
        for thing, all_ in several.items():
            if len(all_) > 1:
                yield told.found("begun-twice", all_, thing=thing, since=all_[1].day)


def _pair(told: CourseTold, one: Told[RolesStated]) -> tuple[UUID | None, UUID | None]:
    """The mentor and the caseworker of a statement."""
    speaker = told.persons.actor(one.fact.speaker)
    other = told.persons.id(one.fact.counterpart)
    return (speaker.id, other) if speaker.function == "mentor" else (other, speaker.id)


ALL = (
    statement_without_match,
    statement_of_another_caseworker,
    unknown_goal,
    unknown_session,
    mentor_not_in_session,
    begun_twice,
)
