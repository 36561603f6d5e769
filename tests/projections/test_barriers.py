"""Table 75: what holds mentors back, as far as it may be told."""

from datetime import date
from decimal import Decimal
from typing import Any

from domain.events.mentor import SurveyAnswered
from domain.events.team import TeamIdentityLinked
from domain.values import Ref
from projections.views.barriers import barriers, barriers_by_round
from tests.projections.story import HERE, Story, actor, noon, thing, who

FIRST, SECOND = date(2026, 3, 2), date(2026, 9, 1)
LATE = date(2026, 11, 2)
BACKING, COORDINATION = "barrier-lack-of-backing", "barrier-lack-of-coordination"
LITTLE, MUCH = "to-a-lesser-degree", "to-some-degree"


def fact(mentor: str, survey: str, **answers: str) -> SurveyAnswered:
    told = {f"barrier-lack-of-{name}": degree for name, degree in answers.items()}
    return SurveyAnswered(actor=actor("mentor", mentor), survey=thing(survey), answers=told)


def answer(
    story: Story, number: int, survey: str = "round-1", on: date = FIRST, **answers: str
) -> Ref:
    name = f"mentor-{number}"
    return story.mentor(name, fact(name, survey, **answers), on)


def ask(story: Story, on: date = LATE, known_at: int | None = None) -> dict[str, dict[str, Any]]:
    rows = barriers(story.connection, HERE, as_of=noon(on), known_at=known_at).rows
    return {row["question"]: row for row in rows}


def by_round(story: Story, on: date = LATE) -> dict[str, int | None]:
    rows = barriers_by_round(story.connection, HERE, as_of=noon(on)).rows
    return {row["survey"].split()[1]: row["answered"] for row in rows if row["question"] == BACKING}


def test_shares_are_those_of_the_report_where_its_mentors_answered(story: Story) -> None:
    # Fifteen mentors. Four of them: slightly more than one in four, 26.67 %. Thirteen: 86.67 %,
    # the report's 87.
    for number in range(15):
        answer(
            story,
            number,
            coordination="to-a-very-high-degree" if number < 4 else "not-at-all",
            backing=MUCH if number in (3, 9) else LITTLE,
        )
    rows = ask(story)
    assert rows[COORDINATION]["answered"] == 15
    assert rows[COORDINATION]["share_much"] == Decimal("26.67")
    assert rows[COORDINATION]["share_to_a_very_high_degree"] == Decimal("26.67")
    assert rows[COORDINATION]["share_to_some_degree"] == Decimal("0.00")
    assert rows[BACKING]["share_little"] == Decimal("86.67")
    assert rows[BACKING]["share_to_a_lesser_degree"] == Decimal("86.67")
    # Nobody was asked about time: there is nothing to tell, and nothing is not zero.
    assert (
        rows["barrier-lack-of-time"]["answered"],
        rows["barrier-lack-of-time"]["share_much"],
    ) == (
        None,
        None,
    )


def test_who_does_not_know_is_kept_out_of_the_shares(story: Story) -> None:
    for number in range(6):
        answer(story, number, backing="dont-know" if number == 0 else LITTLE)
    row = ask(story)[BACKING]
    assert (row["answered"], row["share_little"]) == (5, Decimal("100.00"))
    answer(story, 1, on=date(2026, 3, 3), backing="dont-know")
    assert ask(story)[BACKING]["answered"] is None


def test_a_round_of_fewer_than_five_is_not_told_nor_given_away_by_the_other(story: Story) -> None:
    for number in range(8):
        answer(story, number, backing=LITTLE)
    for number in range(3):
        answer(story, number, "round-2", SECOND, backing=MUCH)
    assert by_round(story) == {"round-1": 8, "round-2": None}
    assert ask(story, on=FIRST)[BACKING]["answered"] == 8
    assert ask(story)[BACKING]["answered"] is None


def test_what_is_withheld_says_so_and_what_was_never_asked_does_not(story: Story) -> None:
    for number in range(4):
        answer(story, number, backing=LITTLE)
    for number in range(10, 15):
        answer(story, number, coordination=LITTLE if number == 10 else "dont-know")
    answer(story, 20, time="dont-know")
    rows = ask(story)
    # Few answers, few that knew, and nobody who knew look alike.
    for question in (BACKING, COORDINATION, "barrier-lack-of-time"):
        assert (rows[question]["answered"], rows[question]["withheld"]) == (None, True)
    offers = rows["barrier-lack-of-offers"]
    assert (offers["answered"], offers["withheld"]) == (None, False)
    assert not any(row["withheld"] for row in ask(story, on=date(2026, 3, 1)).values())
    told = barriers_by_round(story.connection, HERE, as_of=noon(LATE)).rows
    assert {row["withheld"] for row in told} == {True}


