"""What the rows of contradictions tell, and what is close to odd and isn't."""

from datetime import date, timedelta

import pytest

from domain.contradictions.wording import WORDING
from domain.events.course import (
    CaseworkerChanged,
    Closed,
    GrantEnded,
    IdentityLinked,
    Reopened,
    RolesStated,
)
from domain.events.mentor import Left
from domain.events.team import PersonReleased, TeamIdentityLinked
from projections.views.contradictions import contradictions, contradictions_by_kind
from services.view_list.shape import columns_of
from tests.projections.conftest import Connection
from tests.projections.contradicting import (
    CASEWORKER,
    COORDINATOR,
    MATCHED,
    MENTOR,
    TODAY,
    assigned,
    employed,
    granted,
    intake,
    matched,
    odd,
    right,
    rows,
    stated,
    supervised,
    worked,
)
from tests.projections.oddities import (
    APRIL,
    CASES,
    FEBRUARY,
    MARCH,
    hired,
    left,
    match_ended,
    met,
    retracted,
)
from tests.projections.story import HERE, Story, actor, noon, thing, who


@pytest.fixture
def story(connection: Connection) -> Story:
    return Story(connection)


def test_a_correction_that_names_a_correction_stays_odd(story: Story) -> None:
    right(story)
    first = retracted(story, worked(story, MARCH))
    second = retracted(story, first)

    (row,) = rows(story)
    assert (row["kind"], row["thing"]) == ("amendment-of-amendment", f"{first.source} {first.id}")
    answer = contradictions(story.connection, HERE, as_of=noon(TODAY))
    assert [tuple(behind()) for behind in answer.behind] == [(second,)]


def test_each_kind_is_shown_here_and_has_its_words() -> None:
    shown = {kind for _, _, kind, _ in CASES} | {"amendment-of-amendment"}
    assert shown == set(WORDING)
    assert set(columns_of("contradictions")["kind"].terms) == shown


def test_a_row_tells_whom_it_is_about_since_when_and_from_which_events(story: Story) -> None:
    right(story)
    first = worked(story, MARCH, by=actor("mentor", "m-32"))
    then = worked(story, date(2026, 3, 9), by=actor("mentor", "m-32"))

    answer = contradictions(story.connection, HERE, as_of=noon(TODAY))
    (row,) = answer.rows
    assert (row["course"], row["person"]) == (who("c"), who("m-32"))
    assert (row["since"], row["events"]) == (MARCH, 2)
    assert row["what"].startswith("En mentor har arbejdet på forløbet uden at være matchet")
    assert [tuple(behind()) for behind in answer.behind] == [(first, then)]
    # As of the day between the two, one had happened.
    (row,) = rows(story, on=date(2026, 3, 5))
    assert row["events"] == 1
    assert rows(story, on=date(2026, 3, 1)) == []


def test_a_match_begun_after_the_mentor_left_is_mended_by_a_correction_not_by_its_end(
    story: Story,
) -> None:
    right(story)
    match_ended(story, FEBRUARY)
    gone = left(story, date(2026, 3, 5))
    begun = matched(story, date(2026, 3, 16), match="match-2")
    match_ended(story, date(2026, 3, 25), "match-2")
    (row,) = rows(story)
    assert (row["kind"], row["since"]) == ("match-after-leaving", date(2026, 3, 16))
    assert "rettes" in row["what"] and "ophører" not in row["what"]
    answer = contradictions(story.connection, HERE, as_of=noon(TODAY))
    assert [tuple(behind()) for behind in answer.behind] == [(begun, gone)]

    # They had left on the day on which the match ended, so it never covered a day without them.
    later = Left(actor=COORDINATOR, to=date(2026, 3, 25), reason="resigned")
    story.correct(gone, later, APRIL, new_time=date(2026, 3, 25))
    assert odd(story) == []


def test_behind_a_match_before_the_employment_stands_the_employment_once_it_has_begun(
    story: Story,
) -> None:
    intake(story)
    begun = matched(story)  # from MATCHED
    late = story.mentor("m-31", employed(MARCH), MARCH)
    told = {
        day: [
            tuple(behind())
            for behind in contradictions(story.connection, HERE, as_of=noon(day)).behind
        ]
        for day in (FEBRUARY, MARCH)
    }
    assert told == {FEBRUARY: [(begun,)], MARCH: [(begun, late)]}
    assert odd(story) == ["mentor-not-employed"]


def test_behind_a_row_stands_also_what_the_odd_one_is_at_odds_with(story: Story) -> None:
    employment = hired(story)
    began = intake(story)
    matched(story)
    statement = stated(story, MARCH, actor("caseworker", "s-13"), "m-31")  # s-12's course
    decided = granted(story, FEBRUARY, by=actor("caseworker", "m-31"))
    closed = Closed(actor=CASEWORKER, to=date(2026, 3, 10), reason="other")
    story.course("c", closed, date(2026, 3, 10))
    first = story.course("c", reopening(date(2026, 3, 20)), date(2026, 3, 20))
    again = story.course("c", reopening(date(2026, 3, 25)), date(2026, 3, 25))

    answer = contradictions(story.connection, HERE, as_of=noon(TODAY))
    told = dict(zip([row["kind"] for row in answer.rows], answer.behind, strict=True))
    assert {kind: tuple(behind()) for kind, behind in told.items()} == {
        "statement-of-another-caseworker": (statement, began),
        "acted-in-another-function": (decided, employment),
        "reopened-while-open": (again, first),
    }


def reopening(on: date) -> Reopened:
    return Reopened(actor=CASEWORKER, from_=on, reason="returned")


