"""`mentor-left`: who loses a mentor that left is given another, and is asked about once."""

from datetime import datetime
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.course import fold_course
from domain.envelope import Recorded
from domain.follow_ups import CourseSeen, Plan, plan_course
from domain.mentor import fold_mentor
from domain.rule_packs import RuleBook, parse_pack
from tests.domain.engine import CALENDAR, DEFAULT_TEXT, Arrival, Engine, only
from tests.domain.facts import (
    closed,
    employed,
    intake,
    left,
    match_ended,
    matched,
    reopened,
)
from tests.domain.rules.following import OTHER_MENTOR_ID, arrivals, book
from tests.domain.spec import COURSE, MENTOR_ID, corrected, instant, person, retracted
from tests.soaking import runs

LEFT, OVERDUE = "mentor-left", "match-overdue"
BOOK = book(LEFT)
BOTH = book(LEFT, OVERDUE)
HIRED = employed("2025-06-01")
OTHER_HIRED = employed("2025-06-01", mentor=OTHER_MENTOR_ID)
GONE = left("2026-03-01", when="2026-02-10 10:00")
GONE_ID = f"left-{MENTOR_ID}-2026-03-01"
RAISED = f"2026-03-08 06:00 raised mentor-left on {GONE_ID} due 2026-03-08 to caseworker"
NEW = matched("2026-03-09 14:00", "2026-03-12", match="match-902", mentor=OTHER_MENTOR_ID)


def plan(
    known: list[Recorded],
    now: datetime,
    rules: RuleBook = BOOK,
    same: dict[UUID, UUID] | None = None,
) -> Plan:
    """A course, and the mentors around it, each from the events of their own stream."""
    one_of = same or {}
    streams: dict[UUID, list[Recorded]] = {}
    for event in known:
        id = event.originator_id
        streams.setdefault(one_of.get(id, id), []).append(event)
    state = fold_course(streams.pop(COURSE, []), same)
    mentors = {mentor: fold_mentor(told) for mentor, told in streams.items()}
    return plan_course(CourseSeen(state, rules, mentors), CALENDAR, now)


def followed(
    *events: Recorded | Arrival,
    until: str,
    by: RuleBook = BOOK,
    same: dict[UUID, UUID] | None = None,
) -> list[str]:
    """What is written of a course whose mentor works there since the summer before."""
    told = [intake(), matched(), HIRED, OTHER_HIRED, *events]
    return Engine(lambda known, now: plan(known, now, by, same)).run(arrivals(told), until).log


def test_a_new_mentor_is_due_seven_days_after_the_old_one_left_and_not_the_day_before() -> None:
    assert followed(GONE, until="2026-03-08 05:59") == []
    assert followed(GONE, until="2026-03-29 06:00") == [
        RAISED,
        f"2026-03-15 06:00 escalated mentor-left on {GONE_ID} to coordinator",
        f"2026-03-29 06:00 escalated mentor-left on {GONE_ID} to leader",
    ]


def test_a_follow_up_on_a_mentor_who_left_is_about_that_mentor() -> None:
    due = plan([intake(), matched(), HIRED, GONE], instant("2026-03-08 06:00"))

    assert [act.fact.follow_up.about for act in due.acts] == [MENTOR_ID]  # type: ignore[attr-defined]


def test_it_is_known_ahead_and_waited_for() -> None:
    due = plan([intake(), matched(), HIRED, GONE], instant("2026-02-10 10:00"))

    assert due.wake_at == instant("2026-03-08 06:00")


def test_the_match_with_another_mentor_meets_it() -> None:
    assert followed(GONE, NEW, until="2026-06-01") == [
        RAISED,
        f"2026-03-09 14:00 resolved mentor-left on {GONE_ID} by matched-match-902",
    ]


def test_a_mentor_whose_employment_was_never_told_leaves_all_the_same() -> None:
    log = Engine(plan).run(arrivals([intake(), matched(), GONE]), "2026-03-08 06:00").log

    assert log == [RAISED]


def test_a_contract_renewed_before_it_ends_is_no_leaving() -> None:
    renewed = employed("2026-03-01", when="2026-02-05 10:00")

    assert followed(renewed, GONE, until="2026-06-01") == []


def test_a_mentor_who_was_there_before_theirs_is_not_the_new_one() -> None:
    # The other match is a week older than that of 16 January, and runs on beside it.
    older = matched("2026-01-09 14:00", "2026-01-12", match="match-900", mentor=OTHER_MENTOR_ID)

    assert followed(older, GONE, until="2026-03-08 06:00") == [RAISED]
    assert followed(older, GONE, NEW, until="2026-06-01") == [
        RAISED,
        f"2026-03-09 14:00 resolved mentor-left on {GONE_ID} by matched-match-902",
    ]


