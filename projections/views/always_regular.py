"""What shows that a course may be irregular at some time, whatever is asked about and known then.

The others are plainly regular (irregularities.py) at every moment and every position: what makes a
row regular was told before it, is never taken back, and had happened when the row happened. Rows
are read whatever they are known by, those that were superseded too.

Two things are left to each question, since they hang on the staff's facts: whether a match's mentor
works, and whether somebody acts in a function that is theirs.
"""

EVER_IRREGULAR = """
with frame as materialized (
 select i.stream, i.learned, i.occurred_at as opened, i.caseworker, moved.at as moved,
  m.learned as matched, m.mentor, m.occurred_at as start, ended.at as until, closed.at as closed
 from {intakes} as i
 left join {matches} as m on m.stream = i.stream and m.mentor <> i.caseworker
  and m.actor_function <> 'system' and m.superseded is null
 left join (
  select stream, match, min(to_day) as day, min({over}) as at from {ends} as e group by 1, 2)
  as ended on ended.stream = m.stream and ended.match = m.match
 left join (
  select stream, min(to_day) as day, min({over}) as at from {closings} as c group by 1)
  as closed on closed.stream = i.stream
 left join (
  select stream, min(timezone('UTC', from_day::timestamp)) - interval '2 hours' as at
  from {changes} as c group by 1) as moved on moved.stream = i.stream
 where i.superseded is null and coalesce(m.from_day < least(ended.day, closed.day), true))
select w.stream from ({work}) as w where not exists (
 select from frame as f where f.stream = w.stream and w.learned >= f.learned and w.at >= f.opened
 and (not w.with_citizen or f.closed is null or w.at < f.closed)
 and (w.mentor is null or (w.mentor = f.mentor and w.learned >= f.matched and w.at >= f.start
  and (f.until is null or w.at < f.until)))
 and (w.caseworker is null or (w.caseworker = f.caseworker
  and (f.moved is null or w.at < f.moved))))
union all select stream from {intakes} as i group by stream having count(*) > 1
union all select stream from {closings} as c group by stream having count(*) > 1
union all select stream from {reopenings} as r
union all
select a.stream from {matches} as a join {matches} as b using (stream)
where a.learned <> b.learned and (a.match = b.match or a.mentor = b.mentor)
union all
select c.stream from {changes} as c join {matches} as m using (stream) where c.caseworker = m.mentor
union all
select e.stream from {ends} as e where not exists (
 select from {matches} as m where m.stream = e.stream and m.match = e.match
 and m.learned <= e.learned and m.superseded is null)
union all select stream from {goals} as g group by stream, goal having count(*) > 1
union all
select n.stream from (
 select stream, goal, learned from {acknowledgements} as a
 union all select stream, goal, learned from {reviews} as r) as n
where not exists (
 select from {goals} as g where g.stream = n.stream and g.goal = n.goal
 and g.learned <= n.learned and g.superseded is null)
union all select stream from {acts} as a where actor_function <> 'caseworker'
union all
select stream from {acts} as a where act = 'grant-decided'
group by stream, grant_key having count(*) > 1
union all select a.stream from {acts} as a where act <> 'grant-decided' and not exists (
 select from {acts} as d where d.stream = a.stream and d.grant_key = a.grant_key
 and d.act = 'grant-decided' and d.outcome in ('granted', 'partly-granted')
 and d.learned <= a.learned and d.superseded is null)
union all select a.stream from {acts} as a where continues is not null and not exists (
 select from {acts} as d where d.stream = a.stream and d.grant_key = a.continues
 and d.act = 'grant-decided' and d.learned <= a.learned and d.superseded is null)
union all select w.stream from {activities} as w where grant_key is not null and not exists (
 select from {acts} as d where d.stream = w.stream and d.grant_key = w.grant_key
 and d.act = 'grant-decided' and d.from_day <= {w_day}
 and (d.to_day is null or {w_day} < d.to_day)
 and d.learned <= w.learned and d.superseded is null)
union all select w.stream from {activities} as w join {acts} as e using (stream, grant_key)
where e.act = 'grant-ended' and e.to_day <= {w_day}
union all select c.stream from {cases} as c where not exists (
 select from {sessions} as s where s.session = c.session and c.mentor = any(s.mentors)
 and s.learned <= c.learned and s.superseded is null)
or (select count(*) from {sessions} as s where s.session = c.session) > 1
"""

FIRST_MATCHES = "select mentor, min(from_day) from {matches} as m group by 1"
"""From which day on each mentor was ever matched."""

ACTING = "select distinct function, person from ({acting}) as a where person is not null"
"""Who ever acted in which function."""
