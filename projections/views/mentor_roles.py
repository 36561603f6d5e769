"""The mentor's four roles: how far mentors had to fill each (Figure 7), and where time goes."""

from collections import Counter
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple
from uuid import UUID

from domain import codes
from projections.asking import Answer, Connection, Municipality, Question
from projections.facts.activities import ACTIVITIES, ANSWERS
from projections.views.numbers import shown

# Fewer respondents than this could be told apart, so no share is shown.
SMALL = 5

MUCH = ("to-a-very-high-degree", "to-some-degree")
NOT_ASKED = "dont-know"


class Time(NamedTuple):
    """Mentors' registered time on one activity."""

    role: str
    area: str | None
    activity: str
    times: int
    minutes: int


def mentor_roles(
    connection: Connection,
    municipality: Municipality,
    *,
    as_of: datetime | None = None,
    known_at: int | None = None,
) -> Answer:
    """One row for each role, and one for time without a role.

    `share` is the percentage of respondents who had to fill the role to a very high degree or to
    some degree; None where fewer than five answered. `minutes` are mentors' own.
    """
    question = Question(connection, municipality.schema, as_of=as_of, known_at=known_at)
    times, answers = time_spent(question), degrees(question)
    total = sum(time.minutes for time in times)
    rows = []
    for role in codes.activity_roles.codes:
        own = [time for time in times if time.role == role]
        minutes = sum(time.minutes for time in own)
        rows.append(
            {
                "municipality": municipality.name,
                "municipality_code": municipality.code,
                "role": role,
                **_share(answers.get(f"role-{role}", Counter())),
                "activities": sum(time.times for time in own),
                "minutes": minutes,
                "share_of_time": _percent(minutes, total),
            }
        )
    return question.answer(rows)


def activities(
    connection: Connection,
    municipality: Municipality,
    *,
    as_of: datetime | None = None,
    known_at: int | None = None,
) -> Answer:
    """One row for each role, area and activity that mentors registered time on (Figure 8)."""
    question = Question(connection, municipality.schema, as_of=as_of, known_at=known_at)
    times = time_spent(question)
    total = sum(time.minutes for time in times)
    rows = [
        {
            "municipality": municipality.name,
            "municipality_code": municipality.code,
            **time._asdict(),
            "share_of_time": _percent(time.minutes, total),
        }
        for time in times
    ]
    return question.answer(rows)


def time_spent(question: Question) -> list[Time]:
    """Mentors' time up to the moment asked about, most first. Caseworkers' isn't mentor time."""
    rows = question.grouped(
        ACTIVITIES,
        ("role", "area", "activity"),
        total="minutes",
        only={"speaker_function": "mentor"},
    )
    return [Time(*row) for row in rows]


def degrees(question: Question) -> dict[str, Counter[str]]:
    """How many answered each degree, by question. Of several by one in a round the last holds."""
    held: dict[tuple[UUID, str], Any] = {}
    for row in question.happened(ANSWERS, "stream", "survey", "questions", "degrees"):
        held[row.stream, row.survey] = row
    found: dict[str, Counter[str]] = {}
    for row in held.values():
        for asked, degree in zip(row.questions, row.degrees, strict=True):
            found.setdefault(asked, Counter())[degree] += 1
    return found


def _share(answers: Counter[str]) -> dict[str, Any]:
    answered = sum(count for degree, count in answers.items() if degree != NOT_ASKED)
    if answered < SMALL:
        return {"answered": None, "share": None}
    return {"answered": answered, "share": _percent(sum(answers[d] for d in MUCH), answered)}


def _percent(part: int, whole: int) -> Decimal | None:
    return shown(Fraction(100 * part, whole)) if whole else None
