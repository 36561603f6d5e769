"""What nearly every decision on a course has in common: who may, and that the course is open."""

import pytest
from msgspec.structs import replace

from domain.codes import functions
from domain.decisions import Refused, name_of
from domain.decisions.general import course_is_open
from domain.values import Actor
from tests.domain.decisions import (
    test_agreement,
    test_closing,
    test_grants,
    test_handovers,
    test_matching,
)
from tests.domain.decisions.table import NOW, Row
from tests.domain.facts import closed
from tests.domain.spec import COORDINATOR, MENTOR, given, instant, person

_FILES = (test_agreement, test_closing, test_grants, test_handovers, test_matching)
DECIDED: dict[str, Row] = {row.decision.event: row for file in _FILES for row in file.ROWS}
"""A row of each decision on a course, whose `allowed` is decided."""
ON_OPEN_COURSES = [e for e, row in DECIDED.items() if course_is_open in row.decision.rules]


def first_refusal(row: Row, function: str) -> str | None:
    """The rule by which somebody in that function is refused what is else allowed."""
    actor = Actor(function, None if function in ("citizen", "system") else person("x-1"))
    asked = replace(row.allowed.asked, actor=actor)
    try:
        row.decision.decide(given(*row.allowed.before).seen(), asked, now=instant(NOW))
    except Refused as refused:
        return refused.rule
    return None


@pytest.mark.parametrize("event", DECIDED)
def test_only_the_functions_of_the_catalogue_decide(event: str) -> None:
    row = DECIDED[event]
    who_may = {name_of(rule) for rule in row.decision.rules[:2]}
    for function in functions.codes:
        refused_for_it = first_refusal(row, function) in who_may
        assert refused_for_it is (function not in row.allowed.asked.HERE), function


def test_no_mentor_and_no_coordinator_decides_on_a_grant_once_it_was_applied_for() -> None:
    for event in ("grant-decided", "grant-extended", "grant-ended"):
        row = DECIDED[event]
        for actor in (MENTOR, COORDINATOR):
            asked = replace(row.allowed.asked, actor=actor)
            refused = given(*row.allowed.before).when(row.decision, asked, NOW)
            refused.refused("only-a-caseworker-grants")


def test_whoever_decides_is_named() -> None:
    row = DECIDED["mentor-matched"]
    asked = replace(row.allowed.asked, actor=Actor("caseworker"))
    refused = given(*row.allowed.before).when(row.decision, asked, NOW)
    refused.refused("the-actor-may-decide-this")


@pytest.mark.parametrize("event", ON_OPEN_COURSES)
def test_nothing_new_is_decided_on_a_closed_course(event: str) -> None:
    decision, (before, asked, _) = DECIDED[event].decision, DECIDED[event].allowed
    today = closed("2026-03-02 09:00", "2026-03-02")
    given(*before, today).when(decision, asked, NOW).refused("course-is-open")
    tomorrow = given(*before, closed("2026-03-02 09:00", "2026-03-03")).seen()
    assert course_is_open(tomorrow, asked, instant(NOW)) is None


def test_nothing_is_decided_before_the_intake_but_to_end_answer_or_close() -> None:
    assert set(DECIDED) - set(ON_OPEN_COURSES) == {
        "match-ended",
        "grant-ended",
        "handover-rejected",
        "closed",
        "reopened",
    }
    for event in ON_OPEN_COURSES:
        row = DECIDED[event]
        given().when(row.decision, row.allowed.asked, NOW).refused("course-is-open")
