"""Deciding a grant: who may, what it must name, and what comes of it."""

import pytest
from msgspec.structs import replace

from domain.decisions.grants import DECIDE_GRANT
from domain.events.course import GrantDecided
from domain.values import Actor, Period
from tests.domain.facts import closed, intake, reopened
from tests.domain.spec import CASEWORKER, COORDINATOR, MENTOR, day, fact_at, given, ref

HALF_A_YEAR = Period(day("2026-02-16"), day("2026-08-16"))
TREATMENT = GrantDecided(
    actor=CASEWORKER,
    grant=ref("b-77"),
    kind="treatment",
    outcome="granted",
    period=HALF_A_YEAR,
    amount_oere=1250000,
    legal_basis="ciphertext",
)
REFUSAL = GrantDecided(
    actor=CASEWORKER, grant=ref("b-77"), kind="course", outcome="refused", reason="not-needed"
)
OPEN = intake()


NOW = "2026-02-13 14:00"


def test_a_caseworker_grants() -> None:
    given(OPEN).when(DECIDE_GRANT, TREATMENT, NOW).then(TREATMENT)


def test_a_caseworker_refuses_with_a_reason() -> None:
    given(OPEN).when(DECIDE_GRANT, REFUSAL, NOW).then(REFUSAL)


@pytest.mark.parametrize("actor", [MENTOR, COORDINATOR, Actor("leader"), Actor("system")])
def test_nobody_but_a_caseworker_grants(actor: Actor) -> None:
    asked = replace(TREATMENT, actor=actor)
    given(OPEN).when(DECIDE_GRANT, asked, NOW).refused("only-a-caseworker-grants")


def test_a_mentor_does_not_grant_on_a_caseworkers_behalf() -> None:
    asked = replace(TREATMENT, actor=MENTOR, on_behalf_of=CASEWORKER)
    given(OPEN).when(DECIDE_GRANT, asked, NOW).refused("only-a-caseworker-grants")


def test_a_grant_is_not_decided_twice() -> None:
    before = fact_at("2026-02-10 10:00", TREATMENT)
    given(OPEN, before).when(DECIDE_GRANT, TREATMENT, NOW).refused("grant-is-not-decided-twice")
    other = replace(TREATMENT, grant=ref("b-78"))
    given(OPEN, before).when(DECIDE_GRANT, other, NOW).then(replace(TREATMENT, grant=ref("b-78")))


def test_nothing_is_granted_before_the_intake_or_after_the_close() -> None:
    end = closed("2026-02-12 10:00", "2026-02-12")
    again = reopened("2026-02-13 10:00", "2026-02-13")

    given().when(DECIDE_GRANT, TREATMENT, NOW).refused("course-is-open")
    given(OPEN, end).when(DECIDE_GRANT, TREATMENT, NOW).refused("course-is-open")
    given(OPEN, end, again).when(DECIDE_GRANT, TREATMENT, NOW).then(TREATMENT)


def test_a_course_that_closes_tomorrow_is_open_today() -> None:
    end = closed("2026-02-12 10:00", "2026-02-14")

    given(OPEN, end).when(DECIDE_GRANT, TREATMENT, "2026-02-13 23:59").then(TREATMENT)
    given(OPEN, end).when(DECIDE_GRANT, TREATMENT, "2026-02-14").refused("course-is-open")


@pytest.mark.parametrize(
    "period", [None, Period(day("2026-02-16")), Period(day("2026-02-16"), day("2026-02-16"))]
)
def test_a_grant_names_its_period(period: Period | None) -> None:
    for outcome in ("granted", "partly-granted"):
        asked = replace(TREATMENT, period=period, outcome=outcome)
        given(OPEN).when(DECIDE_GRANT, asked, NOW).refused("a-grant-names-its-period")


@pytest.mark.parametrize(("weekly", "total"), [(None, None), (120, 6000)])
def test_mentor_hours_name_exactly_one_volume(weekly: int | None, total: int | None) -> None:
    asked = replace(TREATMENT, kind="mentor-hours", weekly_minutes=weekly, total_minutes=total)
    given(OPEN).when(DECIDE_GRANT, asked, NOW).refused("mentor-hours-name-one-volume")


def test_mentor_hours_of_two_hours_a_week_are_granted() -> None:
    asked = replace(TREATMENT, kind="mentor-hours", weekly_minutes=120)
    given(OPEN).when(DECIDE_GRANT, asked, NOW).then(asked)


@pytest.mark.parametrize("outcome", ["refused", "dismissed"])
def test_a_refusal_names_its_reason(outcome: str) -> None:
    asked = replace(REFUSAL, outcome=outcome, reason=None)
    given(OPEN).when(DECIDE_GRANT, asked, NOW).refused("a-refusal-names-its-reason")


def test_a_refusal_grants_nothing() -> None:
    for given_with in ({"period": HALF_A_YEAR}, {"amount_oere": 0}, {"weekly_minutes": 60}):
        asked = replace(REFUSAL, **given_with)
        given(OPEN).when(DECIDE_GRANT, asked, NOW).refused("a-refusal-grants-nothing")
