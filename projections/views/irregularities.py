"""What shows that a course isn't plainly regular, in one pass over the tables.

Plainly regular is work after the one intake and before the first close, by the mentor of a match
that was on, who works then and isn't the caseworker, and nothing begun twice. Nearly all courses
are, so that suspicions need be looked into of the few others only. Bounds err on the careful side:
midnight in Copenhagen lies one or two hours before that of UTC, which is much faster to reckon.
"""

from typing import NamedTuple

REGULAR = """
 select i.stream, i.occurred_at as opened, {i_caseworker} as caseworker, moved.at as moved,
  m.mentor, m.start, ended.at as until, closed.at as closed
 from {intakes} as i {like_i_caseworker}
 left join (
  select m.stream, m.match, m.from_day, w.mentor, w.until as works_until,
   least(m.occurred_at, timezone('UTC', m.from_day::timestamp)) as start
  from {matches} as m {like_m_mentor}
  join unnest(%(workers)s::uuid[], %(works_from)s::date[], %(works_to)s::date[])
   as w (mentor, first, until)
   on w.mentor = {m_mentor} and w.first <= m.from_day and m.from_day < w.until
  where m.occurred_at <= %(as_of)s and m.actor_function <> 'system') as m
  on m.stream = i.stream and m.mentor <> {i_caseworker}
 left join (
  select stream, match, min(to_day) as day, min({over}) as at from {ends} as e group by 1, 2)
  as ended on ended.stream = m.stream and ended.match = m.match
 left join (select stream, to_day as day, {over} as at from {closings} as c) as closed
  on closed.stream = i.stream
 left join (
  select stream, min(timezone('UTC', from_day::timestamp)) - interval '2 hours' as at
  from {changes} as c group by 1) as moved on moved.stream = i.stream
 where (m.stream is null or m.works_until > %(day)s or least(ended.day, closed.day) <= %(day)s)
 and coalesce(m.from_day < least(ended.day, closed.day), true)
 offset 0"""
"""The frame of each regular course; `offset 0` so that it is reckoned once, not for each row.

A match that covers no day is no frame, though work on that day came before what ended it."""

OVER = """least(timezone('UTC', (to_day + 1)::timestamp),
 greatest(timezone('UTC', to_day::timestamp), occurred_at + interval '2 hours'))
 - interval '2 hours'"""
"""No later than when what ended on `to_day` was over."""


class Work(NamedTuple):
    """Who is named in the rows of a table: columns, and which of two is whose.

    `with_citizen`: a closed course has none. `acting` is who did it, and in which function.
    """

    mentor: str | None = None
    caseworker: str | None = None
    with_citizen: bool = True
    acting: tuple[str, str] | None = None


_BY_MENTOR = "case speaker_function when 'mentor' then {speaker} end"
_MENTOR = "case speaker_function when 'mentor' then {speaker} else {counterpart} end"
_CASEWORKER = "case speaker_function when 'caseworker' then {speaker} else {counterpart} end"

_SPEAKS, _ACTS = ("{speaker}", "speaker_function"), ("{actor}", "actor_function")

UNHELD = """case {function} when 'mentor' then {person} = any(%(not_mentor)s::uuid[])
 when 'caseworker' then {person} = any(%(not_caseworker)s::uuid[])
 when 'coordinator' then {person} = any(%(not_coordinator)s::uuid[])
 when 'leader' then {person} = any(%(not_leader)s::uuid[])
 when 'supervisor' then {person} = any(%(not_supervisor)s::uuid[]) end"""
"""Whether somebody acts in a function that they were ever without while they held another."""

WORK = {
    "activities": Work(_BY_MENTOR, acting=_SPEAKS),
    "attempts": Work(_BY_MENTOR, acting=_SPEAKS),
    "statements": Work(_MENTOR, _CASEWORKER, acting=_SPEAKS),
    "matches": Work("{mentor}"),
    "first_meetings": Work("{mentor}"),
    "chemistry_checks": Work("{mentor}"),
    "agreements": Work("{mentor}"),
    "cases": Work("{mentor}"),
    "goals": Work(acting=_SPEAKS),
    "coordinations": Work(),
    "ends": Work(with_citizen=False),
    "acknowledgements": Work(with_citizen=False, acting=_SPEAKS),
    "reviews": Work(with_citizen=False),
    "frictions": Work(with_citizen=False, acting=_SPEAKS),
    "acts": Work(with_citizen=False, acting=_ACTS),
}

IRREGULARITIES = """
select w.stream from ({work}) as w where not exists (
 select from ({regular}) as f where f.stream = w.stream and w.at >= f.opened
 and w.unheld is not true
 and (not w.with_citizen or f.closed is null or w.at < f.closed)
 and (w.mentor is null or (w.mentor = f.mentor and w.at >= f.start
  and (f.until is null or w.at < f.until)))
 and (w.caseworker is null or (w.caseworker = f.caseworker
  and (f.moved is null or w.at < f.moved))))
union all select stream from {intakes} as i group by stream having count(*) > 1
union all select stream from {closings} as c group by stream having count(*) > 1
union all select stream from {reopenings} as r
union all
select a.stream from (select stream from {matches} as m group by 1 having count(*) > 1) as several
join {matches} as a using (stream) join {matches} as b using (stream)
where a.learned <> b.learned and (a.match = b.match or a.mentor = b.mentor or {linked})
union all
select c.stream from {changes} as c {like_c_caseworker}
join {matches} as m on m.stream = c.stream {like_m_mentor} where {c_caseworker} = {m_mentor}
union all
select e.stream from {ends} as e where not exists (
 select from {matches} as m where m.stream = e.stream and m.match = e.match)
union all
select g.stream from (select stream from {goals} as g group by 1 having count(*) > 1) as several
join {goals} as g using (stream) group by g.stream, g.goal having count(*) > 1
union all
select n.stream from (
 select stream, goal from {acknowledgements} as a
 union all select stream, goal from {reviews} as r) as n
where not exists (select from {goals} as g where g.stream = n.stream and g.goal = n.goal)
union all select stream from {acts} as a where actor_function <> 'caseworker'
union all
select a.stream from (
 select stream from {acts} as a where act = 'grant-decided' group by 1 having count(*) > 1)
as several join {acts} as a using (stream)
where a.act = 'grant-decided' group by a.stream, a.grant_key having count(*) > 1
union all select a.stream from {acts} as a where act <> 'grant-decided' and not exists (
 select from {acts} as d where d.stream = a.stream and d.grant_key = a.grant_key
 and d.act = 'grant-decided' and d.outcome in ('granted', 'partly-granted'))
union all select a.stream from {acts} as a where continues is not null and not exists (
 select from {acts} as d where d.stream = a.stream and d.grant_key = a.continues
 and d.act = 'grant-decided')
union all select w.stream from {activities} as w where grant_key is not null and not exists (
 select from {acts} as d where d.stream = w.stream and d.grant_key = w.grant_key
 and d.act = 'grant-decided' and d.from_day <= {w_day}
 and (d.to_day is null or {w_day} < d.to_day))
union all select w.stream from {activities} as w join {acts} as e using (stream, grant_key)
where e.act = 'grant-ended' and e.to_day <= {w_day}
union all select c.stream from {cases} as c where not exists (
 select from {sessions} as s where s.session = c.session and c.mentor = any(s.mentors))
or (select count(*) from {sessions} as s where s.session = c.session) > 1
"""
