"""The fold of a course: the same state from the same facts, in whatever order they arrive."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.course import CourseState, fold_course
from domain.envelope import Recorded
from domain.events.course import (
    CaseworkerChanged,
    GrantAppliedFor,
    GrantDecided,
    GrantEnded,
    GrantExtended,
)
from domain.values import Actor, Period
from tests.domain.facts import (
    activity,
    closed,
    coordination,
    first_meeting,
    intake,
    match_ended,
    matched,
    reopened,
)
from tests.domain.spec import (
    CASEWORKER,
    CASEWORKER_ID,
    MENTOR,
    MENTOR_ID,
    corrected,
    day,
    fact_at,
    instant,
    person,
    ref,
    retracted,
)
from tests.soaking import runs

A_COURSE = [
    intake(),
    matched(),
    matched("2026-01-20 10:00", "2026-02-01", match="match-902", mentor=person("m-32")),
    matched("2026-01-21 10:00", "2026-02-03", match="match-901", id="again"),
    match_ended("2026-02-20 10:00", "2026-02-22"),
    match_ended("2026-02-19 10:00", "2026-02-25"),
    first_meeting("2026-01-20 10:00"),
    activity("2026-01-29 13:00", id="t-1"),
    activity("2026-01-29 13:00", id="t-2", by=CASEWORKER),
    coordination("2026-02-12 09:15", MENTOR, CASEWORKER),
    closed("2026-03-04 10:00", "2026-03-04"),
    reopened("2026-03-20 10:00", "2026-03-18"),
]
AMENDMENTS = [
    corrected("2026-02-06 08:00", A_COURSE[1], matched(from_="2026-01-26").fact, id="c-1"),
    corrected("2026-02-07 08:00", A_COURSE[1], matched(from_="2026-01-27").fact, id="c-2"),
    corrected("2026-02-08 08:00", A_COURSE[7], activity("2026-01-30 13:00").fact, id="c-3"),
    retracted("2026-02-09 08:00", A_COURSE[2], id="r-1"),
    retracted("2026-02-09 08:00", A_COURSE[10], id="r-2"),
]


@pytest.mark.soak
@settings(max_examples=runs(150), deadline=None)
@given(st.permutations([*A_COURSE, *AMENDMENTS]), st.lists(st.sampled_from(A_COURSE)))
def test_any_order_of_arrival_and_any_duplicate_gives_the_same_state(
    arrived: list[Recorded], again: list[Recorded]
) -> None:
    assert fold_course([*arrived, *again]) == fold_course([*A_COURSE, *AMENDMENTS])


EVERYTHING = [*A_COURSE, *AMENDMENTS]


@pytest.mark.soak
@settings(max_examples=runs(100), deadline=None)
@given(st.lists(st.integers(0, len(EVERYTHING) - 1), unique=True))
def test_whatever_is_known_so_far_its_order_tells_nothing(numbers: list[int]) -> None:
    known = [EVERYTHING[n] for n in sorted(numbers)]
    assert fold_course(EVERYTHING[n] for n in numbers) == fold_course(known)


def test_nothing_told_is_an_open_course_of_which_nothing_is_known() -> None:
    assert fold_course([]) == CourseState()
    assert CourseState().is_open_on(day("2026-01-01"))
    assert CourseState().caseworker_on(day("2026-01-01")) is None


def test_any_event_may_be_the_first_that_is_known() -> None:
    for event in [*A_COURSE, *AMENDMENTS]:
        fold_course([event])


def test_a_match_is_open_from_its_first_day_until_the_day_it_ended() -> None:
    state = fold_course([matched(from_="2026-01-19"), match_ended("2026-02-01", "2026-02-10")])
    match = state.matches[0]

    assert not match.is_open_on(day("2026-01-18"))
    assert match.is_open_on(day("2026-01-19"))
    assert match.is_open_on(day("2026-02-09"))
    assert not match.is_open_on(day("2026-02-10"))


def test_a_match_that_ended_on_its_first_day_covers_no_day() -> None:
    state = fold_course([matched(from_="2026-01-19"), match_ended("2026-01-19", "2026-01-19")])

    assert state.matches[0].covers_no_day
    assert state.matches_on(day("2026-01-19")) == []


def test_matches_ended_by_the_close_stay_ended_when_the_course_goes_on() -> None:
    known = [
        intake(),
        matched(),
        closed("2026-03-04 10:00", "2026-03-04"),
        reopened("2026-04-01 10:00", "2026-04-01"),
    ]
    state = fold_course(known)

    assert state.matches[0].days == Period(day("2026-01-19"), day("2026-03-04"))
    assert state.matches[0].by_close
    assert not state.is_open_on(day("2026-03-31"))
    assert state.is_open_on(day("2026-04-01"))
    new = fold_course([*known, matched("2026-04-02 10:00", "2026-04-03", match="match-2")])
    assert [m.match for m in new.matches_on(day("2026-04-03"))] == [ref("match-2")]


def test_a_match_that_ends_on_the_day_of_the_close_is_ended_by_the_close() -> None:
    known = [
        matched(),
        match_ended("2026-03-04 09:00", "2026-03-04", reason="course-closed"),
        closed("2026-03-04 10:00", "2026-03-04", id="ev-c"),
    ]
    match = fold_course(known).matches[0]

    assert match.by_close
    assert match.ended_by == ref("ev-c")


def test_a_match_from_a_day_on_which_the_course_was_closed_begins_with_the_reopening() -> None:
    known = [closed("2026-03-04", "2026-03-04"), matched("2026-03-10 10:00", "2026-03-10")]

    assert fold_course(known).matches[0].covers_no_day
    state = fold_course([*known, reopened("2026-03-12", "2026-03-12")])
    assert state.matches[0].days == Period(day("2026-03-12"))


def test_a_match_decided_before_a_close_for_a_day_after_it_never_begins() -> None:
    known = [
        matched("2026-03-20 10:00", "2026-05-01"),
        closed("2026-04-01 10:00", "2026-04-01", id="ev-c"),
        reopened("2026-06-01 10:00", "2026-06-01"),
    ]

    for told in (known, known[:2]):
        match = fold_course(told).matches[0]
        assert match.covers_no_day
        assert (match.by_close, match.ended_by) == (True, ref("ev-c"))


def test_of_two_matches_by_one_name_the_first_in_fold_order_holds() -> None:
    first = matched("2026-01-16 14:00", "2026-01-19", id="a")
    second = matched("2026-01-17 14:00", "2026-01-19", mentor=person("m-99"), id="b")

    for arrival in ([first, second], [second, first]):
        assert [m.mentor for m in fold_course(arrival).matches] == [MENTOR_ID]


def test_the_caseworker_is_ordered_by_the_day_from_which_they_are_responsible() -> None:
    def change(when: str, who: str, from_: str) -> Recorded:
        fact = CaseworkerChanged(
            actor=CASEWORKER, caseworker=person(who), from_=day(from_), reason="left"
        )
        return fact_at(when, fact, id=f"to-{who}")

    state = fold_course(
        [
            intake("2026-01-12 09:00"),
            change("2026-02-01 09:00", "s-13", "2026-04-01"),
            change("2026-03-01 09:00", "s-14", "2026-03-15"),
        ]
    )

    assert state.caseworker_on(day("2026-01-11")) is None
    assert state.caseworker_on(day("2026-03-14")) == CASEWORKER_ID
    assert state.caseworker_on(day("2026-03-15")) == person("s-14")
    assert state.caseworker_on(day("2026-04-01")) == person("s-13")


def test_contact_is_a_first_meeting_or_work_that_the_mentor_did_with_the_citizen() -> None:
    stand_in = Actor("mentor", person("m-77"))
    state = fold_course(
        [
            first_meeting("2026-01-20 10:00", id="meeting"),
            activity("2026-01-21 10:00", id="together"),
            activity("2026-01-22 10:00", id="alone", contact="none"),
            activity("2026-01-23 10:00", id="by-caseworker", by=CASEWORKER),
            activity("2026-01-24 10:00", id="stand-in", by=stand_in, on_behalf_of=MENTOR),
        ]
    )

    assert [c.ref.id for c in state.contacts] == ["meeting", "together", "stand-in"]
    assert {c.mentor for c in state.contacts} == {MENTOR_ID}


def test_a_mentor_known_by_two_ids_is_read_as_one() -> None:
    alias = person("time-registration's m-31")
    known = [matched(), activity("2026-01-21 10:00", by=Actor("mentor", alias))]

    state = fold_course(known, same={alias: MENTOR_ID})

    assert state.contacts[0].mentor == state.matches[0].mentor


def test_a_grant_is_followed_by_its_one_id_whatever_is_known_of_it() -> None:
    grant, half_year = ref("b-77"), Period(day("2026-02-16"), day("2026-08-16"))
    applied = GrantAppliedFor(actor=MENTOR, grant=grant, kind="treatment")
    decided = GrantDecided(
        actor=CASEWORKER, grant=grant, kind="treatment", outcome="granted", period=half_year
    )
    longer = Period(day("2026-08-16"), day("2026-10-01"))
    extended = GrantExtended(actor=CASEWORKER, grant=grant, period=longer)
    ended = GrantEnded(actor=CASEWORKER, grant=grant, to=day("2026-09-01"), reason="completed")
    events = [
        fact_at("2026-02-01 10:00", applied),
        fact_at("2026-02-13 14:00", decided, id="ev-111"),
        fact_at("2026-08-01 10:00", extended),
        fact_at("2026-09-01 10:00", ended),
    ]

    known = fold_course(events).grants[grant]
    assert known.is_granted
    assert known.decided is not None and known.decided.ref == ref("ev-111")
    assert [granted.days for granted in known.granted] == [half_year, longer]
    assert known.ended_on == day("2026-09-01")
    assert fold_course(events[2:]).grants[grant].decided is None


def test_it_is_told_which_correction_holds() -> None:
    state = fold_course([A_COURSE[1], *AMENDMENTS[:2]])

    assert state.amendments == {A_COURSE[1].ref: AMENDMENTS[1].ref}
    assert state.matches[0].days.from_ == day("2026-01-27")
    assert state.matches[0].at == instant("2026-01-16 14:00")
