"""Mentor hours granted and delivered, month by month."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.calendar import start_of
from domain.events.course import (
    ActivityRegistered,
    Closed,
    ContactAttempted,
    GrantEnded,
    IdentityLinked,
    Reopened,
)
from domain.events.team import RulesAdopted
from domain.rule_packs import default_text
from domain.values import Period, Ref
from projections.views.grant_hours import by_granted_month
from tests.projections.granting import (
    APRIL,
    CASEWORKER,
    FEBRUARY,
    JANUARY,
    JULY,
    MARCH,
    extended,
    granted,
)
from tests.projections.story import HERE, Story, actor, noon, thing, who


def work_fact(minutes: int, **more: Any) -> ActivityRegistered:
    told = {"actor": actor("mentor"), "role": "not-stated", "activity": "conversation", **more}
    return ActivityRegistered(minutes=minutes, contact="in-person", **told)


def worked(story: Story, on: date | datetime, minutes: int, course: str = "c", **more: Any) -> Ref:
    return story.course(course, work_fact(minutes, **more), on)


def ask(story: Story, day: date, **asked: Any) -> list[dict[str, Any]]:
    return by_granted_month(story.connection, HERE, as_of=noon(day), **asked).rows


def january(story: Story, day: date = FEBRUARY, **asked: Any) -> dict[str, Any]:
    row = ask(story, day, **asked)[0]
    assert row["month"] == JANUARY
    return row


@pytest.mark.parametrize(
    ("minutes", "percent", "below"), [(154, "49.68", True), (155, "50.00", False)]
)
def test_less_than_half_of_what_was_granted_is_below(
    story: Story, minutes: int, percent: str, below: bool
) -> None:
    # 70 minutes a week are 10 a day: January's 31 days have 310, and half of them are 155.
    granted(story, "c", JANUARY)
    worked(story, date(2026, 1, 15), minutes)
    row = january(story)
    assert (row["days_granted"], row["granted_minutes"]) == (31, Decimal("310.00"))
    assert (row["delivered_minutes"], row["delivered_percent"]) == (minutes, Decimal(percent))
    assert (row["is_over"], row["percent"], row["below"]) == (True, 50, below)


def test_the_month_that_runs_is_reckoned_to_the_day_and_not_flagged(story: Story) -> None:
    granted(story, "c", JANUARY)
    worked(story, date(2026, 1, 20), 5)
    worked(story, date(2026, 1, 21), 50)
    # The 1st to the 20th are 20 days.
    row = january(story, date(2026, 1, 20))
    assert (row["granted_minutes"], row["delivered_minutes"]) == (Decimal("200.00"), 5)
    assert (row["is_over"], row["below"]) == (False, None)


def test_hours_that_name_no_grant_count_once_where_grants_run_side_by_side(story: Story) -> None:
    # Two grants of 310 minutes in January; half of that, 155, is enough. The days of b-2 end first,
    # so it takes its 155 of the 300; the other has 145, and is below.
    granted(story, "c", JANUARY, "b-1", Period(JANUARY, MARCH))
    granted(story, "c", JANUARY, "b-2", Period(JANUARY, FEBRUARY))
    worked(story, date(2026, 1, 15), 300)
    assert shared(story, FEBRUARY) == {"b-1": (145, True), "b-2": (155, False)}


@pytest.mark.parametrize(("longer", "shorter"), [("b-1", "b-2"), ("b-2", "b-1")])
def test_the_grant_that_ends_first_is_served_first_whatever_month_or_day_is_asked_about(
    story: Story, longer: str, shorter: str
) -> None:
    granted(story, "c", JANUARY, longer, Period(JANUARY, JULY))
    granted(story, "c", JANUARY, shorter, Period(JANUARY, date(2026, 3, 16)))
    for month in (1, 2):
        worked(story, date(2026, month, 10), 300)
    # January asks for 155 of 310 minutes, February for 140 of 280.
    assert shared(story, FEBRUARY) == {shorter: (155, False), longer: (145, True)}
    assert shared(story, APRIL) == {shorter: (155, False), longer: (145, True)}
    assert shared(story, MARCH, FEBRUARY) == {shorter: (160, False), longer: (140, False)}
    # While January runs, 200 minutes are granted on its first 20 days: 100 are enough for each,
    # and what neither lacks is of the one that is served first.
    assert shared(story, date(2026, 1, 20)) == {shorter: (200, None), longer: (100, None)}


def test_a_grant_ends_as_was_decided_and_known_by_the_moment_asked_about(story: Story) -> None:
    granted(story, "c", JANUARY, "b-1", Period(JANUARY, APRIL))
    granted(story, "c", JANUARY, "b-2", Period(JANUARY, JULY))
    worked(story, date(2026, 1, 15), 300)
    first, second = {"b-1": (155, False), "b-2": (145, True)}, {"b-1": (145, True)}
    second["b-2"] = (155, False)
    before = story.position
    # On 10 March b-1 goes on beyond the other's end, on 20 March it ends before it after all.
    longer = extended(story, "c", date(2026, 3, 10), Period(APRIL, date(2026, 8, 1)))
    known = story.position
    ended = GrantEnded(actor=CASEWORKER, grant=thing("b-1"), to=APRIL, reason="not-needed")
    story.course("c", ended, date(2026, 3, 20))
    told = {day: shared(story, date(2026, 3, day)) for day in (9, 10, 19, 20)}
    assert told == {9: first, 10: second, 19: second, 20: first}
    assert shared(story, date(2026, 3, 25), known_at=known) == second
    assert shared(story, date(2026, 3, 25), known_at=before) == first
    story.retract(longer, APRIL)
    assert shared(story, date(2026, 3, 15)) == first


def shared(
    story: Story, day: date, month: date = JANUARY, **asked: Any
) -> dict[str, tuple[Any, bool | None]]:
    """What was delivered of a month for each grant, and whether that is below."""
    rows = [row for row in ask(story, day, period=Period(month), **asked) if row["month"] == month]
    return {row["grant"].split()[-1]: (row["delivered_minutes"], row["below"]) for row in rows}


def test_a_total_is_spread_evenly_over_its_days(story: Story) -> None:
    # 900 minutes over the 90 days of January to March.
    granted(story, "c", JANUARY, "b-1", Period(JANUARY, APRIL), total_minutes=900)
    minutes = [row["granted_minutes"] for row in ask(story, APRIL, streams=[who("c")])]
    assert minutes == [Decimal("310.00"), Decimal("280.00"), Decimal("310.00")]


def test_an_extension_brings_its_own_volume_from_its_first_day(story: Story) -> None:
    granted(story, "c", JANUARY, "b-1", Period(JANUARY, FEBRUARY))
    extended(story, "c", date(2026, 1, 10), Period(date(2026, 1, 22), MARCH), weekly_minutes=140)
    # 21 days of 10 minutes and 10 days of 20.
    assert january(story)["granted_minutes"] == Decimal("410.00")


@pytest.mark.parametrize(("first", "below"), [(18, True), (19, None)])
def test_fewer_than_fourteen_days_of_a_month_are_not_asked_about(
    story: Story, first: int, below: bool | None
) -> None:
    granted(story, "c", JANUARY, "b-1", Period(date(2026, 1, first), JULY))
    row = january(story)
    assert (row["days_granted"], row["below"]) == (32 - first, below)


def test_only_mentors_work_on_the_granted_days_for_this_grant_or_none_counts(story: Story) -> None:
    granted(story, "c", JANUARY, "b-1", Period(date(2026, 1, 2), JULY))
    worked(story, JANUARY, 100)  # the day before
    worked(story, date(2026, 1, 5), 1, grant=thing("b-1"))
    worked(story, date(2026, 1, 5), 2)
    worked(story, date(2026, 1, 5), 100, grant=thing("b-2"))
    worked(story, date(2026, 1, 5), 100, actor=CASEWORKER)
    worked(story, date(2026, 1, 5), 4, actor=CASEWORKER, on_behalf_of=actor("mentor"))
    attempt = ContactAttempted(
        actor=actor("mentor"), form="phone", outcome="no-answer", minutes=100
    )
    story.course("c", attempt, date(2026, 1, 5))
    # 23.30 on 31 January is January's, half an hour later is February's.
    worked(story, start_of(FEBRUARY) - timedelta(minutes=30), 8)
    worked(story, start_of(FEBRUARY), 100)
    assert january(story)["delivered_minutes"] == 1 + 2 + 4 + 8


def test_days_on_which_the_course_is_closed_or_the_grant_ended_are_not_granted(
    story: Story,
) -> None:
    granted(story, "c", JANUARY)
    close = Closed(actor=CASEWORKER, to=date(2026, 1, 11), reason="other")
    story.course("c", close, date(2026, 1, 11), id_="closed")
    again = Reopened(actor=CASEWORKER, from_=date(2026, 1, 21), reason="returned")
    story.course("c", again, date(2026, 1, 21), id_="reopened")
    ended = GrantEnded(
        actor=CASEWORKER, grant=thing("b-1"), to=date(2026, 1, 26), reason="not-needed"
    )
    story.course("c", ended, date(2026, 1, 26), id_="ended")
    work = worked(story, date(2026, 1, 22), 30)
    worked(story, date(2026, 1, 15), 30)
    # The 1st to the 10th, and the 21st to the 25th.
    row = january(story)
    assert (row["days_granted"], row["delivered_minutes"]) == (15, 30)
    answer = by_granted_month(story.connection, HERE, as_of=noon(FEBRUARY))
    (refs,) = [list(behind()) for behind in answer.behind]
    assert {ref.id for ref in refs} == {"ev-10", "closed", "reopened", "ended", work.id}


def test_the_months_asked_about_are_the_periods_else_the_last_one_and_this(story: Story) -> None:
    granted(story, "c", JANUARY)
    day = date(2026, 3, 10)

    def months(**asked: Any) -> list[date]:
        return [row["month"] for row in ask(story, day, **asked)]

    assert months() == [FEBRUARY, MARCH]
    assert months(streams=[who("c")]) == [JANUARY, FEBRUARY, MARCH]
    # Whole months, whatever days of them are named; none after the day.
    assert months(period=Period(date(2026, 1, 31), date(2026, 2, 2))) == [JANUARY, FEBRUARY]
    assert months(period=Period(date(2026, 1, 31), FEBRUARY)) == [JANUARY]
    assert months(period=Period(MARCH)) == [MARCH]
    assert months(period=Period(APRIL, JULY)) == []


def test_the_limit_is_that_of_the_pack_of_the_first_day_after_the_month(story: Story) -> None:
    granted(story, "c", JANUARY)
    worked(story, date(2026, 1, 15), 200)  # 64.52 percent
    text = default_text().replace("percent = 50", "percent = 75").replace('"default"', '"own"', 1)
    before = story.position
    adopted = RulesAdopted(
        actor=actor("leader"),
        pack="own",
        edition="2",
        period=Period(FEBRUARY),
        sha256="0",
        text=text,
    )
    rules = story.team(adopted, FEBRUARY)
    row = january(story)
    assert (row["percent"], row["below"]) == (75, True)
    row = january(story, known_at=before)
    assert (row["percent"], row["below"]) == (50, False)
    # February is judged by the pack of 1 March, which is the same; December's came with the
    # program, so that nothing was adopted.
    answer = by_granted_month(story.connection, HERE, as_of=noon(FEBRUARY))
    assert [rules in behind() for behind in answer.behind] == [True, True]
    answer = by_granted_month(story.connection, HERE, as_of=noon(FEBRUARY), known_at=before)
    assert [rules in behind() for behind in answer.behind] == [False, False]


def test_late_corrected_and_retracted_hours_are_as_known_then(story: Story) -> None:
    granted(story, "c", JANUARY)
    assert january(story)["delivered_minutes"] == 0
    before = story.position
    work = worked(story, date(2026, 1, 15), 200)
    first = story.position
    story.correct(work, work_fact(20), MARCH, new_time=date(2026, 1, 16))
    second = story.position
    story.retract(work, APRIL)
    known = {at: january(story, known_at=at)["delivered_minutes"] for at in (before, first, second)}
    assert known == {before: 0, first: 200, second: 20}
    assert january(story)["delivered_minutes"] == 0


def test_what_is_delivered_on_a_linked_course_counts_for_the_grant(story: Story) -> None:
    granted(story, "c", JANUARY)
    worked(story, date(2026, 1, 15), 60, course="other")
    assert january(story)["delivered_minutes"] == 0
    link = IdentityLinked(
        actor=actor("coordinator"), what="course", alias=who("other"), basis="cpr"
    )
    story.course("c", link, MARCH)
    assert january(story)["delivered_minutes"] == 60
    assert january(story, streams=[who("other")])["course"] == who("c")


def test_other_kinds_of_grants_have_no_hours(story: Story) -> None:
    granted(story, "c", JANUARY, kind="treatment", weekly_minutes=None)
    assert ask(story, FEBRUARY) == []
