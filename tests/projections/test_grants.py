"""The ledger of grants: each from application to end, as it stands on a day."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.events.course import (
    Closed,
    GrantAppliedFor,
    GrantDecided,
    GrantEnded,
    IdentityLinked,
    Reopened,
)
from domain.events.team import TeamIdentityLinked
from domain.values import Period
from projections.views.grants import by_grant
from tests.projections.granting import (
    APRIL,
    CASEWORKER,
    FEBRUARY,
    JANUARY,
    JULY,
    MARCH,
    extended,
    grant_fact,
    granted,
)
from tests.projections.story import HERE, SOURCE, Story, actor, noon, thing, who


def rows(story: Story, day: date, **asked: Any) -> list[dict[str, Any]]:
    return by_grant(story.connection, HERE, as_of=noon(day), **asked).rows


def ask(story: Story, day: date, **asked: Any) -> dict[str, Any]:
    (row,) = rows(story, day, **asked)
    return row


def behind(story: Story, day: date) -> list[str]:
    answer = by_grant(story.connection, HERE, as_of=noon(day))
    return [ref.id for refs in answer.behind for ref in refs()]


def end(story: Story, on: date, to: date) -> None:
    fact = GrantEnded(actor=CASEWORKER, grant=thing("b-1"), to=to, reason="goal-reached")
    story.course("c", fact, on, id_="ended")


@pytest.mark.parametrize(
    ("day", "state", "days_left"),
    [
        # Granted on 20 December for the days from 1 January to 30 June, both included.
        (date(2025, 12, 31), "granted", 182),  # 1 and the 181 of half a year
        (JANUARY, "running", 181),
        (date(2026, 5, 19), "running", 43),  # 13 in May, its own day included, and 30 in June
        (date(2026, 5, 20), "runs-out", 42),
        (date(2026, 6, 30), "runs-out", 1),
        (JULY, "run-out", None),
    ],
)
def test_a_grant_runs_out_soon_from_six_weeks_before_its_last_day_is_past(
    story: Story, day: date, state: str, days_left: int | None
) -> None:
    granted(story, "c", date(2025, 12, 20))
    row = ask(story, day)
    assert (row["state"], row["days_left"], row["runs_out_on"]) == (state, days_left, JULY)


def test_a_grant_is_followed_from_its_application_to_its_end(story: Story) -> None:
    applied = GrantAppliedFor(
        actor=actor("mentor"),
        on_behalf_of=actor("coordinator"),
        grant=thing("b-1"),
        kind="mentor-hours",
    )
    story.course("c", applied, date(2025, 12, 1), id_="applied")
    granted(story, "c", date(2025, 12, 20), amount_oere=1_250_000)
    end(story, date(2026, 2, 20), MARCH)
    row = ask(story, date(2025, 12, 19))
    assert (row["state"], row["kind"], row["outcome"]) == ("applied-for", "mentor-hours", None)
    assert (row["applied_function"], row["applied_by"]) == ("coordinator", who("coordinator"))
    assert (row["granted_from"], row["decided_by"], row["extensions"]) == (None, None, 0)
    row = ask(story, FEBRUARY)
    assert (row["state"], row["outcome"], row["decided_by"]) == (
        "running",
        "granted",
        who("caseworker"),
    )
    assert (row["weekly_minutes"], row["total_minutes"], row["amount_oere"]) == (70, None, 1250000)
    # On 20 February it is told to end with 1 March: nine days, the 20th to the 28th.
    row = ask(story, date(2026, 2, 20))
    assert (row["state"], row["days_left"], row["ended_on"]) == ("runs-out", 9, MARCH)
    row = ask(story, MARCH)
    assert (row["state"], row["days_left"], row["end_reason"]) == ("ended", None, "goal-reached")
    assert behind(story, MARCH) == ["applied", "ev-20", "ended"]
    assert behind(story, date(2025, 12, 19)) == ["applied"]


def test_a_refusal_says_why(story: Story) -> None:
    fact = GrantDecided(
        actor=CASEWORKER,
        grant=thing("b-1"),
        kind="treatment",
        outcome="refused",
        reason="not-documented",
    )
    story.course("c", fact, JANUARY)
    row = ask(story, FEBRUARY)
    assert (row["state"], row["refusal_reason"]) == ("refused", "not-documented")
    assert (row["runs_out_on"], row["days_left"], row["boundary_crossing"]) == (None, None, False)
    assert row["granted_through"] is None


def test_an_extension_without_a_volume_goes_on_as_before(story: Story) -> None:
    granted(story, "c", JANUARY, "b-1", Period(JANUARY, APRIL), amount_oere=500)
    extended(story, "c", MARCH, Period(APRIL, JULY))
    first, later = ask(story, date(2026, 3, 31)), ask(story, APRIL)
    assert (first["granted_to"], first["runs_out_on"], first["amount_oere"]) == (APRIL, JULY, 500)
    assert first["granted_through"] == date(2026, 6, 30)  # the last day, with the extension
    assert (later["granted_from"], later["granted_to"], later["extensions"]) == (APRIL, JULY, 1)
    # The amount is the new period's own, and none was told.
    assert (later["weekly_minutes"], later["amount_oere"]) == (70, None)
    # Before the extension was decided it was to run out on 1 April.
    assert ask(story, FEBRUARY)["runs_out_on"] == APRIL


def test_between_two_periods_a_grant_waits_for_the_next(story: Story) -> None:
    granted(story, "c", JANUARY, "b-1", Period(JANUARY, FEBRUARY))
    extended(story, "c", JANUARY, Period(MARCH, JULY), weekly_minutes=90)
    row = ask(story, date(2026, 2, 10))
    assert (row["state"], row["granted_from"], row["weekly_minutes"]) == ("granted", MARCH, 90)


@pytest.mark.parametrize("function", ["mentor", "coordinator", "system"])
def test_whoever_isnt_a_caseworker_crosses_a_boundary(story: Story, function: str) -> None:
    granted(story, "c", JANUARY, by=actor(function))
    row = ask(story, FEBRUARY)
    assert (row["boundary_crossing"], row["decided_function"]) == (True, function)


def test_a_mentor_who_extends_a_caseworkers_grant_crosses_a_boundary_too(story: Story) -> None:
    granted(story, "c", JANUARY, "b-1", Period(JANUARY, APRIL))
    extended(story, "c", MARCH, Period(APRIL, JULY), actor=actor("mentor"))
    assert ask(story, FEBRUARY)["boundary_crossing"] is False
    row = ask(story, MARCH)
    assert (row["boundary_crossing"], row["decided_function"]) == (True, "caseworker")


def test_a_grant_under_a_new_id_carries_the_old_one_on(story: Story) -> None:
    granted(story, "c", JANUARY, "b-1", Period(JANUARY, APRIL))
    granted(story, "c", MARCH, "b-2", Period(APRIL, JULY), continues=thing("b-1"))
    new, old = rows(story, APRIL)  # what runs out is on top
    assert (new["grant"], new["continues"]) == (f"{SOURCE} b-2", f"{SOURCE} b-1")
    assert (old["state"], old["continued_by"]) == ("continued", [f"{SOURCE} b-2"])
    assert ask(story, FEBRUARY)["continued_by"] == []


def test_a_grant_that_is_continued_does_not_run_out(story: Story) -> None:
    granted(story, "c", JANUARY, "b-1", Period(JANUARY, APRIL))
    assert ask(story, date(2026, 3, 1))["state"] == "runs-out"
    before = story.position
    granted(story, "c", date(2026, 3, 2), "b-2", Period(APRIL, JULY), continues=thing("b-1"))
    old, new = rows(story, date(2026, 3, 10))
    # 22 days in March, its own day included; the new one has 91 more, of April, May and June.
    assert (old["state"], old["days_left"], old["continued_by"]) == (
        *("continued", 22),
        [f"{SOURCE} b-2"],
    )
    assert (new["state"], new["days_left"]) == ("granted", 113)
    assert ask(story, date(2026, 3, 10), known_at=before)["state"] == "runs-out"


def test_a_refusal_and_days_that_end_no_later_continue_nothing(story: Story) -> None:
    granted(story, "c", JANUARY, "b-1", Period(JANUARY, APRIL))
    refused = GrantDecided(
        actor=CASEWORKER,
        grant=thing("b-2"),
        kind="mentor-hours",
        outcome="refused",
        reason="not-documented",
        continues=thing("b-1"),
    )
    story.course("c", refused, MARCH)
    granted(story, "c", MARCH, "b-3", Period(MARCH, APRIL), continues=thing("b-1"))
    found = {row["grant"]: row["state"] for row in rows(story, date(2026, 3, 10))}
    assert found[f"{SOURCE} b-1"] == "runs-out"


def test_in_a_closed_course_nothing_runs_out(story: Story) -> None:
    granted(story, "c", JANUARY, "b-1", Period(JANUARY, APRIL))
    before = story.position
    closing = Closed(actor=CASEWORKER, to=date(2026, 3, 5), reason="goal-reached")
    told = story.course("c", closing, date(2026, 3, 5), id_="close")
    assert ask(story, date(2026, 3, 4))["state"] == "runs-out"
    row = ask(story, date(2026, 3, 5))
    assert (row["state"], row["closed_on"], row["days_left"]) == (
        *("closed", date(2026, 3, 5)),
        None,
    )
    assert behind(story, date(2026, 3, 5))[-1] == "close"
    assert ask(story, date(2026, 3, 5), known_at=before)["state"] == "runs-out"
    # Its days are past whatever became of the course.
    assert ask(story, APRIL)["state"] == "run-out"
    # Open again before its days are past, it holds again.
    again = Reopened(actor=CASEWORKER, from_=date(2026, 3, 10), reason="need-returned")
    story.course("c", again, date(2026, 3, 10))
    assert ask(story, date(2026, 3, 9))["state"] == "closed"
    row = ask(story, date(2026, 3, 10))
    assert (row["state"], row["closed_on"], row["days_left"]) == ("runs-out", None, 22)
    story.retract(told, date(2026, 3, 12), id_="gone")
    assert ask(story, date(2026, 3, 9))["state"] == "runs-out"


def test_a_decision_told_late_is_in_force_from_its_day_and_was_not_known_before(
    story: Story,
) -> None:
    applied = GrantAppliedFor(actor=CASEWORKER, grant=thing("b-1"), kind="treatment")
    story.course("c", applied, JANUARY)
    before = story.position
    granted(story, "c", date(2026, 1, 10))  # arrives last, happened on the 10th
    assert ask(story, FEBRUARY)["state"] == "running"
    assert ask(story, FEBRUARY, known_at=before)["state"] == "applied-for"
    assert ask(story, date(2026, 1, 9))["state"] == "applied-for"


def test_a_corrected_and_a_retracted_grant_are_as_known_then(story: Story) -> None:
    wrong = granted(story, "c", JANUARY)
    first = story.position
    story.correct(
        wrong, grant_fact("b-1", Period(JANUARY, APRIL)), FEBRUARY, new_time=JANUARY, id_="fix"
    )
    second = story.position
    story.retract(wrong, MARCH, id_="gone")
    assert rows(story, FEBRUARY) == []
    assert ask(story, FEBRUARY, known_at=second)["runs_out_on"] == APRIL
    assert ask(story, FEBRUARY, known_at=first)["runs_out_on"] == JULY


def test_linked_courses_have_one_ledger_and_linked_staff_one_id(story: Story) -> None:
    granted(story, "old", JANUARY, "b-1", by=actor("caseworker", "s-12 in time"))
    fact = GrantEnded(actor=CASEWORKER, grant=thing("b-1"), to=MARCH, reason="moved")
    story.course("new", fact, FEBRUARY)
    before = story.position
    assert [row["state"] for row in rows(story, MARCH)] == ["running", "ended"]
    link = IdentityLinked(
        actor=actor("coordinator"), what="course", alias=who("old"), basis="manual"
    )
    story.course("new", link, APRIL)
    alike = TeamIdentityLinked(
        actor=actor("coordinator"), person=who("s-12"), alias=who("s-12 in time"), basis="manual"
    )
    story.team(alike, APRIL)
    row = ask(story, MARCH)
    assert (row["course"], row["state"], row["decided_by"]) == (who("new"), "ended", who("s-12"))
    assert len(rows(story, MARCH, known_at=before)) == 2
    # Asked for by either id.
    for name in ("old", "new"):
        assert ask(story, MARCH, streams=[who(name)]) == row
    assert rows(story, MARCH, streams=[]) == []


def test_what_runs_out_first_stands_first(story: Story) -> None:
    for number, days in enumerate((90, 30, 60)):
        end_ = JANUARY + timedelta(days=days)
        granted(story, f"c-{number}", JANUARY, f"b-{number}", Period(JANUARY, end_))
    found = [row["course"] for row in rows(story, date(2026, 1, 20))]
    assert found == [who("c-1"), who("c-2"), who("c-0")]
