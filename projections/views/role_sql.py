"""The statement that finds the pairs of running courses, and what is known of each, set by set."""

from psycopg.sql import SQL, Composed, Identifier, Literal

from domain import codes
from projections import identity
from projections.asking import Question
from projections.facts.activities import ACTIVITIES
from projections.facts.courses import CASEWORKER_CHANGES, CLOSINGS, INTAKES, REOPENINGS
from projections.facts.grants import AUTHORITY_ACTS
from projections.facts.matches import MATCH_ENDS, MATCHES
from projections.facts.roles import (
    ACKNOWLEDGEMENTS,
    COORDINATIONS,
    FRICTIONS,
    GOALS,
    REVIEWS,
    STATEMENTS,
)
from projections.table import FactTable
from projections.views.known import known_rows, one_person

FORMS = codes.coordination_forms.codes
_TABLES: dict[str, FactTable] = {
    "intakes": INTAKES,
    "changes": CASEWORKER_CHANGES,
    "closings": CLOSINGS,
    "reopenings": REOPENINGS,
    "matches": MATCHES,
    "ends": MATCH_ENDS,
    "statements": STATEMENTS,
    "goals": GOALS,
    "acknowledgements": ACKNOWLEDGEMENTS,
    "reviews": REVIEWS,
    "coordinations": COORDINATIONS,
    "acts": AUTHORITY_ACTS,
    "frictions": FRICTIONS,
    "activities": ACTIVITIES,
}

TWICE = """
select stream from {reopenings} as r
union select stream from {matches} as m group by stream, match having count(*) > 1"""

