"""The catalogue's worked history of one course (section 8), in its order of arrival."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from domain.calendar import COPENHAGEN
from domain.events.course import (
    ActivityRegistered,
    Closed,
    CoordinationHeld,
    FirstMeetingHeld,
    GoalAcknowledged,
    GoalSet,
    GrantDecided,
    IntakeRegistered,
    MentorAgreementMade,
    MentorMatched,
    RolesStated,
)
from domain.events.mentor import Employed
from domain.values import Actor, Period
from projections.views.activities import activities
from projections.views.caseload import caseload
from projections.views.mentor_roles import mentor_roles
from projections.views.role_clarity import role_clarity
from tests.projections.conftest import Connection
from tests.projections.story import HERE, Story, noon, thing, who

CASEWORKER = Actor("caseworker", who("s-12"))
MENTOR = Actor("mentor", who("m-31"))
COORDINATOR = Actor("coordinator", who("k-02"))
CASEWORKER_SAYS = {
    "personal-guide": "mentor",
    "motivating-partner": "mentor",
    "system-guide": "both",
    "induction-guide": "caseworker",
    "authority-decisions": "caseworker",
    "contact-with-other-actors": "caseworker",
    "coordination-of-the-course": "caseworker",
    "follow-up-on-grants": "mentor",
    "crisis-contact": "mentor",
}
MENTOR_SAYS = {
    "personal-guide": "mentor",
    "motivating-partner": "mentor",
    "system-guide": "mentor",
    "induction-guide": "mentor",
    "authority-decisions": "caseworker",
    "contact-with-other-actors": "caseworker",
    "coordination-of-the-course": "caseworker",
    "follow-up-on-grants": "caseworker",
}
LINE_7 = 90  # position after the seventh line, on 3 February; two facts of the mentor came first


def at(day: int, month: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=COPENHAGEN)


def activity(
    role: str, what: str, minutes: int, contact: str, area: str | None = None
) -> ActivityRegistered:
    return ActivityRegistered(
        actor=MENTOR, role=role, area=area, activity=what, minutes=minutes, contact=contact
    )


@pytest.fixture
def story(connection: Connection) -> Story:
    """The fifteen lines of the history, after a mentor's employment."""
    story = Story(connection)
    employed = Employed(
        actor=COORDINATOR, from_=date(2026, 1, 1), weekly_minutes=2220, gender="woman"
    )
    story.mentor("m-31", employed, date(2026, 1, 1))
    story.mentor("m-32", employed, date(2026, 1, 1))
    intake = IntakeRegistered(actor=CASEWORKER, caseworker=who("s-12"), form="in-person")
    story.course("c", intake, at(12, 1, 9))
    matched = MentorMatched(
        actor=CASEWORKER,
        match=thing("match-901"),
        mentor=who("m-31"),
        from_=date(2026, 1, 19),
        method="by-profile",
        minutes=45,
    )
    story.course("c", matched, at(16, 1, 14))
    agreement = MentorAgreementMade(
        actor=CASEWORKER,
        mentor=who("m-31"),
        parts=("goal", "contact", "tasks", "duration", "hours", "complaint-guidance"),
        period=Period(date(2026, 1, 22), date(2026, 7, 22)),
        weekly_minutes=120,
    )
    story.course("c", agreement, at(22, 1, 11))
    doctor = activity("personal-guide", "accompany-to-doctor", 90, "in-person", "body-and-mind")
    registered = story.course("c", doctor, at(29, 1, 13), id_="t-9001")
    ours = RolesStated(actor=CASEWORKER, counterpart=who("m-31"), answers=CASEWORKER_SAYS)
    story.course("c", ours, at(2, 2, 10))
    theirs = RolesStated(actor=MENTOR, counterpart=who("s-12"), answers=MENTOR_SAYS)
    story.course("c", theirs, at(3, 2, 10))
    goal = GoalSet(
        actor=CASEWORKER,
        goal=thing("goal-1"),
        directions=("everyday-life", "job"),
        text="ciphertext",
    )
    story.course("c", goal, at(3, 2, 10, 30))
    assert story.position == LINE_7
    met = FirstMeetingHeld(actor=MENTOR, mentor=who("m-31"), form="in-person")
    story.course("c", met, at(22, 1, 10))
    story.course("c", GoalAcknowledged(actor=MENTOR, goal=thing("goal-1")), at(5, 2, 12))
    right = activity("personal-guide", "accompany-to-doctor", 60, "in-person", "body-and-mind")
    story.correct(registered, right, date(2026, 2, 6), new_time=date(2026, 1, 29))
    coordinated = CoordinationHeld(
        actor=COORDINATOR,
        form="informal",
        participants=(MENTOR, CASEWORKER, COORDINATOR),
        topics=("roles",),
        minutes=20,
    )
    story.course("c", coordinated, at(12, 2, 9, 15))
    grant = GrantDecided(
        actor=CASEWORKER,
        grant=thing("b-77"),
        kind="treatment",
        outcome="granted",
        legal_basis="ciphertext",
        period=Period(date(2026, 2, 16), date(2026, 8, 16)),
        amount_oere=1_250_000,
    )
    story.course("c", grant, at(13, 2, 14))
    workplace = activity("induction-guide", "visiting-workplace", 120, "in-person")
    story.course("c", workplace, at(26, 2, 9))
    hotline = activity("personal-guide", "hotline-call", 15, "phone", "not-stated")
    story.course("c", hotline, at(10, 2, 21, 40))
    story.course("c", Closed(actor=CASEWORKER, to=date(2026, 3, 4), reason="job"), at(4, 3, 10))
    return story