def test_the_kinds_are_counted_and_the_most_frequent_comes_first(story: Story) -> None:
    right(story)
    granted(story, FEBRUARY, by=MENTOR)
    granted(story, MARCH, grant="b-2", by=MENTOR)
    supervised(story, MARCH, "m-31")

    first, second = contradictions_by_kind(story.connection, HERE, as_of=noon(TODAY)).rows
    assert (first["kind"], first["contradictions"]) == ("grant-without-authority", 2)
    assert (first["courses"], first["since"]) == (1, FEBRUARY)
    assert (second["kind"], second["contradictions"]) == ("session-without-supervisor", 1)
    assert second["courses"] == 0


def test_one_course_can_be_asked_for(story: Story) -> None:
    right(story)
    worked(story, MARCH, grant="b-1")
    supervised(story, MARCH, "m-31")

    assert odd(story, streams=[who("c")]) == ["work-on-unknown-grant"]
    assert odd(story, streams=[who("another")]) == []


def test_what_happens_on_the_day_of_the_close_before_it_is_not_odd(story: Story) -> None:
    right(story)
    worked(story, MARCH)
    fact = Closed(actor=CASEWORKER, to=MARCH, reason="job")
    story.course("c", fact, noon(MARCH))
    assert odd(story) == []

    activity = story.told[-2].fact
    story.course("c", activity, noon(MARCH) + timedelta(minutes=1))
    assert odd(story) == ["work-while-closed"]


def test_a_meeting_between_the_decision_and_the_first_day_of_a_match_is_not_odd(
    story: Story,
) -> None:
    hired(story)
    intake(story)
    matched(story, date(2026, 1, 16), from_=MATCHED)
    met(story, date(2026, 1, 17))
    assert odd(story) == []

    met(story, date(2026, 1, 15))
    assert odd(story) == ["named-without-match"]


def test_a_mentor_known_by_another_id_is_matched_once_the_two_are_linked(story: Story) -> None:
    right(story)
    worked(story, MARCH, by=actor("mentor", "t-31"))
    known = story.position
    linked = TeamIdentityLinked(
        actor=COORDINATOR, person=who("m-31"), alias=who("t-31"), basis="manual"
    )
    story.team(linked, TODAY)

    assert odd(story) == []
    assert odd(story, known) == ["work-without-match"]


def test_linked_courses_are_looked_at_as_one(story: Story) -> None:
    right(story)
    elsewhere = story.told[-1].fact
    story.course("c-too", elsewhere, MATCHED)
    assert odd(story) == ["work-without-intake"]

    link = IdentityLinked(actor=CASEWORKER, what="course", alias=who("c-too"), basis="manual")
    story.course("c", link, TODAY)
    assert odd(story) == ["begun-twice"]


def test_a_stand_in_states_for_the_caseworker_who_is_to_come(story: Story) -> None:
    right(story)
    fact = CaseworkerChanged(
        actor=CASEWORKER, caseworker=who("s-13"), from_=APRIL, reason="portfolio-moved"
    )
    story.course("c", fact, FEBRUARY)
    stated(story, MARCH, actor("caseworker", "s-13"), "m-31")
    assert odd(story) == []


def test_a_grant_ended_on_a_day_covers_it_until_then(story: Story) -> None:
    right(story)
    granted(story, FEBRUARY)
    worked(story, MARCH, grant="b-1")
    ended = GrantEnded(actor=CASEWORKER, grant=thing("b-1"), to=MARCH, reason="completed")
    story.course("c", ended, noon(MARCH))
    assert odd(story) == []

    worked(story, date(2026, 3, 3), grant="b-1")
    assert odd(story) == ["work-outside-grant"]


def test_whoever_the_team_tells_nothing_of_is_in_the_function_they_say(story: Story) -> None:
    right(story)
    granted(story, FEBRUARY, by=actor("caseworker", "nobody-knows"))
    assert odd(story) == []


def test_an_act_is_held_against_the_functions_of_its_own_day(story: Story) -> None:
    # Caseworker until 1 March, then mentor: what was granted in February stands.
    right(story)
    assigned(story, "s-30", "caseworker")
    story.mentor("s-30", employed(date(2026, 3, 1)), FEBRUARY)
    fact = PersonReleased(
        actor=COORDINATOR,
        person=who("s-30"),
        function="caseworker",
        to=date(2026, 3, 1),
        reason="other",
    )
    story.team(fact, date(2026, 3, 1))
    granted(story, FEBRUARY, by=actor("caseworker", "s-30"))
    assert odd(story) == []

    known = story.position
    granted(story, MARCH, grant="b-2", by=actor("caseworker", "s-30"))
    granted(story, APRIL, grant="b-3", by=actor("caseworker", "s-30"))
    (row,) = rows(story)
    assert (row["kind"], row["person"]) == ("acted-in-another-function", who("s-30"))
    # The two grants, and the employment by which they were mentor and nothing else.
    assert (row["since"], row["events"]) == (MARCH, 3)
    assert odd(story, known) == []


def test_what_is_said_for_another_is_said_in_their_function(story: Story) -> None:
    # A coordinator hands in what the mentor said: the statement is the mentor's.
    right(story)
    assigned(story, "k-2", "coordinator")
    fact = RolesStated(
        actor=actor("coordinator", "k-2"),
        on_behalf_of=MENTOR,
        counterpart=who("s-12"),
        answers={"crisis-contact": "mentor"},
    )
    story.course("c", fact, MARCH)
    assert odd(story) == []
