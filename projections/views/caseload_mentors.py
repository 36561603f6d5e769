"""Caseload (*belastning*) by mentor: what each has now, and had over the period."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from functools import partial
from math import lcm
from typing import Any
from uuid import UUID

from domain import reckoning
from domain.calendar import covers, overlap
from domain.caseload import (
    Follows,
    full_time_equivalents,
    mean_full_time_equivalents,
    per_full_time,
    until,
)
from domain.folding import Step
from domain.mentor import MentorState
from domain.reckoning import Figure
from domain.values import Period, Ref
from projections.answering import Line, known, view
from projections.asking import Question
from projections.views.caseload import policy_of
from projections.views.caseload_figures import Asked, asked_of, every_follows, measured, now

_LOADS = """
 select mentor, count(distinct citizen) filter (where {in_period}) as participants,
  count(distinct citizen) filter (where {now}) as now
 from followed group by mentor"""
_UNKNOWN = MentorState()


@view
def mentor_caseload(question: Question, *, period: Period | None = None) -> Iterator[Line]:
    """A row for each mentor who was employed or had citizens in the period or on the day.

    First those with citizens and no hours, whose measure is undefined; then those with most
    citizens per full-time mentor on the day. `limit` is the highest number that the municipality's
    policy of the day allows, that number included; without one nobody is over it.
    """
    lines = list(_lines(question, period))
    common = lcm(*(line.values["weekly_minutes_now"] or 1 for line in lines))
    yield from sorted(lines, key=partial(_place, common))


def _place(common: int, line: Line) -> tuple[bool, int, UUID]:
    """`common` is a multiple of all weekly minutes, so that loads are compared in whole numbers."""
    values = line.values
    citizens, minutes = values["participants_now"], values["weekly_minutes_now"]
    load = citizens * (common // minutes) if minutes else 0
    return (not (citizens and not minutes), -load, values["mentor"])


def _lines(question: Question, period: Period | None) -> Iterator[Line]:
    asked = asked_of(question, period)
    loads = {row.mentor: row for row in asked.rows(_LOADS)}
    coordinators = set(asked.team.state.holders_on("coordinator", asked.day))
    policy = policy_of(question)
    limit = policy.value.highest if policy else None
    for person in {*asked.team.mentors, *loads}:
        mentor, load = asked.team.mentors.get(person, _UNKNOWN), loads.get(person)
        participants, at_present = (load.participants, load.now) if load else (0, 0)
        if not (participants or at_present or _was_employed(mentor, asked)):
            continue
        yield Line(
            {
                "mentor": person,
                **_measures(mentor, asked, participants, at_present),
                **_limited(
                    limit, at_present, full_time_equivalents(mentor.weekly_hours, asked.day)
                ),
                "since": asked.period.from_,
                "until": asked.period.to,
                **_standing(mentor, asked.day),
                "is_coordinator": person in coordinators,
            },
            partial(_behind, person, asked, policy),
            partial(_figures, mentor, asked, participants, at_present, limit),
        )


def _measures(
    mentor: MentorState, asked: Asked, participants: int, at_present: int
) -> dict[str, Any]:
    """Both measures, and the weekly minutes that the one of the day rests on."""
    hours = mentor.weekly_hours
    mean = mean_full_time_equivalents(hours, asked.period)
    return {
        **now(measured(at_present, full_time_equivalents(hours, asked.day))),
        "weekly_minutes_now": mentor.hours_on(asked.day),
        **measured(participants, mean),
    }


def _figures(
    mentor: MentorState, asked: Asked, participants: int, at_present: int, limit: int | None
) -> Iterator[Figure]:
    fte = full_time_equivalents(mentor.weekly_hours, asked.day)
    yield reckoning.load("per_fte_now", at_present, fte, minutes=mentor.hours_on(asked.day))
    yield from reckoning.over_limit(at_present, fte, limit)
    mean = mean_full_time_equivalents(mentor.weekly_hours, asked.period)
    yield reckoning.load("per_fte", participants, mean, mean=True)


def _limited(limit: int | None, citizens: int, fte: Fraction) -> dict[str, Any]:
    """The limit, and whether the load of the day is over it; None where either is undefined."""
    load = per_full_time(citizens, fte)
    over = None if limit is None or load is None else load > limit
    return {"limit": limit, "over_limit": over}


def _standing(mentor: MentorState, day: date) -> dict[str, Any]:
    """Employed, on leave, or left; none of them where no employment is known."""
    gone = next((one for one in mentor.departures if one.covers(day)), None)
    return {
        "employed": mentor.is_employed_on(day),
        "on_leave": mentor.is_on_leave_on(day),
        "left_on": gone.on if gone else None,
    }


def _was_employed(mentor: MentorState, asked: Asked) -> bool:
    """Whether employed on any day of the period, or on the day asked about."""
    ends = [*(step.from_ for step in mentor.hours[1:]), None]
    employed = (
        Period(step.from_, end)
        for step, end in zip(mentor.hours, ends, strict=False)  # without hours there is no end
        if step.value.employed and step.from_ != end
    )
    return any(overlap(days, asked.period) or covers(days, asked.day) for days in employed)


def _behind(person: UUID, asked: Asked, policy: Step[Any] | None) -> Iterator[Ref]:
    """The policy, the mentor's hours and functions as coordinator, matches, and ends by then."""
    yield from known(policy.ref if policy else None)
    mentor = asked.team.mentors.get(person, _UNKNOWN)
    yield from (step.ref for step in mentor.hours if step.from_ <= asked.day)
    for step in asked.team.state.assignments.get((person, "coordinator"), ()):
        if step.from_ <= asked.day:
            yield step.ref
    for one in asked.question.once(_followed_by)[person]:
        if overlap(one.days, asked.period) or covers(one.days, asked.day):
            yield from one.by(until(asked.day))


def _followed_by(question: Question) -> dict[UUID, list[Follows]]:
    """What each mentor followed, with the events behind."""
    found: dict[UUID, list[Follows]] = defaultdict(list)
    for one in question.once(every_follows):
        found[one.mentor].append(one)
    return found
