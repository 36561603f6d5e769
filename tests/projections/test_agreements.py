"""What the mentor agreements of running matches lack."""

from datetime import date
from decimal import Decimal
from typing import Any

from domain.events.course import (
    Closed,
    IdentityLinked,
    MatchEnded,
    MentorAgreementMade,
    MentorMatched,
    Reopened,
)
from domain.events.team import RulesAdopted, TeamIdentityLinked
from domain.rule_packs import default_text
from domain.values import Period, Ref
from projections.views.agreements import by_agreement
from tests.projections.granting import APRIL, CASEWORKER, FEBRUARY, JANUARY, JULY, MARCH, granted
from tests.projections.story import HERE, Story, actor, noon, thing, who

ALL_PARTS = ("goal", "contact", "tasks", "duration", "hours", "complaint-guidance")


def match(story: Story, course: str = "c", mentor: str = "mentor", on: date = JANUARY) -> Ref:
    fact = MentorMatched(
        actor=CASEWORKER,
        match=thing(f"m-{course}-{mentor}"),
        mentor=who(mentor),
        from_=on,
        method="other",
    )
    return story.course(course, fact, on)


def agreement(*parts: str, mentor: str = "mentor", **more: Any) -> MentorAgreementMade:
    return MentorAgreementMade(actor=CASEWORKER, mentor=who(mentor), parts=parts, **more)


def rows(story: Story, day: date, **asked: Any) -> list[dict[str, Any]]:
    return by_agreement(story.connection, HERE, as_of=noon(day), **asked).rows


def ask(story: Story, day: date, **asked: Any) -> dict[str, Any]:
    (row,) = rows(story, day, **asked)
    return row


def test_a_match_without_an_agreement_lacks_all_of_it(story: Story) -> None:
    match(story)
    row = ask(story, FEBRUARY)
    assert (row["mentor"], row["match_from"], row["agreed_on"]) == (who("mentor"), JANUARY, None)
    assert row["missing"] == list(ALL_PARTS)
    assert row["in_force"] is row["agreed_weekly_minutes"] is row["difference_minutes"] is None


def test_the_last_agreement_with_the_mentor_replaces_the_earlier_ones(story: Story) -> None:
    match(story)
    story.course("c", agreement(*ALL_PARTS), JANUARY)
    story.course("c", agreement("goal", "hours"), MARCH)
    story.course("c", agreement(mentor="somebody else"), APRIL)
    assert ask(story, FEBRUARY)["missing"] == []
    assert ask(story, MARCH)["missing"] == ["contact", "tasks", "duration", "complaint-guidance"]
    assert ask(story, APRIL)["agreed_on"] == MARCH


def test_agreed_hours_stand_beside_those_granted_for_the_day(story: Story) -> None:
    match(story)
    granted(story, "c", JANUARY, "b-1", Period(JANUARY, APRIL))
    granted(story, "c", JANUARY, "b-2", Period(MARCH, JULY), weekly_minutes=50)
    days = Period(JANUARY, date(2026, 4, 30))
    story.course("c", agreement(*ALL_PARTS, period=days, weekly_minutes=100), JANUARY)
    # 70 a week in February, 70 and 50 in March, 50 in April.
    found = [ask(story, day) for day in (FEBRUARY, MARCH, APRIL)]
    assert [row["granted_weekly_minutes"] for row in found] == [70, 120, 50]
    assert [row["difference_minutes"] for row in found] == [30, -20, 50]
    assert ask(story, date(2026, 4, 29))["in_force"] is True
    assert ask(story, date(2026, 4, 30))["in_force"] is False
    assert ask(story, JULY)["granted_weekly_minutes"] is None


def test_a_total_of_hours_is_spread_over_the_agreements_weeks(story: Story) -> None:
    match(story)
    # 28 days of 10 minutes.
    days = Period(FEBRUARY, MARCH)
    story.course("c", agreement(*ALL_PARTS, period=days, total_minutes=280), FEBRUARY)
    assert ask(story, FEBRUARY)["agreed_weekly_minutes"] == Decimal("70.00")
    # Without days a total says nothing of a week.
    story.course("c", agreement(*ALL_PARTS, total_minutes=280), MARCH)
    assert ask(story, MARCH)["agreed_weekly_minutes"] is None


