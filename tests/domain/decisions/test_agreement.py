"""The mentor agreement, who does what, and the common goal."""

import pytest
from msgspec.structs import replace

from domain.decisions.agreement import (
    ACKNOWLEDGE_GOAL,
    MAKE_AGREEMENT,
    REVIEW_GOAL,
    SET_GOAL,
    STATE_ROLES,
)
from domain.events.course import (
    CaseworkerChanged,
    GoalAcknowledged,
    GoalReviewed,
    GoalSet,
    MentorAgreementMade,
    RolesStated,
)
from domain.values import Actor, Period
from tests.domain.decisions.table import (
    MATCHED,
    NOW,
    OPEN,
    OTHER_CASEWORKER,
    OTHER_MENTOR,
    Row,
    Try,
    all_proved,
    prove,
    sentence,
)
from tests.domain.facts import closed, match_ended, matched
from tests.domain.spec import (
    CASEWORKER,
    CASEWORKER_ID,
    COORDINATOR,
    LEADER,
    MENTOR,
    MENTOR_ID,
    day,
    fact_at,
    given,
    ref,
)

CITIZEN = Actor("citizen")
SHUT = (*MATCHED, closed("2026-03-01", "2026-03-01"))
AGREEMENT = MentorAgreementMade(
    actor=CASEWORKER, mentor=MENTOR_ID, parts=("goal", "hours"), weekly_minutes=120
)
ROLES = RolesStated(actor=MENTOR, counterpart=CASEWORKER_ID, answers={"personal-guide": "mentor"})
GOAL = GoalSet(actor=CASEWORKER, goal=ref("goal-1"), directions=("job",), text="ciphertext")
STAND_BY = GoalAcknowledged(actor=MENTOR, goal=ref("goal-1"))
REVIEW = GoalReviewed(actor=COORDINATOR, goal=ref("goal-1"), outcome="kept")
SET = (*MATCHED, fact_at("2026-02-03 10:30", GOAL))
ADAPTED = (*SET, fact_at("2026-02-20 10:30", replace(GOAL, goal=ref("goal-2"))))
STOOD_BY = (*SET, fact_at("2026-02-05 12:00", STAND_BY))
OTHERS = Actor("caseworker", OTHER_CASEWORKER)

ROWS = [
    Row(
        "the agreement is with who follows the citizen, or is to",
        MAKE_AGREEMENT,
        "an-agreement-is-with-the-courses-mentor",
        Try((*MATCHED, match_ended("2026-03-01", "2026-03-02")), AGREEMENT),
        Try((*OPEN, matched("2026-03-01", "2026-03-09")), AGREEMENT),
    ),
    Row(
        "an agreement for days is for one at least",
        MAKE_AGREEMENT,
        "a-period-covers-a-day",
        Try(MATCHED, replace(AGREEMENT, period=Period(day("2026-03-02"), day("2026-03-02")))),
        Try(MATCHED, replace(AGREEMENT, period=Period(day("2026-03-02"), day("2026-03-03")))),
    ),
    Row(
        "a goal that an agreement names is one of the course",
        MAKE_AGREEMENT,
        "the-goal-is-known",
        Try(MATCHED, replace(AGREEMENT, goal=ref("goal-1"))),
        Try(SET, replace(AGREEMENT, goal=ref("goal-1"))),
    ),
    Row(
        "another caseworker than the responsible one is no part of the pair",
        STATE_ROLES,
        "roles-are-stated-within-the-pair",
        Try(MATCHED, replace(ROLES, counterpart=OTHER_CASEWORKER)),
        Try(MATCHED, replace(ROLES, actor=CASEWORKER, counterpart=MENTOR_ID)),
    ),
    Row(
        "a caseworker who isn't the course's sets its goal for the one who is, not by themselves",
        SET_GOAL,
        "whoever-speaks-is-a-party-to-the-goal",
        Try(MATCHED, replace(GOAL, actor=OTHERS)),
        Try(MATCHED, replace(GOAL, actor=OTHERS, on_behalf_of=CASEWORKER)),
    ),
    Row(
        "an adapted goal is a version of its own",
        SET_GOAL,
        "a-goal-version-is-set-once",
        Try(SET, replace(GOAL, text="another")),
        Try(SET, replace(GOAL, text="another", goal=ref("goal-2"))),
    ),
    Row(
        "a goal that nobody set isn't acknowledged",
        ACKNOWLEDGE_GOAL,
        "the-goal-is-known",
        Try(MATCHED, STAND_BY),
        Try(SET, STAND_BY),
    ),
    Row(
        "only the newest version is acknowledged",
        ACKNOWLEDGE_GOAL,
        "only-the-newest-goal-is-acknowledged",
        Try(ADAPTED, STAND_BY),
        Try(ADAPTED, replace(STAND_BY, goal=ref("goal-2"))),
    ),
    Row(
        "a mentor who doesn't follow the citizen acknowledges no goal of theirs",
        ACKNOWLEDGE_GOAL,
        "whoever-speaks-is-a-party-to-the-goal",
        Try(SET, replace(STAND_BY, actor=Actor("mentor", OTHER_MENTOR))),
        Try(SET, replace(STAND_BY, actor=COORDINATOR, on_behalf_of=CITIZEN)),
    ),
    Row(
        "whoever stands by a goal needn't again",
        ACKNOWLEDGE_GOAL,
        "a-goal-is-acknowledged-once",
        Try(STOOD_BY, STAND_BY),
        Try(STOOD_BY, replace(STAND_BY, on_behalf_of=CITIZEN)),
    ),
    Row(
        "a goal that nobody set isn't reviewed, an earlier version may be",
        REVIEW_GOAL,
        "the-goal-is-known",
        Try(MATCHED, REVIEW),
        Try(ADAPTED, replace(REVIEW, outcome="adapted")),
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=sentence)
def test_what_a_rule_of_the_agreement_forbids_and_allows(row: Row) -> None:
    prove(row)


def test_every_rule_of_the_agreement_is_proved() -> None:
    assert all_proved(ROWS, MAKE_AGREEMENT, STATE_ROLES, SET_GOAL, ACKNOWLEDGE_GOAL, REVIEW_GOAL)


def test_whoever_set_the_goal_has_acknowledged_it() -> None:
    asked = replace(STAND_BY, actor=CASEWORKER)
    given(*SET).when(ACKNOWLEDGE_GOAL, asked, NOW).refused("a-goal-is-acknowledged-once")


def test_a_caseworker_who_takes_over_next_week_may_state_roles_by_now() -> None:
    change = CaseworkerChanged(
        actor=LEADER, caseworker=OTHER_CASEWORKER, from_=day("2026-03-09"), reason="left"
    )
    asked = replace(ROLES, actor=OTHERS, counterpart=MENTOR_ID)
    given(*MATCHED, fact_at("2026-03-01", change)).when(STATE_ROLES, asked, NOW).then(asked)
