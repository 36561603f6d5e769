"""Grants: applied for, extended and ended, and one that carries on another."""

import pytest
from msgspec.structs import replace

from domain.decisions.grants import APPLY_FOR_GRANT, DECIDE_GRANT, END_GRANT, EXTEND_GRANT
from domain.events.course import GrantAppliedFor, GrantDecided, GrantEnded, GrantExtended
from domain.values import Period
from tests.domain.decisions.table import EMPLOYED, NOW, OPEN, Row, Try, prove, sentence
from tests.domain.facts import closed
from tests.domain.spec import CASEWORKER, MENTOR, day, fact_at, given, ref

HALF = Period(day("2026-02-16"), day("2026-08-16"))
NO_DAY = Period(day("2026-02-16"), day("2026-02-16"))
APPLICATION = GrantAppliedFor(actor=MENTOR, grant=ref("b-77"), kind="mentor-hours")
GRANT = GrantDecided(
    actor=CASEWORKER,
    grant=ref("b-77"),
    kind="mentor-hours",
    outcome="granted",
    period=HALF,
    weekly_minutes=120,
)
REFUSAL = GrantDecided(
    actor=CASEWORKER, grant=ref("b-77"), kind="course", outcome="refused", reason="not-needed"
)
LONGER = GrantExtended(
    actor=CASEWORKER, grant=ref("b-77"), period=Period(day("2026-08-16"), day("2026-12-16"))
)
END = GrantEnded(actor=CASEWORKER, grant=ref("b-77"), to=day("2026-06-01"), reason="goal-reached")
GRANTED = (*OPEN, fact_at("2026-02-13 14:00", GRANT))
APPLIED = (*OPEN, fact_at("2026-02-10 14:00", APPLICATION))
NOT_GRANTED = (*OPEN, fact_at("2026-02-13 14:00", REFUSAL))
ENDED = (*GRANTED, fact_at("2026-03-01 10:00", END))

ROWS = [
    Row(
        "what is applied for already isn't applied for again",
        APPLY_FOR_GRANT,
        "a-grant-is-applied-for-once",
        Try(APPLIED, APPLICATION),
        Try(APPLIED, replace(APPLICATION, grant=ref("b-78"))),
    ),
    Row(
        "an application for days is for one at least",
        APPLY_FOR_GRANT,
        "a-period-covers-a-day",
        Try(OPEN, replace(APPLICATION, period=NO_DAY)),
        Try(OPEN, replace(APPLICATION, period=Period(day("2026-02-16"), day("2026-02-17")))),
    ),
    Row(
        "a grant carries on one that was granted",
        DECIDE_GRANT,
        "a-grant-carries-on-what-was-granted",
        Try(NOT_GRANTED, replace(GRANT, grant=ref("b-78"), continues=ref("b-77"))),
        Try(GRANTED, replace(GRANT, grant=ref("b-78"), continues=ref("b-77"))),
    ),
    Row(
        "what was refused isn't extended",
        EXTEND_GRANT,
        "only-what-was-granted-goes-on",
        Try(NOT_GRANTED, LONGER),
        Try(GRANTED, LONGER),
    ),
    Row(
        "what has ended isn't extended",
        EXTEND_GRANT,
        "an-ended-grant-is-not-extended",
        Try(ENDED, LONGER),
        Try(GRANTED, LONGER),
    ),
    Row(
        "an extension covers a day",
        EXTEND_GRANT,
        "a-period-covers-a-day",
        Try(GRANTED, replace(LONGER, period=Period(day("2026-08-16"), day("2026-08-16")))),
        Try(GRANTED, replace(LONGER, period=Period(day("2026-08-16"), day("2026-08-17")))),
    ),
    Row(
        "an extension adds days, or hours",
        EXTEND_GRANT,
        "an-extension-adds-something",
        Try(GRANTED, replace(LONGER, period=HALF)),
        Try(GRANTED, replace(LONGER, period=HALF, weekly_minutes=180)),
    ),
    Row(
        "what nobody decided doesn't end",
        END_GRANT,
        "only-what-was-granted-goes-on",
        Try(APPLIED, END),
        Try(GRANTED, END),
    ),
    Row(
        "an end that lies ahead is put forward, not off",
        END_GRANT,
        "a-grant-ends-once",
        Try(ENDED, END),
        Try(ENDED, replace(END, to=day("2026-05-31"))),
    ),
    Row(
        "a grant ends with its last day at the latest",
        END_GRANT,
        "a-grant-ends-within-its-days",
        Try(GRANTED, replace(END, to=day("2026-08-17"))),
        Try(GRANTED, replace(END, to=day("2026-08-16"), reason="completed")),
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=sentence)
def test_what_a_rule_of_grants_forbids_and_allows(row: Row) -> None:
    prove(row)


def test_what_is_decided_is_not_applied_for_afterwards() -> None:
    given(*GRANTED).when(APPLY_FOR_GRANT, APPLICATION, NOW).refused("a-grant-is-applied-for-once")


def test_an_extension_before_the_first_day_adds_days() -> None:
    sooner = replace(LONGER, period=Period(day("2026-02-01"), day("2026-03-01")))
    given(*GRANTED).when(EXTEND_GRANT, sooner, NOW).then(sooner)


def test_an_end_before_the_first_day_granted_is_none() -> None:
    early = replace(END, to=day("2026-02-15"))
    given(*GRANTED).when(END_GRANT, early, NOW).refused("a-grant-ends-within-its-days")


def test_what_has_ended_does_not_end_again() -> None:
    past = fact_at("2026-03-01 10:00", replace(END, to=day("2026-03-01")))
    sooner = replace(END, to=day("2026-02-20"))
    given(*GRANTED, past).when(END_GRANT, sooner, NOW).refused("a-grant-ends-once")


def test_a_grant_ends_on_a_closed_course_too_since_grants_stand() -> None:
    given(*GRANTED, closed("2026-03-01", "2026-03-01")).when(END_GRANT, END, NOW).then(END)


def test_a_grant_does_not_carry_on_itself_or_one_that_nobody_knows() -> None:
    rule = "a-grant-carries-on-what-was-granted"
    for before in ("b-78", "b-79"):
        asked = replace(GRANT, grant=ref("b-78"), continues=ref(before))
        given(*OPEN).when(DECIDE_GRANT, asked, NOW).refused(rule)


def test_a_grant_of_a_course_without_an_intake_is_not_applied_for() -> None:
    given(*EMPLOYED).when(APPLY_FOR_GRANT, APPLICATION, NOW).refused("course-is-open")
