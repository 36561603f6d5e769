"""Role clarity tells of the courses and matches that run, however that became known."""

from collections.abc import Callable
from datetime import date

import pytest

from domain.events.course import (
    Closed,
    IdentityLinked,
    IntakeRegistered,
    MatchEnded,
    MentorMatched,
    Reopened,
)
from domain.events.team import (
    TeamIdentityLinked,
)
from projections.views.role_clarity import (
    role_clarity,
    role_clarity_by_pair,
)
from tests.projections.conftest import Connection
from tests.projections.story import HERE, Story, actor, noon, thing, who
from tests.projections.test_role_clarity import (
    CASEWORKER,
    DAY,
    START,
    agree,
    begin,
    match,
    rows,
    talk,
)


@pytest.fixture
def story(connection: Connection) -> Story:
    return Story(connection)


def late_end(story: Story) -> None:
    ended = MatchEnded(
        actor=CASEWORKER, match=thing("c-1-m-31"), to=date(2026, 3, 1), reason="other"
    )
    story.course("c-1", ended, date(2026, 3, 1))


def late_close(story: Story) -> None:
    story.course("c-1", Closed(actor=CASEWORKER, to=date(2026, 3, 1), reason="job"), DAY)


def retracted_match(story: Story) -> None:
    story.retract(thing("match-c-1-m-31"), date(2026, 3, 4))


def match_corrected_to_later(story: Story) -> None:
    later = MentorMatched(
        actor=CASEWORKER,
        match=thing("c-1-m-31"),
        mentor=who("m-31"),
        from_=date(2026, 3, 4),
        method="by-meeting",
    )
    story.correct(thing("match-c-1-m-31"), later, date(2026, 3, 4), new_time=date(2026, 1, 19))


@pytest.mark.parametrize("tell", [late_end, late_close, retracted_match, match_corrected_to_later])
def test_a_course_is_left_out_when_it_turns_out_not_to_run(
    story: Story, tell: Callable[[Story], None]
) -> None:
    begin(story, "c-1")
    before = story.position
    tell(story)

    for view in (role_clarity, role_clarity_by_pair):
        assert rows(story, view) == []
        assert len(rows(story, view, known_at=before)) == 1


def test_a_reopened_course_runs_with_a_match_of_its_new_days_only(story: Story) -> None:
    begin(story, "c-1")
    closed = Closed(actor=CASEWORKER, to=date(2026, 2, 10), reason="job")
    story.course("c-1", closed, date(2026, 2, 10))
    reopened = Reopened(actor=CASEWORKER, from_=date(2026, 2, 20), reason="setback")
    back = story.course("c-1", reopened, date(2026, 2, 20))
    assert rows(story) == []

    match(story, "c-1", "m-32", date(2026, 2, 23))
    (row,) = rows(story)
    assert row["mentor"] == who("m-32")
    answer = role_clarity(story.connection, HERE, as_of=noon(DAY))
    assert back in set(answer.behind[0]())


def test_pairs_stand_by_their_first_course_one_that_was_reopened_too(story: Story) -> None:
    first, second, third = sorted(("c-1", "c-2", "c-3"), key=who)
    begin(story, second, "m-31")
    begin(story, third, "m-32")
    intake = IntakeRegistered(actor=CASEWORKER, caseworker=who("s-12"), form="phone")
    story.course(first, intake, START)
    before = story.position
    story.course(first, Closed(actor=CASEWORKER, to=date(2026, 2, 10), reason="job"), START)
    reopened = Reopened(actor=CASEWORKER, from_=date(2026, 2, 20), reason="setback")
    story.course(first, reopened, date(2026, 2, 20))
    match(story, first, "m-32", date(2026, 2, 23))

    told = [(row["mentor"], row["courses"]) for row in rows(story, role_clarity_by_pair)]
    assert told == [(who("m-32"), 2), (who("m-31"), 1)]
    told = [
        (row["mentor"], row["courses"])
        for row in rows(story, role_clarity_by_pair, known_at=before)
    ]
    assert told == [(who("m-31"), 1), (who("m-32"), 1)]


def test_a_match_decided_while_the_course_was_closed_runs_from_the_reopening(story: Story) -> None:
    intake = IntakeRegistered(actor=CASEWORKER, caseworker=who("s-12"), form="phone")
    story.course("c-1", intake, START)
    for day in (date(2026, 1, 15), date(2026, 2, 10)):
        story.course("c-1", Closed(actor=CASEWORKER, to=day, reason="job"), day)
    match(story, "c-1", "m-31", date(2026, 1, 19))
    assert rows(story) == []
    reopened = Reopened(actor=CASEWORKER, from_=date(2026, 2, 20), reason="setback")
    story.course("c-1", reopened, date(2026, 2, 20))
    assert [row["mentor"] for row in rows(story)] == [who("m-31")]


def test_linked_courses_are_one_and_so_are_linked_people(story: Story) -> None:
    begin(story, "c-1")
    agree(story, "c-1", "m-31-as-known-elsewhere")
    talk(story, "c-1-as-known-elsewhere", date(2026, 3, 1))
    (apart,) = rows(story)
    assert (apart["overall"], apart["contact_days_ago"]) == ("unknown", None)

    linked = IdentityLinked(
        actor=CASEWORKER, what="course", alias=who("c-1-as-known-elsewhere"), basis="manual"
    )
    story.course("c-1", linked, DAY)
    same = TeamIdentityLinked(
        actor=actor("coordinator"),
        person=who("m-31"),
        alias=who("m-31-as-known-elsewhere"),
        basis="manual",
    )
    story.team(same, DAY)
    (row,) = rows(story)
    assert (row["course"], row["overall"], row["contact_days_ago"]) == (who("c-1"), "clear", 2)
