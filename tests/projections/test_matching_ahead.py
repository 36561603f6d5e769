"""What lies ahead is told of matching once it was decided, and not before."""

from datetime import date
from typing import Any

from domain.events.course import Closed, IntakeRegistered, MatchEnded, MentorMatched, Reopened
from domain.values import Ref
from projections.views.matches_made import matches_made
from projections.views.matching_waiting import waiting_citizens
from tests.projections.story import HERE, Story, actor, noon, thing, who

CASEWORKER = actor("caseworker")
JANUARY, MARCH, APRIL = date(2026, 1, 5), date(2026, 3, 1), date(2026, 4, 15)


def intake(story: Story) -> Ref:
    fact = IntakeRegistered(actor=CASEWORKER, caseworker=who("caseworker"))
    return story.course("c", fact, JANUARY)


def match(story: Story, told: date, from_: date, id_: str = "m-1") -> Ref:
    fact = MentorMatched(
        actor=CASEWORKER, match=thing(id_), mentor=who("mentor"), from_=from_, method="other"
    )
    return story.course("c", fact, told)


def end(story: Story, told: date, to: date, reason: str = "citizen-wish") -> Ref:
    fact = MatchEnded(actor=CASEWORKER, match=thing("m-1"), to=to, reason=reason)
    return story.course("c", fact, told)


def close(story: Story, told: date, to: date) -> Ref:
    return story.course("c", Closed(actor=CASEWORKER, to=to, reason="job"), told)


# The next match of a citizen who waits.


def next_match(story: Story, day: date, **asked: Any) -> tuple[date | None, set[Ref]]:
    answer = waiting_citizens(story.connection, HERE, as_of=noon(day), **asked)
    (row,), (behind,) = answer.rows, answer.behind
    return row["next_match_from"], set(behind())


def test_a_next_match_is_told_once_it_is_decided(story: Story) -> None:
    told = intake(story)
    before = story.position
    later = match(story, date(2026, 3, 10), APRIL)
    sooner = match(story, date(2026, 4, 1), date(2026, 4, 2), "m-2")
    assert next_match(story, date(2026, 3, 9)) == (None, {told})
    # On 29 March one is decided, and on 1 April one that begins before it.
    assert next_match(story, date(2026, 3, 29)) == (APRIL, {told, later})
    assert next_match(story, date(2026, 4, 1)) == (date(2026, 4, 2), {told, sooner})
    assert next_match(story, date(2026, 4, 1), known_at=before) == (None, {told})


def test_a_match_that_was_called_off_is_no_next_one_from_then_on(story: Story) -> None:
    told = intake(story)
    later = match(story, date(2026, 3, 10), APRIL)
    before = story.position
    end(story, date(2026, 3, 20), APRIL)
    assert next_match(story, date(2026, 3, 19)) == (APRIL, {told, later})
    assert next_match(story, date(2026, 3, 20)) == (None, {told})
    assert next_match(story, date(2026, 3, 20), known_at=before) == (APRIL, {told, later})


# The end of a match.


def ended(story: Story, day: date, **asked: Any) -> tuple[date | None, str | None, str | None]:
    answer = matches_made(story.connection, HERE, as_of=noon(day), **asked)
    (row,) = answer.rows
    return row["match_to"], row["end_reason"], row["close_reason"]


STILL = (None, None, None)


def test_an_end_that_lies_ahead_is_told_once_it_is_decided(story: Story) -> None:
    made = match(story, JANUARY, JANUARY)
    before = story.position
    over = end(story, date(2026, 3, 20), APRIL)
    assert ended(story, date(2026, 3, 19)) == STILL
    assert ended(story, date(2026, 3, 20)) == (APRIL, "citizen-wish", None)
    assert ended(story, APRIL, known_at=before) == STILL
    for day, named in ((date(2026, 3, 19), {made}), (date(2026, 3, 20), {made, over})):
        (behind,) = matches_made(story.connection, HERE, as_of=noon(day)).behind
        assert set(behind()) == named


def test_a_close_that_lies_ahead_is_told_once_it_is_decided(story: Story) -> None:
    match(story, JANUARY, JANUARY)
    before = story.position
    close(story, date(2026, 3, 20), APRIL)
    assert ended(story, date(2026, 3, 19)) == STILL
    assert ended(story, date(2026, 3, 20)) == (APRIL, "course-closed", "job")
    assert ended(story, APRIL, known_at=before) == STILL


def test_a_match_of_closed_days_begins_with_the_reopening_once_that_is_decided(
    story: Story,
) -> None:
    told = date(2026, 3, 10)
    close(story, MARCH, MARCH)
    match(story, told, told)
    reopened = Reopened(actor=CASEWORKER, from_=APRIL, reason="returned")
    story.course("c", reopened, date(2026, 3, 20))
    for day, days in ((date(2026, 3, 19), (told, told)), (date(2026, 3, 20), (APRIL, None))):
        (row,) = matches_made(story.connection, HERE, as_of=noon(day)).rows
        assert (row["match_from"], row["match_to"]) == days


def test_an_end_that_is_told_afterwards_was_true_from_its_day(story: Story) -> None:
    match(story, JANUARY, JANUARY)
    end(story, date(2026, 3, 20), MARCH)
    assert ended(story, date(2026, 2, 28)) == STILL
    assert ended(story, MARCH) == (MARCH, "citizen-wish", None)


def test_an_end_is_as_decided_until_it_is_put_forward(story: Story) -> None:
    match(story, JANUARY, JANUARY)
    end(story, MARCH, APRIL)
    end(story, date(2026, 3, 20), date(2026, 4, 1), "mentor-wish")
    assert ended(story, date(2026, 3, 19)) == (APRIL, "citizen-wish", None)
    assert ended(story, date(2026, 3, 20)) == (date(2026, 4, 1), "mentor-wish", None)


def test_a_corrected_and_a_retracted_end_are_as_known(story: Story) -> None:
    match(story, JANUARY, JANUARY)
    over = end(story, MARCH, APRIL)
    first = story.position
    fact = MatchEnded(actor=CASEWORKER, match=thing("m-1"), to=APRIL, reason="mentor-wish")
    story.correct(over, fact, APRIL, new_time=date(2026, 3, 20))
    second = story.position
    story.retract(over, APRIL)
    assert ended(story, MARCH) == ended(story, APRIL) == STILL
    assert ended(story, MARCH, known_at=first) == (APRIL, "citizen-wish", None)
    # It was decided on 20 March, the correction says.
    assert ended(story, MARCH, known_at=second) == STILL
    assert ended(story, date(2026, 3, 20), known_at=second) == (APRIL, "mentor-wish", None)
