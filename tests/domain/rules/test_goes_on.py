"""What other facts turn out to be moves a duty to another event, or back to an earlier one.

The follow-up that is open goes on: those who were told of the matter aren't told anew.
"""

from domain.events.common import CourseFollowUpSnoozed
from domain.values import FollowUpKey
from tests.domain.engine import HERE
from tests.domain.facts import (
    assigned,
    closed,
    employed,
    intake,
    left,
    matched,
    released,
    reopened,
    session,
)
from tests.domain.rules.following import book, followed, goal_set, stated
from tests.domain.rules.team_seen import followed as followed_team
from tests.domain.spec import (
    CASEWORKER,
    COORDINATOR,
    MENTOR,
    MENTOR_ID,
    corrected,
    day,
    fact_at,
    ref,
    retracted,
)

SUPERVISION, GOALS = book("supervision-overdue"), book("goal-review-overdue")
SUPERVISED = [
    assigned("sup", "supervisor", "2025-12-01", employment="external"),
    assigned("sup-2", "supervisor", "2025-12-01", employment="external"),
    employed("2026-01-01"),
]
GOAL = goal_set("2026-02-03 10:30", "goal-1", id="ev-107")


def test_a_session_that_no_supervisor_held_tells_nobody_anew_of_the_supervision() -> None:
    # 42 days after the session of 15 January is 26 February. Since its supervisor had gone, it
    # was due 42 days after 1 January, on 12 February, and the leader's 14 days after that.
    log = followed_team(
        *SUPERVISED,
        session("2026-01-15 10:00", "sup", id="s-1"),
        ("2026-03-04 09:00", released("sup", "supervisor", "2026-01-10")),
        session("2026-03-10 10:00", "sup-2", id="s-2"),
        by=SUPERVISION,
        until="2026-03-31",
    )

    assert log == [
        "2026-02-26 06:00 raised supervision-overdue on s-1 due 2026-02-26 to coordinator",
        "2026-03-04 09:00 escalated supervision-overdue on s-1 to leader",
        "2026-03-10 10:00 resolved supervision-overdue on s-1 by s-2",
    ]


def test_a_session_that_was_never_held_tells_nobody_anew_of_the_supervision() -> None:
    held = session("2026-01-15 10:00", "sup", id="s-1")
    log = followed_team(
        *SUPERVISED,
        held,
        retracted("2026-03-04 09:00", held),
        by=SUPERVISION,
        until="2026-03-31",
    )

    assert log == [
        "2026-02-26 06:00 raised supervision-overdue on s-1 due 2026-02-26 to coordinator",
        "2026-03-04 09:00 escalated supervision-overdue on s-1 to leader",
    ]


def test_what_began_after_it_was_due_is_another_matter() -> None:
    # Due on 12 February. There was no such employment, but one from 1 March: due on 12 April.
    first = employed("2026-01-01")
    log = followed_team(
        first,
        ("2026-04-15 09:00", employed("2026-03-01")),
        ("2026-04-15 09:00", retracted("2026-04-15 09:00", first, id="retraction")),
        by=SUPERVISION,
        until="2026-04-16",
    )

    told, anew = (f"employed-{MENTOR_ID}-2026-{month}-01" for month in ("01", "03"))
    assert [line for line in log if "escalated" not in line] == [
        f"2026-02-12 06:00 raised supervision-overdue on {told} due 2026-02-12 to coordinator",
        f"2026-04-15 09:00 raised supervision-overdue on {anew} due 2026-04-12 to coordinator",
        (
            f"2026-04-15 09:00 withdrawn supervision-overdue on {told} fact-corrected"
            " because retraction"
        ),
    ]


def test_a_close_that_never_happened_tells_nobody_anew_of_the_goal() -> None:
    # 56 days after the reopening of 20 February is 17 April. Never closed, the goal of 3 February
    # was due on 31 March: reminded 7 days after that, the coordinator after 14, the leader after
    # 42 days.
    close = closed("2026-02-10 09:00", "2026-02-10", id="ev-close")
    log = followed(
        GOAL,
        close,
        reopened("2026-02-20 09:00", "2026-02-20", id="ev-re"),
        retracted("2026-04-20 09:00", close),
        by=GOALS,
        until="2026-05-12 06:00",
    )

    assert log == [
        "2026-04-17 06:00 raised goal-review-overdue on ev-re due 2026-04-17 to caseworker",
        "2026-04-20 09:00 CourseFollowUpReminded goal-review-overdue on ev-re",
        "2026-04-20 09:00 escalated goal-review-overdue on ev-re to coordinator",
        "2026-05-12 06:00 escalated goal-review-overdue on ev-re to leader",
    ]


def test_a_close_that_never_happened_tells_nobody_anew_of_the_missing_mentor() -> None:
    # 14 days after 20 February is 6 March. Since the intake of 12 January it was due on the 26th,
    # and all of its steps are past.
    close = closed("2026-01-20 09:00", "2026-01-20", id="ev-close")
    log = followed(
        intake(),
        close,
        reopened("2026-02-20 09:00", "2026-02-20", id="ev-re"),
        retracted("2026-03-09 09:00", close),
        by=book("match-overdue"),
        until="2026-06-01",
    )

    assert log == [
        "2026-03-06 06:00 raised match-overdue on ev-re due 2026-03-06 to caseworker",
        "2026-03-09 09:00 escalated match-overdue on ev-re to coordinator",
        "2026-03-09 09:00 escalated match-overdue on ev-re to leader",
    ]


