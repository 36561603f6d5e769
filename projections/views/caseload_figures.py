"""What the levels of the caseload (*belastning*, Table 24) share: the days, the two measures.

Who was followed when is found by the database (`followed.py`), hours by the folds of `domain`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any
from uuid import UUID

from domain.calendar import covers, is_empty, overlap
from domain.caseload import Follows, band, per_full_time, until
from domain.values import Period, Ref
from domain.workforce import Workforce
from projections.answering import known
from projections.asking import Question
from projections.views.followed import from_followed
from projections.views.following import follows_of
from projections.views.numbers import shown
from projections.views.staff import staff_of
from projections.views.team import Team


@dataclass(frozen=True)
class Asked:
    """A question of caseload: the staff, and the days that are asked about.

    `period` lies within the team's time: from its start to the day asked about, that included.
    """

    question: Question
    team: Team
    workforce: Workforce
    period: Period

    @property
    def day(self) -> date:
        """The day of what holds now."""
        return self.question.day

    @property
    def same(self) -> dict[UUID, UUID]:
        """The ids of staff members that are read as another's."""
        return self.team.state.same

    def rows(self, select: str, *, lone: bool = False, **values: Any) -> list[Any]:
        """Rows from the relation `followed`, with the days of the period and the day asked; `lone`
        as for it."""
        days = {"from": self.period.from_, "to": self.period.to, "day": self.day}
        return from_followed(self.question, self.same, select, lone=lone, **days, **values)

    def measure(self, participants: int) -> Mapping[str, Any]:
        """The measure over the period."""
        return measured(participants, self.workforce.mean_in(self.period))

    def measure_now(self, participants: int) -> dict[str, Any]:
        """The measure of the day."""
        return now(measured(participants, self.workforce.on(self.day)))


def asked_of(question: Question, period: Period | None) -> Asked:
    """Read the staff, and lay the period within the team's time; all of it where none is given."""
    team = question.once(staff_of)
    workforce = Workforce(team.mentors.values())
    end = until(question.day)
    start = min(_start(question, team, workforce) or end, end)
    if period is not None:
        start = max(start, min(period.from_, end))
        end = max(start, min(period.to or end, end))
    return Asked(question, team, workforce, Period(start, end))


def _start(question: Question, team: Team, workforce: Workforce) -> date | None:
    """The team's start; while that isn't known, the first day with hours or a match."""
    if team.state.start is not None:
        return team.state.start.from_
    (row,) = from_followed(
        question, team.state.same, "select min(from_day) as first_day from followed"
    )
    return min((day for day in (row.first_day, workforce.first_day) if day), default=None)


@lru_cache(maxsize=4096)  # so many mentors have the same hours and as many citizens
def measured(participants: int, fte: Fraction) -> Mapping[str, Any]:
    """Citizens, full-time equivalents, the one by the other, and its band."""
    per_fte = per_full_time(participants, fte)
    return {
        "participants": participants,
        "fte": shown(fte),
        "per_fte": shown(per_fte),
        "band": band(per_fte),
    }


def now(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same figures, named as those of the day."""
    return {f"{name}_now": value for name, value in values.items()}


def behind(asked: Asked, end: date | None) -> Iterator[Ref]:
    """The team's start, the hours before `end`, who left, and the matches of the period.

    With a match goes what ended it within the period, and the close by which the citizen dropped
    out in it.
    """
    start, period = asked.team.state.start, asked.period
    yield from known(start.ref if start else None)
    for mentor in asked.team.mentors.values():
        yield from (step.ref for step in mentor.hours if step.from_ < (end or date.max))
        yield from (one.ref for one in mentor.departures if covers(period, one.on))
    for one in asked.question.once(every_follows):
        if overlap(one.days, period) or (one.days.to and covers(period, one.days.to)):
            yield from one.by(period.to or date.max)
        if one.dropped_out and covers(period, one.dropped_out.on):
            yield one.dropped_out.ref


def every_follows(question: Question) -> list[Follows]:
    """Every match that covers a day, with the events behind. Slow: nothing is counted from it."""
    same = question.once(staff_of).state.same
    return [one for one in follows_of(question, same) if not is_empty(one.days)]
