"""Caseload (*belastning*, Table 24): citizens per full-time mentor, with policy and coordinator."""

from collections.abc import Iterator
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from domain.calendar import is_empty, overlap
from domain.caseload import (
    Follows,
    band,
    coordinator_is_overloaded,
    full_time_equivalents,
    mean_full_time_equivalents,
    participants_in,
    participants_on,
    per_full_time,
    until,
)
from domain.folding import Step, held_on, steps
from domain.values import Period, Ref
from projections.answering import Line, known, view
from projections.asking import Question
from projections.facts.staff import POLICIES
from projections.views.following import follows_of
from projections.views.numbers import shown
from projections.views.team import Team, team_of


@view
def caseload(question: Question) -> Iterator[Line]:
    """One row for the municipality.

    Two measures: from the team's start to `as_of`, its day included, and, `_now`, on that day.
    `fte` is in full-time mentors of 37 hours; figures are rounded for show, bands are not.
    """
    team = question.once(team_of)
    follows = follows_of(question, team.state.same)
    period = Period(_start(team, follows, question.day), until(question.day))
    whole = _whole_period(team, follows, period)
    policy = _policy(question)
    values = {
        **_measure(*whole),
        **{
            f"{name}_now": value
            for name, value in _measure(*_now(team, follows, question.day)).items()
        },
        "since": period.from_,
        "until": period.to,
        **_coordinator(team, follows, question.day),
        **_judged(policy, per_full_time(*whole)),
    }
    yield Line(values, lambda: _behind(team, follows, period, policy))


def _behind(
    team: Team, follows: list[Follows], period: Period, policy: Step[Any] | None
) -> Iterator[Ref]:
    """The start, the hours, the matches of the period with their ends, and the policy."""
    start = team.state.start
    yield from known(start.ref if start else None, policy.ref if policy else None)
    for mentor in team.mentors.values():
        yield from (step.ref for step in mentor.hours if step.from_ < (period.to or date.max))
    for one in follows:
        if not is_empty(one.days) and overlap(one.days, period):
            yield from one.by


def _start(team: Team, follows: list[Follows], day: date) -> date:
    """The team's start; while that isn't known, the first day with hours or a match."""
    if team.state.start is not None:
        return min(team.state.start.from_, until(day))
    first = [one.days.from_ for one in follows]
    first += [mentor.hours[0].from_ for mentor in team.mentors.values() if mentor.hours]
    return min([*first, until(day)])


def _whole_period(team: Team, follows: list[Follows], period: Period) -> tuple[int, Fraction]:
    if is_empty(period):
        return 0, Fraction(0)
    fte = sum(
        (mean_full_time_equivalents(m.weekly_hours, period) for m in team.mentors.values()),
        Fraction(0),
    )
    return len(participants_in(follows, period)), fte


def _now(
    team: Team, follows: list[Follows], day: date, *, but: UUID | None = None
) -> tuple[int, Fraction]:
    """Citizens and full-time equivalents of a day; `but` leaves one person out of both."""
    fte = sum(
        (
            full_time_equivalents(mentor.weekly_hours, day)
            for person, mentor in team.mentors.items()
            if person != but
        ),
        Fraction(0),
    )
    return len(participants_on((f for f in follows if f.mentor != but), day)), fte


def _measure(participants: int, fte: Fraction) -> dict[str, Any]:
    per_fte = per_full_time(participants, fte)
    return {
        "participants": participants,
        "fte": shown(fte),
        "per_fte": shown(per_fte),
        "band": band(per_fte),
    }


def _coordinator(team: Team, follows: list[Follows], day: date) -> dict[str, Any]:
    """The own load of the coordinator; of several, that of the one with most citizens."""
    loads = {
        person: len(participants_on((f for f in follows if f.mentor == person), day))
        for person in team.state.holders_on("coordinator", day)
    }
    if not loads:
        return {
            "coordinator": None,
            "coordinator_participants": None,
            "mentors_mean": None,
            "coordinator_overloaded": None,
        }
    person = max(loads, key=lambda one: (loads[one], one.int))
    others = _now(team, follows, day, but=person)
    return {
        "coordinator": person,
        "coordinator_participants": loads[person],
        "mentors_mean": shown(per_full_time(*others)),
        "coordinator_overloaded": coordinator_is_overloaded(loads[person], *others),
    }


def _policy(question: Question) -> Step[Any] | None:
    """The chosen number of citizens that holds on the day."""
    told = question.rows(
        POLICIES, "occurred_at", "sequence", "event_id", "source", *POLICIES.columns
    )
    policies = steps(
        Step(row.from_day, _order(row), Ref(row.source, row.event_id), row) for row in told
    )
    return held_on(policies, question.day)


def _judged(held: Step[Any] | None, per_fte: Fraction | None) -> dict[str, Any]:
    """The policy, and whether the load lies inside."""
    lowest = held.value.lowest if held else None
    highest = held.value.highest if held else None
    inside = None
    if held is not None and per_fte is not None:
        inside = (lowest is None or lowest <= per_fte) and (highest is None or per_fte <= highest)
    return {
        "policy_lowest": lowest,
        "policy_highest": highest,
        "policy_reason": held.value.reason if held else None,
        "within_policy": inside,
    }


def _order(row: Any) -> tuple[datetime, int, str, str]:
    sequence = -1 if row.sequence is None else row.sequence
    return (row.occurred_at, sequence, row.event_id, row.source)
