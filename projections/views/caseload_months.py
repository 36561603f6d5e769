"""Caseload (*belastning*) month by month: the measure over a period, asked of each month."""

from collections import Counter
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
 , dated as (
  select width_bucket(from_day, %(bounds)s::date[]) as first,
   width_bucket(to_day, %(bounds)s::date[]) as ended,
   width_bucket(to_day - 1, %(bounds)s::date[]) as last,
   width_bucket(out_day, %(bounds)s::date[]) as out from lone),
 monthly as materialized (
  select first, ended, last, out, count(*) as n, grouping(first, ended, last, out) as others
  from dated group by grouping sets ((first), (ended), (last), (out))),
 placed as materialized (
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
 select what, month, change::int from (
  select 'participants' as what, greatest(first, 1) as month, n as change
   from monthly where others = 7
  union all select 'participants', last + 1, -n from monthly where others = 13
  union all select 'at_end', greatest(first, 1), n from monthly where others = 7
  union all select 'at_end', greatest(ended, 1), -n from monthly where others = 11
  union all select 'begun', first, n from monthly where others = 7
  union all select 'ended', ended, n from monthly where others = 11
  union all select 'dropped_out', out, n from monthly where others = 14 and out is not null
  union all select 'participants', first, 1 from anew where first <= last
  union all select 'participants', last + 1, -1 from anew where first <= last
  union all select 'at_end', first, 1 from anew_end where first <= last
  union all select 'at_end', last + 1, -1 from anew_end where first <= last
  union all select 'begun', first, 1 from placed where {begins}
  union all select 'ended', width_bucket(to_day, %(firsts)s::date[]), 1
   from placed where {ends}
  union all select 'dropped_out', width_bucket(out_day, %(firsts)s::date[]),
   count(distinct citizen) from placed where {out} group by 2) as c"""
"""How each figure changes with a month, numbered from 1; also with months before or after them.

Of citizens with one match the days are counted by month. Any other counts once in a month, so of
each match only those months count that no match of the same citizen had reached before."""

_RUNNING = ("participants", "at_end")
_COUNTED = (*_RUNNING, "begun", "ended", "dropped_out")


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
    changes = {what: Counter[int]() for what in _COUNTED}
    bounds = [*firsts, *ends[-1:]]
    for row in asked.rows(_SERIES, lone=True, bounds=bounds, firsts=firsts, lasts=lasts):
        changes[row.what][row.month] += row.change
    of_months = {what: [each[n + 1] for n in range(len(months))] for what, each in changes.items()}
    for what in _RUNNING:
        of_months[what] = list(accumulate(of_months[what]))
    return [
        dict(zip(of_months, each, strict=True)) for each in zip(*of_months.values(), strict=True)
    ]


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
