"""Figure 8: where mentors' time goes, by role, area, mentor and month, over any period."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from domain.events.course import ActivityRegistered, ContactAttempted, KeyPersonFound
from domain.events.team import TeamIdentityLinked
from domain.values import Period, Ref
from projections.answering import Ask
from projections.views.activities import (
    activities,
    activities_by_area,
    activities_by_mentor,
    activities_in_all,
)
from projections.views.mentor_roles import mentor_roles, roles_by_mentor, roles_by_month
from tests.projections.story import HERE, Story, actor, noon, thing, who

JAN, FEB, MARCH = date(2026, 1, 12), date(2026, 2, 9), date(2026, 3, 9)
LATE = noon(date(2026, 4, 1))


def activity(minutes: int, role: str = "system-guide", by: str = "m-1", **more: Any) -> Any:
    return ActivityRegistered(
        actor=actor(more.pop("function", "mentor"), by),
        role=role,
        activity="conversation",
        minutes=minutes,
        contact="in-person",
        **more,
    )


def work(
    story: Story, on: date | datetime, minutes: int, role: str = "system-guide", **more: Any
) -> Ref:
    return story.course("c-1", activity(minutes, role, **more), on)


def attempt(story: Story, on: date, minutes: int | None = None, **more: Any) -> Ref:
    fact = ContactAttempted(
        actor=actor(more.pop("function", "mentor"), more.pop("by", "m-1")),
        form="phone",
        outcome=more.pop("outcome", "no-answer"),
        minutes=minutes,
    )
    return story.course("c-1", fact, on)


def found(
    story: Story, on: date, key_person: str, by: str = "m-1", function: str = "mentor"
) -> Ref:
    fact = KeyPersonFound(
        actor=actor(function, by), key_person=thing(key_person), relation="sealed"
    )
    return story.course("c-1", fact, on)


def ask(story: Story, view: Ask, period: Period | None = None, **more: Any) -> list[dict[str, Any]]:
    return view(story.connection, HERE, as_of=LATE, period=period, **more).rows


def test_time_is_that_of_the_periods_days(story: Story) -> None:
    work(story, JAN, 60)
    work(story, FEB, 30)
    work(story, MARCH, 10)
    assert ask(story, activities)[0]["minutes"] == 100
    # Half-open: 9 March isn't in [9 February, 9 March).
    assert ask(story, activities, Period(FEB, MARCH))[0]["minutes"] == 30
    assert ask(story, activities, Period(FEB))[0]["minutes"] == 40
    assert ask(story, activities, Period(MARCH, MARCH)) == []


def test_areas_are_of_the_personal_guide_and_others_have_none(story: Story) -> None:
    work(story, JAN, 60, "personal-guide", area="household")
    work(story, JAN, 30, "personal-guide", area="relations")
    work(story, FEB, 15, "personal-guide", area="relations")
    work(story, JAN, 45, "induction-guide")
    told = [
        (row["role"], row["area"], row["times"], row["minutes"], row["share_of_time"])
        for row in ask(story, activities_by_area)
    ]
    # 60, 45 and 45 of 150.
    assert told == [
        ("personal-guide", "household", 1, 60, Decimal("40.00")),
        ("induction-guide", None, 1, 45, Decimal("30.00")),
        ("personal-guide", "relations", 2, 45, Decimal("30.00")),
    ]


def test_a_mentors_time_is_told_by_role_with_its_share_of_their_own(story: Story) -> None:
    work(story, JAN, 60, "system-guide")
    work(story, JAN, 20, "induction-guide")
    work(story, JAN, 100, "system-guide", by="m-2")
    work(story, JAN, 500, "system-guide", by="s-1", function="caseworker")
    told = [
        (row["mentor"], row["role"], row["minutes"], row["share_of_own_time"])
        for row in ask(story, roles_by_mentor)
    ]
    assert told == [
        (who("m-2"), "system-guide", 100, Decimal("100.00")),
        (who("m-1"), "system-guide", 60, Decimal("75.00")),
        (who("m-1"), "induction-guide", 20, Decimal("25.00")),
    ]


def test_two_ids_of_one_mentor_are_one(story: Story) -> None:
    work(story, JAN, 60)
    work(story, JAN, 20, by="T-1")
    attempt(story, JAN, 5, by="T-1")
    link = TeamIdentityLinked(
        actor=actor("leader"), person=who("m-1"), alias=who("T-1"), basis="cpr"
    )
    story.team(link, JAN)
    [row] = ask(story, activities_by_mentor)
    assert (row["mentor"], row["activities"], row["minutes"], row["attempts"]) == (
        who("m-1"),
        2,
        80,
        1,
    )
    [row] = ask(story, roles_by_mentor)
    assert (row["activities"], row["minutes"]) == (2, 80)


def test_a_month_is_one_in_copenhagen(story: Story) -> None:
    # 23:30 UTC on 31 January is half past midnight on 1 February in Copenhagen.
    work(story, datetime(2026, 1, 31, 22, 30, tzinfo=UTC), 10)
    work(story, datetime(2026, 1, 31, 23, 30, tzinfo=UTC), 30)
    work(story, FEB, 90, "induction-guide")
    told = [
        (row["month"], row["role"], row["minutes"], row["share_of_months_time"])
        for row in ask(story, roles_by_month)
    ]
    assert told == [
        (date(2026, 1, 1), "system-guide", 10, Decimal("100.00")),
        (date(2026, 2, 1), "induction-guide", 90, Decimal("75.00")),
        (date(2026, 2, 1), "system-guide", 30, Decimal("25.00")),
    ]


def test_attempts_stand_beside_and_are_no_activity(story: Story) -> None:
    work(story, JAN, 60)
    attempt(story, JAN, 5)
    attempt(story, FEB, outcome="no-show")
    attempt(story, FEB, 90, by="s-1", function="caseworker")
    [row] = ask(story, activities_in_all)
    assert (row["activities"], row["minutes"]) == (1, 60)
    assert (row["attempts"], row["attempt_minutes"]) == (2, 5)
    assert row["attempts_by_outcome"] == {"no-answer": 1, "no-show": 1}
    # In February one attempt, whose minutes nobody told: unknown, not none.
    [row] = ask(story, activities_in_all, Period(FEB))
    assert (row["activities"], row["attempts"], row["attempt_minutes"]) == (0, 1, None)
    [row] = ask(story, activities_in_all, Period(MARCH))
    assert (row["attempts"], row["attempt_minutes"]) == (0, 0)


def test_a_key_person_is_found_once_by_whoever_told_of_them_first(story: Story) -> None:
    found(story, FEB, "grandmother", by="m-2")
    found(story, JAN, "grandmother", by="m-1")
    found(story, FEB, "teacher", by="m-2")
    found(story, FEB, "neighbour", by="s-1", function="caseworker")
    assert ask(story, activities_in_all)[0]["key_persons"] == 3
    assert ask(story, activities_in_all, Period(FEB))[0]["key_persons"] == 2
    told = {row["mentor"]: row["key_persons"] for row in ask(story, activities_by_mentor)}
    assert told == {who("m-1"): 1, who("m-2"): 1}


def test_time_that_is_late_corrected_or_retracted_counts_as_it_is_known(story: Story) -> None:
    first = work(story, JAN, 60)
    before = story.position
    second = work(story, JAN, 30)
    assert ask(story, activities)[0]["minutes"] == 90
    assert ask(story, activities, known_at=before)[0]["minutes"] == 60
    story.correct(first, activity(45, by="m-2"), FEB, new_time=FEB)
    assert [row["minutes"] for row in ask(story, activities_by_mentor)] == [45, 30]
    assert ask(story, activities, Period(JAN, FEB))[0]["minutes"] == 30
    story.retract(second, MARCH)
    [row] = ask(story, activities_by_mentor)
    assert (row["mentor"], row["minutes"]) == (who("m-2"), 45)


def test_behind_a_row_are_the_events_of_that_row_and_period_only(story: Story) -> None:
    own = work(story, FEB, 60, "personal-guide", area="household")
    work(story, JAN, 60, "personal-guide", area="household")
    other = work(story, FEB, 30)
    tried, key_person = attempt(story, FEB), found(story, FEB, "teacher")
    attempt(story, JAN)
    period = Period(FEB, MARCH)

    def behind(view: Ask) -> list[set[Ref]]:
        answer = view(story.connection, HERE, as_of=LATE, period=period)
        return [set(told()) for told in answer.behind]

    assert behind(activities) == behind(activities_by_area) == [{own}, {other}]
    assert behind(roles_by_mentor) == behind(roles_by_month) == [{own}, {other}]
    assert [one for one in behind(mentor_roles) if one] == [{own}, {other}]
    everything = {own, other, tried, key_person}
    assert behind(activities_in_all) == behind(activities_by_mentor) == [everything]