def test_only_matches_open_on_the_day_have_a_row(story: Story) -> None:
    match(story, on=FEBRUARY)
    ended = MatchEnded(actor=CASEWORKER, match=thing("m-c-mentor"), to=MARCH, reason="citizen-wish")
    story.course("c", ended, date(2026, 2, 10))
    days = (date(2026, 1, 31), FEBRUARY, date(2026, 2, 28), MARCH)
    assert [len(rows(story, day)) for day in days] == [0, 1, 1, 0]


def test_a_close_ends_the_match_and_a_reopening_begins_none(story: Story) -> None:
    match(story)
    story.course("c", Closed(actor=CASEWORKER, to=FEBRUARY, reason="job"), FEBRUARY)
    story.course("c", Reopened(actor=CASEWORKER, from_=MARCH, reason="returned"), MARCH)
    match(story, mentor="next", on=APRIL)
    days = (date(2026, 1, 31), FEBRUARY, MARCH, APRIL)
    assert [len(rows(story, day)) for day in days] == [1, 0, 0, 1]
    assert ask(story, APRIL)["mentor"] == who("next")


def test_of_linked_courses_one_is_closed_and_the_other_opens_it_again(story: Story) -> None:
    # The close stands in one, the reopening in the other, and the new match in the closed one.
    story.course("one", Closed(actor=CASEWORKER, to=FEBRUARY, reason="job"), FEBRUARY)
    story.course("other", Reopened(actor=CASEWORKER, from_=MARCH, reason="returned"), MARCH)
    match(story, "one", on=MARCH)
    assert rows(story, APRIL) == []
    link = IdentityLinked(
        actor=actor("coordinator"), what="course", alias=who("one"), basis="manual"
    )
    story.course("other", link, APRIL)
    assert ask(story, APRIL)["course"] == who("other")


def test_late_corrected_and_retracted_agreements_are_as_known_then(story: Story) -> None:
    match(story)
    before = story.position
    made = story.course("c", agreement("goal"), date(2026, 1, 10))
    first = story.position
    story.correct(made, agreement(*ALL_PARTS), MARCH, new_time=date(2026, 1, 10))
    second = story.position
    story.retract(made, APRIL)
    lacks = {at: len(ask(story, FEBRUARY, known_at=at)["missing"]) for at in (before, first)}
    assert lacks == {before: 6, first: 5}
    assert ask(story, FEBRUARY, known_at=second)["missing"] == []
    assert len(ask(story, FEBRUARY)["missing"]) == 6


def test_an_agreement_with_a_mentors_other_id_is_the_same_mentors(story: Story) -> None:
    found = match(story)
    made = story.course("c", agreement(*ALL_PARTS, mentor="mentor in time"), JANUARY)
    assert len(ask(story, FEBRUARY)["missing"]) == 6
    by, person, alias = actor("coordinator"), who("mentor"), who("mentor in time")
    link = TeamIdentityLinked(actor=by, person=person, alias=alias, basis="manual")
    linked = story.team(link, FEBRUARY)
    assert ask(story, FEBRUARY)["missing"] == []
    answer = by_agreement(story.connection, HERE, as_of=noon(FEBRUARY))
    assert [list(behind()) for behind in answer.behind] == [[found, made, linked]]


def test_behind_what_is_missing_stands_the_pack_of_the_day_that_asks_for_it(story: Story) -> None:
    found = match(story)
    text = default_text().replace('"default"', '"own"', 1)
    adopted = RulesAdopted(
        actor=actor("leader"),
        pack="own",
        edition="1",
        period=Period(MARCH),
        sha256="0",
        text=text.replace('"hours", "complaint-guidance"]', '"hours"]'),
    )
    rules = story.team(adopted, JANUARY)

    def behind(day: date) -> list[Ref]:
        (told,) = by_agreement(story.connection, HERE, as_of=noon(day)).behind
        return list(told())

    assert behind(FEBRUARY) == [found]
    assert ask(story, MARCH)["missing"] == list(ALL_PARTS[:-1])
    assert behind(MARCH) == [found, rules]
