"""Closing a course and reopening it."""

import pytest
from msgspec.structs import replace

from domain.decisions.closing import CLOSE, REOPEN
from domain.events.course import Closed, Reopened
from tests.domain.decisions.table import EMPLOYED, NOW, OPEN, Row, Try, all_proved, prove, sentence
from tests.domain.facts import closed, matched, reopened
from tests.domain.spec import CASEWORKER, COORDINATOR, day, given

CLOSING = Closed(actor=CASEWORKER, to=day("2026-03-02"), reason="job")
REOPENING = Reopened(actor=COORDINATOR, from_=day("2026-03-02"), reason="returned")
SHUT = (*OPEN, closed("2026-02-20", "2026-02-20"))
ENDS_SOON = (*OPEN, closed("2026-03-01", "2026-03-09"))

ROWS = [
    Row(
        "a close that lies ahead is put forward, not off",
        CLOSE,
        "a-course-is-closed-once",
        Try(ENDS_SOON, replace(CLOSING, to=day("2026-03-09"))),
        Try(ENDS_SOON, replace(CLOSING, to=day("2026-03-08"))),
    ),
    Row(
        "a course ends on the day of its intake at the earliest",
        CLOSE,
        "a-close-lies-in-open-days",
        Try(OPEN, replace(CLOSING, to=day("2026-01-11"))),
        Try(OPEN, replace(CLOSING, to=day("2026-01-12"))),
    ),
    Row(
        "what closes only next week isn't reopened, what closed is",
        REOPEN,
        "only-a-closed-course-is-reopened",
        Try(ENDS_SOON, replace(REOPENING, from_=day("2026-03-09"))),
        Try(SHUT, replace(REOPENING, from_=day("2026-03-09"))),
    ),
    Row(
        "a course goes on from the day of its close at the earliest",
        REOPEN,
        "a-reopening-follows-the-close",
        Try(SHUT, replace(REOPENING, from_=day("2026-02-19"))),
        Try(SHUT, replace(REOPENING, from_=day("2026-02-20"))),
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=sentence)
def test_what_a_rule_of_closing_forbids_and_allows(row: Row) -> None:
    prove(row)


def test_every_rule_of_closing_is_proved() -> None:
    assert all_proved(ROWS, CLOSE, REOPEN)


def test_a_closed_course_is_not_closed_again_whatever_the_day() -> None:
    for to in ("2026-02-10", "2026-02-20", "2026-03-02", "2026-04-01"):
        asked = replace(CLOSING, to=day(to))
        given(*SHUT).when(CLOSE, asked, NOW).refused("a-course-is-closed-once")


def test_what_was_reopened_is_closed_again_but_not_in_the_days_between() -> None:
    again = (*SHUT, reopened("2026-02-25", "2026-02-25"))
    given(*again).when(CLOSE, CLOSING, NOW).then(CLOSING)
    between = replace(CLOSING, to=day("2026-02-24"))
    given(*again).when(CLOSE, between, NOW).refused("a-close-lies-in-open-days")


def test_what_is_to_be_reopened_is_not_reopened_again() -> None:
    ahead = (*SHUT, reopened("2026-03-01", "2026-04-01"))
    given(*ahead).when(REOPEN, REOPENING, NOW).refused("only-a-closed-course-is-reopened")


def test_a_course_of_which_no_intake_is_told_can_be_closed_too() -> None:
    given(*EMPLOYED, matched()).when(CLOSE, CLOSING, NOW).then(CLOSING)