def test_each_of_two_mentors_who_leave_needs_a_new_one() -> None:
    # Both are gone on 1 March. The match of 9 March is newer than either's, and meets both.
    older = matched("2026-01-09 14:00", "2026-01-12", match="match-900", mentor=OTHER_MENTOR_ID)
    gone_too = left("2026-03-01", when="2026-02-10 10:00", mentor=OTHER_MENTOR_ID)
    third = matched("2026-03-09 14:00", "2026-03-12", match="match-902", mentor=person("m-33"))

    log = followed(older, GONE, gone_too, third, until="2026-06-01")

    assert sorted(line[:23] for line in log) == [
        "2026-03-08 06:00 raised",
        "2026-03-08 06:00 raised",
        "2026-03-09 14:00 resolv",
        "2026-03-09 14:00 resolv",
    ]


def test_a_new_mentor_found_before_the_old_one_left_is_enough() -> None:
    second = matched("2026-02-01", "2026-02-01", match="match-902", mentor=OTHER_MENTOR_ID)

    assert followed(second, GONE, until="2026-06-01") == []


def test_a_match_decided_in_time_and_told_late_withdraws_it() -> None:
    in_time = matched("2026-03-05", "2026-03-06", match="match-902", mentor=OTHER_MENTOR_ID)

    assert followed(GONE, ("2026-03-10", in_time), until="2026-06-01") == [
        RAISED,
        f"2026-03-10 00:00 withdrawn mentor-left on {GONE_ID} met-before because matched-match-902",
    ]


def test_a_match_that_ended_before_or_never_was_and_a_mentor_who_left_too_are_not_enough() -> None:
    before = [
        matched("2026-02-01", "2026-02-01", match="match-902", mentor=OTHER_MENTOR_ID),
        match_ended("2026-02-20", "2026-03-01", match="match-902"),
    ]
    gone_too = [
        matched("2026-02-01", "2026-02-01", match="match-902", mentor=OTHER_MENTOR_ID),
        left("2026-02-20", mentor=OTHER_MENTOR_ID),
    ]

    assert RAISED in followed(GONE, *before, until="2026-03-08 06:00")
    assert RAISED in followed(GONE, *gone_too, until="2026-03-08 06:00")


def test_the_end_of_the_match_does_not_end_it_and_asks_for_no_second_mentor() -> None:
    ended = match_ended("2026-03-02 10:00", "2026-03-02", reason="mentor-left")
    same_day = match_ended("2026-02-27 10:00", "2026-03-01", reason="mentor-left")

    for end in (ended, same_day):
        log = followed(GONE, end, until="2026-03-28", by=BOTH)
        assert [line for line in log if "escalated" not in line] == [RAISED]


def test_a_match_that_ended_before_the_mentor_left_is_match_overdues() -> None:
    ended = match_ended("2026-02-20 10:00", "2026-02-28")

    log = followed(GONE, ended, until="2026-03-14 06:00", by=BOTH)

    assert log == [
        (
            "2026-03-14 06:00 raised match-overdue on ended-match-901-2026-02-28 "
            "due 2026-03-14 to caseworker"
        )
    ]


def test_without_the_rule_in_the_pack_the_matchs_end_asks_for_a_new_mentor() -> None:
    ended = match_ended("2026-03-02 10:00", "2026-03-02", reason="mentor-left")

    log = followed(GONE, ended, until="2026-03-16 06:00", by=book(OVERDUE))

    assert log == [
        (
            "2026-03-16 06:00 raised match-overdue on ended-match-901-2026-03-02 "
            "due 2026-03-16 to caseworker"
        )
    ]


def test_a_match_left_standing_with_a_mentor_who_left_is_no_mentor_for_match_overdue() -> None:
    log = followed(
        matched("2026-02-01", "2026-02-01", match="match-902", mentor=OTHER_MENTOR_ID),
        GONE,
        match_ended("2026-03-20 10:00", "2026-03-20", match="match-902"),
        until="2026-04-03 06:00",
        by=BOTH,
    )

    assert log == [
        (
            "2026-04-03 06:00 raised match-overdue on ended-match-902-2026-03-20 "
            "due 2026-04-03 to caseworker"
        )
    ]


def test_it_is_over_when_the_mentor_is_back_and_the_match_still_runs() -> None:
    back = employed("2026-03-10", when="2026-03-09 10:00")

    assert followed(GONE, back, until="2026-06-01", by=BOTH) == [
        RAISED,
        (
            f"2026-03-10 06:00 withdrawn mentor-left on {GONE_ID} "
            f"no-longer-applies because employed-{MENTOR_ID}-2026-03-10"
        ),
    ]


def test_it_is_not_over_when_the_mentor_is_back_but_the_match_was_ended() -> None:
    log = followed(
        GONE,
        match_ended("2026-03-02 10:00", "2026-03-02"),
        employed("2026-03-05"),
        until="2026-03-08 06:00",
        by=BOTH,
    )

    assert log == [RAISED]


def test_a_match_that_ends_after_the_mentor_is_back_is_match_overdues() -> None:
    log = followed(
        GONE,
        employed("2026-03-05"),
        match_ended("2026-03-20 10:00", "2026-03-20"),
        until="2026-04-03 06:00",
        by=BOTH,
    )

    assert [line[17:42] for line in log] == ["raised match-overdue on e"]


