"""What is in force on a day (*hvad der gælder*), as a state tells it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from msgspec import Struct

from domain.adoptions import rule_book
from domain.codes import staff_functions
from domain.course import CourseState
from domain.folding import held_on
from domain.mentor import MentorState
from domain.raised import FollowUps
from domain.team import TeamState

InForce = Mapping[str, Any]


def in_force(known: Struct, begun: Struct, day: date) -> InForce:
    """By name, what holds on a day by all that is `known`; what doesn't is left out.

    Of follow-ups those that are open by what had happened, `begun`.
    """
    match known, begun:
        case CourseState(), CourseState(follow_ups=follow_ups):
            told = _of_course(known, day)
        case MentorState(), MentorState(follow_ups=follow_ups):
            told = _of_mentor(known, day)
        case TeamState(), TeamState(follow_ups=follow_ups):
            told = _of_team(known, day)
        case _:
            raise TypeError(type(known).__name__)
    told = {**told, "follow_up": _open(follow_ups, day)}
    return {name: value for name, value in told.items() if value not in (None, ())}


def _of_course(course: CourseState, day: date) -> InForce:
    return {
        "open": course.is_open_on(day),
        "caseworker": course.caseworker_on(day),
        "mentor": tuple(match.mentor for match in course.matches_on(day)),
        "match": tuple(match.match for match in course.matches_on(day)),
        "grant": tuple(ref for ref, grant in course.grants.items() if grant.held_on(day)),
    }


def _of_mentor(mentor: MentorState, day: date) -> InForce:
    return {
        "employed": mentor.is_employed_on(day),
        "weekly_minutes": mentor.hours_on(day),
    }


def _of_team(team: TeamState, day: date) -> InForce:
    arrangement, policy = held_on(team.arrangements, day), held_on(team.policies, day)
    pack = rule_book(team.adoptions)[0].on(day)
    return {
        **{function: tuple(team.holders_on(function, day)) for function in staff_functions.codes},
        "supervision": arrangement.value.model if arrangement else None,
        "policy": policy.ref if policy else None,
        "rules": f"{pack.pack} {pack.edition}" if pack else None,
    }


def _open(follow_ups: FollowUps, day: date) -> tuple[Any, ...]:
    return tuple((key, one.status_on(day)) for key, one in follow_ups.items() if one.is_open)
