"""How a team's model of supervision came about: window by window, and session by session."""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from domain import supervision_words
from domain.calendar import covers
from domain.reckoning import Figure
from domain.supervision import Model, Session, Window, cadence_on, model_of, windows_held
from domain.values import Period, Ref
from projections.answering import Line, view
from projections.asking import Question
from projections.facts.supervision import CASES
from projections.table import key
from projections.views.held_sessions import attendance, supervised_team
from projections.views.supervised import Supervised, supervised
from projections.views.supervision import supervising


@view
def supervision_windows(question: Question, period: Period | None = None) -> Iterator[Line]:
    """One row for each window that the period was cut into, the first one first.

    `model` is the one with most supervised minutes, of equally many the lowest number, 4 where
    there are none; None where the window isn't over and nothing was held yet. That of most windows
    is the team's.
    """
    team = question.once(supervised_team)
    seen = supervised(question, team, period)
    held = windows_held(seen.days, seen.sessions, seen.functions_on, team.arrangements)
    for number, window in enumerate(held, 1):
        values = {
            "window": number,
            "since": window.days.from_,
            "until": window.days.to,
            "cadence_weeks": cadence_on(team.arrangements, window.days.from_),
            "model": int(window.model) if window.model else None,
            **{f"minutes_model_{int(m)}": window.minutes.get(m, 0) for m in list(Model)[:3]},
            "sessions": window.sessions,
        }
        yield Line(values, partial(_behind_window, seen, window), partial(_figures, window))


def _figures(window: Window) -> list[Figure]:
    return [supervision_words.window(window)]


def _behind_window(seen: Supervised, window: Window) -> list[Ref]:
    """What cut the period until there, and the window's sessions, also those that don't count."""
    within = [session for session in seen.sessions if covers(window.days, session.day)]
    return [*seen.behind_windows(window.days.from_), *seen.behind(*within)]


@view
def supervision_sessions(question: Question, period: Period | None = None) -> Iterator[Line]:
    """One row for each session held, the first one first, with its supervisor's function as of the
    day.

    It is `counted` where an actual supervisor held it; else `why_not` says what they were.
    """
    seen = supervised(question, question.once(supervised_team), period)
    held = sorted(seen.sessions, key=lambda one: one.day)
    subjects = [(key(one.session), one.day, one.supervisor, one) for one in held]
    lines_of = partial(_lines_of, question, seen)
    names = ("session", "held_on", "supervisor")
    yield from question.reading.in_chunks(subjects, lines_of, names, one_each=True)


def _lines_of(
    question: Question, seen: Supervised, subjects: Sequence[tuple[Any, ...]]
) -> Iterator[list[Line]]:
    """The line of each of some sessions."""
    attended, cases = question.once(attendance), question.once(_cases)
    for name, day, supervisor, session in subjects:
        values = {
            "session": name,
            "held_on": day,
            "supervisor": supervisor,
            **_supervisor(seen, session),
            "form": session.form,
            "minutes": session.minutes,
            "mentors": len(attended[session.session]),
            "joint_with": list(session.joint_with),
            "cases": cases[name],
        }
        yield [Line(values, partial(_behind_session, question, seen, session))]


def _cases(question: Question) -> Counter[str]:
    """How many cases were taken up in each session."""
    return Counter(row.session for row in question.happened(CASES, "session"))


def _supervisor(seen: Supervised, session: Session) -> dict[str, Any]:
    functions = seen.functions_on(session.supervisor, session.day)
    model = model_of(functions)
    why_not = "other-function" if functions else "no-function"
    return {
        **supervising(functions),
        "model": int(model) if model else None,
        "counted": model is not None,
        "why_not": None if model else why_not,
    }


def _behind_session(question: Question, seen: Supervised, session: Session) -> list[Ref]:
    """The session, its supervisor's functions, and the cases taken up in it."""
    told = question.happened(CASES, "source", "event_id", "session")
    cases = [Ref(r.source, r.event_id) for r in told if r.session == key(session.session)]
    return [*seen.behind(session), *cases]