def test_a_match_that_begins_while_its_mentor_is_gone_asks_from_its_own_first_day() -> None:
    late = matched("2026-02-01", "2026-03-20", match="match-903")

    log = followed(match_ended("2026-02-01", "2026-02-02"), late, GONE, until="2026-03-27 06:00")

    assert log == [f"2026-03-27 06:00 raised mentor-left on {GONE_ID} due 2026-03-27 to caseworker"]


def test_whose_mentor_stays_or_left_before_is_asked_about_nothing() -> None:
    assert followed(left("2026-03-01", mentor=OTHER_MENTOR_ID), until="2026-06-01") == []
    assert followed(match_ended("2026-02-20", "2026-02-20"), GONE, until="2026-06-01") == []


def test_the_close_withdraws_it_and_a_reopening_asks_for_a_match_only() -> None:
    log = followed(
        GONE,
        closed("2026-03-10 10:00", "2026-03-10", id="ev-c"),
        reopened("2026-03-20 10:00", "2026-03-20", id="ev-r"),
        until="2026-04-03 06:00",
        by=BOTH,
    )

    assert log == [
        RAISED,
        f"2026-03-10 10:00 withdrawn mentor-left on {GONE_ID} course-closed because ev-c",
        "2026-04-03 06:00 raised match-overdue on ev-r due 2026-04-03 to caseworker",
    ]


def test_a_leaving_that_never_was_withdraws_it() -> None:
    log = followed(GONE, retracted("2026-03-09 10:00", GONE), until="2026-06-01")

    assert log == [RAISED, f"2026-03-09 10:00 withdrawn mentor-left on {GONE_ID} fact-corrected"]


def test_a_leaving_moved_ahead_is_raised_on_its_new_day() -> None:
    later = corrected("2026-03-09 10:00", GONE, left("2026-04-01").fact)

    log = followed(GONE, later, until="2026-04-08 06:00")

    assert log == [
        RAISED,
        f"2026-03-09 10:00 withdrawn mentor-left on {GONE_ID} fact-corrected",
        (f"2026-04-08 06:00 raised mentor-left on {GONE_ID} cycle 2 due 2026-04-08 to caseworker"),
    ]


def test_a_mentor_known_by_two_ids_leaves_once() -> None:
    alias = person("time-registration's m-31")
    gone = left("2026-03-01", mentor=alias)

    log = followed(gone, until="2026-03-08 06:00", same={alias: MENTOR_ID})

    assert log == [RAISED.replace(GONE_ID, gone.source_id)]


def test_a_match_told_twice_asks_once() -> None:
    again = matched("2026-01-16 15:00", "2026-01-20", match="the-same-again")

    assert followed(again, GONE, until="2026-03-08 06:00") == [RAISED]


def test_the_days_are_the_packs() -> None:
    text = only(LEFT, text=DEFAULT_TEXT).replace("days = 7", "days = 3")
    hurried = RuleBook((parse_pack(text),))

    assert followed(GONE, until="2026-03-04 06:00", by=hurried) == [
        RAISED.replace("2026-03-08", "2026-03-04")
    ]


# --- any order ----------------------------------------------------------------------------------

FACTS = [
    intake(),
    HIRED,
    OTHER_HIRED,
    matched(),
    GONE,
    corrected("2026-02-20 10:00", GONE, left("2026-03-05").fact),
    match_ended("2026-03-06 10:00", "2026-03-06"),
    NEW,
    left("2026-04-01", mentor=OTHER_MENTOR_ID),
    employed("2026-04-20"),
    matched("2026-04-21 14:00", "2026-04-22", match="match-903"),
    left("2026-05-10"),
]


def still_open(known: list[Recorded]) -> set[tuple[object, ...]]:
    course = fold_course([event for event in known if event.originator_id == COURSE])
    return {
        (k.rule, k.anchor, k.about, f.due_on, f.escalated_to)
        for k, f in course.follow_ups.items()
        if f.is_open
    }


@pytest.mark.soak
@settings(max_examples=runs(15, 2000), deadline=None)
@given(
    order=st.permutations(FACTS),
    gaps=st.lists(st.integers(0, 8), min_size=len(FACTS), max_size=len(FACTS)),
    twice=st.sampled_from(FACTS),
)
def test_the_open_follow_ups_are_the_same_however_late_and_in_whatever_order_facts_arrive(
    order: list[Recorded], gaps: list[int], twice: Recorded
) -> None:
    end = "2026-08-01 12:00"
    at_once = Engine(lambda known, now: plan(known, now, BOTH))
    at_once.known[:] = FACTS
    at_once.run([], until=end)

    late, arrived = instant("2026-01-12 10:00"), []
    for event, gap in zip(order, gaps, strict=True):
        late = max(late, event.occurred_at).replace(microsecond=0)
        late = min(
            datetime.fromtimestamp(late.timestamp() + gap * 86400, late.tzinfo), instant(end)
        )
        arrived.append((late, event))
    engine = Engine(lambda known, now: plan(known, now, BOTH))
    engine.run([*arrived, (late, twice)], until=end)

    assert still_open(engine.known) == still_open(at_once.known)
    assert [key[0] for key in still_open(engine.known)] == [LEFT]