@pytest.mark.parametrize(
    ("day", "now"),
    [
        (date(2026, 1, 18), 0),
        (date(2026, 1, 19), 1),
        (date(2026, 3, 3), 1),
        (date(2026, 3, 4), 0),
    ],
)
def test_the_mentor_has_one_citizen_on_every_day_of_the_match(
    story: Story, day: date, now: int
) -> None:
    (row,) = caseload(story.connection, HERE, as_of=noon(day)).rows
    assert row["participants_now"] == now
    assert row["participants"] == (day >= date(2026, 1, 19))


def test_delivered_minutes_are_those_of_the_correction_and_of_the_late_call(story: Story) -> None:
    asked = noon(date(2026, 3, 4))
    delivered = {
        row["activity"]: (row["times"], row["minutes"])
        for row in activities(story.connection, HERE, as_of=asked).rows
    }
    assert delivered == {
        "visiting-workplace": (1, 120),
        "accompany-to-doctor": (1, 60),
        "hotline-call": (1, 15),
    }
    then = activities(story.connection, HERE, as_of=asked, known_at=LINE_7).rows
    assert [row["minutes"] for row in then] == [90]
    by_role = {
        row["role"]: (row["minutes"], row["share_of_time"])
        for row in mentor_roles(story.connection, HERE, as_of=asked).rows
    }
    # 75 and 120 of 195 minutes.
    assert by_role["personal-guide"] == (75, Decimal("38.46"))
    assert by_role["induction-guide"] == (120, Decimal("61.54"))
    assert by_role["system-guide"] == (0, Decimal("0.00"))


def test_role_clarity_on_the_third_of_march_is_that_of_the_catalogue(story: Story) -> None:
    (row,) = role_clarity(story.connection, HERE, as_of=noon(date(2026, 3, 3))).rows
    assert (row["agreed"], row["overlap"], row["gap"], row["one_sided"]) == (5, 2, 1, 1)
    assert (row["difference"], row["unknown"]) == (0, 0)
    by_reading = {d["responsibility"]: d["reading"] for d in row["divisions"]}
    assert by_reading["system-guide"] == by_reading["induction-guide"] == "overlap"
    assert by_reading["follow-up-on-grants"] == "gap"
    assert by_reading["crisis-contact"] == "one-sided"
    assert row["overall"] == "unclear"
    assert row["goal_is_common"] is True
    assert (row["contact_days_ago"], row["crossings"]) == (19, 0)
    assert (row["mentor"], row["caseworker"]) == (who("m-31"), who("s-12"))


def test_the_goal_was_not_common_before_the_mentor_stood_by_it(story: Story) -> None:
    (row,) = role_clarity(story.connection, HERE, as_of=noon(date(2026, 2, 4))).rows
    assert row["goal_is_common"] is False
    (row,) = role_clarity(
        story.connection, HERE, as_of=noon(date(2026, 3, 3)), known_at=LINE_7
    ).rows
    assert (row["goal_is_common"], row["contact_days_ago"]) == (False, None)


def test_a_closed_course_has_no_pair_but_can_be_asked_for(story: Story) -> None:
    after = noon(date(2026, 3, 5))
    assert role_clarity(story.connection, HERE, as_of=after).rows == []
    (row,) = role_clarity(story.connection, HERE, as_of=after, streams=[who("c")]).rows
    assert (row["mentor"], row["overall"]) == (None, "unknown")


def test_a_grant_decided_by_a_mentor_reads_as_a_boundary_crossing(story: Story) -> None:
    grant = GrantDecided(
        actor=MENTOR, grant=thing("b-78"), kind="course", outcome="refused", reason="other"
    )
    given = story.course("c", grant, at(1, 3, 9))
    work = ActivityRegistered(
        actor=CASEWORKER, role="system-guide", activity="other", minutes=30, contact="phone"
    )
    story.course("c", work, at(2, 3, 9))
    (row,) = role_clarity(story.connection, HERE, as_of=noon(date(2026, 3, 3))).rows
    assert (row["authority_crossings"], row["mentor_work_crossings"]) == (1, 1)
    answer = role_clarity(story.connection, HERE, as_of=noon(date(2026, 3, 3)))
    assert given in set(answer.behind[0]())
    times = activities(story.connection, HERE, as_of=noon(date(2026, 3, 3))).rows
    assert sum(row["minutes"] for row in times) == 195
