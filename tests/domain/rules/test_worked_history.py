"""Section 8 of the catalogue, under the default pack: all of its follow-ups, each on its day."""

import pytest

from domain.course import fold_course
from domain.events.course import GoalAcknowledged, GrantDecided
from domain.rules import COURSE_RULES
from domain.values import Period
from tests.domain.engine import DEFAULT, Arrival, Engine
from tests.domain.facts import activity, closed, coordination, first_meeting, intake, matched
from tests.domain.rules.following import agreement, goal_set, planner, stated
from tests.domain.spec import (
    CASEWORKER,
    COORDINATOR,
    MENTOR,
    corrected,
    day,
    fact_at,
    ref,
)

LINE_4 = activity("2026-01-29 13:00", minutes=90, id="t-9001")
LINE_5 = stated(
    "2026-02-02 10:00",
    CASEWORKER,
    MENTOR,
    id="ev-105",
    personal_guide="mentor",
    motivating_partner="mentor",
    system_guide="both",
    induction_guide="caseworker",
    authority_decisions="caseworker",
    contact_with_other_actors="caseworker",
    coordination_of_the_course="caseworker",
    follow_up_on_grants="mentor",
    crisis_contact="mentor",
)
LINE_6 = stated(
    "2026-02-03 10:00",
    MENTOR,
    CASEWORKER,
    id="ev-106",
    personal_guide="mentor",
    motivating_partner="mentor",
    system_guide="mentor",
    induction_guide="mentor",
    authority_decisions="caseworker",
    contact_with_other_actors="caseworker",
    coordination_of_the_course="caseworker",
    follow_up_on_grants="caseworker",
)
LINE_9 = fact_at(
    "2026-02-05 12:00", GoalAcknowledged(actor=MENTOR, goal=ref("goal-1")), id="ev-109"
)
LINE_11 = corrected(
    "2026-02-06 08:10", LINE_4, activity("2026-01-29 13:00", minutes=60).fact, id="t-9002"
)
LINE_12 = coordination(
    "2026-02-12 09:15", MENTOR, CASEWORKER, COORDINATOR, topics=["roles"], id="ev-110"
)
LINE_13 = fact_at(
    "2026-02-13 14:00",
    GrantDecided(
        actor=CASEWORKER,
        grant=ref("b-77"),
        kind="treatment",
        outcome="granted",
        period=Period(day("2026-02-16"), day("2026-08-16")),
    ),
    id="ev-111",
)

# In order of arrival, each on the day of its time unless the catalogue says otherwise.
HISTORY: list[Arrival] = [
    ("2026-01-12 09:00", intake(id="ev-101")),
    ("2026-01-16 14:00", matched(id="ev-103")),
    ("2026-01-22 11:00", agreement("2026-01-22 11:00", id="ev-104")),
    ("2026-01-29 13:00", LINE_4),
    ("2026-02-02 10:00", LINE_5),
    ("2026-02-03 10:00", LINE_6),
    ("2026-02-03 10:30", goal_set("2026-02-03 10:30", "goal-1", id="ev-107")),
    ("2026-02-04 08:00", first_meeting("2026-01-22 10:00", id="ev-108")),
    ("2026-02-05 12:00", LINE_9),
    ("2026-02-05 13:00", LINE_4),
    ("2026-02-06 08:10", LINE_11),
    ("2026-02-12 09:15", LINE_12),
    ("2026-02-13 14:00", LINE_13),
    ("2026-02-26 09:00", activity("2026-02-26 09:00", id="t-9004")),
    ("2026-02-27 09:00", activity("2026-02-10 21:40", contact="phone", id="t-9003")),
    ("2026-03-04 10:00", closed("2026-03-04 10:00", "2026-03-04", id="ev-112")),
]

FOLLOW_UPS = {
    "match-overdue": [],
    "first-meeting-overdue": [
        "2026-01-26 06:00 raised first-meeting-overdue on ev-103 due 2026-01-26 to mentor",
        "2026-02-04 08:00 withdrawn first-meeting-overdue on ev-103 met-before because ev-108",
    ],
    "agreement-incomplete": [],
    "no-mentor-contact": [
        "2026-01-26 06:00 raised no-mentor-contact on ev-103 due 2026-01-26 to mentor",
        "2026-01-29 13:00 resolved no-mentor-contact on ev-103 by t-9001",
        "2026-02-05 06:00 raised no-mentor-contact on t-9001 due 2026-02-05 to mentor",
        "2026-02-12 06:00 escalated no-mentor-contact on t-9001 to coordinator",
        "2026-02-26 09:00 resolved no-mentor-contact on t-9001 by t-9004",
    ],
    "chemistry-check-overdue": [
        "2026-02-16 06:00 raised chemistry-check-overdue on ev-103 due 2026-02-16 to caseworker",
        "2026-02-23 06:00 CourseFollowUpReminded chemistry-check-overdue on ev-103",
        "2026-03-04 10:00 withdrawn chemistry-check-overdue on ev-103 course-closed because ev-112",
    ],
    "role-statement-overdue": [  # the mentor's, then the caseworker's
        "2026-02-02 06:00 raised role-statement-overdue on ev-103 due 2026-02-02 to mentor",
        "2026-02-02 06:00 raised role-statement-overdue on ev-103 due 2026-02-02 to caseworker",
        "2026-02-02 10:00 resolved role-statement-overdue on ev-103 by ev-105",
        "2026-02-03 10:00 resolved role-statement-overdue on ev-103 by ev-106",
    ],
    "role-disagreement": [
        "2026-02-10 06:00 raised role-disagreement on ev-106 due 2026-02-10 to coordinator",
        "2026-02-12 09:15 resolved role-disagreement on ev-106 by ev-110",
    ],
    "coordination-overdue": [
        "2026-02-02 06:00 raised coordination-overdue on ev-103 due 2026-02-02 to caseworker",
        "2026-02-09 06:00 CourseFollowUpReminded coordination-overdue on ev-103",
        "2026-02-12 09:15 resolved coordination-overdue on ev-103 by ev-110",
        "2026-02-26 06:00 raised coordination-overdue on ev-110 due 2026-02-26 to caseworker",
        "2026-03-04 10:00 withdrawn coordination-overdue on ev-110 course-closed because ev-112",
    ],
    "goal-review-overdue": [],
    "grant-running-out": [],
    "hours-below-grant": [],
    "mentor-left": [],
}


@pytest.fixture(scope="module")
def followed() -> Engine:
    """The engine at the end of the year."""
    return Engine(planner(DEFAULT)).run(HISTORY, until="2026-12-31 12:00")


@pytest.mark.parametrize("rule", FOLLOW_UPS)
def test_the_worked_history_is_followed_up_by_every_rule(followed: Engine, rule: str) -> None:
    assert [line for line in followed.log if f" {rule} " in line] == FOLLOW_UPS[rule]


def test_no_rule_says_more_and_none_is_open_at_the_end(followed: Engine) -> None:
    states = fold_course(followed.known).follow_ups.values()

    assert set(COURSE_RULES) <= set(FOLLOW_UPS)
    assert len(followed.log) == sum(map(len, FOLLOW_UPS.values()))
    assert [one.key for one in states if one.is_open] == []
    assert followed.plan.finished
