"""The mentor agreement: complete before the first activity, or said so after seven days."""

from domain.rule_packs import RuleBook, parse_pack
from tests.domain.engine import DEFAULT_TEXT, only
from tests.domain.facts import activity, closed, match_ended, matched
from tests.domain.rules.following import OTHER_MENTOR, OTHER_MENTOR_ID, agreement, book, followed
from tests.domain.spec import CASEWORKER, corrected, retracted

BOOK = book("agreement-incomplete")
MATCH = matched(id="ev-103")
FIRST = activity("2026-01-29 13:00", id="t-1")
RAISED = "2026-02-05 06:00 raised agreement-incomplete on ev-103 due 2026-02-05 to caseworker"


def test_an_agreement_is_due_seven_days_after_the_first_activity_and_not_the_day_before() -> None:
    later = activity("2026-02-02 13:00", id="t-2")

    assert followed(MATCH, FIRST, later, by=BOOK, until="2026-02-05 05:59") == []
    assert followed(MATCH, FIRST, later, by=BOOK, until="2026-02-05 06:00") == [RAISED]


def test_nothing_is_due_before_the_work_begins() -> None:
    assert followed(MATCH, by=BOOK, until="2026-12-01") == []


def test_work_without_the_citizen_needs_an_agreement_too_but_only_the_mentors_own() -> None:
    alone = activity("2026-01-29 13:00", contact="none", id="t-1")
    caseworkers = activity("2026-01-29 13:00", by=CASEWORKER, id="t-1")
    others = activity("2026-01-29 13:00", by=OTHER_MENTOR, id="t-1")

    assert followed(MATCH, alone, by=BOOK, until="2026-02-05 12:00") == [RAISED]
    assert followed(MATCH, caseworkers, others, by=BOOK, until="2026-02-05 12:00") == []


def test_a_complete_agreement_from_before_the_work_is_all_that_is_asked() -> None:
    before = agreement("2026-01-10 11:00")

    assert followed(before, MATCH, FIRST, by=BOOK, until="2026-12-01") == []


def test_an_agreement_within_the_seven_days_raises_nothing_and_one_on_the_day_resolves() -> None:
    within = agreement("2026-02-04 11:00", id="ev-104")
    on_the_day = agreement("2026-02-05 11:00", id="ev-104")

    assert followed(MATCH, FIRST, within, by=BOOK, until="2026-12-01") == []
    assert followed(MATCH, FIRST, on_the_day, by=BOOK, until="2026-12-01") == [
        RAISED,
        "2026-02-05 11:00 resolved agreement-incomplete on ev-103 by ev-104",
    ]


def test_an_agreement_that_is_learned_late_withdraws_as_met_before() -> None:
    late = ("2026-02-09 08:00", agreement("2026-01-22 11:00", id="ev-104"))

    assert followed(MATCH, FIRST, late, by=BOOK, until="2026-12-01") == [
        RAISED,
        "2026-02-09 08:00 withdrawn agreement-incomplete on ev-103 met-before because ev-104",
    ]


def test_an_agreement_without_complaint_guidance_or_with_another_mentor_is_not_enough() -> None:
    incomplete = agreement("2026-01-22 11:00", without=["complaint-guidance"])
    others = agreement("2026-01-22 12:00", mentor=OTHER_MENTOR_ID)

    assert followed(MATCH, FIRST, incomplete, others, by=BOOK, until="2026-02-06") == [RAISED]


def test_a_correction_that_completes_the_agreement_meets_it() -> None:
    incomplete = agreement("2026-01-22 11:00", without=["hours"], id="ev-104")
    right = corrected("2026-02-06 09:00", incomplete, agreement("2026-01-22 11:00").fact)

    assert followed(MATCH, FIRST, incomplete, right, by=BOOK, until="2026-12-01") == [
        RAISED,
        "2026-02-06 09:00 withdrawn agreement-incomplete on ev-103 met-before because ev-104",
    ]


