"""`role-workshop-overdue` and `role-follow-up-overdue`: the roles are divided, and stay so."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.envelope import Recorded
from domain.rule_packs import RuleBook, parse_pack
from tests.domain.engine import DEFAULT_TEXT, Arrival, Engine, only
from tests.domain.facts import established
from tests.domain.rules.following import book
from tests.domain.rules.team_seen import (
    follow_ups,
    followed,
    role_follow_up,
    team_planner,
    workshop,
)
from tests.domain.spec import corrected, instant, retracted
from tests.soaking import runs

WORKSHOP, FOLLOW_UP = "role-workshop-overdue", "role-follow-up-overdue"
WORKSHOPS, FOLLOW_UPS, BOTH = book(WORKSHOP), book(FOLLOW_UP), book(WORKSHOP, FOLLOW_UP)
START = established("2026-01-01")
NO_WORKSHOP = (
    "2026-02-26 06:00 raised role-workshop-overdue on established due 2026-02-26 to coordinator"
)
NO_FOLLOW_UP = (
    "2026-03-26 06:00 raised role-follow-up-overdue on established due 2026-03-26 to coordinator"
)


def test_a_workshop_is_due_eight_weeks_after_the_start_and_not_the_day_before() -> None:
    assert followed(START, by=WORKSHOPS, until="2026-02-26 05:59") == []
    assert followed(START, by=WORKSHOPS, until="2026-03-26 06:00") == [
        NO_WORKSHOP,
        "2026-03-12 06:00 TeamFollowUpReminded role-workshop-overdue on established",
        "2026-03-26 06:00 escalated role-workshop-overdue on established to leader",
    ]


@pytest.mark.parametrize("when", ["2025-12-10 09:00", "2026-01-01 09:00", "2026-02-26 05:00"])
def test_a_workshop_in_time_or_before_the_start_is_enough_for_good(when: str) -> None:
    assert followed(START, workshop(when), by=WORKSHOPS, until="2030-01-01") == []


def test_a_workshop_after_its_day_resolves_it_and_one_told_late_withdraws_it() -> None:
    late: Arrival = ("2026-03-02 10:00", workshop("2026-02-25 10:00"))

    assert followed(START, workshop("2026-02-27 10:00"), by=WORKSHOPS, until="2026-05-01") == [
        NO_WORKSHOP,
        "2026-02-27 10:00 resolved role-workshop-overdue on established by workshop",
    ]
    assert followed(START, late, by=WORKSHOPS, until="2026-03-02 10:00") == [
        NO_WORKSHOP,
        (
            "2026-03-02 10:00 withdrawn role-workshop-overdue on established met-before "
            "because workshop"
        ),
    ]


def test_a_workshop_that_never_was_is_missing_again() -> None:
    held = workshop("2026-01-10 09:00")
    never = retracted("2026-03-01 10:00", held)

    log = followed(START, held, never, by=WORKSHOPS, until="2026-03-01 10:00")

    assert log == [NO_WORKSHOP.replace("2026-02-26 06:00", "2026-03-01 10:00")]


def test_before_the_start_is_told_nothing_of_the_roles_is_asked() -> None:
    held = role_follow_up("2026-01-10 10:00", "f-1")

    assert followed(workshop("2026-01-10"), held, by=BOTH, until="2027-01-01") == []


def test_a_follow_up_is_due_twelve_weeks_after_the_start_and_not_the_day_before() -> None:
    assert followed(START, by=FOLLOW_UPS, until="2026-03-26 05:59") == []
    assert followed(START, by=FOLLOW_UPS, until="2026-03-26 06:00") == [NO_FOLLOW_UP]


def test_each_follow_up_begins_the_next_twelve_weeks() -> None:
    log = followed(
        START,
        role_follow_up("2026-03-26 05:00", "f-1"),
        role_follow_up("2026-06-20 10:00", "f-2"),
        by=FOLLOW_UPS,
        until="2026-09-12 06:00",
    )

    assert log == [
        "2026-06-18 06:00 raised role-follow-up-overdue on f-1 due 2026-06-18 to coordinator",
        "2026-06-20 10:00 resolved role-follow-up-overdue on f-1 by f-2",
        "2026-09-12 06:00 raised role-follow-up-overdue on f-2 due 2026-09-12 to coordinator",
    ]


def test_a_follow_up_before_the_start_begins_nothing() -> None:
    before = role_follow_up("2025-12-20 10:00", "f-0")

    assert followed(before, START, by=FOLLOW_UPS, until="2026-03-26 06:00") == [NO_FOLLOW_UP]


def test_a_corrected_start_moves_both_days() -> None:
    later = corrected("2026-01-05 10:00", START, established("2026-02-01").fact)

    log = followed(START, later, by=BOTH, until="2026-04-26 06:00")

    assert [line for line in log if "raised" in line] == [
        NO_WORKSHOP.replace("2026-02-26", "2026-03-29"),
        NO_FOLLOW_UP.replace("2026-03-26", "2026-04-26"),
    ]


def test_the_days_are_the_packs() -> None:
    text = only(WORKSHOP, FOLLOW_UP, text=DEFAULT_TEXT)
    hurried = RuleBook((parse_pack(text.replace("days = 56", "days = 7").replace("84", "8")),))

    assert followed(START, by=hurried, until="2026-01-09 06:00") == [
        NO_WORKSHOP.replace("2026-02-26", "2026-01-08"),
        NO_FOLLOW_UP.replace("2026-03-26", "2026-01-09"),
    ]


FIRST = role_follow_up("2026-02-10 10:00", "f-1")
HELD = workshop("2026-02-01 10:00", "w-1")
FACTS = [
    START,
    corrected("2026-01-05 10:00", START, established("2026-01-15").fact),
    HELD,
    retracted("2026-02-20 10:00", HELD),
    workshop("2026-05-01 10:00", "w-2"),
    FIRST,
    role_follow_up("2026-06-10 10:00", "f-2"),
    corrected("2026-03-01 10:00", FIRST, FIRST.fact, at="2026-02-12 10:00"),
]


@pytest.mark.soak
@settings(max_examples=runs(15, 1500), deadline=None)
@given(
    order=st.permutations(FACTS),
    gaps=st.lists(st.integers(0, 15), min_size=len(FACTS), max_size=len(FACTS)),
    twice=st.sampled_from(FACTS),
)
def test_the_open_follow_ups_are_the_same_however_late_and_in_whatever_order_facts_arrive(
    order: list[Recorded], gaps: list[int], twice: Recorded
) -> None:
    end = "2027-01-01 12:00"
    late, arrived = instant("2026-01-12 10:00"), list[Arrival]()
    for event, gap in zip(order, gaps, strict=True):
        late = max(late, event.occurred_at) + timedelta(days=gap)
        arrived.append((late, event))
    engine = Engine(team_planner(BOTH)).run([*arrived, (late, twice)], until=end)

    still_open = {
        (key.rule, key.anchor.id, one.due_on.isoformat() if one.due_on else "")
        for key, one in follow_ups(engine.known, BOTH).items()
        if one.is_open
    }
    assert still_open == {(FOLLOW_UP, "f-2", "2026-09-02")}
