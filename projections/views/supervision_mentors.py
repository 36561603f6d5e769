"""How each mentor is supervised: when last, how often agreed, when next, and how much."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from domain import supervision_words as words
from domain.calendar import instants
from domain.supervised import Cadence, cadences
from domain.supervision import Session, cadence_on
from domain.values import Period, Ref
from projections import identity
from projections.answering import Line, known, view
from projections.asking import Question
from projections.facts.supervision import CASES
from projections.table import key
from projections.views.held_sessions import attendance, supervised_team
from projections.views.rules import adopted_for, book_of
from projections.views.staff import mentors_of
from projections.views.supervised import Supervised, supervised
from projections.views.team import Team


@view
def supervised_mentors(question: Question, period: Period | None = None) -> Iterator[Line]:
    """One row for each mentor employed on the day, the one who has waited longest first; those
    never supervised before all.

    Sessions, minutes and cases are those of the period, else since the team's start; the last one
    and the next one are whatever the period. The cadence is the one agreed on the day counted from,
    also where another was agreed since, or none. A mentor on leave isn't due: cadence, next and
    overdue are None. A case whose session isn't known waits, and counts nowhere.
    """
    state = question.once(supervised_team)
    team = Team(state, mentors_of(question, state.same))
    seen = supervised(question, state, period)
    ever = [s for s in state.sessions if s.day <= question.day and seen.counts(s)]
    held = _by_mentor(ever, question.once(attendance))
    employed = {who: m for who, m in team.mentors.items() if m.is_employed_on(question.day)}
    due = cadences(state, employed, held, question.once(book_of), question.day)
    cases = _Cases(question, seen)
    lines = []
    for mentor in employed:
        one = _Mentor(mentor, held.get(mentor, []), due.get(mentor))
        values = {**one.values(question.day, seen), **cases.counts(mentor)}
        behind = partial(_behind, question, team, seen, one, cases)
        lines.append(Line(values, behind, partial(words.due, one.cadence, question.day)))
    yield from sorted(lines, key=_waited_longest)


def _by_mentor(
    sessions: Iterable[Session], attended: Mapping[Ref, Sequence[str]]
) -> dict[UUID, list[Session]]:
    """Each mentor's sessions, in fold order."""
    found: defaultdict[str, list[Session]] = defaultdict(list)
    for session in sessions:
        for mentor in attended[session.session]:
            found[mentor].append(session)
    return {UUID(mentor): several for mentor, several in found.items()}


def _waited_longest(line: Line) -> tuple[date, date, str]:
    values = line.values
    since = values["counted_from"] or date.max  # on leave nobody waits
    return (values["last_session"] or date.min, since, str(values["mentor"]))


def _day(session: Session) -> date:
    return session.day


@dataclass(frozen=True)
class _Mentor:
    """What a mentor's row is made of. `held` are all sessions of an actual supervisor, by day."""

    mentor: UUID
    held: list[Session]
    cadence: Cadence | None

    def within(self, days: Period) -> list[Session]:
        """The sessions of those days."""
        first = bisect_left(self.held, days.from_, key=_day)
        end = len(self.held) if days.to is None else bisect_left(self.held, days.to, key=_day)
        return self.held[first:end]

    def values(self, day: date, seen: Supervised) -> dict[str, Any]:
        """The row, but for the cases."""
        within, due = self.within(seen.days), self.cadence
        last = self.held[-1].day if self.held else None
        minutes, in_group, individual = 0, 0, 0
        for session in within:
            minutes += session.minutes
            in_group += session.form == "group"
            individual += session.form == "individual"
        return {
            "mentor": self.mentor,
            "last_session": last,
            "days_since": (day - last).days if last else None,
            "on_leave": due is None,
            "cadence_weeks": cadence_on(seen.team.arrangements, due.since) if due else None,
            "cadence_days": due.days if due else None,
            "cadence_basis": due.basis if due else None,
            "counted_from": due.since if due else None,
            "next_due": due.due_on if due else None,
            "overdue": due.is_overdue_on(day) if due else None,
            "sessions": len(within),
            "session_minutes": minutes,
            "group_sessions": in_group,
            "individual_sessions": individual,
        }


class _Cases:
    """The courses that were taken up in supervision on the days asked about, and those that wait.

    A case is of the day of its session; while that isn't known, of the day on which it was said.
    Linked courses are one.
    """

    def __init__(self, question: Question, seen: Supervised) -> None:
        self._staff = question.once(identity.staff)
        self._courses = question.once(identity.courses)
        self._days = seen.days
        self._first, self._end = instants(seen.days)
        self._known = {key(session.session) for session in seen.team.sessions}
        self._counted = {key(one.session) for one in seen.sessions if seen.counts(one)}
        self._taken_up: dict[UUID, set[UUID]] = defaultdict(set)
        self._waiting: dict[UUID, set[UUID]] = defaultdict(set)
        for row in question.happened(CASES, "stream", "session", "mentor"):
            course = self._courses[row.stream] if self._courses else row.stream
            if row.session in self._counted:
                self._taken_up[self._staff[row.mentor]].add(course)
            elif self._waits(row):
                self._waiting[self._staff[row.mentor]].add(course)

    def counts(self, mentor: UUID) -> dict[str, Any]:
        """How many there are of a mentor, and of which days."""
        return {
            "cases": len(self._taken_up.get(mentor, ())),
            "cases_waiting": len(self._waiting.get(mentor, ())),
            "since": self._days.from_,
            "until": self._days.to,
        }

    def behind(self, question: Question, mentor: UUID) -> list[Ref]:
        """The events that said so of a mentor."""
        told = question.happened(CASES, "source", "event_id", "session", "mentor")
        return [
            Ref(row.source, row.event_id)
            for row in told
            if self._staff[row.mentor] == mentor
            and (row.session in self._counted or self._waits(row))
        ]

    def _waits(self, row: Any) -> bool:
        return row.session not in self._known and self._first <= row.occurred_at < self._end


def _behind(
    question: Question, team: Team, seen: Supervised, one: _Mentor, cases: _Cases
) -> Iterator[Ref]:
    """The hours, the last session and those of the days, what the next counts from, the cadence
    agreed and the rules adopted then, the cases."""
    hours = team.mentors[one.mentor].hours
    yield from (step.ref for step in hours if step.from_ <= question.day)
    yield from known(seen.begun_by)
    yield from seen.behind(*one.held[-1:], *one.within(seen.days))
    if one.cadence:
        yield one.cadence.anchor
        yield from seen.behind_agreed(one.cadence.since)
        yield from adopted_for(question, one.cadence.since)
    yield from cases.behind(question, one.mentor)
