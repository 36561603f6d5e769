"""Caseload (*belastning*) month by month: the measure over a period, asked of each month."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import accumulate
from typing import Any

from domain.calendar import months_of
from domain.reckoning import Figure, load
from domain.values import Period
from projections.answering import Line, view
from projections.asking import Question
from projections.views.caseload_figures import (
    Asked,
    asked_of,
    behind,
)

_SERIES = """
 , placed as materialized (
  select citizen, mentor, from_day, to_day, out_day,
   greatest(width_bucket(from_day, %(firsts)s::date[]), 1) as first,
   width_bucket(to_day - 1, %(firsts)s::date[]) as last,
   width_bucket(from_day - 1, %(lasts)s::date[]) + 1 as first_end,
   width_bucket(to_day - 1, %(lasts)s::date[]) as last_end
  from followed where from_day < %(to)s),
 anew as (
  select greatest(first, 1 + max(last) over w) as first, last from placed where last > 0
  window w as (partition by citizen order by first, last
   rows between unbounded preceding and 1 preceding)),
 anew_end as (
  select greatest(first_end, 1 + max(last_end) over w) as first, last_end as last
  from placed where first_end <= last_end
  window w as (partition by citizen order by first_end, last_end
   rows between unbounded preceding and 1 preceding))
 select 'participants' as what, month::int, sum(change)::int as change
  from (select first as month, 1 as change from anew where first <= last
   union all select last + 1, -1 from anew where first <= last) c group by month
 union all select 'at_end', month, sum(change)
  from (select first as month, 1 as change from anew_end where first <= last
   union all select last + 1, -1 from anew_end where first <= last) c group by month
 union all select 'begun', first, count(*) from placed where {begins} group by first
 union all select 'ended', width_bucket(to_day, %(firsts)s::date[]), count(*)
  from placed where {ends} group by 2
 union all select 'dropped_out', width_bucket(out_day, %(firsts)s::date[]), count(distinct citizen)
  from placed where {out} group by 2"""
"""How each figure changes with a month, numbered from 1. A citizen counts once in a month, so of
each match only those months count that no match of the same citizen had reached before."""

_RUNNING = ("participants", "at_end")


@view
def monthly_caseload(question: Question, *, period: Period | None = None) -> Iterator[Line]:
    """A row for each calendar month in Copenhagen, the first and the last cut by the period.

    Each has the figures that the municipality has over that month as its period.
    """
    asked = asked_of(question, period)
    months = months_of(asked.period)
    figures = _figures(asked, months)
    for month, counts in zip(months, figures, strict=True):
        of_month = replace(asked, period=month)
        yield Line(
            _values(of_month, counts),
            partial(behind, of_month, month.to),
            partial(_reckoned, of_month, counts["participants"]),
        )


def _figures(asked: Asked, months: list[Period]) -> list[dict[str, int]]:
    """Each month's counts."""
    firsts = [month.from_ for month in months]
    ends = [month.to for month in months if month.to is not None]
    lasts = [date.fromordinal(end.toordinal() - 1) for end in ends]
    changes = [dict[str, int]() for _ in range(len(months) + 2)]
    for row in asked.rows(_SERIES, firsts=firsts, lasts=lasts):
        changes[row.month][row.what] = row.change
    counts = [
        {what: each.get(what, 0) for what in (*_RUNNING, "begun", "ended", "dropped_out")}
        for each in changes[1:-1]
    ]
    for what in _RUNNING:
        for each, total in zip(counts, accumulate(c[what] for c in counts), strict=True):
            each[what] = total
    return counts


def _reckoned(asked: Asked, participants: int) -> Iterator[Figure]:
    yield load("per_fte", participants, asked.workforce.mean_in(asked.period), mean=True)


def _values(asked: Asked, counts: dict[str, int]) -> dict[str, Any]:
    month = asked.period
    assert month.to is not None
    last = date.fromordinal(month.to.toordinal() - 1)
    return {
        "month": month.from_.replace(day=1),
        "since": month.from_,
        "until": month.to,
        **asked.measure(counts["participants"]),
        "participants_at_end": counts["at_end"],
        "dropped_out": counts["dropped_out"],
        "mentors_left": asked.workforce.left_in(month),
        "mentors_on_leave": asked.workforce.on_leave(last),
        "matches_begun": counts["begun"],
        "matches_ended": counts["ended"],
    }
