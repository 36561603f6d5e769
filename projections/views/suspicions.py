"""What makes a course suspect of a contradiction, a condition for each kind, set by set.

A condition may name too many courses, never too few: the functions in domain/contradictions judge.
"""

FRAMES = """
with intake as materialized (
 select stream, min(occurred_at) as at from {intakes} as i group by 1),
turned as (
 select stream, opens, day, occurred_at, lead(day) over turn as until,
  lag(opens) over turn as before
 from (select stream, false as opens, to_day as day, occurred_at, sequence, event_id, source
   from {closings} as c
  union all
  select stream, true, from_day, occurred_at, sequence, event_id, source
   from {reopenings} as r) as t
 window turn as (partition by stream order by day, {oldest})),
turns as materialized (select * from turned),
closed as materialized (
 select stream, day, until,
  least(timezone('Europe/Copenhagen', (day + 1)::timestamp),
   greatest(timezone('Europe/Copenhagen', day::timestamp), occurred_at)) as from_instant
 from turns where not opens),
responsible as materialized (
 select stream, {s_caseworker} as caseworker, from_day,
  lead(from_day) over (partition by stream order by from_day, {oldest}) as until
 from (select stream, caseworker, {day} as from_day, occurred_at, sequence, event_id, source
   from {intakes} as i
  union all
  select stream, caseworker, from_day, occurred_at, sequence, event_id, source
   from {changes} as c) as s),
begun as materialized (
 select stream, match, {m_mentor} as mentor, from_day, occurred_at, actor_function,
  least(from_day, {day}) as start
 from {matches} as m where occurred_at <= %(as_of)s),
ended as materialized (
 select distinct on (stream, match) stream, match, to_day as day,
  least(timezone('Europe/Copenhagen', (to_day + 1)::timestamp),
   greatest(timezone('Europe/Copenhagen', to_day::timestamp), occurred_at)) as instant
 from {ends} as e order by stream, match, to_day, {oldest}),
match as materialized (
 select b.stream, b.match, b.mentor, b.from_day, b.start, b.occurred_at, b.actor_function,
  timezone('Europe/Copenhagen', b.start::timestamp) as start_instant,
  least(min(e.day), min(c.day)) as until, least(min(e.instant), min(c.from_instant)) as instant
 from begun as b left join ended as e on e.stream = b.stream and e.match = b.match
 left join closed as c on c.stream = b.stream and c.day > b.start
 group by 1, 2, 3, 4, 5, 6, 7),
span as materialized (
 select stream, min(first) as first, max(last) as last from (
  {spans}) as s group by 1)
"""

