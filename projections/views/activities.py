"""Mentors' activities (Figure 8): what time goes to, with attempts and key persons beside."""

from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from typing import Any
from uuid import UUID

from domain.values import Period, Ref
from projections import identity
from projections.answering import Line, view
from projections.asking import Question
from projections.views.attempts import (
    Attempts,
    Found,
    attempts_behind,
    attempts_made,
    key_persons_found,
)
from projections.views.numbers import percent
from projections.views.time_spent import Time, activities_behind, time_spent


@view
def activities(question: Question, period: Period | None = None) -> Iterator[Line]:
    """One row for each role, area and activity that mentors registered time on, most time first;
    of the period's days only (Figure 8)."""
    yield from _told(question, ("role", "area", "activity"), period)


@view
def activities_by_area(question: Question, period: Period | None = None) -> Iterator[Line]:
    """One row for each role and area that mentors registered time on, most time first; of the
    period's days only. Only the personal guide's work has areas."""
    yield from _told(question, ("role", "area"), period)


def _told(question: Question, by: tuple[str, ...], period: Period | None) -> Iterator[Line]:
    times = time_spent(question, *by, period=period)
    total = sum(time.minutes for time in times)
    for time in times:
        which = dict(zip(by, time.which, strict=True))
        values = {
            **which,
            "times": time.times,
            "minutes": time.minutes,
            "share_of_time": percent(time.minutes, total),
        }
        yield Line(values, partial(_behind, question, period, which))


def _behind(question: Question, period: Period | None, which: dict[str, Any]) -> list[Ref]:
    return activities_behind(
        question, period, lambda row: all(getattr(row, k) == v for k, v in which.items())
    )


@view
def activities_by_mentor(question: Question, period: Period | None = None) -> Iterator[Line]:
    """One row for each mentor who registered time, tried to reach a citizen or found a key person,
    most time first; of the period's days only.

    Attempts never count as contact; their minutes are the mentor's time and no delivered hours.
    """
    times = {time.which[0]: time for time in time_spent(question, "speaker", period=period)}
    total = sum(time.minutes for time in times.values())
    attempts = attempts_made(question, period)
    found: dict[UUID | None, list[Found]] = defaultdict(list)
    for one in key_persons_found(question, period):
        if one.function == "mentor":
            found[one.person].append(one)
    lines = []
    for mentor in {*times, *attempts, *found}:
        spent = times.get(mentor, Time((mentor,), 0, 0))
        own = found.get(mentor, [])
        values = {
            "mentor": mentor,
            "activities": spent.times,
            "minutes": spent.minutes,
            "share_of_time": percent(spent.minutes, total),
            **attempts.get(mentor, Attempts()).values(),
            "key_persons": len(own),
        }
        lines.append(Line(values, partial(_behind_mentor, question, period, mentor, own)))
    yield from sorted(lines, key=lambda one: (-one.values["minutes"], str(one.values["mentor"])))


def _behind_mentor(
    question: Question, period: Period | None, mentor: UUID | None, found: list[Found]
) -> list[Ref]:
    staff = question.once(identity.staff)
    return [
        *activities_behind(question, period, lambda row: staff.of(row.speaker) == mentor),
        *attempts_behind(question, period, lambda row: staff.of(row.speaker) == mentor),
        *(one.ref for one in found),
    ]


@view
def activities_in_all(question: Question, period: Period | None = None) -> Iterator[Line]:
    """One row for the municipality: mentors' activities and their time, their attempts to reach
    citizens in vain, and key persons found, by caseworkers too; of the period's days only.
    """
    times = time_spent(question, "speaker_function", period=period)
    attempts = sum(attempts_made(question, period).values(), Attempts())
    found = key_persons_found(question, period)
    values = {
        "activities": sum(time.times for time in times),
        "minutes": sum(time.minutes for time in times),
        **attempts.values(),
        "attempts_by_outcome": dict(sorted(attempts.outcomes.items())),
        "key_persons": len(found),
    }
    yield Line(values, partial(_behind_all, question, period, found))


def _behind_all(question: Question, period: Period | None, found: list[Found]) -> list[Ref]:
    everything = [
        *activities_behind(question, period, lambda row: True),
        *attempts_behind(question, period, lambda row: True),
    ]
    return [*everything, *(one.ref for one in found)]
