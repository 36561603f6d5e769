"""What is known of each pair on the courses that run, read set by set without folding any course.

The same as `pairs_on` and `seen` find in a folded course (domain/role_facts.py), for courses that
tell nothing twice: not linked, not reopened, no match begun twice. The others are left out here.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.rows import namedtuple_row, tuple_row
from psycopg.sql import SQL, Composed, Identifier, Literal
from psycopg.types.json import Jsonb

from domain import codes
from domain.calendar import day_of, start_of
from domain.cooperation import ABOUT_ROLES
from domain.role_clarity import ASSUMED, CommonGoal, Contacts, Seen
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
from projections.table import FactTable, ref

FORMS = codes.coordination_forms.codes
SIDES = ("mentor", "caseworker")
_FIRST_FORM = 15  # of the columns of a row, where the counts by form begin
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
    "activities": ACTIVITIES,
}

_TWICE = """
select stream from {reopenings} as r
union select stream from {matches} as m group by stream, match having count(*) > 1"""

_PAIRS = """
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
  (occurred_at at time zone 'Europe/Copenhagen')::date as from_day from {intakes} as i
 union all
 select stream, caseworker, occurred_at, sequence, event_id, source, from_day
 from {changes} as c),
responsible as materialized (
 select distinct on (stream) stream, {s_caseworker} as caseworker, from_day
 from steps as s where from_day <= %(day)s and stream in (select stream from follows)
 order by stream, from_day desc, {newest}),
pair as materialized (
 select f.stream, f.mentor, r.caseworker, f.since, r.from_day as responsible_since
 from follows f left join responsible r using (stream)),
