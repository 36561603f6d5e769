"""What municipalities are told of each other: bands and models, and nothing of few people."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.events.base import Fact
from domain.events.team import Established, PersonAssigned, SupervisionSessionHeld
from domain.supervision import read_supervision
from domain.team import fold_team
from projections.apply import apply
from projections.asking import Question
from projections.views.municipalities import municipalities
from projections.views.supervised import supervised
from tests.projections import nearly_right
from tests.projections.caseload_story import FULL, LEADER, START, change, close, employ, end, match
from tests.projections.conftest import Connection
from tests.projections.histories import in_order, recorded
from tests.projections.story import HERE, Story, noon, thing, who
from tests.projections.test_every_view import DATABASE_TEST
from tests.soaking import runs

DAY = date(2026, 3, 1)
MENTORS = [f"mentor-{number}" for number in range(5)]


@pytest.fixture
def story(connection: Connection) -> Story:
    """A team of five full-time mentors that began on 1 January."""
    story = Story(connection)
    story.team(Established(actor=LEADER, from_=START), START)
    for mentor in MENTORS:
        employ(story, mentor)
    return story


def ask(story: Story, day: date = DAY, known_at: int | None = None) -> dict[str, Any]:
    answer = municipalities(story.connection, HERE, as_of=noon(day), known_at=known_at)
    (row,) = answer.rows
    return row


def follow(story: Story, citizens: int) -> None:
    for number in range(citizens):
        match(story, f"citizen-{number}", MENTORS[number % len(MENTORS)])


def test_behind_a_row_stands_what_its_bands_and_its_model_were_worked_out_from(
    story: Story,
) -> None:
    follow(story, 5)
    ended = close(story, "citizen-0", date(2026, 2, 1))
    led = PersonAssigned(actor=LEADER, person=who("leader"), function="leader", from_=START)
    assigned = story.team(led, START)
    told = {event.ref for event in story.told}
    answer = municipalities(story.connection, HERE, as_of=noon(DAY))
    assert {ended, story.told[0].ref} <= set(answer.behind[0]()) <= told - {assigned}
    held = SupervisionSessionHeld(
        actor=LEADER,
        session=thing("s-1"),
        supervisor=who("leader"),
        mentors=(who(MENTORS[0]),),
        form="group",
        minutes=60,
    )
    session = story.team(held, date(2026, 1, 20))
    answer = municipalities(story.connection, HERE, as_of=noon(DAY))
    assert {session, assigned} <= set(answer.behind[0]())
    said = {one.column: one.english for one in answer.figures[0]()}
    # Five citizens on five full-time mentors; 42 days from 1 January are one window of one hour,
    # and the eighteen days after them are too few to be judged.
    assert said["band"].startswith("5 citizens / 5 full-time mentors on average")
    assert said["withheld"].startswith("Fewer than 5 citizens or mentors: too few")
    assert "band_now" not in said  # four are left
    assert said["model"].startswith("1 window: 1 × model 1; most have model 1")


def test_a_municipality_is_told_by_its_bands(story: Story) -> None:
    # 75 citizens on five full-time mentors are 15 each; 30 are left after February: 6 each.
    follow(story, 75)
    for number in range(45):
        close(story, f"citizen-{number}", date(2026, 2, 1))
    row = ask(story)
    assert (row["band"], row["band_now"], row["withheld"]) == ("15-19", "<10", [])
    assert set(row) == {
        *("municipality", "municipality_code", "band", "band_now", "withheld"),
        *("model", "partial", "requirement_met"),
    }


def test_fewer_than_five_citizens_have_no_band(story: Story) -> None:
    follow(story, 4)
    row = ask(story)
    assert (row["band"], row["band_now"]) == (None, None)
    assert row["withheld"] == ["few-citizens", "few-citizens-now"]
    before = story.position
    match(story, "fifth", MENTORS[0])
    assert (ask(story)["band"], ask(story)["withheld"]) == ("<10", [])
    assert ask(story, known_at=before)["withheld"] == ["few-citizens", "few-citizens-now"]
    # Five have had a mentor, four have one now.
    end(story, "fifth", date(2026, 2, 1))
    row = ask(story)
    assert (row["band"], row["band_now"], row["withheld"]) == ("<10", None, ["few-citizens-now"])


def test_fewer_than_five_mentors_have_no_band(story: Story) -> None:
    # One of five goes on leave: what the four have now would tell of each.
    follow(story, 60)
    change(story, MENTORS[0], 0, date(2026, 2, 1))
    row = ask(story)
    assert (row["band"], row["band_now"], row["withheld"]) == ("10-14", None, ["few-mentors-now"])
    assert ask(story, date(2026, 1, 31))["withheld"] == []


def test_a_municipality_of_which_nothing_is_known_is_told_as_such(connection: Connection) -> None:
    row = ask(Story(connection))
    assert row["band"] is row["band_now"] is row["model"] is None
    assert row["withheld"] == ["few-citizens", "few-citizens-now"]


def test_the_supervision_of_a_team_is_told_whatever_its_size(connection: Connection) -> None:
    story = Story(connection)
    story.team(Established(actor=LEADER, from_=START), START)
    employ(story, "mentor", FULL)
    supervisor = PersonAssigned(
        actor=LEADER,
        person=who("supervisor"),
        function="supervisor",
        from_=START,
        employment="external",
    )
    story.team(supervisor, START)
    for number in range(2):
        on = START + timedelta(weeks=6 * number, days=1)
        held = SupervisionSessionHeld(
            actor=LEADER,
            session=thing(f"session-{number}"),
            supervisor=who("supervisor"),
            mentors=(who("mentor"),),
            form="group",
            minutes=120,
        )
        story.team(held, on)
    row = ask(story, START + timedelta(weeks=12))
    assert (row["model"], row["partial"], row["requirement_met"]) == (3, False, True)
    assert row["band"] is None
    # The first session was on 2 January: on the first nothing can be judged.
    row = ask(story, START)
    assert row["model"] is row["partial"] is row["requirement_met"] is None


@pytest.mark.soak
@settings(DATABASE_TEST, max_examples=runs(10, 1000))
@given(
    told=st.lists(st.tuples(nearly_right.hours, nearly_right.of_the_team), min_size=4, max_size=12)
)
def test_the_model_read_from_minutes_is_that_of_the_sessions(
    connection: Connection, told: list[tuple[int, Fact]]
) -> None:
    events = [
        recorded(
            nearly_right.TEAM, f"ev-{n}", nearly_right.FIRST + timedelta(hours=hour), fact, None
        )
        for n, (hour, fact) in enumerate(told)
    ]
    with connection.transaction(force_rollback=True):
        apply(connection.cursor(), HERE.schema, in_order(events))
        as_of = nearly_right.FIRST + timedelta(weeks=7)
        (row,) = municipalities(connection, HERE, as_of=as_of).rows
        seen = supervised(
            Question(connection, HERE.schema, as_of=as_of), fold_team(in_order(events))
        )
        reading = read_supervision(
            seen.days, seen.sessions, seen.functions_on, seen.team.arrangements
        )
        found = (row["model"], row["partial"], row["requirement_met"])
        assert found == (reading.model, reading.partial, reading.requirement_met)
