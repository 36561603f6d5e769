"""The mentors of a municipality and their hours, read narrowly: for views that ask nothing else."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.folding import Step
from domain.mentor import MentorState, folded_hours
from domain.team import TeamState, fold_team
from domain.values import Ref
from projections.asking import Question
from projections.facts.staff import (
    ASSIGNMENTS,
    BEGINNINGS,
    DEPARTURES,
    EMPLOYMENTS,
    HOURS_CHANGES,
    RELEASES,
    STAFF_LINKS,
)
from projections.selecting import Wanted, telling
from projections.views.team import Team

_FUNCTIONS = (BEGINNINGS, ASSIGNMENTS, RELEASES, STAFF_LINKS)
_STEP = ("stream", "occurred_at", "sequence", "event_id", "source")
_HOURS = (
    Wanted(EMPLOYMENTS, (*_STEP, "from_day", "weekly_minutes")),
    Wanted(HOURS_CHANGES, (*_STEP, "from_day", "weekly_minutes")),
    Wanted(DEPARTURES, (*_STEP, "to_day")),
)
READ = (*map(telling, _FUNCTIONS), *_HOURS)
"""What `staff_of` reads."""


def staff_of(question: Question) -> Team:
    """The team's start, functions and linked ids, and each mentor's hours; nothing else is read."""
    state = question.once(functions_of)
    return Team(state, mentors_of(question, state.same))


def functions_of(question: Question) -> TeamState:
    """The team's start, functions and linked ids; nothing else is read."""
    return fold_team(question.facts(*_FUNCTIONS))


def mentors_of(question: Question, same: Mapping[UUID, UUID]) -> dict[UUID, MentorState]:
    """Each mentor's hours, by the one id that all of a person's ids are read as."""
    employed, changed, left = (_steps(rows, same) for rows in question.each(_HOURS))
    return {
        person: MentorState(hours=folded_hours(employed[person], changed[person], left[person]))
        for person in {**employed, **changed, **left}
    }


def _steps(rows: Iterable[Any], same: Mapping[UUID, UUID]) -> dict[UUID, list[Step[int]]]:
    """Steps by mentor, from the columns of the day and of the minutes; without these, to 0."""
    found: dict[UUID, list[Step[int]]] = defaultdict(list)
    for stream, at, sequence, id_, source, day, *minutes in rows:
        step = Step(day, _place(at, sequence, id_, source), Ref(source, id_), sum(minutes))
        found[same.get(stream, stream)].append(step)
    return found


def order_of(row: Any) -> tuple[datetime, int, str, str]:
    """A row's place in fold order."""
    return _place(row.occurred_at, row.sequence, row.event_id, row.source)


def _place(
    occurred_at: datetime, sequence: int | None, event_id: str, source: str
) -> tuple[datetime, int, str, str]:
    return (occurred_at, -1 if sequence is None else sequence, event_id, source)
