"""What may be told of a survey: whole rounds, five people or more, and nothing by subtraction."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import combinations
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.surveys import Cell, Reply, Round, in_round, latest, rounds_begun
from tests.domain.spec import instant
from tests.soaking import runs

ASKED = "barrier-lack-of-backing"
NO, LESS, SOME, MUCH = (
    "not-at-all",
    "to-a-lesser-degree",
    "to-some-degree",
    "to-a-very-high-degree",
)
DAYS = {"1": "2026-03-01", "2": "2026-06-01", "3": "2026-09-01"}


def replies(survey: str, degrees: dict[int, str], when: str = "") -> list[Reply]:
    """Replies of a round, by the respondents' numbers."""
    at = instant(when or DAYS[survey])
    return [Reply(UUID(int=n), survey, at, {ASKED: degree}) for n, degree in degrees.items()]


def told(several: Sequence[Reply], by: str = "2027-01-01") -> Cell | None:
    return latest(rounds_begun(several, instant(by)), ASKED)


def all_of(numbers: Sequence[int], degree: str = NO) -> dict[int, str]:
    return dict.fromkeys(numbers, degree)


def test_fewer_than_five_are_not_told_and_five_are() -> None:
    assert told(replies("1", all_of(range(4)))) is None
    assert told(replies("1", all_of(range(5)))) == Cell(5, {NO: 5})
    [one] = rounds_begun(replies("1", all_of(range(4))), instant("2027-01-01"))
    assert in_round(one, ASKED) is None


def test_who_does_not_know_is_left_out_and_does_not_make_five() -> None:
    answers = {**all_of(range(4)), 4: "dont-know"}
    assert told(replies("1", answers)) is None
    assert told(replies("1", {**answers, 5: SOME})) == Cell(5, {NO: 4, SOME: 1})


def test_of_several_replies_in_a_round_the_last_holds_as_a_whole() -> None:
    first = replies("1", all_of(range(6)))
    # The last reply of 0 doesn't answer the question any more.
    last = Reply(UUID(int=0), "1", instant("2026-03-02"), {"barrier-other": NO})
    assert told([*first, last]) == Cell(5, {NO: 5})


def test_the_latest_answer_of_each_holds_over_rounds() -> None:
    several = [*replies("1", all_of(range(10))), *replies("2", all_of(range(5), MUCH))]
    # Five answered anew, five as before.
    assert told(several) == Cell(10, {MUCH: 5, NO: 5})


def test_an_answer_to_another_question_leaves_the_earlier_one_as_it_was() -> None:
    other = [Reply(UUID(int=n), "2", instant(DAYS["2"]), {"barrier-other": MUCH}) for n in range(6)]
    assert told([*replies("1", all_of(range(6))), *other]) == Cell(6, {NO: 6})


def test_what_is_left_when_a_round_is_subtracted_is_five_or_more_or_nobody() -> None:
    # All of round 1 but numbers 6 to 9 answered round 2: less round 2, those four are left.
    several = [*replies("1", all_of(range(10))), *replies("2", all_of(range(6), MUCH))]
    assert told(several) is None
    several = [*replies("1", all_of(range(11))), *replies("2", all_of(range(6), MUCH))]
    assert told(several) == Cell(11, {MUCH: 6, NO: 5})
    # Everybody answered again: the figure is the round's own.
    several = [*replies("1", all_of(range(6))), *replies("2", all_of(range(6), MUCH))]
    assert told(several) == Cell(6, {MUCH: 6})


def test_a_small_last_round_is_not_told_by_what_it_changed() -> None:
    # Round 2 has three answers and isn't told itself; what was told the day before would tell it.
    several = [*replies("1", all_of(range(10))), *replies("2", all_of(range(3), MUCH))]
    assert told(several, by="2026-05-31") == Cell(10, {NO: 10})
    assert told(several) is None
    # Three more in round 3: six have changed since what was told.
    several += replies("3", all_of(range(3, 6), SOME))
    assert told(several) == Cell(10, {MUCH: 3, SOME: 3, NO: 4})


def test_a_round_counts_whole_from_its_first_answer_on() -> None:
    early = replies("1", all_of(range(5)))
    late = replies("1", {5: MUCH}, when="2026-03-20")
    assert told([*early, *late], by="2026-03-01") == Cell(6, {NO: 5, MUCH: 1})
    assert told([*early, *late], by="2026-02-28") is None


days = st.integers(0, 30).map(lambda n: instant("2026-03-01") + timedelta(days=10 * n))
surveyed = st.lists(
    st.builds(
        lambda who, survey, at, degree: Reply(UUID(int=who), survey, at, {ASKED: degree}),
        st.integers(0, 11),
        st.sampled_from("123"),
        days,
        st.sampled_from([NO, MUCH, "dont-know"]),
    ),
    max_size=60,
)


@pytest.mark.soak
@settings(max_examples=runs(80, 10_000), deadline=None)
@given(surveyed)
def test_no_two_figures_differ_by_fewer_than_five_people(several: list[Reply]) -> None:
    several.sort(key=lambda reply: reply.at)
    whole = rounds_begun(several, datetime.max.replace(tzinfo=instant(DAYS["1"]).tzinfo))
    figures = [_of_round(one) for one in whole if in_round(one, ASKED)]
    figures += [
        _latest(whole[:count]) for count in range(1, len(whole) + 1) if latest(whole[:count], ASKED)
    ]
    for one, other in combinations(figures, 2):
        differ = {who for who, _ in one ^ other}
        assert not differ or len(differ) >= 5


Answers = set[tuple[UUID, int]]  # whose, and which reply


def _of_round(one: Round) -> Answers:
    return _known(dict(one.replies))


def _latest(rounds: Sequence[Round]) -> Answers:
    held: dict[UUID, tuple[int, Reply]] = {}
    for one in rounds:
        for who, (place, reply) in one.replies.items():
            if who not in held or held[who][0] < place:
                held[who] = (place, reply)
    return _known(held)


def _known(held: dict[UUID, tuple[int, Reply]]) -> Answers:
    return {
        (who, place) for who, (place, reply) in held.items() if reply.answers[ASKED] != "dont-know"
    }
