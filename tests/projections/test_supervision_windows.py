"""Window by window and session by session: how a team's model came about."""

from datetime import timedelta
from typing import Any

import pytest

from domain.events.team import PersonReleased, SparringHeld, SupervisionArranged
from domain.values import Period
from projections.views.municipalities import municipalities
from projections.views.supervision import supervision
from projections.views.supervision_mentors import supervised_mentors
from projections.views.supervision_windows import supervision_sessions, supervision_windows
from tests.projections.conftest import Connection
from tests.projections.story import HERE, Story, actor, noon, thing, who
from tests.projections.supervising import LEADER, assign, began, case, day, employ, session


@pytest.fixture
def story(connection: Connection) -> Story:
    """A team that began on 5 January (day 0), with a leader and supervisors of both kinds."""
    story = Story(connection)
    began(story)
    assign(story, "lead", "leader")
    assign(story, "int", "supervisor", employment="internal", dedicated=True)
    assign(story, "ext", "supervisor", employment="external")
    return story


def windows(story: Story, number: int, **asked: Any) -> list[dict[str, Any]]:
    return supervision_windows(story.connection, HERE, as_of=noon(day(number)), **asked).rows


def sessions(story: Story, number: int, **asked: Any) -> list[dict[str, Any]]:
    return supervision_sessions(story.connection, HERE, as_of=noon(day(number)), **asked).rows


def municipality(story: Story, number: int, **asked: Any) -> dict[str, Any]:
    [row] = supervision(story.connection, HERE, as_of=noon(day(number)), **asked).rows
    return row


def test_a_session_on_the_day_on_which_a_window_ends_is_the_next_windows(story: Story) -> None:
    story.team(session("ext", "s-1"), day(42))
    # Two whole windows: days 0 to 41, and 42 to 83.
    rows = windows(story, 83)
    assert [(r["since"], r["until"], r["model"]) for r in rows] == [
        (day(0), day(42), 4),
        (day(42), day(84), 3),
    ]
    assert municipality(story, 83)["partial"] is True


def test_a_window_says_how_many_minutes_each_model_had(story: Story) -> None:
    story.team(session("lead", "s-1", minutes=60), day(1))
    story.team(session("int", "s-2", minutes=50), day(2))
    story.team(session("ext", "s-3", minutes=45), day(3))
    story.team(session("ext", "s-4", minutes=20), day(4))
    story.team(session("a colleague", "s-5", minutes=300), day(5))
    [row] = windows(story, 41)
    minutes = [row[f"minutes_model_{model}"] for model in (1, 2, 3)]
    # 65 minutes by the external one, more than the leader's 60; the colleague's count nowhere.
    assert (minutes, row["model"], row["sessions"]) == ([60, 50, 65], 3, 4)


def test_a_window_that_is_not_over_has_no_model_until_something_is_held(story: Story) -> None:
    assert [row["model"] for row in windows(story, 50)] == [4, None]
    story.team(session("ext", "s-1"), day(49))
    assert [row["model"] for row in windows(story, 50)] == [4, 3]


def test_windows_follow_the_cadence_agreed_on_their_first_day(story: Story) -> None:
    arranged = SupervisionArranged(
        actor=LEADER, from_=day(42), model="external-supervisor", cadence_weeks=2
    )
    story.team(arranged, day(42))
    told = [(row["since"], row["cadence_weeks"]) for row in windows(story, 69)]
    assert told == [(day(0), None), (day(42), 2), (day(56), 2)]


def test_half_of_the_windows_each_is_the_lower_numbers_model_in_brackets(story: Story) -> None:
    for number, by in enumerate(("lead", "lead", "ext", "ext")):
        story.team(session(by, f"s-{number}"), day(42 * number))
    row = municipality(story, 167)
    assert (row["model"], row["partial"], row["conflict_of_interest"]) == (1, True, True)
    assert (row["windows_model_1"], row["windows_model_3"]) == (2, 2)


def test_a_period_cuts_its_own_windows_within_the_teams_days(story: Story) -> None:
    for number, by in enumerate(("ext", "ext", "lead", "lead")):
        story.team(session(by, f"s-{number}"), day(42 * number))
    before_and_first = Period(day(-100), day(84))
    assert [row["since"] for row in windows(story, 167, period=before_and_first)] == [
        day(0),
        day(42),
    ]
    row = municipality(story, 167, period=before_and_first)
    assert (row["model"], row["sessions"], row["last_session"]) == (3, 2, day(42))
    # A period that isn't over ends with the day asked about.
    ahead = municipality(story, 167, period=Period(day(84), day(1000)))
    assert (ahead["model"], ahead["since"], ahead["until"]) == (1, day(84), day(168))
    over = municipality(story, 167, period=Period(day(-100), day(-50)))
    assert (over["model"], over["windows"], over["sessions"]) == (None, 0, 0)


def test_the_last_supervisor_is_told_with_function_employment_and_release(story: Story) -> None:
    story.team(session("int", "s-1"), day(1))
    row = municipality(story, 41)
    assert row["supervisor"] == who("int")
    assert (row["supervisor_function"], row["employment"]) == ("supervisor", "internal")
    assert row["released"] is True
    story.team(session("ext", "s-2"), day(2))
    assert municipality(story, 41)["released"] is False


def test_a_leader_who_is_also_supervisor_supervises_as_leader(story: Story) -> None:
    assign(story, "lead", "supervisor", employment="external", dedicated=True)
    story.team(session("lead", "s-1"), day(7))
    [row] = sessions(story, 41)
    assert (row["supervisor_function"], row["model"], row["counted"]) == ("leader", 1, True)
    # Time set off for the task is set off, whichever function it is for.
    assert row["released"] is True


