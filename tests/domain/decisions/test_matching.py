"""Matching: who proposes, decides and ends, with whom, and on which days."""

from typing import Any

import pytest
from msgspec.structs import replace

from domain.decisions.matching import END_MATCH, MATCH, PROPOSE_MATCH
from domain.events.course import MatchEnded, MatchProposed, MentorMatched
from domain.values import Actor
from tests.domain.decisions.table import (
    MATCHED,
    NOW,
    OPEN,
    OTHER_MENTOR,
    Row,
    Try,
    all_proved,
    prove,
    sentence,
)
from tests.domain.facts import closed, employed, hours_changed, intake, left, match_ended, matched
from tests.domain.spec import (
    CASEWORKER,
    COORDINATOR,
    MENTOR_ID,
    day,
    fact_at,
    given,
    person,
    ref,
)

SYSTEM = Actor("system")
TODAY = day("2026-03-02")
PROPOSAL = MatchProposed(
    actor=CASEWORKER, mentor=MENTOR_ID, method="by-profile", reasons=("free-capacity",)
)
PROPOSED = fact_at("2026-03-01 09:00", PROPOSAL, id="p-1")
ASKED = MentorMatched(
    actor=COORDINATOR, match=ref("match-1"), mentor=MENTOR_ID, from_=TODAY, method="by-meeting"
)
END = MatchEnded(actor=CASEWORKER, match=ref("match-901"), to=TODAY, reason="chemistry-missing")
LEFT = (*OPEN, left("2026-03-02"))


def matching(**other: Any) -> MentorMatched:
    """Matched today with m-31, unless told otherwise."""
    return replace(ASKED, **other)


ROWS = [
    Row(
        "a mentor who left today isn't proposed, one who leaves tomorrow is",
        PROPOSE_MATCH,
        "the-mentor-is-employed",
        Try(LEFT, PROPOSAL),
        Try((*OPEN, left("2026-03-03")), PROPOSAL),
    ),
    Row(
        "who follows the citizen already isn't proposed, another may be",
        PROPOSE_MATCH,
        "a-mentor-is-matched-once-at-a-time",
        Try(MATCHED, PROPOSAL),
        Try(MATCHED, replace(PROPOSAL, mentor=OTHER_MENTOR)),
    ),
    Row(
        "software decides no match",
        MATCH,
        "a-person-decides-every-match",
        Try(OPEN, matching(actor=SYSTEM)),
        Try(OPEN, matching(actor=CASEWORKER)),
    ),
    Row(
        "a match of that name is decided once, even when it has ended",
        MATCH,
        "a-match-is-decided-once",
        Try((*MATCHED, match_ended("2026-02-01", "2026-02-01")), matching(match=ref("match-901"))),
        Try((*MATCHED, match_ended("2026-02-01", "2026-02-01")), matching()),
    ),
    Row(
        "a match begins no sooner than its course",
        MATCH,
        "a-match-begins-in-open-days",
        Try(OPEN, matching(from_=day("2026-01-11"))),
        Try(OPEN, matching(from_=day("2026-01-12"))),
    ),
    Row(
        "a mentor is employed from the day of the match on",
        MATCH,
        "the-mentor-is-employed",
        Try((intake(), employed("2026-04-01")), matching(from_=day("2026-03-31"))),
        Try((intake(), employed("2026-04-01")), matching(from_=day("2026-04-01"))),
    ),
    Row(
        "the same mentor isn't matched twice over, but again once it has ended",
        MATCH,
        "a-mentor-is-matched-once-at-a-time",
        Try((*MATCHED, match_ended("2026-03-01", "2026-03-03")), matching()),
        Try((*MATCHED, match_ended("2026-03-01", "2026-03-02")), matching()),
    ),
    Row(
        "a proposal that is named is of the same mentor",
        MATCH,
        "a-match-rests-on-its-own-proposal",
        Try((*OPEN, PROPOSED), matching(mentor=OTHER_MENTOR, proposal=ref("p-1"))),
        Try((*OPEN, PROPOSED), matching(proposal=ref("p-1"))),
    ),
    Row(
        "only what began can end",
        END_MATCH,
        "the-match-is-known",
        Try(OPEN, END),
        Try(MATCHED, replace(END, actor=COORDINATOR)),
    ),
    Row(
        "an end that lies ahead is put forward, not off",
        END_MATCH,
        "a-match-ends-once",
        Try(
            (*MATCHED, match_ended("2026-03-01", "2026-03-09")), replace(END, to=day("2026-03-09"))
        ),
        Try(
            (*MATCHED, match_ended("2026-03-01", "2026-03-09")), replace(END, to=day("2026-03-08"))
        ),
    ),
    Row(
        "a match that begins on the 19th ends that day at the earliest: it covered none",
        END_MATCH,
        "a-match-ends-after-it-began",
        Try(MATCHED, replace(END, to=day("2026-01-18"))),
        Try(MATCHED, replace(END, to=day("2026-01-19"))),
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=sentence)
def test_what_a_rule_of_matching_forbids_and_allows(row: Row) -> None:
    prove(row)


def test_every_rule_of_matching_is_proved() -> None:
    assert all_proved(ROWS, PROPOSE_MATCH, MATCH, END_MATCH)


def test_what_is_over_is_not_ended_again_by_an_earlier_day() -> None:
    over = match_ended("2026-02-20", "2026-02-20")
    earlier = replace(END, to=day("2026-02-10"))
    given(*MATCHED, over).when(END_MATCH, earlier, NOW).refused("a-match-ends-once")


def test_what_the_close_has_ended_is_not_ended_again() -> None:
    close = closed("2026-02-20", "2026-02-20")
    given(*MATCHED, close).when(END_MATCH, END, NOW).refused("a-match-ends-once")


def test_a_mentor_on_leave_is_employed_and_nobody_is_refused_for_how_many_they_have() -> None:
    leave = hours_changed("2026-02-01", 0)
    given(*OPEN, leave).when(MATCH, ASKED, NOW).then(ASKED)


def test_two_mentors_may_share_a_citizen() -> None:
    asked = matching(mentor=OTHER_MENTOR)
    given(*MATCHED).when(MATCH, asked, NOW).then(asked)


def test_a_mentor_known_by_two_ids_is_one() -> None:
    other_id = person("m-31 in the time registration")
    asked, same = matching(mentor=other_id), {other_id: MENTOR_ID}
    given(*OPEN, same=same).when(MATCH, asked, NOW).then(asked)
    given(*OPEN, matched(), same=same).when(MATCH, asked, NOW).refused(
        "a-mentor-is-matched-once-at-a-time"
    )


def test_a_mentor_of_whom_nobody_has_told_is_employed_by_nobody() -> None:
    given(intake()).when(MATCH, ASKED, NOW).refused("the-mentor-is-employed")


def test_a_mentor_who_left_since_is_not_matched_from_a_day_before() -> None:
    asked = matching(from_=day("2026-02-01"))
    given(*LEFT).when(MATCH, asked, NOW).refused("the-mentor-is-employed")
