"""What is due, when, and what becomes of it when facts come late or are corrected."""

from datetime import timedelta

from domain.course import fold_course
from domain.envelope import Recorded
from domain.events.common import (
    CourseFollowUpRaised,
    CourseFollowUpSnoozed,
    CourseFollowUpTakenOver,
)
from domain.follow_ups import CourseSeen, plan_course
from domain.rule_packs import RuleBook, parse_pack
from domain.values import FollowUpKey, Period
from tests.domain.engine import CALENDAR, DEFAULT, DEFAULT_TEXT, MATCHING, Arrival, Engine, told
from tests.domain.facts import (
    activity,
    closed,
    first_meeting,
    intake,
    match_ended,
    matched,
    reopened,
)
from tests.domain.spec import (
    CASEWORKER_ID,
    COORDINATOR,
    COORDINATOR_ID,
    MENTOR_ID,
    corrected,
    day,
    fact_at,
    instant,
    person,
    ref,
    retracted,
)

INTAKE = intake()
MATCH = matched(id="ev-103")
LINE_4 = activity("2026-01-29 13:00", minutes=90, id="t-9001")
LINE_8 = first_meeting("2026-01-22 10:00", id="ev-108")
LINE_11 = corrected(
    "2026-02-06 08:10", LINE_4, activity("2026-01-29 13:00", minutes=60).fact, id="t-9002"
)
LINE_14 = activity("2026-02-26 09:00", id="t-9004")
LINE_15 = activity("2026-02-10 21:40", contact="phone", id="t-9003")
LINE_16 = closed("2026-03-04 10:00", "2026-03-04", id="ev-112")

# Section 8 of the catalogue: in order of arrival, those lines that the rules here read.
WORKED_HISTORY: list[Arrival] = [
    ("2026-01-12 09:00", INTAKE),
    ("2026-01-16 14:00", MATCH),
    ("2026-01-29 13:00", LINE_4),
    ("2026-02-04 08:00", LINE_8),
    ("2026-02-05 12:00", LINE_4),
    ("2026-02-06 08:10", LINE_11),
    ("2026-02-26 09:00", LINE_14),
    ("2026-02-27 09:00", LINE_15),
    ("2026-03-04 10:00", LINE_16),
]


def test_the_worked_history_is_followed_up_on_its_own_dates() -> None:
    engine = Engine().run(WORKED_HISTORY, until="2026-12-31 12:00")

    assert engine.log == [
        "2026-01-26 06:00 raised first-meeting-overdue on ev-103 due 2026-01-26 to mentor",
        "2026-01-26 06:00 raised no-mentor-contact on ev-103 due 2026-01-26 to mentor",
        "2026-01-29 13:00 resolved no-mentor-contact on ev-103 by t-9001",
        "2026-02-04 08:00 withdrawn first-meeting-overdue on ev-103 met-before because ev-108",
        "2026-02-05 06:00 raised no-mentor-contact on t-9001 due 2026-02-05 to mentor",
        "2026-02-12 06:00 escalated no-mentor-contact on t-9001 to coordinator",
        "2026-02-26 09:00 resolved no-mentor-contact on t-9001 by t-9004",
    ]
    assert engine.plan.finished


def test_what_was_met_before_it_was_known_is_never_raised() -> None:
    known = [INTAKE, MATCH, LINE_8, LINE_4, LINE_15, LINE_14, LINE_16]

    plan = plan_course(CourseSeen(fold_course(known), MATCHING), CALENDAR, instant("2026-03-05"))

    assert plan.acts == ()
    assert plan.finished


def test_what_is_due_is_raised_on_its_morning_and_not_a_moment_before() -> None:
    state = fold_course([INTAKE])
    before = instant("2026-01-26 06:00") - timedelta(microseconds=1)

    early = plan_course(CourseSeen(state, MATCHING), CALENDAR, before)
    on_time = plan_course(CourseSeen(state, MATCHING), CALENDAR, instant("2026-01-26 06:00"))

    assert early.acts == ()
    assert early.wake_at == instant("2026-01-26 06:00")
    assert [told(act.fact) for act in on_time.acts] == [
        "raised match-overdue on ev-101 due 2026-01-26 to caseworker"
    ]
    assert on_time.wake_at == instant("2026-02-02 06:00")


