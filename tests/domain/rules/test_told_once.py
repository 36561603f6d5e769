"""A fact that comes late moves a duty to an earlier event: what was told goes on, and once.

So do follow-ups that an earlier release raised on another event than the rule hangs on now.
"""

from datetime import date

from domain.envelope import Recorded
from domain.events.common import CourseFollowUpRaised, CourseFollowUpSnoozed
from domain.follow_up_acts import SYSTEM
from domain.values import FollowUpKey, Ref
from tests.domain.engine import HERE, Engine
from tests.domain.facts import (
    activity,
    coordination,
    employed,
    established,
    intake,
    match_ended,
    matched,
)
from tests.domain.rules.following import (
    OTHER_MENTOR_ID,
    agreement,
    book,
    caseworker_changed,
    followed,
    friction,
    planner,
    stated,
)
from tests.domain.rules.team_seen import followed as followed_team
from tests.domain.spec import (
    CASEWORKER,
    CASEWORKER_ID,
    COORDINATOR,
    MENTOR,
    MENTOR_ID,
    SOURCE,
    TIMES,
    fact_at,
    retracted,
)

MATCH = matched(id="ev-103")
BEFORE = [intake(), MATCH]
AGREEMENT, DISAGREEMENT = book("agreement-incomplete"), book("role-disagreement")


def snoozed(when: str, rule: str, anchor: Ref, until: str) -> Recorded:
    fact = CourseFollowUpSnoozed(
        actor=COORDINATOR,
        follow_up=FollowUpKey(rule, anchor, 1),
        until=date.fromisoformat(until),
        reason="holiday",
    )
    return fact_at(when, fact, id="snoozed", source=HERE)


def test_an_earlier_activity_that_comes_late_tells_nobody_anew_of_the_missing_agreement() -> None:
    # 10 + 7 is 17 February, 7 days after that the reminder. 5 + 7 is 12 February: 14 days after
    # that, on 26 February, it goes to the coordinator, 28 days after that to the leader.
    later = activity("2026-02-10 13:00", id="work-10")
    earlier = activity("2026-02-05 13:00", id="work-5")

    log = followed(
        *BEFORE, later, ("2026-02-26 09:00", earlier), by=AGREEMENT, until="2026-03-12 06:00"
    )

    assert log == [
        "2026-02-17 06:00 raised agreement-incomplete on ev-103 due 2026-02-17 to caseworker",
        "2026-02-24 06:00 CourseFollowUpReminded agreement-incomplete on ev-103",
        "2026-02-26 09:00 escalated agreement-incomplete on ev-103 to coordinator",
        "2026-03-12 06:00 escalated agreement-incomplete on ev-103 to leader",
    ]


def test_a_snooze_outlasts_the_earlier_activity() -> None:
    # Put off until 5 March: the reminder and the coordinator wait for that day.
    log = followed(
        *BEFORE,
        activity("2026-02-10 13:00", id="work-10"),
        snoozed("2026-02-18 10:00", "agreement-incomplete", Ref(SOURCE, "ev-103"), "2026-03-05"),
        ("2026-02-26 09:00", activity("2026-02-05 13:00", id="work-5")),
        by=AGREEMENT,
        until="2026-03-05 06:00",
    )

    assert log == [
        "2026-02-17 06:00 raised agreement-incomplete on ev-103 due 2026-02-17 to caseworker",
        "2026-03-05 06:00 CourseFollowUpReminded agreement-incomplete on ev-103",
        "2026-03-05 06:00 escalated agreement-incomplete on ev-103 to coordinator",
    ]


def test_a_worse_renewal_before_the_worse_renewal_tells_nobody_anew() -> None:
    log = followed(
        *BEFORE,
        agreement("2026-01-20 11:00"),
        activity("2026-01-29 13:00"),
        agreement("2026-03-10 11:00", without=["hours"], id="ev-worse"),
        ("2026-03-18 09:00", agreement("2026-03-05 11:00", without=["goal"], id="ev-earlier")),
        agreement("2026-03-20 11:00", id="ev-again"),
        by=AGREEMENT,
        until="2026-06-01",
    )

    assert log == [
        "2026-03-17 06:00 raised agreement-incomplete on ev-worse due 2026-03-17 to caseworker",
        "2026-03-19 06:00 CourseFollowUpReminded agreement-incomplete on ev-worse",  # 5 + 7 + 7
        "2026-03-20 11:00 resolved agreement-incomplete on ev-worse by ev-again",
    ]