def test_a_municipality_that_asks_for_less_is_content_with_less() -> None:
    text = DEFAULT_TEXT.replace(
        'parts = ["goal", "contact", "tasks", "duration", "hours", "complaint-guidance"]',
        'parts = ["goal", "hours"]',
    )
    little = agreement("2026-01-22 11:00", without=["contact", "tasks", "complaint-guidance"])
    events = (MATCH, FIRST, little)

    assert followed(*events, by=book("agreement-incomplete", text=text), until="2026-12-01") == []
    assert followed(*events, by=BOOK, until="2026-02-06") == [RAISED]


def test_a_renewal_that_leaves_something_out_is_followed_up_by_itself_and_once() -> None:
    complete = agreement("2026-01-22 11:00")
    worse = agreement("2026-03-02 11:00", without=["duration"], id="ev-worse")
    as_bad = agreement("2026-03-05 11:00", without=["hours"], id="ev-as-bad")
    again = agreement("2026-03-10 11:00", id="ev-again")

    assert followed(MATCH, FIRST, complete, worse, as_bad, again, by=BOOK, until="2026-12-01") == [
        "2026-03-09 06:00 raised agreement-incomplete on ev-worse due 2026-03-09 to caseworker",
        "2026-03-10 11:00 resolved agreement-incomplete on ev-worse by ev-again",
    ]


def test_a_renewal_before_the_work_begins_waits_for_it() -> None:
    worse = agreement("2026-01-28 11:00", without=["duration"])

    assert followed(
        agreement("2026-01-22 11:00"), worse, MATCH, FIRST, by=BOOK, until="2026-02-06"
    ) == [RAISED]


def test_a_retracted_first_activity_makes_the_next_one_the_first() -> None:
    second = activity("2026-02-20 13:00", id="t-2")
    gone = retracted("2026-02-06 09:00", FIRST, id="ev-r")

    assert followed(MATCH, FIRST, gone, second, by=BOOK, until="2026-02-28") == [
        RAISED,
        "2026-02-06 09:00 withdrawn agreement-incomplete on ev-103 fact-corrected",
        (
            "2026-02-27 06:00 raised agreement-incomplete on ev-103 cycle 2 "
            "due 2026-02-27 to caseworker"
        ),
    ]


def test_no_agreement_is_owed_once_the_match_has_ended_or_the_course_is_closed() -> None:
    ended = match_ended("2026-02-06 09:00", "2026-02-07")
    close = closed("2026-02-06 09:00", "2026-02-07", id="ev-c")

    assert followed(MATCH, FIRST, ended, by=BOOK, until="2026-12-01")[1:] == [
        (
            "2026-02-07 06:00 withdrawn agreement-incomplete on ev-103 no-longer-applies"
            " because ended-match-901-2026-02-07"
        )
    ]
    assert followed(MATCH, FIRST, close, by=BOOK, until="2026-12-01")[1:] == [
        "2026-02-07 06:00 withdrawn agreement-incomplete on ev-103 course-closed because ev-c"
    ]


def test_each_mentor_has_an_agreement_of_their_own() -> None:
    second = matched(
        "2026-02-01 14:00", "2026-02-02", match="match-2", mentor=OTHER_MENTOR_ID, id="ev-203"
    )
    work = activity("2026-02-03 13:00", by=OTHER_MENTOR, id="t-other")
    events = (agreement("2026-01-22 11:00"), MATCH, FIRST, second, work)

    assert followed(*events, by=BOOK, until="2026-02-11") == [
        "2026-02-10 06:00 raised agreement-incomplete on ev-203 due 2026-02-10 to caseworker"
    ]


def test_days_on_which_the_pack_does_not_ask_change_nothing() -> None:
    head, section = only("agreement-incomplete").split("[rules.agreement-incomplete]")
    gap = RuleBook(
        (
            parse_pack(
                f"{head}[[rules.agreement-incomplete]]\nvalid_to = 2026-03-01{section}\n"
                f"[[rules.agreement-incomplete]]\nvalid_from = 2026-06-01{section}"
            ),
        )
    )
    known = [
        MATCH,
        agreement("2026-01-20 11:00"),
        FIRST,
        agreement("2026-04-01 11:00", without=["hours"]),
        agreement("2026-07-01 11:00", without=["hours"], id="ev-worse"),
    ]

    assert followed(*known, by=gap, until="2026-07-08 06:00") == [
        "2026-07-08 06:00 raised agreement-incomplete on ev-worse due 2026-07-08 to caseworker"
    ]