def test_the_morning_is_six_o_clock_on_both_sides_of_summer_time() -> None:
    winter = fold_course([intake("2026-03-14 09:00")])
    summer = fold_course([intake("2026-03-15 09:00")])

    before = plan_course(CourseSeen(winter, MATCHING), CALENDAR, instant("2026-03-20"))
    after = plan_course(CourseSeen(summer, MATCHING), CALENDAR, instant("2026-03-20"))

    assert str(before.wake_at) == "2026-03-28 05:00:00+00:00"
    assert str(after.wake_at) == "2026-03-29 04:00:00+00:00"


def test_it_is_addressed_to_the_caseworker_of_the_day_and_then_to_named_staff() -> None:
    state = fold_course([INTAKE])
    staff = {"coordinator": COORDINATOR_ID}

    plan = plan_course(CourseSeen(state, MATCHING), CALENDAR, instant("2026-02-02 06:00"), staff)

    raised, escalated = (act.fact for act in plan.acts)
    assert raised == CourseFollowUpRaised(
        actor=raised.actor,
        follow_up=FollowUpKey("match-overdue", ref("ev-101"), 1),
        due_on=day("2026-01-26"),
        addressed_to="caseworker",
        person=CASEWORKER_ID,
        pack="default",
        edition="3",
    )
    assert raised.actor.function == "system"
    assert getattr(escalated, "person", None) == COORDINATOR_ID


def test_each_stage_comes_once_however_late_it_is_asked() -> None:
    engine = Engine().run([("2026-01-12 09:00", INTAKE)], until="2026-06-01 12:00")

    assert engine.log == [
        "2026-01-26 06:00 raised match-overdue on ev-101 due 2026-01-26 to caseworker",
        "2026-02-02 06:00 escalated match-overdue on ev-101 to coordinator",
        "2026-02-16 06:00 escalated match-overdue on ev-101 to leader",
    ]
    assert engine.plan.wake_at is None
    late = Engine().run([("2026-06-01 11:00", INTAKE)], until="2026-06-01 12:00")
    assert [line[17:] for line in late.log] == [line[17:] for line in engine.log]


def test_an_act_asked_for_twice_is_one_event() -> None:
    state = fold_course([INTAKE])
    today = plan_course(CourseSeen(state, MATCHING), CALENDAR, instant("2026-01-26 06:00"))
    tomorrow = plan_course(CourseSeen(state, MATCHING), CALENDAR, instant("2026-01-27 06:00"))

    assert today.acts == tomorrow.acts
    assert len(today.acts[0].id) <= 64
    other = plan_course(
        CourseSeen(fold_course([intake(id="x")]), MATCHING), CALENDAR, instant("2026-01-27")
    )
    assert other.acts[0].id != today.acts[0].id


def test_a_match_on_the_due_day_resolves_and_one_from_the_day_before_withdraws() -> None:
    on_the_day = matched("2026-01-26 09:00", "2026-01-26")
    the_day_before = matched("2026-01-25 09:00", "2026-01-26")

    for match, end in ((on_the_day, "resolved"), (the_day_before, "withdrawn")):
        engine = Engine().run(
            [("2026-01-12 09:00", INTAKE), ("2026-01-26 10:00", match)], until="2026-01-26 11:00"
        )
        assert [line.split()[2] for line in engine.log] == ["raised", end]


def test_a_retracted_match_makes_the_citizen_wait_again_as_a_second_cycle() -> None:
    match = matched("2026-01-28 09:00", "2026-01-28")
    engine = Engine().run(
        [
            ("2026-01-12 09:00", INTAKE),
            ("2026-01-28 09:00", match),
            ("2026-01-29 09:00", retracted("2026-01-29 09:00", match)),
        ],
        until="2026-01-30 12:00",
    )

    assert engine.log == [
        "2026-01-26 06:00 raised match-overdue on ev-101 due 2026-01-26 to caseworker",
        "2026-01-28 09:00 resolved match-overdue on ev-101 by matched-match-901",
        "2026-01-29 09:00 raised match-overdue on ev-101 cycle 2 due 2026-01-26 to caseworker",
    ]