def test_a_retracted_first_activity_tells_nobody_anew_of_the_worse_renewal() -> None:
    # Without the work of 29 January it began on 12 March, with the worse agreement in force: due
    # on the 19th, 28 days after that the leader's day.
    first = activity("2026-01-29 13:00", id="work-1")
    log = followed(
        *BEFORE,
        agreement("2026-01-20 11:00"),
        first,
        agreement("2026-03-10 11:00", without=["hours"], id="ev-worse"),
        activity("2026-03-12 13:00", id="work-2"),
        retracted("2026-03-25 09:00", first),
        by=AGREEMENT,
        until="2026-04-16 06:00",
    )

    assert log == [
        "2026-03-17 06:00 raised agreement-incomplete on ev-worse due 2026-03-17 to caseworker",
        "2026-03-24 06:00 CourseFollowUpReminded agreement-incomplete on ev-worse",
        "2026-04-02 06:00 escalated agreement-incomplete on ev-worse to coordinator",
        "2026-04-16 06:00 escalated agreement-incomplete on ev-worse to leader",
    ]


DIFFER = [
    stated("2026-02-02 10:00", CASEWORKER, MENTOR, system_guide="caseworker", id="ev-c"),
    stated("2026-02-03 10:00", MENTOR, CASEWORKER, system_guide="mentor", id="ev-106"),
]
DISAGREE = [  # five working days, 7 days after that the reminder, 14 days the leader
    "2026-02-10 06:00 raised role-disagreement on ev-106 due 2026-02-10 to coordinator",
    "2026-02-17 06:00 CourseFollowUpReminded role-disagreement on ev-106",
]


def test_friction_that_comes_late_tells_nobody_anew_of_the_disagreement() -> None:
    # Friction on Wednesday 28 January would be due on 4 February, and the leader's on the 18th.
    late = ("2026-02-17 09:00", friction("2026-01-28 10:00", id="ev-f"))

    log = followed(*BEFORE, *DIFFER, late, by=DISAGREEMENT, until="2026-03-31")

    assert log == [
        *DISAGREE,
        "2026-02-18 06:00 escalated role-disagreement on ev-106 to leader",
    ]


def test_a_disagreement_told_on_the_later_statement_is_resolved_when_it_is_taken_up() -> None:
    late = ("2026-02-11 09:00", friction("2026-01-28 10:00", id="ev-f"))
    taken_up = coordination("2026-02-12 09:15", COORDINATOR, MENTOR, topics=["roles"], id="ev-110")

    log = followed(*BEFORE, *DIFFER, late, taken_up, by=DISAGREEMENT, until="2026-03-31")

    assert log[0] == DISAGREE[0]
    assert log[-1] == "2026-02-12 09:15 resolved role-disagreement on ev-106 by ev-110"
    assert sum("raised" in line for line in log) == 1


def test_once_taken_up_what_differs_then_is_another_matter_and_raised_by_itself() -> None:
    # Known late, the talk of 4 February took the first disagreement up; the next is of the 5th.
    taken_up = coordination("2026-02-04 09:15", COORDINATOR, MENTOR, topics=["roles"], id="ev-110")
    again = stated("2026-02-05 10:00", MENTOR, CASEWORKER, system_guide="both", id="ev-again")

    log = followed(
        *BEFORE, *DIFFER, again, ("2026-02-13 09:00", taken_up), by=DISAGREEMENT, until="2026-02-14"
    )

    assert log == [
        DISAGREE[0],
        "2026-02-13 09:00 raised role-disagreement on ev-again due 2026-02-12 to coordinator",
        "2026-02-13 09:00 withdrawn role-disagreement on ev-106 met-before because ev-110",
    ]


