"""The fold of a mentor: hours as a step function, begun by an employment."""

from hypothesis import given
from hypothesis import strategies as st

from domain.envelope import Recorded
from domain.mentor import Departure, fold_mentor
from domain.values import Period
from tests.domain.facts import employed, hours_changed, left
from tests.domain.spec import corrected, day, retracted

EVENTS = [
    employed("2026-01-01", 2220),
    hours_changed("2026-03-01", 1110),
    hours_changed("2026-02-01", 1480, when="2026-04-01"),
    hours_changed("2026-05-01", 0),
    left("2026-07-01"),
    employed("2026-09-01", 1800),
]
CORRECTION = corrected("2026-06-01", EVENTS[1], hours_changed("2026-03-15", 1200).fact)
RETRACTION = retracted("2026-06-02", EVENTS[4])


@given(st.permutations([*EVENTS, CORRECTION, RETRACTION, *EVENTS[:3]]))
def test_any_order_of_arrival_gives_the_same_mentor(arrived: list[Recorded]) -> None:
    assert fold_mentor(arrived) == fold_mentor([*EVENTS, CORRECTION, RETRACTION])


def test_hours_hold_from_their_day_and_a_late_earlier_change_undoes_no_later_one() -> None:
    state = fold_mentor(EVENTS)

    assert state.hours_on(day("2025-12-31")) == 0
    assert state.hours_on(day("2026-01-31")) == 2220
    assert state.hours_on(day("2026-02-28")) == 1480
    assert state.hours_on(day("2026-03-01")) == 1110


def test_leave_is_still_employed_and_leaving_is_not() -> None:
    state = fold_mentor(EVENTS)

    assert state.hours_on(day("2026-06-30")) == 0
    assert state.is_employed_on(day("2026-06-30"))
    assert not state.is_employed_on(day("2026-07-01"))
    assert state.hours_on(day("2026-09-01")) == 1800


def test_service_is_the_days_with_hours_and_tells_leave_from_leaving() -> None:
    leave, coming_back = fold_mentor(EVENTS).services

    assert leave.days == Period(day("2026-01-01"), day("2026-05-01"))
    assert not leave.left
    assert coming_back.days == Period(day("2026-09-01"))
    gone = fold_mentor([EVENTS[0], EVENTS[4]]).services[0]
    assert gone.left
    assert gone.ended_by == EVENTS[4].ref


def test_a_change_of_hours_waits_for_the_employment_it_belongs_to() -> None:
    change = hours_changed("2026-03-01", 1110)

    assert fold_mentor([change]).hours_on(day("2026-03-01")) == 0
    assert fold_mentor([change, EVENTS[0]]).hours_on(day("2026-03-01")) == 1110


def test_a_change_of_hours_after_leaving_gives_no_hours() -> None:
    gone = [EVENTS[0], left("2026-02-01"), hours_changed("2026-03-01", 1110)]

    assert fold_mentor(gone).hours_on(day("2026-03-01")) == 0


def test_of_two_changes_from_the_same_day_the_later_in_fold_order_holds() -> None:
    first = hours_changed("2026-03-01", 1000, when="2026-02-01 10:00")
    second = hours_changed("2026-03-01", 1500, when="2026-02-02 10:00")

    for arrival in ([EVENTS[0], first, second], [second, first, EVENTS[0]]):
        assert fold_mentor(arrival).hours_on(day("2026-03-01")) == 1500


def test_a_leaving_without_a_known_employment_is_one_and_coming_back_ends_it() -> None:
    gone, back = left("2026-03-01"), employed("2026-09-01")
    expected = Departure(day("2026-03-01"), gone.ref)

    assert fold_mentor([gone]).departures == [expected]
    assert fold_mentor([back, gone]).departures == [
        Departure(day("2026-03-01"), gone.ref, day("2026-09-01"), back.ref)
    ]


def test_whoever_leaves_on_the_day_of_a_new_employment_stays_whichever_is_told_first() -> None:
    for employed_on, left_on in (("2026-02-10", "2026-02-27"), ("2026-02-27", "2026-02-10")):
        state = fold_mentor(
            [
                EVENTS[0],
                employed("2026-03-01", 1800, when=employed_on),
                left("2026-03-01", when=left_on),
            ]
        )

        assert state.departures == []
        assert state.hours_on(day("2026-03-01")) == 1800
        assert [service.days for service in state.services] == [Period(day("2026-01-01"))]