def test_a_retracted_anchor_withdraws_what_hung_on_it() -> None:
    match = matched("2026-01-16 14:00", "2026-01-19")
    engine = Engine().run(
        [
            ("2026-01-12 09:00", INTAKE),
            ("2026-01-16 14:00", match),
            ("2026-01-26 09:00", retracted("2026-01-26 09:00", match, id="ev-9")),
        ],
        until="2026-01-26 09:00",
    )

    assert [line for line in engine.log if "withdrawn" in line] == [
        (
            "2026-01-26 09:00 withdrawn first-meeting-overdue on matched-match-901"
            " fact-corrected because ev-9"
        ),
        (
            "2026-01-26 09:00 withdrawn no-mentor-contact on matched-match-901"
            " fact-corrected because ev-9"
        ),
    ]


def test_an_anchor_corrected_to_a_later_day_is_not_due_yet() -> None:
    match = matched("2026-01-16 14:00", "2026-01-19")
    later = corrected("2026-01-27 09:00", match, matched(from_="2026-02-02").fact, id="ev-9")
    engine = Engine().run(
        [("2026-01-16 14:00", match), ("2026-01-27 09:00", later)], until="2026-02-09 07:00"
    )

    assert [line for line in engine.log if "first-meeting" in line] == [
        (
            "2026-01-26 06:00 raised first-meeting-overdue on matched-match-901"
            " due 2026-01-26 to mentor"
        ),
        (
            "2026-01-27 09:00 withdrawn first-meeting-overdue on matched-match-901"
            " fact-corrected because ev-9"
        ),
        (
            "2026-02-09 06:00 raised first-meeting-overdue on matched-match-901 cycle 2"
            " due 2026-02-09 to mentor"
        ),
    ]


def test_the_close_withdraws_what_is_open_and_ends_the_thread() -> None:
    engine = Engine().run(
        [
            ("2026-01-12 09:00", INTAKE),
            ("2026-01-30 09:00", closed("2026-01-30 09:00", "2026-02-01", id="ev-8")),
        ],
        until="2026-03-01 12:00",
    )

    assert engine.log == [
        "2026-01-26 06:00 raised match-overdue on ev-101 due 2026-01-26 to caseworker",
        "2026-02-01 06:00 withdrawn match-overdue on ev-101 course-closed because ev-8",
    ]
    assert engine.plan.finished


def test_a_course_that_closes_ahead_is_open_until_then() -> None:
    known = [INTAKE, MATCH, closed("2026-01-16 15:00", "2026-01-20")]
    state = fold_course(known)

    plan = plan_course(CourseSeen(state, MATCHING), CALENDAR, instant("2026-01-17"))
    after = plan_course(CourseSeen(state, MATCHING), CALENDAR, instant("2026-01-20 06:00"))

    assert plan.wake_at == instant("2026-01-20 06:00")
    assert not plan.finished
    assert after.finished


def test_a_reopened_course_waits_for_a_new_mentor_and_not_for_the_old_one() -> None:
    engine = Engine().run(
        [
            ("2026-01-12 09:00", INTAKE),
            ("2026-01-16 14:00", MATCH),
            ("2026-01-20 09:00", first_meeting("2026-01-20 09:00")),
            ("2026-01-21 09:00", closed("2026-01-21 09:00", "2026-01-21")),
            ("2026-02-01 09:00", reopened("2026-02-01 09:00", "2026-02-01", id="ev-r")),
        ],
        until="2026-02-15 12:00",
    )

    assert engine.log == [
        "2026-02-15 06:00 raised match-overdue on ev-r due 2026-02-15 to caseworker"
    ]


def test_a_match_that_ends_makes_the_next_one_due() -> None:
    engine = Engine().run(
        [
            ("2026-01-12 09:00", INTAKE),
            ("2026-01-16 14:00", MATCH),
            ("2026-01-20 09:00", first_meeting("2026-01-20 09:00")),
            ("2026-01-22 09:00", match_ended("2026-01-22 09:00", "2026-01-23")),
        ],
        until="2026-02-06 12:00",
    )

    assert engine.log == [
        (
            "2026-02-06 06:00 raised match-overdue on ended-match-901-2026-01-23"
            " due 2026-02-06 to caseworker"
        )
    ]


