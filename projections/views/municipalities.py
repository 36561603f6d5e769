"""Municipalities beside each other (*kommunerne*): bands and models only, as Tables 24 and 25.

Any reader may see all of them, so nothing here leads to a person: no counts, no events behind, and
no band of few people (`domain.caseload.too_few`).
"""

from collections.abc import Iterator
from typing import Any

from domain.caseload import band, mean_full_time_equivalents, per_full_time, too_few
from domain.supervision import read_supervision
from projections.answering import Line, view
from projections.asking import Question
from projections.views.caseload_figures import Asked, asked_of
from projections.views.supervised import supervised
from projections.views.team import team_state

_HEADS = """
 select
  (select count(*) from (select from followed where {in_period} group by citizen) c)
   as participants,
  (select count(distinct citizen) from followed where {now}) as now"""


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
    team = question.once(team_state)
    seen = supervised(question, team)
    reading = read_supervision(seen.days, seen.sessions, seen.functions_on, team.arrangements)
    return {
        "model": int(reading.model) if reading.model else None,
        "partial": reading.partial,
        "requirement_met": reading.requirement_met,
    }
