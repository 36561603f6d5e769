"""The tally of all pairs on the courses that run, summed by the database.

The same as `tally` (domain/role_tally.py) makes of each pair's reading, for the courses that rows
tell of (role_sql.py). Only what few pairs have alike is grouped, and read by the domain's rules.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from domain.cooperation import ABOUT_ROLES
from domain.role_clarity import Balance, Contacts, balance, of_statements
from domain.role_division import Division, Overall
from domain.role_tally import Tally, counted, divided
from projections.asking import Question
from projections.facts.roles import answers_in
from projections.views.role_sql import (
    CONTACT,
    CROSSED,
    FORMS,
    GOAL,
    PAIR,
    RUNNING,
    SAID,
    found,
)

# Friction of a pair's own, and what is unsettled about their roles: as in domain/role_facts.py.
_FRICTION = """,
own as materialized (
 select n, stream, f.kind, f.occurred_at as at
 from pair as p join {frictions} as f using (stream)
 where f.occurred_at <= %(as_of)s and (f.occurred_at at time zone 'Europe/Copenhagen')::date
  >= p.since
 and not exists (select from unnest(f.participants, f.functions) as t (id, function)
  where function in ('mentor', 'caseworker') and {t_id} not in (p.mentor, p.caseworker))),
unsettled as materialized (
 select distinct n from own
 left join said using (n) left join taken_up using (stream)
 where own.kind = any(%(about_roles)s) and (taken_up.at is null or taken_up.at < own.at)
 and (mentor_said_at is null or caseworker_said_at is null
  or greatest(mentor_said_at, caseworker_said_at) < own.at))"""

_SUMS = """,
states as (
 select mentor_said, caseworker_said, n in (select n from unsettled) as is_unsettled,
  count(*) as number
 from pair left join said using (n) group by 1, 2, 3),
balances as (
 select case when talked.at is null then since end as since,
  %(day)s - (talked.at at time zone 'Europe/Copenhagen')::date as days_since,
  coalesce(authority.number, 0) as authority, coalesce(mentor_work.number, 0) as mentor_work,
  count(*) as number
 from pair left join talked using (n)
 left join authority using (n) left join mentor_work using (n)
 group by 1, 2, 3, 4),
contacts as (select {form_sums}, count(*) filter (where {lately} > 0) as lately from talked),
frictions as (
 select kind, count(*) as number from own where at >= %(frictions_since)s group by 1),
two as (select mentor, caseworker from pair where caseworker is not null group by 1, 2)
select (select array_agg(stream) from odd) as odd,
 (select count(*) from running) as courses, (select count(*) from two) as pairs,
 (select json_agg(json_build_array(mentor, caseworker)) from two
  where exists (select from odd)) as named,
 (select count(*) from stands where mentor_stands and caseworker_stands) as common_goals,
 (select json_agg(states) from states) as states,
 (select json_agg(balances) from balances) as balances,
 (select row_to_json(contacts) from contacts) as contacts,
 (select json_object_agg(kind, number) from frictions) as frictions"""


class Sums(NamedTuple):
    """The tally, of how many courses and pairs; and what is left to the fold.

    `named` are the pairs by mentor and caseworker, given only where something is left to the fold.
    """

    tally: Tally
    courses: int
    pairs: int
    named: set[tuple[UUID, UUID]]
    odd: Sequence[UUID]


def sums_of(question: Question) -> Sums:
    """The sums over the running courses that rows tell of."""
    parts = (RUNNING, PAIR, SAID, GOAL, CONTACT, CROSSED, _FRICTION, _SUMS)
    (row,) = found(question, *parts, about_roles=list(ABOUT_ROLES))
    named = {(UUID(mentor), UUID(caseworker)) for mentor, caseworker in row.named or ()}
    return Sums(_tally(question, row), row.courses, row.pairs, named, row.odd or ())


def _tally(question: Question, row: Any) -> Tally:
    stated, balanced = row.states or [], row.balances or []
    said = [(*_read(one), one["number"]) for one in stated]
    since = (one["days_since"] for one in balanced if one["days_since"] is not None)
    return Tally(
        states=counted((state, number) for _, state, number in said),
        balances=counted((_balance(one, question.day), one["number"]) for one in balanced),
        readings=divided((divisions, number) for divisions, _, number in said),
        common_goals=row.common_goals,
        contacted_lately=row.contacts["lately"],
        days_since=min(since, default=None),
        by_form=counted((form, row.contacts[f"form_{form}"] or 0) for form in FORMS),
        crossings=counted(
            (kind, one[kind.replace("-", "_")] * one["number"])
            for one in balanced
            for kind in ("authority", "mentor-work")
        ),
        frictions=row.frictions or {},
    )


def _read(stated: Mapping[str, Any]) -> tuple[tuple[Division, ...], Overall]:
    """How pairs who state the same divide the roles, and how clear they are."""
    said = (answers_in(stated[side]) for side in ("mentor_said", "caseworker_said"))
    divisions, state, _ = of_statements(*(frozenset(answers.items()) for answers in said))
    return divisions, Overall.UNCLEAR if stated["is_unsettled"] else state


def _balance(counted: Mapping[str, Any], day: date) -> Balance:
    """That of pairs with contact as long ago and as many crossings; without contact the day
    since which they are one counts, if they are, and of who had contact any day does as well."""
    since, days_since = counted["since"], counted["days_since"]
    return balance(
        Contacts(days_since=days_since),
        counted["authority"] + counted["mentor_work"],
        date.fromisoformat(since) if since else None if days_since is None else day,
        day,
    )
