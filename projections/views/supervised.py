"""A team's supervision over some days, as the levels of its view read it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from uuid import UUID

from domain.calendar import covers
from domain.supervision import Functions, Session, model_of
from domain.team import TeamState
from domain.values import Period, Ref
from projections.answering import known
from projections.asking import Question
from projections.views.days import counted_days


@dataclass
class Supervised:
    """The sessions of some days (`days`), and who their supervisors were."""

    team: TeamState
    days: Period
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
        """Those sessions, and what made their supervisors who they were."""
        yield from (session.ref for session in sessions)
        for person in {session.supervisor for session in sessions}:
            yield from self.behind_functions(person)

    def behind_functions(self, person: UUID) -> Iterator[Ref]:
        """The assignments to functions of a person, and the releases."""
        for (whose, _), steps in self.team.assignments.items():
            if whose == person:
                yield from (step.ref for step in steps)

    def behind_windows(self) -> Iterator[Ref]:
        """What the period was cut by: the team's start, and the cadences agreed."""
        yield from known(self.team.start.ref if self.team.start else None)
        yield from (step.ref for step in self.team.arrangements)


def supervised(question: Question, team: TeamState, period: Period | None = None) -> Supervised:
    """From the team's start to the day asked about, or of those the days of the period.

    While the start isn't known, from the first session held or arrangement made.
    """
    start = team.start.from_ if team.start else None
    if start is None:
        first = [one.day for one in team.sessions] + [step.from_ for step in team.arrangements]
        start = min(first, default=None)
    return Supervised(team, counted_days(question, start, period))
