"""Supervision of mentors (*supervision*, Table 25): which model a team has really had.

Classified from sessions actually held, never from what was declared. Sparring without an actual
supervisor doesn't count (note 12). Who a supervisor was is read from the assignments of the day.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from enum import IntEnum
from typing import NamedTuple
from uuid import UUID

from msgspec import Struct

from domain.calendar import covers
from domain.folding import Steps, held_on
from domain.values import Period, Ref

WEEKS_BETWEEN = 6  # the cadence where none is agreed
OTHERS_IN_BRACKETS = 5  # brackets when one window in five, or more, is another model's


class Model(IntEnum):
    """The four models of Table 25."""

    LEADER_OR_COORDINATOR = 1  # leder eller koordinator er supervisor
    INTERNAL = 2  # intern supervisor
    EXTERNAL = 3  # ekstern supervisor
    NONE = 4  # ingen systematisk supervision


class Assignment(Struct, frozen=True):
    """A function in the team. `dedicated` has time set off for it (*frikøbt*), so many minutes a
    week where that is told."""

    function: str
    employment: str | None = None
    dedicated: bool = False
    weekly_minutes: int | None = None


class Arrangement(Struct, frozen=True):
    """What was agreed. It tells the cadence, and nothing of what was held.

    `joint_with` are the municipalities that share it (*fælles supervision*, note 10), the own one
    among them; `reasons` say why there is none.
    """

    model: str
    cadence_weeks: int | None = None
    supervisor: UUID | None = None
    forms: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    joint_with: tuple[str, ...] = ()


class Session(Struct, frozen=True, kw_only=True):
    """A session held. `minutes` is its length; `joint_with` as in an arrangement."""

    session: Ref
    supervisor: UUID
    mentors: tuple[UUID, ...]
    form: str
    minutes: int
    day: date
    ref: Ref
    joint_with: tuple[str, ...] = ()


class Held(NamedTuple):
    """So many minutes of sessions of one supervisor on one day: what a model is read from."""

    supervisor: UUID
    day: date
    minutes: int


Functions = Mapping[str, Assignment]
FunctionsOn = Callable[[UUID, date], Functions]


def model_of(functions: Functions) -> Model | None:
    """The model that a session by a holder of these functions counts as; None: no supervisor.

    Leader or coordinator comes before supervisor, whatever their employment.
    """
    if "leader" in functions or "coordinator" in functions:
        return Model.LEADER_OR_COORDINATOR
    supervisor = functions.get("supervisor")
    if supervisor is None:
        return None
    return Model.EXTERNAL if supervisor.employment == "external" else Model.INTERNAL


def windows(period: Period, arrangements: Steps[Arrangement]) -> Iterator[Period]:
    """Cut a bounded period into windows of the cadence agreed on each one's first day.

    The last one ends with the period, so it may be shorter.
    """
    if period.to is None:
        raise ValueError("windows are cut from a bounded period")
    start = period.from_
    while start < period.to:
        end = _window_end(start, arrangements)
        yield Period(start, min(end, period.to))
        start = end


def cadence_on(arrangements: Steps[Arrangement], day: date) -> int | None:
    """Weeks between sessions as agreed on that day; None where none are."""
    held = held_on(arrangements, day)
    return held.value.cadence_weeks if held else None


class Window(Struct, frozen=True, kw_only=True):
    """What one window of the period held: supervised minutes and sessions, by model.

    `model` is the one with most minutes, of equal ones the lower number; None where the window is
    too short still to be judged.
    """

    days: Period
    minutes: Mapping[Model, int]
    sessions: int
    model: Model | None


def windows_held(
    period: Period,
    sessions: Iterable[Session | Held],
    functions_on: FunctionsOn,
    arrangements: Steps[Arrangement] = (),
) -> list[Window]:
    """Each window of a bounded period; `functions_on` gives a person's functions on a day.

    A last window that is shorter than its cadence is judged only where it holds supervision: a
    session can still come.
    """
    cut = list(windows(period, arrangements))
    starts = [window.from_ for window in cut]
    minutes: list[Counter[Model]] = [Counter() for _ in cut]
    count: Counter[int] = Counter()
    for session in sessions:
        model = model_of(functions_on(session.supervisor, session.day))
        if model is not None and covers(period, session.day):
            place = bisect_right(starts, session.day) - 1
            minutes[place][model] += session.minutes
            count[place] += 1
    return [
        Window(
            days=days,
            minutes=held,
            sessions=count[place],
            model=_most(held) if held or not _is_cut(days, arrangements) else None,
        )
        for place, (days, held) in enumerate(zip(cut, minutes, strict=True))
    ]


def _most(minutes: Mapping[Model, int]) -> Model:
    return max(minutes, key=lambda model: (minutes[model], -model), default=Model.NONE)


class Reading(Struct, frozen=True, kw_only=True):
    """What supervision a team has had over a period.

    `model`, and all that follows from it, is None where no window can be judged yet. `by_window`
    holds each judged window.
    """

    model: Model | None
    partial: bool | None
    by_window: tuple[tuple[Period, Model], ...]

    @property
    def requirement_met(self) -> bool | None:
        """Whether supervision was systematic (*indsatspunkt 10*): models 1 to 3."""
        return None if self.model is None else self.model is not Model.NONE

    @property
    def conflict_of_interest(self) -> bool | None:
        """Whether mentors are supervised by whom they may need to discuss (*habilitet*)."""
        return None if self.model is None else self.model is Model.LEADER_OR_COORDINATOR


def read_supervision(
    period: Period,
    sessions: Iterable[Session | Held],
    functions_on: FunctionsOn,
    arrangements: Steps[Arrangement] = (),
) -> Reading:
    """Read the model over a bounded period: `functions_on` gives a person's functions on a day.

    It is read from minutes alone, so what was `Held` will do for the sessions.
    """
    held = windows_held(period, sessions, functions_on, arrangements)
    return overall([(window.days, window.model) for window in held if window.model is not None])


def overall(judged: Sequence[tuple[Period, Model]]) -> Reading:
    """The model of most windows; of equally many the lower number, so *none* comes last.

    Brackets (*parentes*) when the other windows are at least a fifth of all.
    """
    count = Counter(model for _, model in judged)
    model = max(count, key=lambda m: (count[m], -m), default=None)
    if model is None:
        return Reading(model=None, partial=None, by_window=())
    others = len(judged) - count[model]
    partial = others > 0 and others * OTHERS_IN_BRACKETS >= len(judged)
    return Reading(model=model, partial=partial, by_window=tuple(judged))


def _is_cut(window: Period, arrangements: Steps[Arrangement]) -> bool:
    """Whether a window ends with the period before its cadence is over."""
    return window.to is not None and window.to < _window_end(window.from_, arrangements)


def _window_end(start: date, arrangements: Steps[Arrangement]) -> date:
    return start + timedelta(weeks=cadence_on(arrangements, start) or WEEKS_BETWEEN)


def supervised_sessions(sessions: Iterable[Session], functions_on: FunctionsOn) -> list[Session]:
    """The sessions that an actual supervisor of that day held."""
    return [s for s in sessions if model_of(functions_on(s.supervisor, s.day)) is not None]
