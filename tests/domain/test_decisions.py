"""Deciding a grant: who may, what it must name, and what comes of it."""

from collections.abc import Callable, Sequence

import pytest
from msgspec.structs import replace

from domain.course import CourseState
from domain.decisions import DecideGrant, decide_grant, name_of
from domain.decisions.grants import GRANT_RULES
from domain.events.base import Fact
from domain.events.course import GrantDecided
from domain.values import Actor, Period
from tests.domain.facts import closed, intake, reopened
from tests.domain.spec import CASEWORKER, COORDINATOR, MENTOR, day, fact_at, given, instant, ref

HALF_A_YEAR = Period(day("2026-02-16"), day("2026-08-16"))
TREATMENT = DecideGrant(
    actor=CASEWORKER,
    grant=ref("b-77"),
    kind="treatment",
    outcome="granted",
    period=HALF_A_YEAR,
    amount_oere=1250000,
    legal_basis="ciphertext",
)
REFUSAL = DecideGrant(
    actor=CASEWORKER, grant=ref("b-77"), kind="course", outcome="refused", reason="not-needed"
)
OPEN = intake()


def deciding(
    command: DecideGrant, now: str = "2026-02-13 14:00"
) -> Callable[[CourseState], Sequence[Fact]]:
    return lambda state: decide_grant(state, command, now=instant(now))


GRANTED = GrantDecided(
    actor=CASEWORKER,
    grant=ref("b-77"),
    kind="treatment",
    outcome="granted",
    period=HALF_A_YEAR,
    amount_oere=1250000,
    legal_basis="ciphertext",
)


def test_a_caseworker_grants() -> None:
    given(OPEN).when(deciding(TREATMENT)).then(GRANTED)


def test_a_caseworker_refuses_with_a_reason() -> None:
    expected = GrantDecided(
        actor=CASEWORKER, grant=ref("b-77"), kind="course", outcome="refused", reason="not-needed"
    )
    given(OPEN).when(deciding(REFUSAL)).then(expected)


@pytest.mark.parametrize("actor", [MENTOR, COORDINATOR, Actor("leader"), Actor("system")])
def test_nobody_but_a_caseworker_grants(actor: Actor) -> None:
    command = replace(TREATMENT, actor=actor)
    given(OPEN).when(deciding(command)).refused("only-a-caseworker-grants")


def test_a_mentor_does_not_grant_on_a_caseworkers_behalf() -> None:
    command = replace(TREATMENT, actor=MENTOR, on_behalf_of=CASEWORKER)
    given(OPEN).when(deciding(command)).refused("only-a-caseworker-grants")


def test_a_grant_is_not_decided_twice() -> None:
    before = fact_at("2026-02-10 10:00", GRANTED)
    given(OPEN, before).when(deciding(TREATMENT)).refused("grant-is-not-decided-twice")
    other = replace(TREATMENT, grant=ref("b-78"))
    given(OPEN, before).when(deciding(other)).then(replace(GRANTED, grant=ref("b-78")))


def test_nothing_is_granted_before_the_intake_or_after_the_close() -> None:
    end = closed("2026-02-12 10:00", "2026-02-12")
    again = reopened("2026-02-13 10:00", "2026-02-13")

    given().when(deciding(TREATMENT)).refused("course-is-open")
    given(OPEN, end).when(deciding(TREATMENT)).refused("course-is-open")
    given(OPEN, end, again).when(deciding(TREATMENT)).then(GRANTED)


def test_a_course_that_closes_tomorrow_is_open_today() -> None:
    end = closed("2026-02-12 10:00", "2026-02-14")

    given(OPEN, end).when(deciding(TREATMENT, now="2026-02-13 23:59")).then(GRANTED)
    given(OPEN, end).when(deciding(TREATMENT, now="2026-02-14")).refused("course-is-open")


@pytest.mark.parametrize(
    "period", [None, Period(day("2026-02-16")), Period(day("2026-02-16"), day("2026-02-16"))]
)
def test_a_grant_names_its_period(period: Period | None) -> None:
    for outcome in ("granted", "partly-granted"):
        command = replace(TREATMENT, period=period, outcome=outcome)
        given(OPEN).when(deciding(command)).refused("a-grant-names-its-period")


@pytest.mark.parametrize(("weekly", "total"), [(None, None), (120, 6000)])
def test_mentor_hours_name_exactly_one_volume(weekly: int | None, total: int | None) -> None:
    command = replace(TREATMENT, kind="mentor-hours", weekly_minutes=weekly, total_minutes=total)
    given(OPEN).when(deciding(command)).refused("mentor-hours-name-one-volume")


def test_mentor_hours_of_two_hours_a_week_are_granted() -> None:
    command = replace(TREATMENT, kind="mentor-hours", weekly_minutes=120)
    expected = replace(GRANTED, kind="mentor-hours", weekly_minutes=120)
    given(OPEN).when(deciding(command)).then(expected)


@pytest.mark.parametrize("outcome", ["refused", "dismissed"])
def test_a_refusal_names_its_reason(outcome: str) -> None:
    command = replace(REFUSAL, outcome=outcome, reason=None)
    given(OPEN).when(deciding(command)).refused("a-refusal-names-its-reason")


def test_a_refusal_grants_nothing() -> None:
    for given_with in ({"period": HALF_A_YEAR}, {"amount_oere": 0}, {"weekly_minutes": 60}):
        command = replace(REFUSAL, **given_with)
        given(OPEN).when(deciding(command)).refused("a-refusal-grants-nothing")


def test_the_rules_are_named_as_the_api_gives_them() -> None:
    names = [name_of(rule) for rule in GRANT_RULES]

    assert names[0] == "only-a-caseworker-grants"
    assert len(set(names)) == len(names)