def test_a_session_that_does_not_count_says_why(story: Story) -> None:
    assign(story, "case", "caseworker")
    story.team(session("case", "s-1"), day(1))
    story.team(session("a colleague", "s-2"), day(2))
    story.team(session("ext", "s-3"), day(3))
    told = [(row["counted"], row["why_not"]) for row in sessions(story, 41)]
    assert told == [(False, "other-function"), (False, "no-function"), (True, None)]


def test_the_function_is_that_of_the_sessions_day_and_recomputed(story: Story) -> None:
    story.team(session("ext", "s-1"), day(7))
    before = story.position
    released = PersonReleased(
        actor=LEADER, person=who("ext"), function="supervisor", to=day(7), reason="other-task"
    )
    story.team(released, day(60))
    assert [row["why_not"] for row in sessions(story, 41)] == ["no-function"]
    assert [row["counted"] for row in sessions(story, 41, known_at=before)] == [True]


def test_a_joint_session_is_one_here_with_those_who_share_it(story: Story) -> None:
    arranged = SupervisionArranged(
        actor=LEADER,
        from_=day(0),
        model="external-supervisor",
        supervisor=who("ext"),
        forms=("group",),
        joint=session("ext", "s-1", joint=("0860", "0851")).joint,
    )
    story.team(arranged, day(0))
    held = session("ext", "s-1", mentors=("mentor", "another"), joint=("0860", "0851"))
    story.team(held, day(7))
    story.team(session("ext", "s-2"), day(8))
    assert [row["joint_with"] for row in sessions(story, 41)] == [["0860", "0851"], []]
    row = municipality(story, 41)
    assert (row["sessions"], row["joint_sessions"]) == (2, 1)
    assert (row["joint_with"], row["forms"]) == (["0860", "0851"], ["group"])
    assert row["declared_supervisor"] == who("ext")


def test_sessions_are_told_by_day_with_the_cases_taken_up(story: Story) -> None:
    story.team(session("ext", "s-2"), day(8))
    story.team(session("ext", "s-1", minutes=45), day(7))
    case(story, "c-1", "s-1", "mentor", day(7))
    rows = sessions(story, 41)
    assert [(row["held_on"], row["minutes"], row["cases"]) for row in rows] == [
        (day(7), 45, 1),
        (day(8), 90, 0),
    ]
    assert rows[0]["session"] == f"{thing('s-1').source} s-1"
    assert [row["held_on"] for row in sessions(story, 41, period=Period(day(8)))] == [day(8)]


def test_behind_a_window_and_a_session_is_what_they_were_read_from(story: Story) -> None:
    held = story.team(session("newcomer", "s-1"), day(7))
    story.team(session("ext", "s-2"), day(50))
    late = assign(story, "newcomer", "supervisor", employment="internal")
    taken_up = case(story, "c-1", "s-1", "mentor", day(7))
    last = noon(day(83))
    first, *_ = supervision_windows(story.connection, HERE, as_of=last).behind
    start = thing("ev-10")
    assert set(first()) == {start, held, late}
    one, *_ = supervision_sessions(story.connection, HERE, as_of=last).behind
    assert set(one()) == {held, late, taken_up}


def test_sparring_is_told_by_form_and_within_the_period(story: Story) -> None:
    for number, form in enumerate(("peer", "peer", "weekly-meeting")):
        fact = SparringHeld(
            actor=LEADER,
            form=form,
            participants=(actor("mentor"), actor("mentor", "another")),
            minutes=30,
        )
        story.team(fact, day(number))
    row = municipality(story, 41)
    assert row["sparrings_by_form"] == {"peer": 2, "weekly-meeting": 1}
    row = municipality(story, 41, period=Period(day(1), day(2)))
    assert (row["sparrings_by_form"], row["sparring_minutes"]) == ({"peer": 1}, 30)


def test_behind_the_municipalitys_row_is_what_lies_in_the_period(story: Story) -> None:
    before, within = session("ext", "s-1"), session("int", "s-2")
    story.team(before, day(1))
    held = story.team(within, day(50))
    spars = SparringHeld(
        actor=LEADER, form="peer", participants=(actor("mentor"), actor("mentor", "x")), minutes=30
    )
    story.team(spars, day(2))
    sparred = story.team(spars, day(51))
    arranged = SupervisionArranged(actor=LEADER, from_=day(0), model="internal-supervisor")
    agreed = story.team(arranged, day(0))
    answer = supervision(
        story.connection, HERE, as_of=noon(day(83)), period=Period(day(42), day(84))
    )
    start, internal = thing("ev-10"), thing("ev-30")
    [told] = answer.behind
    assert set(told()) == {start, internal, held, sparred, agreed}


def test_what_is_held_later_on_the_day_asked_about_is_not_known_to_happen(story: Story) -> None:
    employ(story, "mentor")
    held = noon(day(7))
    story.team(session("ext", "s-1"), held)
    asked: dict[str, Any] = {"as_of": held - timedelta(minutes=1)}
    views = (supervision, municipalities, supervised_mentors, supervision_sessions)
    *rows, none = (view(story.connection, HERE, **asked).rows for view in views)
    assert [row["model"] for row in (*rows[0], *rows[1])] == [None, None]
    assert (rows[0][0]["sessions"], rows[2][0]["last_session"], none) == (0, None, [])
    # At noon it has begun, and is the only window's model: 3, an external supervisor.
    asked = {"as_of": held}
    *rows, one = (view(story.connection, HERE, **asked).rows for view in views)
    assert [row["model"] for row in (*rows[0], *rows[1], *one)] == [3, 3, 3]
    assert rows[2][0]["last_session"] == day(7)
