"""Faults that simulated runs found, each told again in as few facts as it takes."""

from datetime import date, datetime

from domain.course import fold_course
from domain.envelope import Recorded
from domain.events.course import GrantDecided, RolesStated
from domain.follow_ups import CourseSeen, Plan, plan_course
from domain.values import Period
from tests.domain import facts
from tests.domain.engine import CALENDAR, DEFAULT, Engine
from tests.domain.spec import (
    CASEWORKER,
    MENTOR_ID,
    corrected,
    fact_at,
    ref,
    retracted,
)


def plan(known: list[Recorded], now: datetime) -> Plan:
    return plan_course(CourseSeen(fold_course(known), DEFAULT), CALENDAR, now)


def test_every_month_of_a_grant_that_never_was_is_withdrawn() -> None:
    decided = fact_at(
        "2026-01-01 09:00",
        GrantDecided(
            actor=CASEWORKER,
            grant=ref("b-1"),
            kind="mentor-hours",
            outcome="granted",
            period=Period(date(2026, 1, 1), date(2026, 6, 1)),
            weekly_minutes=120,
        ),
    )
    retraction = retracted("2026-04-20 09:00", decided)
    arrivals = [("2026-01-01 09:00", decided), ("2026-04-20 09:00", retraction)]
    log = Engine(plan).run(arrivals, "2026-05-01 12:00").log
    months = [line for line in log if "hours-below-grant" in line]
    assert sum("raised" in line for line in months) == 3
    assert months[-1].startswith("2026-04-20 09:00 withdrawn")
    assert sum("withdrawn" in line for line in months) == 3


def test_a_match_that_would_begin_after_the_close_asks_for_no_statement() -> None:
    intake = facts.intake("2026-01-05 09:00")
    matched = facts.matched("2026-01-09 09:00", "2026-01-12")
    stated = fact_at(
        "2026-01-27 12:00",
        RolesStated(actor=CASEWORKER, counterpart=MENTOR_ID, answers={"personal-guide": "mentor"}),
    )
    closed = facts.closed("2026-02-20 09:00", "2026-02-23")
    later = facts.matched("2026-01-09 09:00", "2026-04-20").fact
    correction = corrected("2026-02-27 09:00", matched, later)
    told = [(event.occurred_at, event) for event in (intake, matched, stated, closed, correction)]
    log = Engine(plan).run(told, "2026-06-01 12:00").log
    assert [line for line in log if line > "2026-02-24" and "raised" in line] == []
