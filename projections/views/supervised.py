"""A team's supervision over some days, as the levels of its view read it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from operator import itemgetter
from uuid import UUID

from domain.calendar import covers
from domain.codes import staff_functions
from domain.folding import held_on
from domain.supervision import Functions, Session, model_of, windows
from domain.team import TeamState
from domain.values import Period, Ref
from projections.answering import known
from projections.asking import Question
from projections.views.days import counted_days


@dataclass
class Supervised:
    """The sessions of some days (`days`), and who their supervisors were.

    `begun_by` is the event from which the team's days are counted, where they have begun.
    """

    team: TeamState
    days: Period
    begun_by: Ref | None = None
    _functions: dict[tuple[UUID, date], Functions] = field(default_factory=dict)
    _counts: dict[Ref, bool] = field(default_factory=dict)

    def functions_on(self, person: UUID, day: date) -> Functions:
        """The functions that a person held on a day; many sessions are of the same."""
        if (person, day) not in self._functions:
            self._functions[person, day] = self.team.functions_on(person, day)
        return self._functions[person, day]

    def counts(self, session: Session) -> bool:
        """Whether an actual supervisor of that day held it."""
        if session.ref not in self._counts:
            functions = self.functions_on(session.supervisor, session.day)
            self._counts[session.ref] = model_of(functions) is not None
        return self._counts[session.ref]

    @cached_property
    def sessions(self) -> list[Session]:
        """What was called supervision on those days, in fold order."""
        return [one for one in self.team.sessions if covers(self.days, one.day)]

    def behind(self, *sessions: Session) -> Iterator[Ref]:
        """Those sessions, and what made their supervisors who they were on their days."""
        yield from (session.ref for session in sessions)
        for person, day in {(session.supervisor, session.day) for session in sessions}:
            yield from self._behind_functions(person, day)

    def _behind_functions(self, person: UUID, day: date) -> Iterator[Ref]:
        """The assignments to functions of a person, and the releases, that held on a day."""
        for function in staff_functions.codes:
            step = held_on(self.team.assignments.get((person, function), ()), day)
            yield from known(step.ref if step else None)

    def behind_agreed(self, day: date) -> Iterator[Ref]:
        """What was agreed on a day."""
        step = held_on(self.team.arrangements, day)
        yield from known(step.ref if step else None)

    def behind_windows(self, last: date | None = None) -> Iterator[Ref]:
        """What the days were cut by: where they begin, and the cadence agreed on the first day of
        each window, until the one that begins on the day `last`."""
        yield from known(self.begun_by)
        for window in windows(self.days, self.team.arrangements):
            if last is not None and window.from_ > last:
                return
            yield from self.behind_agreed(window.from_)


def supervised(question: Question, team: TeamState, period: Period | None = None) -> Supervised:
    """From the team's start to the day asked about, or of those the days of the period.

    While the start isn't known, from the first session held or arrangement made.
    """
    start = (team.start.from_, team.start.ref) if team.start else _first_told(team)
    if start is None:
        return Supervised(team, counted_days(question, None, period))
    # A start that lies ahead counts only where something was told of earlier days.
    first = start if start[0] <= question.day else _first_told(team) or start
    has_begun = first[0] <= question.day
    days = counted_days(question, start[0], period)
    return Supervised(team, days, start[1] if has_begun else None)


def _first_told(team: TeamState) -> tuple[date, Ref] | None:
    """The first day on which a session was held or from which something is agreed, and by what."""
    told = [(one.day, one.ref) for one in team.sessions]
    told += [(step.from_, step.ref) for step in team.arrangements]
    return min(told, key=itemgetter(0), default=None)
