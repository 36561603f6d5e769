"""The mentor's four roles: how far mentors had to fill each (Figure 7), and the time for each."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from domain import codes
from domain.calendar import day_of, instants
from domain.reckoning import Figure, share_of_time
from domain.survey_words import HALVES, explained_half
from domain.surveys import Round, latest, was_asked
from domain.values import Period, Ref
from projections import identity
from projections.answering import Line, view
from projections.asking import Question
from projections.views.numbers import percent
from projections.views.surveys import rounds_of
from projections.views.time_spent import Time, activities_behind, time_spent

MUCH = HALVES["much"]


@view
def mentor_roles(question: Question, period: Period | None = None) -> Iterator[Line]:
    """One row for each role, and one for time without a role; time of the period's days only.

    `share` is the percentage of respondents who had to fill the role to a very high degree or to
    some degree, by the latest answer of each by the period's end; None where fewer than five
    answered, or where subtracting another figure would leave fewer than five, which `withheld`
    says of what was asked. `minutes` are mentors' own.
    """
    times = {time.which[0]: time for time in time_spent(question, "role", period=period)}
    total = sum(time.minutes for time in times.values())
    # The period's first day narrows nothing here: an answer holds until the next.
    rounds = rounds_of(question, before=instants(period)[1])
    for role in codes.activity_roles.codes:
        spent = times.get(role, Time((role,), 0, 0))
        values = {
            "role": role,
            **_answered(rounds, role),
            "activities": spent.times,
            "minutes": spent.minutes,
            "share_of_time": percent(spent.minutes, total),
        }
        figures = partial(_reckoned, rounds, role, spent.minutes, total)
        yield Line(values, partial(_behind, question, period, role), figures)


@view
def roles_by_mentor(question: Question, period: Period | None = None) -> Iterator[Line]:
    """One row for each mentor and role that they registered time on, whose time is most first;
    of the period's days only."""
    times = time_spent(question, "speaker", "role", period=period)
    totals = _totals(times)
    for time in sorted(times, key=lambda one: (-totals[one.which[0]], str(one.which[0]))):
        mentor, role = time.which
        values = _spent(time, "mentor", "share_of_own_time", totals)
        yield Line(values, partial(_behind_mentor, question, period, mentor, role))


@view
def roles_by_month(question: Question, period: Period | None = None) -> Iterator[Line]:
    """One row for each month and role that mentors registered time on, the first month first; of
    the period's days only."""
    times = time_spent(question, "month", "role", period=period)
    totals = _totals(times)
    for time in sorted(times, key=lambda one: one.which[0]):
        month, role = time.which
        values = _spent(time, "month", "share_of_months_time", totals)
        yield Line(values, partial(_behind_month, question, period, month, role))


def _totals(times: Iterable[Time]) -> Counter[Any]:
    """The minutes of each mentor, or month, over all roles."""
    totals: Counter[Any] = Counter()
    for time in times:
        totals[time.which[0]] += time.minutes
    return totals


def _spent(time: Time, of: str, share: str, totals: Counter[Any]) -> dict[str, Any]:
    one, role = time.which
    return {
        of: one,
        "role": role,
        "activities": time.times,
        "minutes": time.minutes,
        share: percent(time.minutes, totals[one]),
    }


def _reckoned(rounds: Sequence[Round], role: str, minutes: int, total: int) -> Iterator[Figure]:
    """How both shares are made. Nobody is asked about time without a role."""
    asked = f"role-{role}"
    if asked in codes.survey_questions.codes:
        of = sum(was_asked([one], asked) for one in rounds)
        yield from explained_half(latest(rounds, asked), of, "much")
    yield from share_of_time("share_of_time", minutes, total)


def _answered(rounds: Sequence[Round], role: str) -> dict[str, Any]:
    question = f"role-{role}"
    cell = latest(rounds, question)
    much = sum(cell.degrees.get(degree, 0) for degree in MUCH) if cell else 0
    return {
        "answered": cell.answered if cell else None,
        "share": percent(much, cell.answered) if cell else None,
        "withheld": cell is None and was_asked(rounds, question),
    }


def _behind(question: Question, period: Period | None, role: str) -> list[Ref]:
    """The activities of that role. Who answered a survey is nobody's to know."""
    return activities_behind(question, period, lambda row: bool(row.role == role))


def _behind_mentor(question: Question, period: Period | None, mentor: Any, role: str) -> list[Ref]:
    staff = question.once(identity.staff)
    return activities_behind(
        question, period, lambda row: row.role == role and staff.of(row.speaker) == mentor
    )


def _behind_month(question: Question, period: Period | None, month: Any, role: str) -> list[Ref]:
    return activities_behind(
        question,
        period,
        lambda row: row.role == role and day_of(row.occurred_at).replace(day=1) == month,
    )
