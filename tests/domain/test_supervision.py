"""The model of supervision, from sessions held; boundaries worked out by hand."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from domain.calendar import covers
from domain.envelope import Recorded
from domain.supervision import Model, Reading, read_supervision, windows
from domain.team import fold_team
from domain.values import Period
from tests.domain.facts import arranged, assigned, established, released, session
from tests.domain.spec import day

START = day("2026-01-01")
PEOPLE = [
    established("2026-01-01"),
    assigned("ext", "supervisor", "2026-01-01", employment="external"),
    assigned("int", "supervisor", "2026-01-01", employment="internal"),
    assigned("lead", "leader", "2026-01-01"),
    assigned("coord", "coordinator", "2026-01-01"),
]


def read(events: Sequence[Recorded], weeks: int) -> Reading:
    """The reading of so many weeks from the team's start."""
    team = fold_team([*PEOPLE, *events])
    period = Period(START, START + timedelta(weeks=weeks))
    return read_supervision(period, team.sessions, team.functions_on, team.arrangements)


def in_window(number: int, supervisor: str, minutes: int = 90, offset: int = 3) -> Recorded:
    """A session in the window of that number, from 0, of six weeks each."""
    when = START + timedelta(weeks=6 * number, days=offset)
    name = f"s-{number}-{supervisor}-{offset}"
    return session(f"{when} 10:00", supervisor, minutes=minutes, id=name)


@pytest.mark.parametrize(
    ("supervisor", "model", "met", "conflict"),
    [
        ("lead", Model.LEADER_OR_COORDINATOR, True, True),
        ("coord", Model.LEADER_OR_COORDINATOR, True, True),
        ("int", Model.INTERNAL, True, False),
        ("ext", Model.EXTERNAL, True, False),
        ("a colleague", Model.NONE, False, False),
    ],
)
def test_who_supervises_makes_the_model(
    supervisor: str, model: Model, met: bool, conflict: bool
) -> None:
    reading = read([in_window(n, supervisor) for n in range(4)], weeks=24)

    assert reading.model is model
    assert not reading.partial
    assert reading.requirement_met is met
    assert reading.conflict_of_interest is conflict


def test_a_leader_who_is_also_supervisor_is_model_1() -> None:
    both = [assigned("lead", "supervisor", "2026-01-01", employment="external")]

    assert read([*both, in_window(0, "lead")], weeks=6).model is Model.LEADER_OR_COORDINATOR


def test_the_function_is_read_as_of_the_session() -> None:
    changed = [
        released("coord", "coordinator", "2026-02-01"),
        assigned("coord", "supervisor", "2026-02-01", employment="internal"),
    ]
    reading = read([*changed, in_window(0, "coord"), in_window(1, "coord")], weeks=12)

    assert [model for _, model in reading.by_window] == [
        Model.LEADER_OR_COORDINATOR,
        Model.INTERNAL,
    ]


def test_what_was_declared_does_not_count() -> None:
    assert read([arranged("2026-01-01", "external-supervisor")], weeks=12).model is Model.NONE
    held = [arranged("2026-01-01", "none"), in_window(0, "ext"), in_window(1, "ext")]
    assert read(held, weeks=12).model is Model.EXTERNAL


def test_a_window_takes_the_model_with_most_supervised_minutes() -> None:
    most = [in_window(0, "int", 60), in_window(0, "int", 60, offset=9), in_window(0, "ext", 119)]

    assert read(most, weeks=6).model is Model.INTERNAL
    assert read([*most, in_window(0, "ext", 2, offset=20)], weeks=6).model is Model.EXTERNAL
    assert read([in_window(0, "ext", 60), in_window(0, "int", 60)], weeks=6).model is Model.INTERNAL


@pytest.mark.parametrize(
    ("supervised", "of", "model", "brackets"),
    [
        (5, 6, Model.EXTERNAL, False),  # one of six others: 16.7 %
        (4, 5, Model.EXTERNAL, True),  # one of five: exactly 20 %
        (3, 5, Model.EXTERNAL, True),
        (2, 4, Model.EXTERNAL, True),  # as many without: the systematic model is named
        (2, 5, Model.NONE, True),
        (1, 5, Model.NONE, True),
        (1, 6, Model.NONE, False),
        (0, 3, Model.NONE, False),
    ],
)
def test_brackets_are_for_a_fifth_of_other_windows_or_more(
    supervised: int, of: int, model: Model, brackets: bool
) -> None:
    reading = read([in_window(n, "ext") for n in range(supervised)], weeks=6 * of)

    assert len(reading.by_window) == of
    assert reading.model is model
    assert reading.partial is brackets


def test_windows_have_the_cadence_agreed_on_their_first_day_else_six_weeks() -> None:
    events = [arranged("2026-02-20", cadence_weeks=4), arranged("2026-03-30", "none")]
    team = fold_team(events)
    cut = list(windows(Period(START, day("2026-06-01")), team.arrangements))

    assert [str(window.from_) for window in cut] == [
        "2026-01-01",  # six weeks
        "2026-02-12",  # six weeks: four were agreed a week later
        "2026-03-26",  # four weeks
        "2026-04-23",  # six weeks: nothing is agreed any more
    ]
    assert cut[-1].to == day("2026-06-01")


def test_every_day_of_the_period_is_in_one_window() -> None:
    period = Period(START, day("2026-05-05"))
    cut = list(windows(period, ()))

    for n in range((day("2026-05-05") - START).days):
        assert sum(covers(window, START + timedelta(days=n)) for window in cut) == 1


def test_a_session_on_the_first_day_of_a_window_is_in_it_and_not_in_the_one_before() -> None:
    reading = read([in_window(1, "ext", offset=0)], weeks=12)

    assert [model for _, model in reading.by_window] == [Model.NONE, Model.EXTERNAL]


def test_a_window_that_is_not_over_is_judged_only_by_what_it_holds() -> None:
    held = [in_window(0, "ext"), in_window(1, "ext")]

    assert len(read(held, weeks=13).by_window) == 2
    assert len(read([*held, in_window(2, "ext", offset=0)], weeks=13).by_window) == 3


def test_a_team_too_new_to_judge_is_judged_in_nothing() -> None:
    reading = read([], weeks=5)

    assert reading.model is None
    assert reading.requirement_met is reading.partial is reading.conflict_of_interest is None
    reading = read([], weeks=6)
    assert reading.model is Model.NONE
    assert reading.requirement_met is reading.partial is reading.conflict_of_interest is False


def test_a_late_assignment_changes_how_an_earlier_session_reads() -> None:
    held = [in_window(0, "newcomer")]
    assert read(held, weeks=6).model is Model.NONE

    late = assigned(
        "newcomer", "supervisor", "2026-01-01", employment="external", when="2026-06-01"
    )
    assert read([*held, late], weeks=6).model is Model.EXTERNAL
