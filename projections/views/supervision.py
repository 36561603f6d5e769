"""Supervision (Table 25): which model each team has had, read from the sessions held."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from domain.folding import held_on
from domain.supervision import Functions, Model, Session, read_supervision
from domain.supervision_words import read
from domain.values import Period, Ref
from projections.answering import Line, view
from projections.asking import Question
from projections.facts.supervision import SPARRINGS
from projections.views.days import happened_in
from projections.views.held_sessions import supervised_team
from projections.views.supervised import Supervised, supervised

# As whom somebody supervises who holds several: leader or coordinator before supervisor.
SUPERVISING = ("leader", "coordinator", "supervisor")


@view
def supervision(question: Question, period: Period | None = None) -> Iterator[Line]:
    """One row for the municipality, from the team's start to `as_of`, its day included; with a
    period of those days only.

    `model` is that of most windows, 1 to 4, of equally many the lowest; None, and so are the three
    columns after it, before anything can be judged. `partial` where the report has brackets.
    Sparring is shown and never counted. What was declared stands beside what was held.
    """
    team = question.once(supervised_team)
    seen = supervised(question, team, period)
    sessions = seen.sessions
    reading = read_supervision(seen.days, sessions, seen.functions_on, team.arrangements)
    windows = Counter(model for _, model in reading.by_window)
    sparrings = happened_in(question, SPARRINGS, seen.days, "source", "event_id", "form", "minutes")
    values = {
        "model": int(reading.model) if reading.model else None,
        "partial": reading.partial,
        "requirement_met": reading.requirement_met,
        "conflict_of_interest": reading.conflict_of_interest,
        "windows": len(reading.by_window),
        **{f"windows_model_{int(model)}": windows[model] for model in Model},
        **_held(seen, sessions),
        **_declared(seen, question),
        **_sparred(sparrings),
        "since": seen.days.from_,
        "until": seen.days.to,
    }
    yield Line(values, lambda: _behind(seen, question, sparrings), lambda: read(reading))


def _behind(seen: Supervised, question: Question, sparrings: Sequence[Any]) -> Iterator[Ref]:
    """What the days were cut by, what is agreed on the day, each session with its supervisor's
    functions, and sparring."""
    yield from seen.behind_windows()
    yield from seen.behind_agreed(question.day)
    yield from seen.behind(*seen.sessions)
    yield from (Ref(row.source, row.event_id) for row in sparrings)


def _held(seen: Supervised, sessions: list[Session]) -> dict[str, Any]:
    """The sessions of an actual supervisor, the others, and who held the last."""
    counted = [session for session in sessions if seen.counts(session)]
    last = max(counted, key=lambda session: session.day, default=None)
    return {
        "sessions": len(counted),
        "session_minutes": sum(session.minutes for session in counted),
        "sessions_without_supervisor": len(sessions) - len(counted),
        "joint_sessions": sum(bool(session.joint_with) for session in counted),
        "last_session": last.day if last else None,
        "supervisor": last.supervisor if last else None,
        **supervising(seen.functions_on(last.supervisor, last.day) if last else {}),
    }


def supervising(functions: Functions) -> dict[str, Any]:
    """As whom somebody with these functions supervises, and whether time is set off for it.

    `released` (*frikøbt*) holds of any function; None where there is none to supervise in.
    """
    function = next((one for one in SUPERVISING if one in functions), None)
    held = functions[function] if function else None
    return {
        "supervisor_function": function,
        "employment": held.employment if held else None,
        "released": any(one.dedicated for one in functions.values()) if held else None,
    }


def _declared(seen: Supervised, question: Question) -> dict[str, Any]:
    """What is agreed on the day: the model, the cadence, why there is none, and with whom."""
    step = held_on(seen.team.arrangements, question.day)
    held = step.value if step else None
    return {
        "declared_model": held.model if held else None,
        "declared_supervisor": held.supervisor if held else None,
        "cadence_weeks": held.cadence_weeks if held else None,
        "forms": list(held.forms) if held else [],
        "reasons": list(held.reasons) if held else [],
        "joint_with": list(held.joint_with) if held else [],
    }


def _sparred(sparrings: Sequence[Any]) -> dict[str, Any]:
    return {
        "sparrings": len(sparrings),
        "sparring_minutes": sum(row.minutes for row in sparrings),
        "sparrings_by_form": dict(sorted(Counter(row.form for row in sparrings).items())),
    }
