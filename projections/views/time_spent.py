"""Where mentors' time goes (Figure 8): registered activities, summed by the database."""

from collections.abc import Callable
from typing import Any, NamedTuple

from domain.values import Period, Ref
from projections import identity
from projections.asking import Question
from projections.facts.activities import ACTIVITIES
from projections.views.days import happened_in

# Caseworkers' activities aren't mentor time.
MENTORS = {"speaker_function": "mentor"}


class Time(NamedTuple):
    """Mentors' registered time of one kind: how often, and how many minutes."""

    which: tuple[Any, ...]
    times: int
    minutes: int


def time_spent(question: Question, *by: str, period: Period | None = None) -> list[Time]:
    """Mentors' time up to the moment asked about, on the period's days, by these columns; most
    time first. `month` is a month's first day; a `speaker` is who speaks for all their ids.
    """
    rows = question.grouped(ACTIVITIES, by, total="minutes", only=MENTORS, period=period)
    if "speaker" not in by:
        return [Time(row[:-2], row[-2], row[-1]) for row in rows]
    staff, place = question.once(identity.staff), by.index("speaker")
    found: dict[tuple[Any, ...], Time] = {}
    for *which, times, minutes in rows:
        which[place] = staff.of(which[place])
        told = tuple(which)
        _, before, spent = found.get(told, (told, 0, 0))
        found[told] = Time(told, before + times, spent + minutes)
    return sorted(found.values(), key=lambda time: (-time.minutes, str(time.which)))


def activities_behind(
    question: Question, period: Period | None, is_meant: Callable[[Any], bool]
) -> list[Ref]:
    """The registered activities of mentors that are meant; of a row's own columns."""
    columns = ("source", "event_id", "speaker", "speaker_function", "role", "area", "activity")
    return [
        Ref(row.source, row.event_id)
        for row in happened_in(question, ACTIVITIES, period, *columns)
        if row.speaker_function == "mentor" and is_meant(row)
    ]