said as materialized (
 select distinct on (p.stream, p.mentor, s.speaker_function) p.stream, p.mentor,
  s.speaker_function, s.occurred_at as at,
  array_to_string(s.responsibilities, ' ') || '/' || array_to_string(s.holders, ' ') as answers
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
 current.goal, current.at as goal_at, reviewed.at as reviewed_at,
 stands.mentor_stands, stands.caseworker_stands,
 talked.at as talked_at, {form_columns}, taken_up.at as taken_up_at,
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


class Friction(NamedTuple):
    """A friction of a course, as its row tells it."""

    at: datetime
    kind: str
    responsibility: str | None
    between: frozenset[UUID]


def told_twice(question: Question) -> set[UUID]:
    """The courses that are left to the fold, beside those that are linked."""
    cursor = question.connection.cursor(binary=True, row_factory=tuple_row)
    rows = cursor.execute(_statement(_TWICE, question), {"at": question.position})
    return {stream for (stream,) in rows}


def seen_in_rows(question: Question, odd: Sequence[UUID]) -> Iterator[tuple[UUID, Seen]]:
    """The courses that run with each of their pairs, by course; those that are `odd` left out."""
    day = question.day
    frictions = question.once(_frictions)
    for row in _rows(question, odd):
        yield row.stream, _seen(row, frictions.get(row.stream, ()), day)


def _rows(question: Question, odd: Sequence[UUID]) -> Sequence[Any]:
    day = question.day
    values = {
        "at": question.position,
        "as_of": question.as_of,
        "day": day,
        "odd": list(odd),
        "same": Jsonb({str(k): str(v) for k, v in question.once(identity.staff).items()}),
        "contacts_since": _after(day, ASSUMED.contacts_in),
        "crossed_since": _after(day, ASSUMED.crossings_in),
    }
    cursor = question.connection.cursor(binary=True, row_factory=namedtuple_row)
    return cursor.execute(_statement(_PAIRS, question), values, prepare=True).fetchall()


def _statement(text: str, question: Question) -> Composed:
    linked = bool(question.once(identity.staff))
    tables = {name: _known(table, question.schema) for name, table in _TABLES.items()}
    return SQL(text).format(
        **tables,
        **{f"{a}_{column}": _one(f"{a}.{column}", linked) for a, column in _PERSONS},
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


def _one(column: str, linked: bool) -> SQL:
    """The one id of a person, whose links come as an object in `same`."""
    if not linked:
        return SQL(column)
    return SQL(f"coalesce((%(same)s::jsonb ->> {column}::text)::uuid, {column})")


def _known(table: FactTable, schema: str) -> Composed:
    return SQL(
        "(select * from {} where learned <= %(at)s and (superseded is null or superseded > %(at)s))"
    ).format(Identifier(schema, table.name))


def _after(day: date, days: int) -> datetime:
    """The beginning of the last so many days, the day itself among them."""
    return start_of(day - timedelta(days=days - 1))


def _frictions(question: Question) -> dict[UUID, list[Friction]]:
    """What had been reported by then, by course."""
    one = question.once(identity.staff)
    found: dict[UUID, list[Friction]] = defaultdict(list)
    columns = ("stream", "kind", "responsibility", "participants", "functions")
    for row in question.happened(FRICTIONS, *columns):
        people = zip(row.participants, row.functions, strict=True)
        between = frozenset(one[id_] for id_, function in people if function in SIDES)
        found[row.stream].append(Friction(row.occurred_at, row.kind, row.responsibility, between))
    return found


def _seen(row: Any, frictions: Sequence[Friction], day: date) -> Seen:
    own = _own(frictions, row) if frictions else []
    lately = _after(day, ASSUMED.frictions_in)
    crossings = {"authority": row.authority or 0, "mentor-work": row.mentor_work or 0}
    return Seen(
        mentor=row.mentor,
        caseworker=row.caseworker,
        matched_since=row.since,
        mentor_says=_answers(row.mentor_said),
        caseworker_says=_answers(row.caseworker_said),
        goal=_goal(row, day),
        contacts=_contacts(row, day),
        crossings={kind: number for kind, number in crossings.items() if number},
        frictions=dict(Counter(one.kind for one in own if one.at >= lately)),
        unsettled=frozenset(one.responsibility for one in _unsettled(own, row)),
    )


@lru_cache(4096)
def _answers(said: str | None) -> Mapping[str, str]:
    """What a side says, by responsibility; nothing where it said nothing."""
    if said is None:
        return MappingProxyType({})
    asked, answered = (part.split() for part in said.split("/"))
    return MappingProxyType(dict(zip(asked, answered, strict=True)))


def _goal(row: Any, day: date) -> CommonGoal:
    if row.goal is None:
        return CommonGoal()
    return CommonGoal(
        goal=ref(row.goal),
        mentor_stands_by=bool(row.mentor_stands),
        caseworker_stands_by=bool(row.caseworker_stands),
        reviewed_days_ago=(day - day_of(max(row.goal_at, row.reviewed_at or row.goal_at))).days,
    )


def _contacts(row: Any, day: date) -> Contacts:
    if row.talked_at is None:
        return Contacts()
    counted = zip(FORMS, row[_FIRST_FORM : _FIRST_FORM + len(FORMS)], strict=True)
    return Contacts(
        days_since=(day - day_of(row.talked_at)).days,
        by_form={form: number for form, number in counted if number},
    )


def _own(frictions: Sequence[Friction], row: Any) -> list[Friction]:
    """Those reported while the two were a pair that name nobody else."""
    if row.caseworker is None:
        return []
    pair = {row.mentor, row.caseworker}
    since = max(row.since, row.responsible_since)
    return [one for one in frictions if day_of(one.at) >= since and one.between <= pair]


def _unsettled(frictions: Sequence[Friction], row: Any) -> Iterator[Friction]:
    both = row.mentor_said_at and row.caseworker_said_at
    stated = [row.mentor_said_at, row.caseworker_said_at] if both else []
    settled = max([*stated, *([row.taken_up_at] if row.taken_up_at else [])], default=None)
    for one in frictions:
        if one.kind in ABOUT_ROLES and (settled is None or settled < one.at):
            yield one
