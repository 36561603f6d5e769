"""Caseload (*belastning*, Table 24) of a municipality and of its team."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple
from uuid import UUID

from domain.calendar import covers
from domain.caseload import (
    coordinator_is_overloaded,
    full_time_equivalents,
    per_full_time,
    until,
)
from domain.folding import Step, held_on, steps
from domain.reckoning import Figure, load, over_share
from domain.values import Period, Ref
from projections.answering import Line, known, view
from projections.asking import Question
from projections.facts.staff import POLICIES
from projections.selecting import several
from projections.views.caseload_figures import (
    Asked,
    asked_of,
    behind,
    every_follows,
)
from projections.views.numbers import shown
from projections.views.staff import order_of

_COUNTS = """
 , today as materialized (select citizen, mentor from followed where {now}),
 working (id) as (select * from unnest(%(working)s::uuid[])),
 holders (id, n) as (select * from unnest(%(holders)s::uuid[]) with ordinality),
 loads as (select mentor, count(distinct citizen) as citizens from today group by mentor)
 select count(*) filter (where {begins}) as begun, count(*) filter (where {ends}) as ended,
  (select count(*) from (select from followed where {in_period} group by citizen) c)
   as participants,
  (select count(distinct citizen) from followed where {out}) as dropped_out,
  (select count(distinct citizen) from today) as now,
  (select count(distinct citizen) from today where mentor in (select id from working)) as served,
  array(select coalesce(citizens, 0) from holders left join loads on mentor = id order by n) as own,
  array(select count(distinct citizen) from holders left join today on mentor <> id
   group by n order by n) as others,
  array(select mentor from loads order by mentor) as mentors,
  array(select citizens from loads order by mentor) as loads
 from followed"""


@view
def caseload(question: Question, *, period: Period | None = None) -> Iterator[Line]:
    """One row for the municipality.

    Two measures: over the period, which is from the team's start to `as_of`, its day included,
    unless given, and, `_now`, on that day. `fte` is in full-time mentors of 37 hours; figures are
    rounded for show, bands are not. What makes the figure uncertain stands beside it (note 8).
    """
    asked = asked_of(question, period)
    counts = _counts(asked)
    values, policy = _municipality(asked, counts)
    yield Line(values, lambda: _behind(asked, policy), lambda: _figures(asked, counts))


@view
def team_caseload(question: Question, *, period: Period | None = None) -> Iterator[Line]:
    """One row for the municipality's team: the same, and how its mentors share the load now."""
    asked = asked_of(question, period)
    counts = _counts(asked)
    values, policy = _municipality(asked, counts)
    values |= _shared(asked, counts)
    yield Line(values, lambda: _behind(asked, policy), lambda: _figures(asked, counts))


def _figures(asked: Asked, counts: Any) -> Iterator[Figure]:
    yield load("per_fte", counts.participants, asked.workforce.mean_in(asked.period), mean=True)
    yield load("per_fte_now", counts.now, asked.workforce.on(asked.day))
    if one := _foremost(asked, counts):
        yield load("mentors_mean", one.others, one.fte)
        yield from over_share(one.own, one.others, one.fte)


def _counts(asked: Asked) -> Any:
    """Heads of the period and of the day; of each coordinator the own, and those of the others."""
    working = [p for p, mentor in asked.team.mentors.items() if mentor.hours_on(asked.day)]
    (row,) = asked.rows(_COUNTS, working=several(working), holders=several(_coordinators(asked)))
    return row


def _coordinators(asked: Asked) -> list[UUID]:
    return asked.team.state.holders_on("coordinator", asked.day)


def _municipality(asked: Asked, counts: Any) -> tuple[dict[str, Any], Step[Any] | None]:
    policy = policy_of(asked.question)
    fte = asked.workforce.mean_in(asked.period)
    values = {
        **asked.measure(counts.participants),
        **asked.measure_now(counts.now),
        "dropped_out": counts.dropped_out,
        "mentors_left": asked.workforce.left_in(asked.period),
        "mentors_on_leave": asked.workforce.on_leave(asked.day),
        "matches_begun": counts.begun,
        "matches_ended": counts.ended,
        "since": asked.period.from_,
        "until": asked.period.to,
        **_coordinator(asked, counts),
        **_judged(policy, per_full_time(counts.participants, fte)),
    }
    return values, policy


def _shared(asked: Asked, counts: Any) -> dict[str, Any]:
    """How the mentors who have hours on the day share its citizens; undefined without any."""
    citizens = dict(zip(counts.mentors, counts.loads, strict=True))
    loads = [
        load
        for person, mentor in asked.team.mentors.items()
        if (fte := full_time_equivalents(mentor.weekly_hours, asked.day))
        and (load := per_full_time(citizens.get(person, 0), fte)) is not None
    ]
    return {
        "mentors_with_hours": len(loads),
        "lowest_load": shown(min(loads, default=None)),
        "mean_load": shown(sum(loads, Fraction(0)) / len(loads) if loads else None),
        "highest_load": shown(max(loads, default=None)),
        "participants_without_hours": counts.now - counts.served,
    }


class _Coordinator(NamedTuple):
    """A coordinator's own citizens, and those of the others, with the others' full-time posts."""

    person: UUID
    own: int
    others: int
    fte: Fraction


def _foremost(asked: Asked, counts: Any) -> _Coordinator | None:
    """The coordinator; of several the one with most citizens."""
    loads = list(zip(_coordinators(asked), counts.own, counts.others, strict=True))
    if not loads:
        return None
    person, own, others = max(loads, key=lambda load: (load[1], load[0].int))
    fte = asked.workforce.on(asked.day)
    if mentor := asked.team.mentors.get(person):
        fte -= full_time_equivalents(mentor.weekly_hours, asked.day)
    return _Coordinator(person, own, others, fte)


def _coordinator(asked: Asked, counts: Any) -> dict[str, Any]:
    """The own load of the coordinator."""
    one = _foremost(asked, counts)
    return {
        "coordinator": one.person if one else None,
        "coordinator_participants": one.own if one else None,
        "mentors_mean": shown(per_full_time(one.others, one.fte)) if one else None,
        "coordinator_overloaded": (
            coordinator_is_overloaded(one.own, one.others, one.fte) if one else None
        ),
    }


def policy_of(question: Question) -> Step[Any] | None:
    """The chosen number of citizens that holds on the day."""
    told = question.rows(
        POLICIES, "occurred_at", "sequence", "event_id", "source", *POLICIES.columns
    )
    policies = steps(
        Step(row.from_day, order_of(row), Ref(row.source, row.event_id), row) for row in told
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


def _behind(asked: Asked, policy: Step[Any] | None) -> Iterator[Ref]:
    """The policy, the coordinators, and what the figures of the period and the day rest on."""
    yield from known(policy.ref if policy else None)
    for (_, function), assigned in asked.team.state.assignments.items():
        if function == "coordinator":
            yield from (step.ref for step in assigned if step.from_ <= asked.day)
    yield from behind(asked, until(asked.day))
    for one in asked.question.once(every_follows):
        if covers(one.days, asked.day):
            yield from one.by(until(asked.day))
