"""Municipalities beside each other (*kommunerne*): bands and models only, as Tables 24 and 25.

Any reader may see all of them, so nothing in a row leads to a person: no counts, and no band of few
people (`domain.caseload.too_few`). What is behind a row is for its own municipality to be told.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from psycopg.rows import tuple_row
from psycopg.sql import SQL
from psycopg.types.json import Jsonb

from domain.calendar import covers
from domain.caseload import FEW, band, mean_full_time_equivalents, per_full_time, too_few, until
from domain.reckoning import Figure, few, load
from domain.supervision import Held, Reading, read_supervision
from domain.supervision_words import read
from domain.team import fold_team
from domain.values import Ref
from projections import identity
from projections.answering import Line, view
from projections.asking import Question
from projections.facts.staff import STAFF_LINKS
from projections.facts.supervision import ARRANGEMENTS, SESSIONS
from projections.views.caseload_figures import Asked, asked_of, behind, every_follows
from projections.views.days import counted_days
from projections.views.held_sessions import supervised_team
from projections.views.known import known_rows, one_person
from projections.views.staff import functions_of
from projections.views.supervised import Supervised, supervised

_HEADS = """
 select
  (select count(*) from (select from followed where {in_period} group by citizen) c)
   as participants,
  (select count(distinct citizen) from followed where {now}) as now"""


_HELD = """
select {supervisor}, (occurred_at at time zone 'Europe/Copenhagen')::date, sum(minutes)::int
from (select distinct on (session) supervisor, occurred_at, minutes from {sessions} as s
 where occurred_at <= %(as_of)s
 order by session, occurred_at, coalesce(sequence, -1), event_id collate "C", source collate "C")
as first_told group by 1, 2"""


@view
def municipalities(question: Question) -> Iterator[Line]:
    """One row for the municipality, from the team's start to `as_of`, and, `_now`, on that day.

    `withheld` says which band isn't told, and of whom there are too few.
    """
    asked = asked_of(question, None)
    (heads,) = asked.rows(_HEADS)
    reading = _reading(question)
    values = {
        **_bands(asked, heads),
        "model": int(reading.model) if reading.model else None,
        "partial": reading.partial,
        "requirement_met": reading.requirement_met,
    }
    figures = partial(_figures, asked, heads, reading, values["withheld"])
    yield Line(values, partial(_behind, asked), figures)


def _bands(asked: Asked, heads: Any) -> dict[str, Any]:
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


def _figures(
    asked: Asked, heads: Any, reading: Reading, withheld: Sequence[str]
) -> Iterator[Figure]:
    """The loads that the bands are of, but those of few people, and what the model is read from."""
    if not any(why in withheld for why in FEW):
        yield load("band", heads.participants, asked.workforce.mean_in(asked.period), mean=True)
    if not any(f"{why}-now" in withheld for why in FEW):
        yield load("band_now", heads.now, asked.workforce.on(asked.day))
    if withheld:
        yield few()
    yield from read(reading)


def _behind(asked: Asked) -> Iterator[Ref]:
    """What the caseload of the period and the day, and the supervision, were worked out from."""
    yield from behind(asked, until(asked.day))
    for one in asked.question.once(every_follows):
        if covers(one.days, asked.day):
            yield from one.by(until(asked.day))
    seen = supervised(asked.question, asked.question.once(supervised_team))
    yield from seen.behind_windows()
    yield from seen.behind(*seen.sessions)


def _reading(question: Question) -> Reading:
    """What supervision the team has had, from its start to the day."""
    team = question.once(functions_of)
    agreed = fold_team(question.facts(ARRANGEMENTS, STAFF_LINKS)).arrangements
    held = _held(question)
    start = team.start.from_ if team.start else None
    if start is None:
        first = [one.day for one in held] + [step.from_ for step in agreed]
        start = min(first, default=None)
    seen = Supervised(team, counted_days(question, start))
    return read_supervision(seen.days, held, seen.functions_on, agreed)


def _held(question: Question) -> list[Held]:
    """What each supervisor held on each day; of a session told twice the first telling holds."""
    same = question.once(identity.staff)
    statement = SQL(_HELD).format(
        sessions=known_rows(SESSIONS, question.schema),
        supervisor=one_person("supervisor", linked=bool(same)),
    )
    values = {
        "at": question.position,
        "as_of": question.as_of,
        "same": Jsonb({str(id_): str(one) for id_, one in same.items()}),
    }
    cursor = question.connection.cursor(binary=True, row_factory=tuple_row)
    return [Held(*row) for row in cursor.execute(statement, values)]
