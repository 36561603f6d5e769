"""How many citizens each mentor has, and how a team shares them, worked out by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.events.course import IdentityLinked
from domain.events.team import (
    CaseloadPolicySet,
    Established,
    PersonAssigned,
    TeamIdentityLinked,
)
from domain.values import Period, Ref
from projections.views.caseload import caseload, team_caseload
from projections.views.caseload_mentors import mentor_caseload
from tests.projections.caseload_story import (
    FULL,
    LEADER,
    START,
    change,
    close,
    employ,
    end,
    leave,
    match,
)
from tests.projections.conftest import Connection
from tests.projections.story import HERE, Story, actor, noon, who

DAY = date(2026, 3, 1)
NAMES = ("one", "other", "third", "coordinator", "mentor")
BY_ID = {who(name): name for name in NAMES}


@pytest.fixture
def story(connection: Connection) -> Story:
    """A team that began on 1 January."""
    story = Story(connection)
    story.team(Established(actor=LEADER, from_=START), START)
    return story


def mentors(story: Story, day: date = DAY, **asked: Any) -> dict[str, dict[str, Any]]:
    answer = mentor_caseload(story.connection, HERE, as_of=noon(day), **asked)
    return {BY_ID[row["mentor"]]: row for row in answer.rows}


def team(story: Story, day: date = DAY, **asked: Any) -> dict[str, Any]:
    (row,) = team_caseload(story.connection, HERE, as_of=noon(day), **asked).rows
    return row


def reckoned(story: Story) -> dict[str, str]:
    """How the team's figures are made, by column."""
    answer = team_caseload(story.connection, HERE, as_of=noon(DAY))
    return {one.column: one.danish for figures in answer.figures for one in figures()}


def coordinate(story: Story, name: str, on: date = START) -> None:
    fact = PersonAssigned(actor=LEADER, person=who(name), function="coordinator", from_=on)
    story.team(fact, on)


