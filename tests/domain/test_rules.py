"""Each follow-up rule by its own name: what it hangs on, what meets it, what ends it."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import codes
from domain.course import fold_course
from domain.envelope import Recorded
from domain.follow_ups import TeamSeen, plan_team
from domain.mentor import fold_mentor
from domain.planner import Plan
from domain.raised import FollowUps
from domain.rule_pack_values import PLANNED
from domain.rules import COURSE_RULES, TEAM_RULES, WORDING, why
from domain.team import fold_team
from tests.domain.engine import (
    CALENDAR,
    DEFAULT,
    SUPERVISION,
    Arrival,
    Engine,
    plan_for_course,
    told,
)
from tests.domain.facts import (
    activity,
    arranged,
    assigned,
    closed,
    employed,
    established,
    first_meeting,
    hours_changed,
    intake,
    left,
    match_ended,
    matched,
    released,
    reopened,
    session,
)
from tests.domain.spec import MENTOR_ID, corrected, instant, person, retracted
from tests.soaking import runs

OTHER = person("m-32")


def test_every_rule_has_a_function_a_wording_and_default_terms() -> None:
    named = [*COURSE_RULES, *TEAM_RULES]

    assert sorted(named) == sorted(PLANNED) == sorted(WORDING)
    assert sorted(DEFAULT.packs[0].rules) == sorted(PLANNED)
    assert all(name in codes.rules for name in named)


def test_the_worklist_says_why_in_danish_and_english() -> None:
    assert why("no-mentor-contact", 7) == (
        "Mentor og borger har ikke haft kontakt inden for 7 dage.",
        "Mentor and citizen had no contact within 7 days.",
    )


def course_log(*events: Recorded, until: str, about: str) -> list[str]:
    """What the engine writes of one rule when each event arrives as it happens."""
    arrivals: list[Arrival] = [(event.occurred_at, event) for event in events]
    engine = Engine().run(sorted(arrivals, key=lambda a: a[1].order), until)
    return [line for line in engine.log if f" {about} " in line]


def test_match_overdue_isnt_due_when_another_match_is_open() -> None:
    log = course_log(
        intake(),
        matched(),
        matched("2026-01-20 10:00", "2026-01-20", match="match-2", mentor=OTHER),
        match_ended("2026-01-30 10:00", "2026-01-30"),
        until="2026-03-01",
        about="match-overdue",
    )

    assert log == []


def test_match_overdue_is_not_met_by_a_match_that_covers_no_day() -> None:
    log = course_log(
        intake(),
        matched(),
        match_ended("2026-01-17 10:00", "2026-01-19"),
        until="2026-01-27",
        about="match-overdue",
    )

    assert log == ["2026-01-26 06:00 raised match-overdue on ev-101 due 2026-01-26 to caseworker"]


def test_first_meeting_overdue_is_met_by_this_mentors_meeting_only() -> None:
    log = course_log(
        matched(),
        first_meeting("2026-01-20 10:00", mentor=OTHER),
        activity("2026-01-21 10:00"),
        until="2026-01-27",
        about="first-meeting-overdue",
    )

    assert log == [
        (
            "2026-01-26 06:00 raised first-meeting-overdue on matched-match-901 "
            "due 2026-01-26 to mentor"
        )
    ]


def test_no_mentor_contact_escalates_at_fourteen_days_from_the_last_contact() -> None:
    log = course_log(
        matched(),
        activity("2026-01-20 10:00", id="t-1"),
        until="2026-02-04",
        about="no-mentor-contact",
    )

    assert log == [
        "2026-01-27 06:00 raised no-mentor-contact on t-1 due 2026-01-27 to mentor",
        "2026-02-03 06:00 escalated no-mentor-contact on t-1 to coordinator",
    ]


def test_no_mentor_contact_reads_each_mentor_by_their_own_contacts() -> None:
    log = course_log(
        matched(from_="2026-01-19"),
        matched("2026-01-16 15:00", "2026-01-19", match="match-2", mentor=OTHER),
        activity("2026-01-25 10:00", id="t-1"),
        until="2026-01-26 07:00",
        about="no-mentor-contact",
    )

    assert log == [
        "2026-01-26 06:00 raised no-mentor-contact on matched-match-2 due 2026-01-26 to mentor"
    ]


def test_no_mentor_contact_anchors_on_a_contact_once_though_the_match_was_told_twice() -> None:
    log = course_log(
        matched(from_="2026-01-19"),
        matched("2026-01-16 15:00", "2026-01-20", match="the-same-again"),
        activity("2026-01-21 10:00", id="t-1"),
        until="2026-01-28 07:00",
        about="no-mentor-contact",
    )

    assert log == ["2026-01-28 06:00 raised no-mentor-contact on t-1 due 2026-01-28 to mentor"]


def test_no_mentor_contact_goes_on_while_another_match_with_the_mentor_does() -> None:
    log = course_log(
        matched(from_="2026-01-19"),
        matched("2026-01-20 15:00", "2026-01-20", match="renewed"),
        activity("2026-01-21 10:00", id="t-1"),
        match_ended("2026-01-22 10:00", "2026-01-22"),
        until="2026-01-28 07:00",
        about="no-mentor-contact",
    )

    assert log == ["2026-01-28 06:00 raised no-mentor-contact on t-1 due 2026-01-28 to mentor"]


def test_match_overdue_hangs_once_on_a_reopening_of_the_day_of_the_close() -> None:
    log = course_log(
        intake(),
        matched(),
        closed("2026-02-01 10:00", "2026-02-01"),
        reopened("2026-02-01 12:00", "2026-02-01", id="ev-r"),
        until="2026-02-16",
        about="match-overdue",
    )

    assert log == ["2026-02-15 06:00 raised match-overdue on ev-r due 2026-02-15 to caseworker"]


def test_match_overdue_is_met_by_a_match_decided_on_the_day_of_the_close() -> None:
    engine = Engine().run([("2026-01-12 09:00", intake())], until="2026-01-27")
    match = matched("2026-01-30 08:00", "2026-01-26", id="ev-103")
    close = closed("2026-01-30 09:00", "2026-01-30")

    plan = plan_for_course([*engine.known, match, close], instant("2026-02-02"))

    assert [told(act.fact) for act in plan.acts] == ["resolved match-overdue on ev-101 by ev-103"]


# --- supervision --------------------------------------------------------------------------------

FOLKS = [
    established("2026-01-01"),
    assigned("sup", "supervisor", "2026-01-01", employment="external"),
]


def plan_for_team(known: list[Recorded], now: datetime) -> Plan:
    """Plan from the team's events and the mentors' streams."""
    streams: dict[object, list[Recorded]] = {MENTOR_ID: [], OTHER: []}
    for event in known:
        streams.setdefault(event.originator_id, []).append(event)
    mentors = {one: fold_mentor(streams[one]) for one in (MENTOR_ID, OTHER)}
    team = fold_team([e for e in known if e.originator_id not in (MENTOR_ID, OTHER)])
    return plan_team(TeamSeen(team, SUPERVISION, mentors), CALENDAR, now)


def team_log(*events: Recorded, until: str) -> list[str]:
    arrivals: list[Arrival] = [(event.occurred_at, event) for event in (*FOLKS, *events)]
    return Engine(plan_for_team).run(sorted(arrivals, key=lambda a: a[1].order), until).log


def test_supervision_is_due_six_weeks_after_the_teams_start_or_a_later_employment() -> None:
    log = team_log(
        employed("2025-06-01", when="2026-01-02"),
        employed("2026-01-20", mentor=OTHER),
        until="2026-03-04",
    )
    newcomer = f"supervision-overdue on employed-{OTHER}-2026-01-20"

    assert log == [
        "2026-02-12 06:00 raised supervision-overdue on established due 2026-02-12 to coordinator",
        "2026-02-26 06:00 escalated supervision-overdue on established to leader",
        f"2026-03-03 06:00 raised {newcomer} due 2026-03-03 to coordinator",
    ]


def test_supervision_is_per_mentor_and_each_session_begins_the_next_six_weeks() -> None:
    log = team_log(
        employed("2026-01-01"),
        employed("2026-01-01", mentor=OTHER),
        session("2026-02-01 10:00", mentors=[MENTOR_ID], id="s-1"),
        session("2026-02-12 05:00", mentors=[OTHER], id="s-2"),
        until="2026-03-16",
    )

    assert log == [
        "2026-03-15 06:00 raised supervision-overdue on s-1 due 2026-03-15 to coordinator"
    ]


def test_a_session_without_an_actual_supervisor_of_that_day_is_no_supervision() -> None:
    log = team_log(
        employed("2026-01-01"),
        released("sup", "supervisor", "2026-02-01"),
        session("2026-02-01 10:00", id="after-release"),
        session("2026-02-02 10:00", "a colleague", id="peers"),
        until="2026-02-13",
    )

    assert log == [
        (
            f"2026-02-12 06:00 raised supervision-overdue on employed-{MENTOR_ID}-2026-01-01 "
            "due 2026-02-12 to coordinator"
        )
    ]


def test_the_agreed_cadence_goes_before_the_packs() -> None:
    log = team_log(
        employed("2026-01-01"),
        arranged("2026-01-01", cadence_weeks=2),
        session("2026-01-10 10:00", id="s-1"),
        until="2026-01-25",
    )

    assert log == [
        "2026-01-24 06:00 raised supervision-overdue on s-1 due 2026-01-24 to coordinator"
    ]


def test_supervision_of_a_mentor_who_left_is_withdrawn() -> None:
    log = team_log(
        employed("2026-01-01"), left("2026-02-20", when="2026-02-18 10:00"), until="2026-06-01"
    )

    assert [line[:42] for line in log] == [
        "2026-02-12 06:00 raised supervision-overdu",
        "2026-02-20 06:00 withdrawn supervision-ove",
    ]
    assert f"person-left because left-{MENTOR_ID}-2026-02-20" in log[1]


def test_nothing_is_waited_for_when_a_mentor_leaves_before_supervision_is_due() -> None:
    known = [*FOLKS, employed("2026-01-01"), left("2026-02-12", when="2026-01-10 10:00")]

    plan = plan_for_team(known, instant("2026-01-11"))
    assert (plan.acts, plan.wake_at) == ((), None)


def test_no_supervision_is_due_to_who_was_no_mentor_any_more_when_the_team_began() -> None:
    log = team_log(
        employed("2024-01-01", when="2026-01-02"),
        left("2025-06-01", when="2026-01-02 10:00"),
        until="2026-06-01",
    )

    assert log == []


def test_no_supervision_is_due_to_a_mentor_on_leave_and_it_begins_anew_on_return() -> None:
    log = team_log(
        employed("2026-01-01"),
        hours_changed("2026-01-20", 0),
        hours_changed("2026-04-01", 1110),
        until="2026-05-14",
    )

    assert [line[:16] for line in log] == ["2026-05-13 06:00"]
    assert f"on hours-{MENTOR_ID}-2026-04-01" in log[0]


def test_a_leave_that_was_over_before_the_team_began_takes_nothing_away() -> None:
    log = team_log(
        employed("2025-01-01", when="2026-01-02"),
        hours_changed("2025-06-01", 0, when="2026-01-02 09:00"),
        hours_changed("2025-09-01", 1110, when="2026-01-02 09:30"),
        until="2026-02-13",
    )

    assert [line[:43] for line in log] == ["2026-02-12 06:00 raised supervision-overdue"]


def test_a_follow_up_on_supervision_names_the_mentor_it_is_about() -> None:
    plan = plan_for_team([*FOLKS, employed("2026-01-01")], instant("2026-02-12 06:00"))

    assert [act.fact.follow_up.about for act in plan.acts] == [MENTOR_ID]  # type: ignore[attr-defined]
    assert plan.acts[0].fact.NAME == "team.follow-up-raised"
    assert not plan.finished


# --- any order ----------------------------------------------------------------------------------

MATCH = matched()
CONTACT = activity("2026-01-22 13:00", id="t-1")
FACTS = [
    intake(),
    MATCH,
    first_meeting("2026-01-20 10:00", id="ev-m"),
    CONTACT,
    activity("2026-02-02 13:00", id="t-2"),
    corrected("2026-02-06 08:00", CONTACT, activity("2026-01-23 13:00").fact, id="c-1"),
    match_ended("2026-02-10 10:00", "2026-02-12"),
    matched("2026-02-20 14:00", "2026-02-21", match="match-902", mentor=OTHER),
    retracted("2026-02-25 14:00", MATCH, id="r-1"),
    closed("2026-03-20 10:00", "2026-03-20", id="ev-c"),
    reopened("2026-04-01 10:00", "2026-04-01", id="ev-r"),
]


def still_open(written: FollowUps) -> set[tuple[object, ...]]:
    return {(k.rule, k.anchor, f.escalated_to) for k, f in written.items() if f.is_open}


@pytest.mark.soak
@settings(max_examples=runs(30, 3000), deadline=None)
@given(
    st.permutations(FACTS),
    st.lists(st.integers(0, 20), min_size=len(FACTS), max_size=len(FACTS)),
    st.sampled_from(FACTS),
)
def test_the_open_follow_ups_are_the_same_however_late_and_in_whatever_order_facts_arrive(
    order: list[Recorded], gaps: list[int], twice: Recorded
) -> None:
    end = "2026-12-01 12:00"
    at_once = Engine().run([(end, FACTS[0])], until=end)
    at_once.known[:] = FACTS
    at_once.run([], until=end)

    late = instant("2026-01-12 10:00")
    arrivals: list[Arrival] = []
    for event, gap in zip(order, gaps, strict=True):
        late = max(late, event.occurred_at).replace(microsecond=0)
        late = datetime.fromtimestamp(late.timestamp() + gap * 86400, late.tzinfo)
        arrivals.append((late, event))
    engine = Engine().run([*arrivals, (late, twice)], until=end)

    assert still_open(fold_course(engine.known).follow_ups) == still_open(
        fold_course(at_once.known).follow_ups
    )
    assert plan_for_course(engine.known, instant(end)).acts == ()