def test_a_row_says_how_its_shares_are_made_and_names_no_reply(story: Story) -> None:
    for number in range(9):
        answer(story, number, backing=MUCH if number < 3 else LITTLE)
    answer(story, 20, coordination=LITTLE)
    found = barriers(story.connection, HERE, as_of=noon(LATE))
    rows = barriers_by_round(story.connection, HERE, as_of=noon(LATE))
    assert not any(tuple(behind()) for behind in (*found.behind, *rows.behind))
    said = {
        row["question"]: {one.column: one.english for one in figures()}
        for row, figures in zip(found.rows, found.figures, strict=True)
    }
    assert said[BACKING]["share_much"] == "3 + 0 of 9 answers = 33.33 %."
    assert said[BACKING]["share_to_a_lesser_degree"] == "6 of 9 answers = 66.67 %."
    assert said[BACKING]["answered"].startswith("9 answers in 1 round, the latest of each")
    assert "aren't named: they would tell who answered what" in said[BACKING]["answered"]
    # One answer: nothing but that there are too few, not even how many.
    assert list(said[COORDINATION]) == ["withheld"]
    assert said[COORDINATION]["withheld"].startswith("Too few people to tell them apart")
    asked = "Nobody has been asked about it yet."
    assert said["barrier-lack-of-time"] == {"answered": asked}


def test_what_one_round_leaves_of_the_whole_is_five_or_more(story: Story) -> None:
    for number in range(9):
        answer(story, number, backing=LITTLE)
    for number in range(5):
        answer(story, number, "round-2", SECOND, backing=MUCH)
    # The whole less round 2 would tell what numbers 5 to 8 answered.
    assert by_round(story) == {"round-1": 9, "round-2": 5}
    assert ask(story)[BACKING]["answered"] is None
    answer(story, 9, backing=LITTLE)
    assert ask(story)[BACKING]["answered"] == 10
    assert ask(story)[BACKING]["share_much"] == Decimal("50.00")


def test_asking_of_an_earlier_day_does_not_tell_who_answered_since(story: Story) -> None:
    for number in range(5):
        answer(story, number, backing=LITTLE)
    answer(story, 5, on=date(2026, 3, 20), backing=MUCH)
    assert ask(story, on=FIRST)[BACKING]["answered"] == 6
    assert ask(story, on=date(2026, 3, 1))[BACKING]["answered"] is None


def test_answers_that_are_late_corrected_or_retracted_count_as_they_are_known(story: Story) -> None:
    told = [answer(story, number, backing=LITTLE) for number in range(5)]
    before = story.position
    answer(story, 5, backing=MUCH)
    assert ask(story)[BACKING]["answered"] == 6
    assert ask(story, known_at=before)[BACKING]["answered"] == 5
    right = fact("mentor-0", "round-1", backing=MUCH)
    story.correct(told[0], right, date(2026, 3, 9), new_time=FIRST)
    assert ask(story)[BACKING]["share_much"] == Decimal("33.33")
    story.retract(told[0], date(2026, 3, 10))
    assert (ask(story)[BACKING]["answered"], ask(story)[BACKING]["share_much"]) == (
        5,
        Decimal("20.00"),
    )
    story.retract(told[1], date(2026, 3, 10))
    assert ask(story)[BACKING]["answered"] is None


def test_two_ids_of_one_mentor_are_one_respondent(story: Story) -> None:
    for number in range(5):
        answer(story, number, backing=LITTLE)
    link = TeamIdentityLinked(
        actor=actor("leader"), person=who("mentor-0"), alias=who("mentor-1"), basis="manual"
    )
    story.team(link, FIRST)
    assert ask(story)[BACKING]["answered"] is None


def test_nothing_is_told_of_the_events_behind(story: Story) -> None:
    for number in range(6):
        answer(story, number, backing=LITTLE)
    answers = (barriers(story.connection, HERE), barriers_by_round(story.connection, HERE))
    assert [list(told()) for one in answers for told in one.behind if list(told())] == []