PAIRS = """
with closed as materialized (select stream, min(to_day) as on_day from {closings} as c group by 1),
ended as materialized (
 select stream, match, min(to_day) as on_day from {ends} as e group by 1, 2),
follows as materialized (
 select m.stream, {m_mentor} as mentor, min(from_day) as since
 from {matches} as m left join closed using (stream) left join ended using (stream, match)
 where from_day <= %(day)s and (closed.on_day is null or closed.on_day > %(day)s)
 and (ended.on_day is null or ended.on_day > %(day)s) and m.stream <> all(%(odd)s)
 group by 1, 2),
steps as (
 select stream, caseworker, occurred_at, sequence, event_id, source,
  (occurred_at at time zone 'Europe/Copenhagen')::date as from_day
 from {intakes} as i where stream in (select stream from follows)
 union all
 select stream, caseworker, occurred_at, sequence, event_id, source, from_day
 from {changes} as c where stream in (select stream from follows)),
responsible as materialized (
 select distinct on (stream) stream, {s_caseworker} as caseworker, from_day
 from steps as s where from_day <= %(day)s order by stream, from_day desc, {newest}),
pair as materialized (
 select f.stream, f.mentor, r.caseworker, f.since, r.from_day as responsible_since
 from follows f left join responsible r using (stream)),
said as materialized (
 select distinct on (p.stream, p.mentor, s.speaker_function) p.stream, p.mentor,
  s.speaker_function, s.occurred_at as at, s.answers
 from pair as p join {statements} as s using (stream)
 where s.occurred_at <= %(as_of)s and (s.speaker_function = 'mentor'
   and {s_speaker} = p.mentor and {s_counterpart} = p.caseworker
  or s.speaker_function = 'caseworker'
   and {s_speaker} = p.caseworker and {s_counterpart} = p.mentor)
 order by p.stream, p.mentor, s.speaker_function, {newest}),
set_first as (
 select distinct on (stream, goal) stream, goal, occurred_at, sequence, event_id, source
 from {goals} as g where occurred_at <= %(as_of)s and stream in (select stream from pair)
 order by stream, goal, {oldest}),
current as materialized (
 select distinct on (stream) stream, goal, occurred_at as at from set_first
 order by stream, {newest}),
acknowledged as (
 select stream, goal, speaker, speaker_function from {goals} as g where occurred_at <= %(as_of)s
 union all
 select stream, goal, speaker, speaker_function from {acknowledgements} as a
 where occurred_at <= %(as_of)s),
stands as materialized (
 select p.stream, p.mentor,
  bool_or(a.speaker_function = 'mentor' and {a_speaker} = p.mentor) as mentor_stands,
  bool_or(a.speaker_function = 'caseworker' and {a_speaker} = p.caseworker) as caseworker_stands
 from pair as p join current as c using (stream)
 join acknowledged as a on a.stream = p.stream and a.goal = c.goal group by 1, 2),
reviewed as materialized (
 select c.stream, max(r.occurred_at) as at from current as c
 join {reviews} as r on r.stream = c.stream and r.goal = c.goal
 where r.occurred_at <= %(as_of)s group by 1),
talked as materialized (
 select p.stream, p.mentor, max(c.occurred_at) as at, {forms}
 from pair as p join {coordinations} as c using (stream)
 where c.occurred_at <= %(as_of)s and c.functions @> array['mentor', 'caseworker']
 and exists (select from unnest(c.participants, c.functions) as t (id, function)
  where function = 'mentor' and {t_id} = p.mentor)
 group by 1, 2),
taken_up as materialized (
 select stream, max(occurred_at) as at from {coordinations} as c
 where occurred_at <= %(as_of)s and functions @> array['coordinator']
 and topics @> array['roles'] group by 1),
authority as materialized (
 select p.stream, p.mentor, count(*) as number
 from pair as p join {acts} as a using (stream)
 where a.occurred_at >= %(crossed_since)s and a.occurred_at <= %(as_of)s
 and a.actor_function <> 'caseworker'
 and (a.actor_function <> 'mentor' or {a_actor} = p.mentor) group by 1, 2),
mentor_work as materialized (
 select stream, count(*) as number from {activities} as a
 where occurred_at >= %(crossed_since)s and occurred_at <= %(as_of)s
 and speaker_function = 'caseworker' group by 1)
select p.stream, p.mentor, p.caseworker, p.since, p.responsible_since,
 theirs.answers as mentor_said, ours.answers as caseworker_said,
 theirs.at as mentor_said_at, ours.at as caseworker_said_at,
 current.goal, %(day)s
  - (greatest(current.at, reviewed.at) at time zone 'Europe/Copenhagen')::date as reviewed_days_ago,
 stands.mentor_stands, stands.caseworker_stands,
 %(day)s - (talked.at at time zone 'Europe/Copenhagen')::date as days_since,
 {form_columns}, taken_up.at as taken_up_at,
 authority.number as authority, mentor_work.number as mentor_work
from pair as p
left join said as theirs on theirs.stream = p.stream and theirs.mentor = p.mentor
 and theirs.speaker_function = 'mentor'
left join said as ours on ours.stream = p.stream and ours.mentor = p.mentor
 and ours.speaker_function = 'caseworker'
left join current on current.stream = p.stream
left join stands on stands.stream = p.stream and stands.mentor = p.mentor
left join reviewed on reviewed.stream = p.stream
left join talked on talked.stream = p.stream and talked.mentor = p.mentor
left join taken_up on taken_up.stream = p.stream
left join authority on authority.stream = p.stream and authority.mentor = p.mentor
left join mentor_work on mentor_work.stream = p.stream
order by p.stream, p.mentor"""

_NEWEST = """occurred_at desc, coalesce(sequence, -1) desc, event_id collate "C" desc,
 source collate "C" desc"""
_OLDEST = """occurred_at, coalesce(sequence, -1), event_id collate "C", source collate "C" """


def statement(text: str, question: Question) -> Composed:
    """TWICE or PAIRS for the tables of a question's municipality."""
    linked = bool(question.once(identity.staff))
    tables = {name: known_rows(table, question.schema) for name, table in _TABLES.items()}
    return SQL(text).format(
        **tables,
        **{f"{a}_{column}": one_person(f"{a}.{column}", linked=linked) for a, column in _PERSONS},
        newest=SQL(_NEWEST),
        oldest=SQL(_OLDEST),
        forms=SQL(", ").join(
            SQL(
                "count(*) filter (where c.form = {} and c.occurred_at >= %(contacts_since)s) as {}"
            ).format(Literal(form), Identifier(f"form_{form}"))
            for form in FORMS
        ),
        form_columns=SQL(", ").join(Identifier("talked", f"form_{form}") for form in FORMS),
    )


_PERSONS = (
    ("m", "mentor"),
    ("s", "caseworker"),
    ("s", "speaker"),
    ("s", "counterpart"),
    ("a", "speaker"),
    ("a", "actor"),
    ("t", "id"),
)
