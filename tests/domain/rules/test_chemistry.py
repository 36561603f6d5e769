"""The chemistry: the citizen is asked within four weeks of the match."""

import pytest

from tests.domain.facts import closed, match_ended, matched
from tests.domain.rules.following import OTHER_MENTOR_ID, book, chemistry, followed
from tests.domain.spec import corrected, retracted

BOOK = book("chemistry-check-overdue")
MATCH = matched(id="ev-103")
RAISED = "2026-02-16 06:00 raised chemistry-check-overdue on ev-103 due 2026-02-16 to caseworker"


def test_the_chemistry_is_due_after_twenty_eight_days_and_not_the_day_before() -> None:
    assert followed(MATCH, by=BOOK, until="2026-02-16 05:59") == []
    assert followed(MATCH, by=BOOK, until="2026-02-16 06:00") == [RAISED]


@pytest.mark.parametrize("result", ["good", "uncertain", "missing"])
def test_the_citizens_answer_meets_it_whatever_it_is(result: str) -> None:
    asked = chemistry("2026-02-15 10:00", result=result)

    assert followed(MATCH, asked, by=BOOK, until="2026-12-01") == []


def test_an_answer_on_the_day_or_after_it_resolves() -> None:
    for when in ("2026-02-16 10:00", "2026-02-18 10:00"):
        assert followed(MATCH, chemistry(when, id="ev-a"), by=BOOK, until="2026-02-19") == [
            RAISED,
            f"{when} resolved chemistry-check-overdue on ev-103 by ev-a",
        ]


def test_the_mentors_answer_or_one_about_another_mentor_is_not_the_citizens() -> None:
    mentors = chemistry("2026-02-01 10:00", "mentor")
    others = chemistry("2026-02-01 11:00", mentor=OTHER_MENTOR_ID)

    assert followed(MATCH, mentors, others, by=BOOK, until="2026-02-17") == [RAISED]


def test_an_answer_that_is_learned_late_or_corrected_to_be_the_citizens_withdraws() -> None:
    late = chemistry("2026-02-10 10:00", id="ev-a")
    wrong = chemistry("2026-02-10 10:00", "mentor", id="ev-a")
    right = corrected("2026-02-20 10:00", wrong, late.fact)
    withdrawn = (
        "2026-02-20 10:00 withdrawn chemistry-check-overdue on ev-103 met-before because ev-a"
    )

    assert followed(MATCH, ("2026-02-20 10:00", late), by=BOOK, until="2026-02-21") == [
        RAISED,
        withdrawn,
    ]
    assert followed(MATCH, wrong, right, by=BOOK, until="2026-02-21") == [RAISED, withdrawn]


def test_a_retracted_answer_makes_it_due_at_once() -> None:
    asked = chemistry("2026-02-10 10:00")
    gone = retracted("2026-02-20 10:00", asked)

    assert followed(MATCH, asked, gone, by=BOOK, until="2026-02-21") == [
        "2026-02-20 10:00 raised chemistry-check-overdue on ev-103 due 2026-02-16 to caseworker"
    ]


def test_nobody_is_asked_about_a_match_that_ended_or_a_course_that_closed() -> None:
    ended = match_ended("2026-02-17 10:00", "2026-02-18")
    close = closed("2026-02-17 10:00", "2026-02-18", id="ev-c")

    assert followed(MATCH, ended, by=BOOK, until="2026-12-01") == [
        RAISED,
        (
            "2026-02-18 06:00 withdrawn chemistry-check-overdue on ev-103 no-longer-applies"
            " because ended-match-901-2026-02-18"
        ),
    ]
    assert followed(MATCH, close, by=BOOK, until="2026-12-01") == [
        RAISED,
        "2026-02-18 06:00 withdrawn chemistry-check-overdue on ev-103 course-closed because ev-c",
    ]


def test_a_new_match_with_the_same_mentor_is_asked_about_anew() -> None:
    anew = matched("2026-05-30 10:00", "2026-06-01", match="match-902", id="ev-203")
    known = [
        MATCH,
        chemistry("2026-01-30 10:00", result="missing"),
        match_ended("2026-02-01 10:00", "2026-02-01"),
        anew,
    ]
    raised = (
        "2026-06-29 06:00 raised chemistry-check-overdue on ev-203 due 2026-06-29 to caseworker"
    )
    decided_with_it = chemistry("2026-05-30 11:00")

    assert followed(*known, by=BOOK, until="2026-06-29 06:00") == [raised]
    assert followed(*known, decided_with_it, by=BOOK, until="2026-12-01") == []


def test_it_goes_on_to_the_coordinator_and_then_to_the_leader() -> None:
    assert [line[:42] for line in followed(MATCH, by=BOOK, until="2026-12-01")] == [
        "2026-02-16 06:00 raised chemistry-check-ov",
        "2026-02-23 06:00 CourseFollowUpReminded ch",
        "2026-03-09 06:00 escalated chemistry-check",
        "2026-03-30 06:00 escalated chemistry-check",
    ]