def test_an_ended_match_owes_no_meeting_and_no_contact_any_more() -> None:
    engine = Engine().run(
        [
            ("2026-01-16 14:00", MATCH),
            ("2026-01-28 09:00", match_ended("2026-01-28 09:00", "2026-01-28")),
        ],
        until="2026-01-28 12:00",
    )

    assert [line[17:] for line in engine.log if "withdrawn" in line] == [
        (
            "withdrawn first-meeting-overdue on ev-103 no-longer-applies"
            " because ended-match-901-2026-01-28"
        ),
        (
            "withdrawn no-mentor-contact on ev-103 no-longer-applies"
            " because ended-match-901-2026-01-28"
        ),
    ]


def snoozed(when: str, until: str) -> Recorded:
    key = FollowUpKey("match-overdue", ref("ev-101"), 1)
    fact = CourseFollowUpSnoozed(
        actor=COORDINATOR, follow_up=key, until=day(until), reason="holiday"
    )
    return fact_at(when, fact)


def test_a_snooze_puts_off_the_stages_that_are_left() -> None:
    engine = Engine().run(
        [
            ("2026-01-12 09:00", INTAKE),
            ("2026-01-27 09:00", snoozed("2026-01-27 09:00", "2026-02-20")),
        ],
        until="2026-03-01 12:00",
    )

    assert [line for line in engine.log if "escalated" in line] == [
        "2026-02-20 06:00 escalated match-overdue on ev-101 to coordinator",
        "2026-02-20 06:00 escalated match-overdue on ev-101 to leader",
    ]


def test_who_takes_a_follow_up_over_has_it() -> None:
    key = FollowUpKey("match-overdue", ref("ev-101"), 1)
    taken = CourseFollowUpTakenOver(
        actor=COORDINATOR, follow_up=key, person=person("s-99"), reason="absence"
    )
    engine = Engine().run([("2026-01-12 09:00", INTAKE)], until="2026-01-27")
    before = fold_course(engine.known).follow_ups[key]
    after = fold_course([*engine.known, fact_at("2026-01-27 09:00", taken)]).follow_ups[key]

    assert before.person == CASEWORKER_ID
    assert after.person == person("s-99")
    assert after.taken_over
    assert after.is_open


def test_a_changed_rule_pack_withdraws_what_it_does_not_ask_for_yet() -> None:
    engine = Engine().run([("2026-01-12 09:00", INTAKE)], until="2026-01-27")
    slower = DEFAULT_TEXT.replace("days = 14", "days = 28").replace('"3"', '"4"')
    book = RuleBook((parse_pack(slower, Period(day("2026-01-01"))),))

    plan = plan_course(CourseSeen(fold_course(engine.known), book), CALENDAR, instant("2026-01-27"))

    assert [told(act.fact) for act in plan.acts] == [
        "withdrawn match-overdue on ev-101 rules-changed"
    ]


def test_a_follow_up_of_a_rule_that_is_not_known_here_is_left_alone() -> None:
    key = FollowUpKey("a-rule-of-a-later-version", ref("ev-101"), 1)
    raised = CourseFollowUpRaised(
        actor=COORDINATOR,
        follow_up=key,
        due_on=day("2026-01-13"),
        addressed_to="mentor",
        person=MENTOR_ID,
        pack="later",
        edition="9",
    )
    state = fold_course([fact_at("2026-01-13 06:00", raised)])

    assert plan_course(CourseSeen(state, MATCHING), CALENDAR, instant("2026-01-14")).acts == ()


def test_a_match_that_begins_on_the_last_day_there_is_stops_nothing() -> None:
    never = matched("2026-01-16 14:00", "9999-12-31", match="match-902", id="never")
    state = fold_course([INTAKE, never])

    plan = plan_course(CourseSeen(state, DEFAULT), CALENDAR, instant("2026-02-01"))

    assert plan.wake_at is not None
