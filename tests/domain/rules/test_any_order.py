"""However late, doubled and in whatever order facts arrive: the same follow-ups stay open."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.course import fold_course
from domain.envelope import Recorded
from tests.domain.engine import Arrival, Engine
from tests.domain.facts import (
    activity,
    closed,
    coordination,
    intake,
    match_ended,
    matched,
    reopened,
)
from tests.domain.rules.following import (
    OTHER_CASEWORKER,
    OTHER_MENTOR,
    OTHER_MENTOR_ID,
    agreement,
    book,
    caseworker_changed,
    chemistry,
    friction,
    goal_reviewed,
    goal_set,
    planner,
    stated,
)
from tests.domain.spec import CASEWORKER, COORDINATOR, MENTOR, corrected, instant, retracted
from tests.soaking import runs

RULES = (
    "agreement-incomplete",
    "chemistry-check-overdue",
    "role-statement-overdue",
    "role-disagreement",
    "coordination-overdue",
    "goal-review-overdue",
)
PLANNER = planner(book(*RULES))
END = "2026-08-01 12:00"

MATCH = matched()
INCOMPLETE = agreement("2026-01-22 11:00", without=["hours"], id="ev-a")
MENTOR_SAYS = stated("2026-02-03 10:00", system_guide="mentor", id="ev-m")
FIRST_GOAL = goal_set("2026-02-03 10:30", "goal-1")
FACTS = [
    intake(),
    MATCH,
    activity("2026-01-29 13:00", id="t-1"),
    INCOMPLETE,
    corrected("2026-02-08 11:00", INCOMPLETE, agreement("2026-01-23 11:00").fact),
    agreement("2026-03-01 11:00", without=["goal"], id="ev-worse"),
    stated("2026-02-02 10:00", CASEWORKER, MENTOR, system_guide="caseworker"),
    MENTOR_SAYS,
    friction("2026-02-04 10:00"),
    coordination("2026-02-12 09:15", MENTOR, CASEWORKER, COORDINATOR, topics=["roles"]),
    FIRST_GOAL,
    goal_reviewed("2026-02-20 10:00", "goal-1"),
    goal_set("2026-02-21 10:00", "goal-2"),
    retracted("2026-03-05 10:00", FIRST_GOAL),
    chemistry("2026-03-01 10:00", "mentor"),
    caseworker_changed("2026-03-10 10:00", "2026-03-12"),
    corrected("2026-03-15 10:00", MENTOR_SAYS, stated("2026-03-13 10:00", MENTOR).fact),
    stated("2026-03-14 10:00", OTHER_CASEWORKER, MENTOR, system_guide="nobody"),
    matched("2026-03-20 14:00", "2026-03-21", match="match-902", mentor=OTHER_MENTOR_ID),
    coordination("2026-03-25 09:15", MENTOR, OTHER_MENTOR, OTHER_CASEWORKER),
    match_ended("2026-04-10 10:00", "2026-04-12"),
    closed("2026-05-20 10:00", "2026-05-20"),
    reopened("2026-05-25 10:00", "2026-06-01"),
    matched("2026-06-02 14:00", "2026-06-03", match="match-903", mentor=OTHER_MENTOR_ID),
]


def still_open(known: list[Recorded]) -> set[tuple[object, ...]]:
    follow_ups = fold_course(known).follow_ups
    return {
        (k.rule, k.anchor, k.about, f.due_on, f.reminders, f.escalated_to)
        for k, f in follow_ups.items()
        if f.is_open
    }


@pytest.fixture(scope="module")
def at_once() -> set[tuple[object, ...]]:
    """What is open when all facts come on the last day."""
    engine = Engine(PLANNER)
    engine.known[:] = FACTS
    return still_open(engine.run([], until=END).known)


def test_something_of_nearly_every_rule_is_open_at_the_end(
    at_once: set[tuple[object, ...]],
) -> None:
    assert {rule for rule, *_ in at_once} == {
        "chemistry-check-overdue",
        "role-statement-overdue",
        "coordination-overdue",
        "goal-review-overdue",
    }


@pytest.mark.soak
@settings(max_examples=runs(15, 2000), deadline=None)
@given(
    order=st.permutations(FACTS),
    gaps=st.lists(st.integers(0, 8), min_size=len(FACTS), max_size=len(FACTS)),
    twice=st.sampled_from(FACTS),
)
def test_the_open_follow_ups_are_the_same_however_late_and_in_whatever_order_facts_arrive(
    at_once: set[tuple[object, ...]], order: list[Recorded], gaps: list[int], twice: Recorded
) -> None:
    end = instant(END)
    late = instant("2026-01-12 10:00")
    arrivals: list[Arrival] = []
    for event, gap in zip(order, gaps, strict=True):
        late = max(late, event.occurred_at).replace(microsecond=0)
        late = min(datetime.fromtimestamp(late.timestamp() + gap * 86400, late.tzinfo), end)
        arrivals.append((late, event))
    engine = Engine(PLANNER).run([*arrivals, (late, twice)], until=END)

    assert still_open(engine.known) == at_once
    assert PLANNER(engine.known, end).acts == ()