def test_who_is_overloaded_stands_first(story: Story) -> None:
    # No hours and a citizen: nobody follows them. Then 4 per full-time mentor before 1.
    for name, weekly, citizens in (("one", FULL, 1), ("other", FULL // 2, 2), ("third", 0, 1)):
        employ(story, name, weekly)
        for number in range(citizens):
            match(story, f"{name}-{number}", name)
    assert list(mentors(story)) == ["third", "other", "one"]


def allow(story: Story, highest: int | None, on: date, told: date | None = None) -> Ref:
    """The leader's policy from a day on."""
    fact = CaseloadPolicySet(
        actor=LEADER,
        from_=on,
        lowest=None if highest else 2,
        highest=highest,
        reason="trying-higher-load",
    )
    return story.team(fact, told or on)


def over(story: Story, **asked: Any) -> dict[str, tuple[int | None, bool | None]]:
    return {
        name: (row["limit"], row["over_limit"]) for name, row in mentors(story, **asked).items()
    }


def test_who_is_over_the_limit_of_the_policy_is_told(story: Story) -> None:
    # At half time 2 citizens are 4 per full-time mentor, 3 are 6. The limit itself is allowed.
    for name, weekly, citizens in (("one", FULL // 2, 2), ("other", FULL // 2, 3), ("third", 0, 1)):
        employ(story, name, weekly)
        for number in range(citizens):
            match(story, f"{name}-{number}", name)
    nobody = {"one": (None, None), "other": (None, None), "third": (None, None)}
    assert over(story) == nobody
    before = story.position
    policy = allow(story, 4, date(2026, 2, 1))
    # Without hours there is no load to compare.
    assert over(story) == {"one": (4, False), "other": (4, True), "third": (4, None)}
    assert over(story, day=date(2026, 1, 31)) == nobody
    assert over(story, known_at=before) == nobody
    told = mentor_caseload(story.connection, HERE, as_of=noon(DAY))
    assert all(policy in tuple(behind()) for behind in told.behind)


def test_a_policy_that_is_late_corrected_or_retracted_changes_who_is_over_it(story: Story) -> None:
    employ(story, "one")
    for number in range(5):
        match(story, f"one-{number}", "one")
    allow(story, 5, date(2026, 1, 1))
    assert over(story) == {"one": (5, False)}
    late = allow(story, 4, date(2026, 2, 1), told=date(2026, 2, 20))
    assert over(story) == {"one": (4, True)}
    held = story.position
    higher = CaseloadPolicySet(
        actor=LEADER, from_=date(2026, 2, 1), highest=6, reason="trying-higher-load"
    )
    story.correct(late, higher, date(2026, 2, 21), new_time=date(2026, 2, 20))
    assert over(story) == {"one": (6, False)}
    story.retract(late, date(2026, 2, 23))
    assert over(story) == {"one": (5, False)}
    assert over(story, known_at=held) == {"one": (4, True)}
    # A policy that names only the least a mentor should have has no limit to be over.
    allow(story, None, date(2026, 2, 24))
    assert over(story) == {"one": (None, None)}


def test_two_mentors_at_half_time_each_have_their_own_figure(story: Story) -> None:
    # 3 and 5 citizens at half time each: 6 and 10 per full-time mentor, 8 for the team.
    for name, citizens in (("one", 3), ("other", 5)):
        employ(story, name, FULL // 2)
        for number in range(citizens):
            match(story, f"{name}-{number}", name)
    rows = mentors(story)
    own = {name: (row["participants_now"], row["per_fte_now"]) for name, row in rows.items()}
    assert own == {"one": (3, 6), "other": (5, 10)}
    assert {name: row["band_now"] for name, row in rows.items()} == {"one": "<10", "other": "10-14"}
    assert {row["weekly_minutes_now"] for row in rows.values()} == {FULL // 2}
    row = team(story)
    assert (row["fte_now"], row["per_fte_now"], row["mentors_with_hours"]) == (
        Decimal("1.00"),
        Decimal("8.00"),
        2,
    )
    assert [row[n] for n in ("lowest_load", "mean_load", "highest_load")] == [6, 8, 10]


def test_a_citizen_with_two_mentors_counts_once_for_the_team_and_once_for_each(
    story: Story,
) -> None:
    employ(story, "one")
    employ(story, "other")
    match(story, "citizen", "one", id_="m-1")
    match(story, "citizen", "other", id_="m-2")
    assert {n: r["participants_now"] for n, r in mentors(story).items()} == {"one": 1, "other": 1}
    assert {n: r["participants"] for n, r in mentors(story).items()} == {"one": 1, "other": 1}
    assert (team(story)["participants"], team(story)["participants_now"]) == (1, 1)


def test_linked_citizens_count_once_for_their_mentor_too(story: Story) -> None:
    employ(story, "one")
    match(story, "first", "one")
    match(story, "second", "one")
    before = story.position
    link = IdentityLinked(
        actor=actor("coordinator"), what="citizen", alias=who("second"), basis="cpr"
    )
    story.course("first", link, date(2026, 2, 1))
    assert mentors(story)["one"]["participants"] == 1
    assert mentors(story, known_at=before)["one"]["participants"] == 2


def test_a_mentor_with_citizens_and_no_hours_has_no_measure_and_is_listed(story: Story) -> None:
    # Nobody knows of an employment of the third; the other is on leave.
    employ(story, "other")
    change(story, "other", 0, date(2026, 2, 1))
    match(story, "first", "third")
    match(story, "second", "other")
    rows = mentors(story)
    third, other = rows["third"], rows["other"]
    assert (third["participants_now"], third["per_fte_now"], third["band_now"]) == (1, None, None)
    assert (third["participants"], third["per_fte"], third["band"]) == (1, None, None)
    assert (third["employed"], third["on_leave"], third["left_on"]) == (False, False, None)
    assert (other["employed"], other["on_leave"], other["per_fte_now"]) == (True, True, None)
    # 31 of 60 days full time: 0.52, and one citizen.
    assert (other["fte"], other["per_fte"], other["band"]) == (
        Decimal("0.52"),
        Decimal("1.94"),
        "<10",
    )
    row = team(story)
    assert (row["participants_now"], row["participants_without_hours"]) == (2, 2)
    assert row["mentors_with_hours"] == 0
    assert row["lowest_load"] is row["mean_load"] is row["highest_load"] is row["band_now"] is None


def test_changed_hours_of_somebody_never_employed_make_no_mentor(story: Story) -> None:
    change(story, "mentor", FULL, START)
    assert mentors(story) == {}


def test_a_citizen_is_without_hours_only_if_none_of_the_mentors_has_any(story: Story) -> None:
    employ(story, "one")
    match(story, "shared", "one", id_="m-1")
    match(story, "shared", "third", id_="m-2")
    match(story, "alone", "third", id_="m-3")
    assert team(story)["participants_without_hours"] == 1


def test_a_mentor_without_citizens_is_the_least_loaded(story: Story) -> None:
    employ(story, "one")
    employ(story, "other")
    for number in range(3):
        match(story, f"c-{number}", "one")
    row = team(story)
    assert [row[n] for n in ("lowest_load", "mean_load", "highest_load")] == [0, Decimal("1.5"), 3]
    assert mentors(story)["other"]["per_fte_now"] == 0


def test_who_left_in_the_period_stands_in_it_and_not_in_a_later_one(story: Story) -> None:
    # Hours on 31 of 59 days, two citizens: 31/59 = 0.53, 2 ÷ 31/59 = 3.81.
    employ(story, "one")
    employ(story, "other", on=date(2026, 4, 1))
    for number in range(2):
        match(story, f"c-{number}", "one")
        end(story, f"c-{number}", date(2026, 2, 1))
    leave(story, "one", date(2026, 2, 1))
    row = mentors(story, date(2026, 2, 28))["one"]
    assert (row["fte"], row["per_fte"], row["left_on"]) == (
        Decimal("0.53"),
        Decimal("3.81"),
        date(2026, 2, 1),
    )
    assert (row["employed"], row["participants_now"], row["fte_now"]) == (False, 0, 0)
    # Who is employed later isn't listed yet.
    assert set(mentors(story, date(2026, 2, 28))) == {"one"}
    later = Period(date(2026, 4, 1), date(2026, 5, 1))
    assert set(mentors(story, date(2026, 4, 30), period=later)) == {"other"}


def test_a_mentor_who_came_back_has_not_left(story: Story) -> None:
    employ(story, "one")
    leave(story, "one", date(2026, 2, 1))
    assert mentors(story)["one"]["left_on"] == date(2026, 2, 1)
    employ(story, "one", on=date(2026, 2, 15))
    assert mentors(story)["one"]["left_on"] is None


def test_a_coordinator_with_own_citizens_is_a_mentor_among_the_others(story: Story) -> None:
    # 2 citizens on a quarter of a post, against 4 per full-time mentor: not more than half.
    coordinate(story, "coordinator")
    employ(story, "coordinator", FULL // 4)
    employ(story, "one")
    for number in range(4):
        match(story, f"c-{number}", "one")
    for number in range(2):
        match(story, f"own-{number}", "coordinator")
    rows = mentors(story)
    assert {name: row["is_coordinator"] for name, row in rows.items()} == {
        "one": False,
        "coordinator": True,
    }
    assert (rows["coordinator"]["per_fte_now"], rows["one"]["per_fte_now"]) == (8, 4)
    row = team(story)
    assert (row["coordinator"], row["coordinator_participants"]) == (who("coordinator"), 2)
    assert (row["mentors_mean"], row["coordinator_overloaded"]) == (4, False)
    said = reckoned(story)
    assert said["mentors_mean"] == "4 borgere / 1 fuldtidsmentor = 4."
    limit = "grænsen på 2: 50 % af mentorernes gennemsnit på 4."
    assert said["coordinator_overloaded"] == f"2 borgere er ikke over {limit}"
    match(story, "own-2", "coordinator")
    assert team(story)["coordinator_overloaded"] is True
    assert reckoned(story)["coordinator_overloaded"] == f"3 borgere er over {limit}"
    # With a post and a half the others have 4 / 1.5 = 2.67 each, of which half is 1.33.
    employ(story, "half", FULL // 2)
    assert reckoned(story)["coordinator_overloaded"] == (
        "3 borgere er over grænsen på 1,33: 50 % af mentorernes gennemsnit på 2,67,"
        " regnet før afrunding."
    )


def test_of_no_coordinator_or_no_mean_nothing_is_reckoned(story: Story) -> None:
    assert not {"mentors_mean", "coordinator_overloaded"} & reckoned(story).keys()
    coordinate(story, "coordinator")
    said = reckoned(story)
    assert said["mentors_mean"] == "0 borgere og ingen mentortimer: tallet er ikke defineret."
    assert "coordinator_overloaded" not in said


def test_a_citizen_of_the_coordinator_and_of_a_mentor_counts_on_both_sides(story: Story) -> None:
    coordinate(story, "coordinator")
    employ(story, "one")
    match(story, "shared", "coordinator", id_="m-1")
    match(story, "shared", "one", id_="m-2")
    row = team(story)
    assert (row["coordinator_participants"], row["mentors_mean"]) == (1, 1)


def test_a_mentor_with_two_ids_is_one_row(story: Story) -> None:
    employ(story, "one")
    match(story, "first", "one")
    match(story, "second", "other")
    assert set(mentors(story)) == {"one", "other"}
    before = story.position
    link = TeamIdentityLinked(
        actor=actor("coordinator"), person=who("one"), alias=who("other"), basis="manual"
    )
    story.team(link, date(2026, 2, 1))
    assert mentors(story)["one"]["participants_now"] == 2
    assert set(mentors(story)) == {"one"}
    assert set(mentors(story, known_at=before)) == {"one", "other"}


def test_a_late_a_corrected_and_a_retracted_match_change_what_is_known_not_what_was(
    story: Story,
) -> None:
    employ(story, "one")
    match(story, "first", "one")
    known = story.position
    late = match(story, "late", "one", date(2026, 1, 5))
    assert mentors(story, date(2026, 1, 10))["one"]["participants_now"] == 2
    assert mentors(story, date(2026, 1, 10), known_at=known)["one"]["participants_now"] == 1
    with_late = story.position
    story.retract(late, DAY)
    assert mentors(story, date(2026, 1, 10))["one"]["participants_now"] == 1
    assert mentors(story, date(2026, 1, 10), known_at=with_late)["one"]["participants_now"] == 2


def test_behind_a_mentors_row_stand_the_hours_and_matches_with_what_ended_them(
    story: Story,
) -> None:
    hired = employ(story, "one")
    employ(story, "other")
    begun = match(story, "first", "one")
    ended = close(story, "first", date(2026, 2, 1))
    match(story, "second", "other")
    answer = mentor_caseload(story.connection, HERE, as_of=noon(DAY))
    behind = {
        BY_ID[row["mentor"]]: set(events())
        for row, events in zip(answer.rows, answer.behind, strict=True)
    }
    assert behind["one"] == {hired, begun, ended}
    assert not behind["one"] & behind["other"]


def test_a_team_has_its_municipalitys_figures(story: Story) -> None:
    employ(story, "one")
    match(story, "first", "one")
    (whole,) = caseload(story.connection, HERE, as_of=noon(DAY)).rows
    assert whole.items() <= team(story).items()
