"""Supervision (Table 25): which model each team has had, read from the sessions held."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from domain.calendar import day_of
from domain.caseload import until
from domain.supervision import Model, Session, model_of, read_supervision
from domain.team import TeamState
from domain.values import Period, Ref
from projections.answering import Line, known, view
from projections.asking import Question
from projections.facts.supervision import ARRANGEMENTS, SPARRINGS
from projections.views.team import team_state


@view
def supervision(question: Question) -> Iterator[Line]:
    """One row for the municipality, from the team's start to `as_of`, its day included.

    `model` is 1 to 4, None before anything can be judged; `partial` where the report has brackets.
    Sparring is shown and never counted. What was declared stands beside what was held.
    """
    team = question.once(team_state)
    sessions = [session for session in team.sessions if session.day <= question.day]
    first = [session.day for session in sessions] + [step.from_ for step in team.arrangements]
    start = team.start.from_ if team.start else min(first, default=until(question.day))
    period = Period(min(start, until(question.day)), until(question.day))
    reading = read_supervision(period, sessions, team.functions_on, team.arrangements)
    windows = Counter(model for _, model in reading.by_window)
    counted = [s for s in sessions if model_of(team.functions_on(s.supervisor, s.day))]
    sparrings = _sparrings(question, period)
    values = {
        "model": int(reading.model) if reading.model else None,
        "partial": reading.partial,
        "requirement_met": reading.requirement_met,
        "conflict_of_interest": reading.conflict_of_interest,
        "windows": len(reading.by_window),
        **{f"windows_model_{int(model)}": windows[model] for model in Model},
        **_sessions(sessions, counted),
        "released": _released(counted, team.functions_on),
        **_declared(question),
        "sparrings": len(sparrings),
        "sparring_minutes": sum(row.minutes for row in sparrings),
        "since": period.from_,
        "until": period.to,
    }
    yield Line(values, lambda: _behind(team, sessions, sparrings))


def _behind(team: TeamState, sessions: list[Session], sparrings: Sequence[Any]) -> Iterator[Ref]:
    """The start, what was agreed, each session with its supervisor's functions, and sparring."""
    yield from known(team.start.ref if team.start else None)
    yield from (step.ref for step in team.arrangements)
    yield from (session.ref for session in sessions)
    supervisors = {session.supervisor for session in sessions}
    for (person, _), steps in team.assignments.items():
        if person in supervisors:
            yield from (step.ref for step in steps)
    yield from (Ref(row.source, row.event_id) for row in sparrings)


def _sessions(sessions: list[Session], counted: list[Session]) -> dict[str, Any]:
    return {
        "sessions": len(counted),
        "session_minutes": sum(session.minutes for session in counted),
        "sessions_without_supervisor": len(sessions) - len(counted),
        "last_session": max((session.day for session in counted), default=None),
    }


def _released(counted: list[Session], functions_on: Any) -> bool | None:
    """Whether the last supervisor had time set off for it (*frikøbt*); None without sessions."""
    if not counted:
        return None
    last = max(counted, key=lambda session: session.day)
    return any(held.dedicated for held in functions_on(last.supervisor, last.day).values())


def _declared(question: Question) -> dict[str, Any]:
    """What is agreed on the day: the model, the cadence, why there is none, and with whom."""
    held = None
    for row in question.rows(ARRANGEMENTS, *ARRANGEMENTS.columns):
        # Rows come in fold order, so of the same day the later one holds.
        if row.from_day <= question.day and (held is None or held.from_day <= row.from_day):
            held = row
    return {
        "declared_model": held.model if held else None,
        "cadence_weeks": held.cadence_weeks if held else None,
        "reasons": list(held.reasons) if held else [],
        "joint_with": list(held.joint_municipalities or ()) if held else [],
    }


def _sparrings(question: Question, period: Period) -> list[Any]:
    return [
        row
        for row in question.happened(SPARRINGS, "source", "event_id", "form", "minutes")
        if day_of(row.occurred_at) >= period.from_
    ]
