"""The common goal: gone through every eight weeks, whichever version is current."""

from tests.domain.facts import closed, reopened
from tests.domain.rules.following import book, followed, goal_reviewed, goal_set
from tests.domain.spec import corrected, retracted

BOOK = book("goal-review-overdue")
GOAL = goal_set("2026-02-03 10:30", "goal-1", id="ev-107")
RAISED = "2026-03-31 06:00 raised goal-review-overdue on ev-107 due 2026-03-31 to caseworker"


def test_the_goal_is_due_for_review_after_eight_weeks_of_days_across_summer_time() -> None:
    assert followed(GOAL, by=BOOK, until="2026-03-31 05:59") == []
    assert followed(GOAL, by=BOOK, until="2026-03-31 06:00") == [RAISED]


def test_a_review_before_the_day_begins_the_next_eight_weeks() -> None:
    review = goal_reviewed("2026-03-30 10:00", "goal-1", id="ev-r")

    assert followed(GOAL, review, by=BOOK, until="2026-05-25 12:00") == [
        "2026-05-25 06:00 raised goal-review-overdue on ev-r due 2026-05-25 to caseworker"
    ]


def test_a_review_on_the_day_or_a_new_version_after_it_resolves() -> None:
    review = goal_reviewed("2026-03-31 10:00", "goal-1", id="ev-r")
    adapted = goal_set("2026-04-02 10:00", "goal-2", id="ev-g2")

    assert followed(GOAL, review, by=BOOK, until="2026-04-10") == [
        RAISED,
        "2026-03-31 10:00 resolved goal-review-overdue on ev-107 by ev-r",
    ]
    assert followed(GOAL, adapted, by=BOOK, until="2026-05-28 12:00")[-2:] == [
        "2026-04-02 10:00 resolved goal-review-overdue on ev-107 by ev-g2",
        "2026-05-28 06:00 raised goal-review-overdue on ev-g2 due 2026-05-28 to caseworker",
    ]


def test_a_review_of_an_earlier_version_is_none() -> None:
    second = goal_set("2026-02-10 10:30", "goal-2", id="ev-g2")
    old = goal_reviewed("2026-03-01 10:00", "goal-1")

    assert followed(GOAL, second, old, by=BOOK, until="2026-04-07 12:00") == [
        "2026-04-07 06:00 raised goal-review-overdue on ev-g2 due 2026-04-07 to caseworker"
    ]


def test_a_review_of_the_version_of_its_time_counts_though_a_newer_one_is_known() -> None:
    second = goal_set("2026-03-20 10:30", "goal-2", id="ev-g2")
    late = ("2026-03-25 08:00", goal_reviewed("2026-03-01 10:00", "goal-1", id="ev-r"))
    meanwhile = retracted("2026-04-20 08:00", second)

    assert followed(GOAL, second, late, meanwhile, by=BOOK, until="2026-04-26 12:00") == [
        "2026-04-26 06:00 raised goal-review-overdue on ev-r due 2026-04-26 to caseworker"
    ]


def test_without_a_goal_there_is_nothing_to_review() -> None:
    assert followed(goal_reviewed("2026-02-03 10:00", "goal-1"), by=BOOK, until="2027-01-01") == []


def test_a_review_that_is_learned_late_withdraws_and_one_corrected_to_this_goal_too() -> None:
    late = goal_reviewed("2026-03-20 10:00", "goal-1", id="ev-r")
    wrong = goal_reviewed("2026-03-20 10:00", "goal-x", id="ev-r")
    right = corrected("2026-04-02 10:00", wrong, late.fact)
    withdrawn = "2026-04-02 10:00 withdrawn goal-review-overdue on ev-107 met-before because ev-r"

    for events in ([GOAL, ("2026-04-02 10:00", late)], [GOAL, wrong, right]):
        assert followed(*events, by=BOOK, until="2026-04-03") == [RAISED, withdrawn]


def test_the_close_ends_it_and_after_a_reopening_it_counts_anew() -> None:
    close = closed("2026-04-02 10:00", "2026-04-02", id="ev-c")
    again = reopened("2026-09-01 10:00", "2026-09-01", id="ev-o")

    assert followed(GOAL, close, again, by=BOOK, until="2026-10-27 12:00") == [
        RAISED,
        "2026-04-02 10:00 withdrawn goal-review-overdue on ev-107 course-closed because ev-c",
        "2026-10-27 06:00 raised goal-review-overdue on ev-o due 2026-10-27 to caseworker",
    ]


def test_a_reopened_course_without_a_goal_waits_for_none() -> None:
    close = closed("2026-02-01 10:00", "2026-02-01")
    again = reopened("2026-03-01 10:00", "2026-03-01")
    first = goal_set("2026-03-02 10:00", "goal-9", id="ev-g9")

    assert followed(close, again, first, by=BOOK, until="2026-04-27 12:00") == [
        "2026-04-27 06:00 raised goal-review-overdue on ev-g9 due 2026-04-27 to caseworker"
    ]