SUSPICIONS = {
    "without or before the intake": """
select s.stream from span as s left join intake as i using (stream)
where i.at is null or s.first < i.at""",
    "while closed": """
select s.stream from span as s join closed as c using (stream) where s.last >= c.from_instant
union all
select m.stream from match as m join closed as c using (stream)
where m.occurred_at >= c.from_instant
and (c.until is null or m.occurred_at < timezone('Europe/Copenhagen', c.until::timestamp))""",
    "closed or reopened twice": """
select stream from turns where opens = (before is not false)""",
    "matched by the system or twice": """
select stream from match where actor_function = 'system'
union all select stream from {matches} as m group by stream, match having count(*) > 1
union all
select a.stream from match as a join match as b using (stream, mentor)
where a.match < b.match and (b.until is null or a.from_day < b.until)
and (a.until is null or b.from_day < a.until)""",
    "ended and never matched": """
select e.stream from {ends} as e where not exists (
 select from {matches} as m where m.stream = e.stream and m.match = e.match)""",
    "with whom there is none": """
select m.stream from match as m where m.from_day <= %(day)s and not exists (
 select from unnest(%(workers)s::uuid[], %(works_from)s::date[], %(works_to)s::date[])
  as w (mentor, first, until)
 where w.mentor = m.mentor and w.first <= m.from_day and m.from_day < w.until)
union all
select m.stream from match as m where m.from_day <= %(day)s
and (m.until is null or m.until > %(day)s) and m.mentor = any(%(gone)s::uuid[])
union all
select m.stream from match as m join responsible as r using (stream)
where r.caseworker = m.mentor""",
    "without a match": """
select w.stream from (
 select stream, occurred_at as at, {a_speaker} as mentor from {activities} as a
  where speaker_function = 'mentor'
 union all select stream, occurred_at, {a_speaker} from {attempts} as a
  where speaker_function = 'mentor'
 union all select stream, occurred_at, {m_mentor} from {first_meetings} as m
 union all select stream, occurred_at, {m_mentor} from {chemistry_checks} as m
 union all select stream, occurred_at, {m_mentor} from {agreements} as m
 union all select stream, occurred_at, {m_mentor} from {cases} as m
 union all select stream, occurred_at,
  case speaker_function when 'mentor' then {s_speaker} else {s_counterpart} end
  from {statements} as s) as w
where w.at <= %(as_of)s and not exists (
 select from match as m where m.stream = w.stream and m.mentor = w.mentor
 and w.at >= m.start_instant and (m.instant is null or w.at < m.instant))
union all
select m.stream from match as m join closed as c using (stream)
where c.day between m.start and m.from_day
union all
select m.stream from match as m where m.until <= m.from_day""",
    "another caseworker states": """
select s.stream from (
 select stream, {day} as day,
  case speaker_function when 'caseworker' then {s_speaker} else {s_counterpart} end as caseworker
 from {statements} as s where occurred_at <= %(as_of)s) as s
where not exists (
 select from responsible as r where r.stream = s.stream and r.caseworker = s.caseworker
 and r.from_day <= s.day and (r.until is null or s.day < r.until))""",
    "authority": """
select stream from {acts} as a where actor_function <> 'caseworker'
union all select stream from {acts} as a where act = 'grant-decided'
 group by stream, grant_key having count(*) > 1
union all select a.stream from {acts} as a where act <> 'grant-decided' and not exists (
 select from {acts} as d where d.stream = a.stream and d.grant_key = a.grant_key
 and d.act = 'grant-decided' and d.outcome in ('granted', 'partly-granted'))
union all select a.stream from {acts} as a where continues is not null and not exists (
 select from {acts} as d where d.stream = a.stream and d.grant_key = a.continues
 and d.act = 'grant-decided')""",
    "outside the grant": """
select w.stream from {activities} as w where grant_key is not null
and (not exists (
 select from {acts} as d where d.stream = w.stream and d.grant_key = w.grant_key
 and d.from_day <= {w_day} and (d.to_day is null or {w_day} < d.to_day))
or not exists (
 select from {acts} as d where d.stream = w.stream and d.grant_key = w.grant_key
 and d.act = 'grant-decided')
or exists (
 select from {acts} as e where e.stream = w.stream and e.grant_key = w.grant_key
 and e.act = 'grant-ended' and e.to_day <= {w_day}))""",
    "in another function": """
select w.stream from (
 select stream, occurred_at, speaker_function as function, {a_speaker} as person
 from {activities} as a
 union all select stream, occurred_at, speaker_function, {a_speaker} from {attempts} as a
 union all select stream, occurred_at, speaker_function, {s_speaker} from {statements} as s
 union all select stream, occurred_at, speaker_function, {a_speaker} from {goals} as a
 union all select stream, occurred_at, speaker_function, {a_speaker} from {acknowledgements} as a
 union all select stream, occurred_at, speaker_function, {a_speaker} from {frictions} as a
 union all select stream, occurred_at, actor_function, {a_actor} from {acts} as a) as w
where w.occurred_at <= %(as_of)s and {unheld}""",
    "goals": """
select stream from {goals} as g group by stream, goal having count(*) > 1
union all
select n.stream from (
 select stream, goal from {acknowledgements} as a
 union all select stream, goal from {reviews} as r) as n
where not exists (select from {goals} as g where g.stream = n.stream and g.goal = n.goal)""",
    "sessions": """
select c.stream from {cases} as c where not exists (
 select from {sessions} as s where s.session = c.session and c.mentor = any(s.mentors))
or (select count(*) from {sessions} as s where s.session = c.session) > 1""",
}

WITH_THE_CITIZEN = (
    *("activities", "attempts", "first_meetings", "chemistry_checks", "agreements"),
    *("statements", "goals", "coordinations"),
)
"""What a closed course doesn't have."""

OTHER_WORK = ("matches", "ends", "acknowledgements", "reviews", "frictions", "acts")
"""What an intake comes before, beside that."""
