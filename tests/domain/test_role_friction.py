"""Friction about the roles, and which events a reading of them came from."""

from domain.envelope import Recorded
from domain.events.course import (
    ActivityRegistered,
    FrictionReported,
    GoalReviewed,
)
from domain.role_clarity import Overall
from domain.values import Actor
from tests.domain.facts import coordination, intake, matched
from tests.domain.spec import (
    CASEWORKER,
    COORDINATOR,
    MENTOR,
    fact_at,
    person,
    ref,
)
from tests.domain.test_role_clarity import WORKED, answers, pairs, read, stated


def friction(when: str, kind: str = "overlap", *between: Actor) -> Recorded:
    return fact_at(
        when,
        FrictionReported(actor=MENTOR, kind=kind, responsibility="crisis-contact", between=between),
    )


AGREED = [
    intake(),
    matched(),
    stated("2026-02-02 10:00", answers(), CASEWORKER, MENTOR),
    stated("2026-02-03 10:00", answers(), MENTOR, CASEWORKER),
]


def test_friction_about_the_roles_makes_unclear_what_was_agreed_before() -> None:
    reported = read([*AGREED, friction("2026-02-20 10:00", "overlap", MENTOR, CASEWORKER)])

    assert reported.overall is Overall.UNCLEAR
    (reason,) = reported.reasons
    assert reason.danish == (
        "Der er meldt om gnidninger om rollerne, som ikke er taget op: "
        "den, der ringes til, når problemer opstår."
    )
    assert reported.seen.frictions == {"overlap": 1}


def test_friction_is_settled_when_it_is_taken_up_or_the_roles_are_stated_anew() -> None:
    reported = [*AGREED, friction("2026-02-20 10:00")]
    taken_up = coordination("2026-02-21 09:00", MENTOR, COORDINATOR, topics=["roles"])
    anew = stated("2026-02-21 10:00", answers(), MENTOR, CASEWORKER)

    assert read(reported).overall is Overall.UNCLEAR
    assert read([*reported, taken_up]).overall is Overall.CLEAR
    assert read([*reported, anew]).overall is Overall.CLEAR
    assert read([*reported, anew]).seen.frictions == {"overlap": 1}


def test_other_friction_and_that_of_others_is_shown_or_not_and_leaves_the_state() -> None:
    about_the_goal = read([*AGREED, friction("2026-02-20 10:00", "disagreement")])
    others = Actor("mentor", person("m-32"))
    of_others = read([*AGREED, friction("2026-02-20 10:00", "overlap", others, CASEWORKER)])

    assert (about_the_goal.overall, of_others.overall) == (Overall.CLEAR, Overall.CLEAR)
    assert (about_the_goal.seen.frictions, of_others.seen.frictions) == ({"disagreement": 1}, {})


def test_friction_of_more_than_ninety_days_ago_is_not_of_late_but_still_unsettled() -> None:
    reported = [*AGREED, friction("2026-02-20 10:00")]

    assert read(reported, "2026-05-20 12:00").seen.frictions == {"overlap": 1}  # 89 days
    assert read(reported, "2026-05-21 12:00").seen.frictions == {}
    assert read(reported, "2026-05-21 12:00").overall is Overall.UNCLEAR


def test_behind_a_pair_are_the_events_that_its_readings_came_from() -> None:
    reviewed = GoalReviewed(actor=MENTOR, goal=ref("goal-1"), outcome="kept")
    later = [fact_at("2026-02-25 10:00", reviewed), friction("2026-02-26 10:00")]
    (pair,) = pairs([*WORKED, *later])

    # All of the history but the activity, which says nothing of roles.
    told = [one for one in WORKED if not isinstance(one.fact, ActivityRegistered)]
    assert set(pair.behind) == {one.ref for one in [*told, *later]}