def test_a_mentor_who_never_left_tells_nobody_anew_of_the_statements() -> None:
    # Back on 20 February they are a pair anew, due on 6 March. A pair since the match of 19
    # January, it was due on 2 February, the coordinator's day was the 16th, and the leader's is 42
    # days after the 2nd, on 16 March.
    gone = left("2026-01-25")
    log = followed(
        intake(),
        matched(),
        employed("2025-06-01"),
        gone,
        employed("2026-02-20"),
        retracted("2026-03-10 09:00", gone),
        by=book("role-statement-overdue"),
        until="2026-03-16 06:00",
    )

    anchor = f"role-statement-overdue on employed-{MENTOR_ID}-2026-02-20"
    assert sorted(set(log)) == [
        f"2026-03-06 06:00 raised {anchor} due 2026-03-06 to caseworker",
        f"2026-03-06 06:00 raised {anchor} due 2026-03-06 to mentor",
        f"2026-03-10 09:00 CourseFollowUpReminded {anchor}",
        f"2026-03-10 09:00 escalated {anchor} to coordinator",
        f"2026-03-16 06:00 escalated {anchor} to leader",
    ]
    assert len(log) == 8  # of each side


def test_a_mentor_who_never_left_tells_nobody_anew_of_the_missing_contact() -> None:
    # Back on 20 February they should be in touch within 7 days, by the 27th.
    gone = left("2026-01-20")
    log = followed(
        intake(),
        matched(),
        employed("2025-06-01"),
        gone,
        employed("2026-02-20"),
        retracted("2026-03-10 09:00", gone),
        by=book("no-mentor-contact"),
        until="2026-06-01",
    )

    assert [line for line in log if "raised" in line] == [
        (
            f"2026-02-27 06:00 raised no-mentor-contact on employed-{MENTOR_ID}-2026-02-20"
            " due 2026-02-27 to mentor"
        )
    ]
    assert not [line for line in log if "withdrawn" in line]


def test_a_mentor_who_left_before_that_day_is_told_of_once() -> None:
    # 7 days after 1 March is the 8th. Gone from 25 February it was due on 4 March, and the
    # coordinator's day is the 11th.
    log = followed(
        intake(),
        matched(),
        employed("2025-06-01"),
        left("2026-03-01"),
        ("2026-03-09 09:00", left("2026-02-25")),
        by=book("mentor-left"),
        until="2026-03-11 06:00",
    )

    anchor = f"mentor-left on left-{MENTOR_ID}-2026-03-01"
    assert log == [
        f"2026-03-08 06:00 raised {anchor} due 2026-03-08 to caseworker",
        f"2026-03-11 06:00 escalated {anchor} to coordinator",
    ]


def test_a_statement_that_came_after_the_other_tells_nobody_anew_of_the_disagreement() -> None:
    # They differ since the mentor's statement of 3 February: due five working days after it. The
    # caseworker's of the 2nd was made on the 4th: due on the 11th, the leader's day is the 25th.
    first = stated("2026-02-02 10:00", CASEWORKER, MENTOR, system_guide="caseworker", id="ev-c")
    log = followed(
        intake(),
        matched(),
        first,
        stated("2026-02-03 10:00", MENTOR, CASEWORKER, system_guide="mentor", id="ev-m"),
        corrected("2026-02-16 09:00", first, first.fact, at="2026-02-04 10:00"),
        by=book("role-disagreement"),
        until="2026-03-31",
    )

    assert log == [
        "2026-02-10 06:00 raised role-disagreement on ev-m due 2026-02-10 to coordinator",
        "2026-02-18 06:00 CourseFollowUpReminded role-disagreement on ev-m",
        "2026-02-25 06:00 escalated role-disagreement on ev-m to leader",
    ]


def test_what_was_put_off_stays_put_off_when_a_correction_tells_it_anew() -> None:
    # The goal of 3 February is due on 31 March, that of 20 February on 17 April. Reminder and
    # coordinator, of 24 April and 1 May, wait for 10 May; the leader's day is 42 days after the
    # 17th, 29 May.
    key = FollowUpKey("goal-review-overdue", ref("ev-107"), 1)
    put_off = CourseFollowUpSnoozed(
        actor=COORDINATOR, follow_up=key, until=day("2026-05-10"), reason="holiday"
    )
    log = followed(
        GOAL,
        fact_at("2026-04-01 09:00", put_off, id="put-off", source=HERE),
        corrected("2026-04-02 09:00", GOAL, GOAL.fact, at="2026-02-20 10:30", id="ev-right"),
        by=GOALS,
        until="2026-05-29 06:00",
    )

    assert log == [
        "2026-03-31 06:00 raised goal-review-overdue on ev-107 due 2026-03-31 to caseworker",
        "2026-04-02 09:00 withdrawn goal-review-overdue on ev-107 fact-corrected because ev-right",
        (
            "2026-04-17 06:00 raised goal-review-overdue on ev-107 cycle 2 due 2026-04-17"
            " to caseworker"
        ),
        "2026-05-10 06:00 CourseFollowUpReminded goal-review-overdue on ev-107 cycle 2",
        "2026-05-10 06:00 escalated goal-review-overdue on ev-107 cycle 2 to coordinator",
        "2026-05-29 06:00 escalated goal-review-overdue on ev-107 cycle 2 to leader",
    ]
