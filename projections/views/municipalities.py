"""Municipalities beside each other (*kommunerne*): bands and models only, as Tables 24 and 25.

Any reader may see all of them, so nothing here leads to a person: no counts, no events behind, and
no band of few people (`domain.caseload.too_few`).
"""

from collections.abc import Iterator
from typing import Any

from psycopg.rows import tuple_row
from psycopg.sql import SQL
from psycopg.types.json import Jsonb

from domain.caseload import band, mean_full_time_equivalents, per_full_time, too_few
from domain.supervision import Held, read_supervision
from domain.team import fold_team
from projections import identity
from projections.answering import Line, view
from projections.asking import Question
from projections.facts.staff import STAFF_LINKS
from projections.facts.supervision import ARRANGEMENTS, SESSIONS
from projections.views.caseload_figures import Asked, asked_of
from projections.views.days import counted_days
from projections.views.known import known_rows, one_person
from projections.views.staff import functions_of
from projections.views.supervised import Supervised

_HEADS = """
 select
  (select count(*) from (select from followed where {in_period} group by citizen) c)
   as participants,
  (select count(distinct citizen) from followed where {now}) as now"""


_HELD = """
select {supervisor}, (occurred_at at time zone 'Europe/Copenhagen')::date, sum(minutes)::int
from (select distinct on (session) supervisor, occurred_at, minutes from {sessions} as s
 order by session, occurred_at, coalesce(sequence, -1), event_id collate "C", source collate "C")
as first_told group by 1, 2"""


@view
def municipalities(question: Question) -> Iterator[Line]:
    """One row for the municipality, from the team's start to `as_of`, and, `_now`, on that day.

    `withheld` says which band isn't told, and of whom there are too few.
    """
    yield Line({**_bands(asked_of(question, None)), **_supervision(question)})


def _bands(asked: Asked) -> dict[str, Any]:
    (heads,) = asked.rows(_HEADS)
    mentors = asked.team.mentors.values()
    worked = sum(bool(mean_full_time_equivalents(m.weekly_hours, asked.period)) for m in mentors)
    working = sum(bool(mentor.hours_on(asked.day)) for mentor in mentors)
    bands = {
        "band": (heads.participants, worked, asked.workforce.mean_in(asked.period)),
        "band_now": (heads.now, working, asked.workforce.on(asked.day)),
    }
    few = {name: too_few(citizens, people) for name, (citizens, people, _) in bands.items()}
    told = {
        name: None if few[name] else band(per_full_time(citizens, fte))
        for name, (citizens, _, fte) in bands.items()
    }
    suffixes = {"band": "", "band_now": "-now"}
    return {**told, "withheld": [f"{why}{suffixes[name]}" for name, why in few.items() if why]}


def _supervision(question: Question) -> dict[str, Any]:
    """Which model, whether in brackets, and whether the requirement (*indsatspunkt 10*) is met."""
    team = question.once(functions_of)
    agreed = fold_team(question.facts(ARRANGEMENTS, STAFF_LINKS)).arrangements
    held = _held(question)
    start = team.start.from_ if team.start else None
    if start is None:
        first = [one.day for one in held] + [step.from_ for step in agreed]
        start = min(first, default=None)
    seen = Supervised(team, counted_days(question, start))
    reading = read_supervision(seen.days, held, seen.functions_on, agreed)
    return {
        "model": int(reading.model) if reading.model else None,
        "partial": reading.partial,
        "requirement_met": reading.requirement_met,
    }


def _held(question: Question) -> list[Held]:
    """What each supervisor held on each day; of a session told twice the first telling holds."""
    same = question.once(identity.staff)
    statement = SQL(_HELD).format(
        sessions=known_rows(SESSIONS, question.schema),
        supervisor=one_person("supervisor", linked=bool(same)),
    )
    values = {
        "at": question.position,
        "same": Jsonb({str(id_): str(one) for id_, one in same.items()}),
    }
    cursor = question.connection.cursor(binary=True, row_factory=tuple_row)
    return [Held(*row) for row in cursor.execute(statement, values)]
