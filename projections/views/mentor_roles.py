"""The mentor's four roles: how far mentors had to fill each (Figure 7), and where time goes."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from domain import codes
from domain.values import Ref
from projections.answering import Line, view
from projections.asking import Question
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


@view
def mentor_roles(question: Question) -> Iterator[Line]:
    """One row for each role, and one for time without a role.

    `share` is the percentage of respondents who had to fill the role to a very high degree or to
    some degree; None where fewer than five answered. `minutes` are mentors' own.
    """
    times, answers = time_spent(question), degrees(question)
    total = sum(time.minutes for time in times)
    for role in codes.activity_roles.codes:
        own = [time for time in times if time.role == role]
        minutes = sum(time.minutes for time in own)
        values = {
            "role": role,
            **_share(answers.get(f"role-{role}", Counter())),
            "activities": sum(time.times for time in own),
            "minutes": minutes,
            "share_of_time": _percent(minutes, total),
        }
        yield Line(values, partial(_behind, question, role=role))


@view
def activities(question: Question) -> Iterator[Line]:
    """One row for each role, area and activity that mentors registered time on (Figure 8)."""
    times = time_spent(question)
    total = sum(time.minutes for time in times)
    for time in times:
        which = {"role": time.role, "area": time.area, "activity": time.activity}
        values = {**time._asdict(), "share_of_time": _percent(time.minutes, total)}
        yield Line(values, partial(_behind, question, **which))


def _behind(question: Question, **which: str | None) -> list[Ref]:
    """The activities of that role, area and activity. Who answered a survey is nobody's to know."""
    rows = question.happened(ACTIVITIES, "source", "event_id", "speaker_function", *which)
    return [
        Ref(row.source, row.event_id)
        for row in rows
        if row.speaker_function == "mentor"
        and all(getattr(row, name) == value for name, value in which.items())
    ]


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
