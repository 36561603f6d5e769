"""What is owed in a match is not asked while its mentor is gone, and anew from the return."""

import pytest

from tests.domain.facts import (
    activity,
    employed,
    left,
)
from tests.domain.rules.following import book
from tests.domain.rules.test_mentor_left import GONE, GONE_ID, followed


def test_a_mentor_who_left_is_asked_for_no_contact_though_the_match_stands() -> None:
    events = (activity("2026-02-27 10:00", id="t-1"), GONE)

    log = followed(*events, until="2026-04-01", by=book("no-mentor-contact"))

    assert [line for line in log if line > "2026-02-27"] == [
        "2026-02-27 10:00 resolved no-mentor-contact on matched-match-901 by t-1",
    ]


def test_what_was_open_with_a_mentor_is_withdrawn_when_they_leave() -> None:
    log = followed(GONE, until="2026-04-01", by=book("first-meeting-overdue"))

    assert log[-1] == (
        "2026-03-01 06:00 withdrawn first-meeting-overdue on matched-match-901"
        f" person-left because {GONE_ID}"
    )


BACK = employed("2026-03-20", when="2026-03-05 09:00")


@pytest.mark.parametrize(
    ("rule", "due_on", "asked"),
    [
        ("no-mentor-contact", "2026-03-27", 1),
        ("coordination-overdue", "2026-04-03", 1),
        ("role-statement-overdue", "2026-04-03", 2),
    ],
)
def test_with_a_mentor_who_comes_back_to_a_standing_match_it_begins_anew_on_that_day(
    rule: str, due_on: str, asked: int
) -> None:
    log = followed(GONE, BACK, until=f"{due_on} 06:00", by=book(rule))

    after = [line for line in log if line > "2026-03-01 07:00"]
    assert [line[: line.index(" to ")] for line in after] == [
        f"{due_on} 06:00 raised {rule} on {BACK.source_id} due {due_on}"
    ] * asked


def test_contact_with_a_mentor_who_came_back_meets_what_began_then() -> None:
    contact = activity("2026-03-26 10:00", id="t-1")

    log = followed(GONE, BACK, contact, until="2026-04-02 06:00", by=book("no-mentor-contact"))

    assert [line for line in log if line > "2026-03-01 07:00"] == [
        "2026-04-02 06:00 raised no-mentor-contact on t-1 due 2026-04-02 to mentor"
    ]


@pytest.mark.parametrize(
    "rule", ["first-meeting-overdue", "chemistry-check-overdue", "agreement-incomplete"]
)
def test_what_is_owed_once_in_a_match_is_not_asked_anew_when_the_mentor_comes_back(
    rule: str,
) -> None:
    work = activity("2026-01-21 10:00")

    log = followed(work, GONE, BACK, until="2026-06-01", by=book(rule))

    assert [line[:16] for line in log if "raised" in line or "withdrawn" in line][1:] == [
        "2026-03-01 06:00"
    ]


@pytest.mark.parametrize(
    "rule",
    [
        "first-meeting-overdue",
        "chemistry-check-overdue",
        "no-mentor-contact",
        "coordination-overdue",
        "role-statement-overdue",
    ],
)
def test_a_mentor_who_left_before_the_match_begins_is_asked_for_nothing(rule: str) -> None:
    assert followed(left("2026-01-15"), until="2026-06-01", by=book(rule)) == []


def test_the_first_meeting_with_a_mentor_who_begins_after_the_match_is_asked_from_then() -> None:
    known = [left("2025-12-01"), employed("2026-01-26", when="2026-01-10 10:00")]

    log = followed(*known, until="2026-02-02 06:00", by=book("first-meeting-overdue"))

    assert log == [
        (
            "2026-02-02 06:00 raised first-meeting-overdue on matched-match-901 "
            "due 2026-02-02 to mentor"
        )
    ]
