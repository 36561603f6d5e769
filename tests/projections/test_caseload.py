"""How many citizens each full-time mentor has, worked out by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.events.course import Closed, IdentityLinked, MatchEnded, MentorMatched, Reopened
from domain.events.mentor import HoursChanged, Left
from domain.events.team import (
    CaseloadPolicySet,
    Established,
    PersonAssigned,
    TeamIdentityLinked,
    TeamIdentityUnlinked,
)
from projections.views.caseload import caseload
from tests.projections.caseload_story import CASEWORKER, FULL, LEADER, START, employ, match
from tests.projections.conftest import Connection
from tests.projections.story import HERE, Story, actor, noon, thing, who


@pytest.fixture
def story(connection: Connection) -> Story:
    """A team that began on 1 January."""
    story = Story(connection)
    story.team(Established(actor=LEADER, from_=START), START)
    return story


def ask(story: Story, day: date, known_at: int | None = None) -> dict[str, Any]:
    answer = caseload(story.connection, HERE, as_of=noon(day), known_at=known_at)
    (row,) = answer.rows
    return row


@pytest.mark.parametrize(
    ("citizens", "weekly", "per_fte", "band"),
    [
        # 10 ÷ (2222 ÷ 2220) = 9.9910; 15 and 20 ÷ (2221 ÷ 2220) = 14.9932 and 19.9910.
        (10, FULL + 2, "9.99", "<10"),
        (10, FULL, "10.00", "10-14"),
        (15, FULL + 1, "14.99", "10-14"),
        (15, FULL, "15.00", "15-19"),
        (20, FULL + 1, "19.99", "15-19"),
        (20, FULL, "20.00", "20+"),
        # A minute more than full time is just below the bound, though it is shown as the bound.
        (10, FULL + 1, "10.00", "<10"),
        (10, FULL - 1, "10.00", "10-14"),
        (9, FULL, "9.00", "<10"),
        (19, FULL, "19.00", "15-19"),
    ],
)
def test_the_bands_have_exact_bounds(
    story: Story, citizens: int, weekly: int, per_fte: str, band: str
) -> None:
    employ(story, "mentor", weekly)
    for number in range(citizens):
        match(story, f"citizen-{number}", "mentor")
    row = ask(story, date(2026, 3, 1))
    assert (row["participants"], row["participants_now"]) == (citizens, citizens)
    assert row["per_fte"] == row["per_fte_now"] == Decimal(per_fte)
    assert (row["band"], row["band_now"]) == (band, band)


def test_two_mentors_at_half_time_are_one_full_time_mentor(story: Story) -> None:
    for name in ("one", "other"):
        employ(story, name, FULL // 2)
    for number in range(3):
        match(story, f"citizen-{number}", "one")
    row = ask(story, date(2026, 3, 1))
    assert (row["fte"], row["per_fte"]) == (Decimal("1.00"), Decimal("3.00"))
    assert row["municipality"] == "Testkommune"
    assert row["municipality_code"] == "0999"


def test_without_mentor_hours_the_measure_is_undefined(story: Story) -> None:
    match(story, "citizen", "mentor")
    row = ask(story, date(2026, 3, 1))
    assert (row["participants"], row["fte"]) == (1, Decimal("0.00"))
    assert row["per_fte"] is row["band"] is row["per_fte_now"] is row["band_now"] is None


def test_hours_are_weighted_by_the_time_they_held(story: Story) -> None:
    # 10 days full time and 10 days half time: 0.75 on average, half now.
    employ(story, "mentor")
    fact = HoursChanged(
        actor=LEADER, from_=date(2026, 1, 11), weekly_minutes=FULL // 2, reason="agreed"
    )
    story.mentor("mentor", fact, START)
    match(story, "citizen", "mentor")
    row = ask(story, date(2026, 1, 20))
    assert (row["fte"], row["per_fte"]) == (Decimal("0.75"), Decimal("1.33"))
    assert (row["fte_now"], row["per_fte_now"]) == (Decimal("0.50"), Decimal("2.00"))


def test_a_mentor_who_left_keeps_the_matches_that_nobody_ended(story: Story) -> None:
    # Hours for 10 of 40 days.
    employ(story, "mentor")
    story.mentor("mentor", Left(actor=LEADER, to=date(2026, 1, 11), reason="resigned"), START)
    match(story, "citizen", "mentor")
    row = ask(story, date(2026, 2, 9))
    assert (row["fte"], row["fte_now"]) == (Decimal("0.25"), Decimal("0.00"))
    assert (row["participants"], row["participants_now"]) == (1, 1)
    assert row["band_now"] is None


def test_a_citizen_counts_once_and_no_more_once_the_course_is_closed(story: Story) -> None:
    employ(story, "mentor")
    match(story, "citizen", "mentor")
    ended = MatchEnded(
        actor=CASEWORKER, match=thing("m-citizen"), to=date(2026, 2, 1), reason="citizen-wish"
    )
    story.course("citizen", ended, date(2026, 2, 1))
    again = MentorMatched(
        actor=CASEWORKER,
        match=thing("m-2"),
        mentor=who("mentor"),
        from_=date(2026, 2, 10),
        method="other",
    )
    story.course("citizen", again, date(2026, 2, 10))
    assert ask(story, date(2026, 2, 5))["participants_now"] == 0
    assert ask(story, date(2026, 2, 10))["participants_now"] == 1
    story.course(
        "citizen", Closed(actor=CASEWORKER, to=date(2026, 3, 1), reason="job"), date(2026, 3, 1)
    )
    story.course(
        "citizen",
        Reopened(actor=CASEWORKER, from_=date(2026, 4, 1), reason="returned"),
        date(2026, 4, 1),
    )
    assert ask(story, date(2026, 2, 28))["participants_now"] == 1
    # The last day of a match is the day before `to`, and a reopening begins no match again.
    for day in (date(2026, 3, 1), date(2026, 4, 2)):
        row = ask(story, day)
        assert (row["participants"], row["participants_now"]) == (1, 0)


def test_a_match_that_covers_no_day_makes_no_participant(story: Story) -> None:
    employ(story, "mentor")
    match(story, "citizen", "mentor", date(2026, 2, 1))
    ended = MatchEnded(
        actor=CASEWORKER, match=thing("m-citizen"), to=date(2026, 2, 1), reason="other"
    )
    story.course("citizen", ended, date(2026, 2, 1))
    assert ask(story, date(2026, 3, 1))["participants"] == 0


def test_linked_courses_are_one_citizen(story: Story) -> None:
    employ(story, "mentor")
    match(story, "first", "mentor")
    match(story, "second", "mentor")
    assert ask(story, date(2026, 3, 1))["participants"] == 2
    before = story.position
    link = IdentityLinked(
        actor=actor("coordinator"), what="citizen", alias=who("second"), basis="cpr"
    )
    story.course("first", link, date(2026, 2, 1))
    assert ask(story, date(2026, 3, 1))["participants"] == 1
    # Who somebody is has no time: it holds for the days before the link too, once it is known.
    assert ask(story, date(2026, 1, 15))["participants"] == 1
    assert ask(story, date(2026, 3, 1), known_at=before)["participants"] == 2


def test_a_mentor_with_two_ids_has_one_working_week(story: Story) -> None:
    # The case system knows the hours, time registration a later change of them.
    employ(story, "mentor")
    change = HoursChanged(
        actor=LEADER, from_=date(2026, 1, 1), weekly_minutes=FULL // 2, reason="agreed"
    )
    story.mentor("mentor-in-time", change, date(2026, 1, 2))
    match(story, "citizen", "mentor")
    assert ask(story, date(2026, 3, 1))["fte"] == Decimal("1.00")
    by, person, alias = actor("coordinator"), who("mentor"), who("mentor-in-time")
    linked = TeamIdentityLinked(actor=by, person=person, alias=alias, basis="manual")
    story.team(linked, date(2026, 2, 1))
    assert ask(story, date(2026, 3, 1))["fte"] == Decimal("0.50")
    unlinked = TeamIdentityUnlinked(actor=by, person=person, alias=alias)
    story.team(unlinked, date(2026, 2, 2))
    assert ask(story, date(2026, 3, 1))["fte"] == Decimal("1.00")


def test_a_coordinator_with_more_than_half_of_the_mentors_mean_is_flagged(story: Story) -> None:
    assigned = PersonAssigned(
        actor=LEADER, person=who("coordinator"), function="coordinator", from_=START
    )
    story.team(assigned, START)
    employ(story, "mentor")
    employ(story, "coordinator", FULL // 4)
    for number in range(4):
        match(story, f"citizen-{number}", "mentor")
    for number in range(2):
        match(story, f"own-{number}", "coordinator")
    row = ask(story, date(2026, 3, 1))
    assert (row["coordinator_participants"], row["mentors_mean"]) == (2, Decimal("4.00"))
    assert row["coordinator_overloaded"] is False
    match(story, "own-3", "coordinator")
    assert ask(story, date(2026, 3, 1))["coordinator_overloaded"] is True


def test_a_chosen_high_load_is_policy_and_stands_beside_the_figure(story: Story) -> None:
    employ(story, "mentor")
    for number in range(20):
        match(story, f"citizen-{number}", "mentor")
    assert ask(story, date(2026, 3, 1))["within_policy"] is None
    policy = CaseloadPolicySet(
        actor=LEADER, from_=date(2026, 2, 1), lowest=20, reason="trying-higher-load"
    )
    story.team(policy, date(2026, 2, 1))
    assert ask(story, date(2026, 1, 31))["policy_lowest"] is None
    row = ask(story, date(2026, 3, 1))
    assert (row["policy_lowest"], row["policy_highest"]) == (20, None)
    assert (row["policy_reason"], row["within_policy"]) == ("trying-higher-load", True)


def test_what_was_known_then_can_be_asked_after_a_correction(story: Story) -> None:
    employ(story, "mentor")
    fact = MentorMatched(
        actor=CASEWORKER, match=thing("m-1"), mentor=who("mentor"), from_=START, method="other"
    )
    wrong = story.course("citizen", fact, START)
    before = story.position
    right = MentorMatched(
        actor=CASEWORKER,
        match=thing("m-1"),
        mentor=who("mentor"),
        from_=date(2026, 2, 1),
        method="other",
    )
    story.correct(wrong, right, date(2026, 3, 1), new_time=START)
    assert ask(story, date(2026, 1, 15))["participants_now"] == 0
    assert ask(story, date(2026, 1, 15), known_at=before)["participants_now"] == 1
    story.retract(wrong, date(2026, 3, 2))
    assert ask(story, date(2026, 3, 1))["participants"] == 0


def test_before_the_team_began_and_without_any_event_there_is_nothing_to_count(
    story: Story, connection: Connection
) -> None:
    employ(story, "mentor")
    row = ask(story, date(2025, 12, 1))
    assert (row["participants"], row["fte"], row["band"]) == (0, Decimal("0.00"), None)
    empty = caseload(connection, HERE, as_of=noon(START), known_at=0)
    assert (empty.position, empty.rows[0]["participants"]) == (0, 0)


def test_an_answer_says_which_position_it_reflects(story: Story) -> None:
    employ(story, "mentor")
    answer = caseload(story.connection, HERE, as_of=noon(START))
    assert answer.position == story.position
    assert answer.recorded_at is not None
    earlier = caseload(story.connection, HERE, as_of=noon(START), known_at=story.position - 1)
    assert earlier.position == story.position - 1
    ahead = caseload(story.connection, HERE, as_of=noon(START), known_at=story.position + 99)
    assert ahead.position == story.position