def test_an_intake_that_comes_late_tells_nobody_anew_of_the_statements() -> None:
    # A pair since 20 January, due on 3 February. By the intake it is one since the match, the
    # 19th: the coordinator's day is the 16th of February, 14 days after the 2nd.
    changed = caseworker_changed("2026-01-20 10:00", "2026-01-20", CASEWORKER_ID, id="ev-cc")

    log = followed(
        MATCH,
        changed,
        ("2026-02-12 09:00", intake()),
        by=book("role-statement-overdue"),
        until="2026-02-16 06:00",
    )

    both = [
        "2026-02-03 06:00 raised role-statement-overdue on ev-cc due 2026-02-03 to caseworker",
        "2026-02-03 06:00 raised role-statement-overdue on ev-cc due 2026-02-03 to mentor",
        "2026-02-10 06:00 CourseFollowUpReminded role-statement-overdue on ev-cc",
        "2026-02-16 06:00 escalated role-statement-overdue on ev-cc to coordinator",
    ]
    assert sorted(set(log)) == both
    assert len(log) == 6  # of each side


def test_a_team_start_that_comes_late_tells_nobody_anew_of_the_supervision() -> None:
    # 42 days after 1 January is 12 February, 14 days after that the leader's day. Since the team
    # begins on the 5th, it was due on the 16th only.
    log = followed_team(
        employed("2026-01-01"),
        ("2026-03-03 09:00", established("2026-01-05")),
        by=book("supervision-overdue"),
        until="2026-06-01",
    )

    anchor = f"employed-{MENTOR_ID}-2026-01-01"
    assert log == [
        f"2026-02-12 06:00 raised supervision-overdue on {anchor} due 2026-02-12 to coordinator",
        f"2026-02-26 06:00 escalated supervision-overdue on {anchor} to leader",
    ]


def test_of_two_ends_of_one_day_the_one_told_late_tells_nobody_anew() -> None:
    other = matched("2026-01-13", "2026-01-13", match="match-902", mentor=OTHER_MENTOR_ID)
    late = [match_ended("2026-01-31", "2026-02-02", match="match-902"), other]

    log = followed(
        *BEFORE,
        match_ended("2026-02-01", "2026-02-02"),
        *(("2026-02-20 09:00", event) for event in late),
        by=book("match-overdue"),
        until="2026-03-09 06:00",
    )

    # 2 + 14 is 16 February, a week later the coordinator, three weeks later the leader.
    assert log == [
        (
            "2026-02-16 06:00 raised match-overdue on ended-match-901-2026-02-02 "
            "due 2026-02-16 to caseworker"
        ),
        "2026-02-23 06:00 escalated match-overdue on ended-match-901-2026-02-02 to coordinator",
        "2026-03-09 06:00 escalated match-overdue on ended-match-901-2026-02-02 to leader",
    ]


def test_what_an_earlier_release_raised_on_the_first_activity_goes_on_under_its_key() -> None:
    work = activity("2026-02-10 13:00", id="work-10")
    as_it_was = CourseFollowUpRaised(
        actor=SYSTEM,
        follow_up=FollowUpKey("agreement-incomplete", Ref(TIMES, "work-10"), 1),
        due_on=date(2026, 2, 17),
        addressed_to="caseworker",
        pack="default",
        edition="2",
    )
    engine = Engine(planner(AGREEMENT))
    engine.known[:] = [*BEFORE, work, fact_at("2026-02-17 06:00", as_it_was, id="old", source=HERE)]

    upgraded = ("2026-02-20 09:00", activity("2026-02-19 13:00", id="work-19"))
    met = ("2026-02-26 09:00", agreement("2026-02-26 09:00", id="ev-104"))

    assert engine.run([upgraded, met], until="2026-06-01").log == [
        "2026-02-24 06:00 CourseFollowUpReminded agreement-incomplete on work-10",
        "2026-02-26 09:00 resolved agreement-incomplete on work-10 by ev-104",
    ]
