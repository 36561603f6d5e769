"""How each mentor is supervised: last and next session, sessions and cases of the period."""

from datetime import date
from typing import Any

import pytest

from domain.events.mentor import Left
from domain.events.team import RulesAdopted, SupervisionArranged, TeamIdentityLinked
from domain.rule_packs import default_text
from domain.values import Period, Ref
from projections.views.supervision_mentors import supervised_mentors
from tests.projections.conftest import Connection
from tests.projections.story import HERE, Story, noon, who
from tests.projections.supervising import (
    LEADER,
    assign,
    began,
    case,
    day,
    employ,
    hours,
    session,
)


@pytest.fixture
def story(connection: Connection) -> Story:
    """A team that began on 5 January (day 0) with an external supervisor and one mentor."""
    story = Story(connection)
    began(story)
    assign(story, "sup", "supervisor", employment="external")
    employ(story, "mentor")
    return story


def ask(
    story: Story, number: int, known_at: int | None = None, period: Period | None = None
) -> dict[str, dict[str, Any]]:
    """The rows on the day of that number, by the mentor's name."""
    answer = supervised_mentors(
        story.connection, HERE, as_of=noon(day(number)), known_at=known_at, period=period
    )
    names = {who(name): name for name in ("mentor", "another", "T-mentor")}
    return {names[row["mentor"]]: row for row in answer.rows}


def behind(story: Story, number: int, period: Period | None = None) -> set[Ref]:
    answer = supervised_mentors(story.connection, HERE, as_of=noon(day(number)), period=period)
    (told,) = answer.behind
    return set(told())


def test_a_mentor_never_supervised_is_listed_with_nothing_and_not_left_out(story: Story) -> None:
    row = ask(story, 41)["mentor"]
    assert (row["last_session"], row["days_since"], row["sessions"]) == (None, None, 0)
    # Nothing is agreed: the default pack's 42 days, from the team's start.
    assert (row["counted_from"], row["cadence_days"], row["cadence_basis"]) == (day(0), 42, "rules")
    assert (row["next_due"], row["overdue"]) == (day(42), False)


def test_supervision_is_overdue_on_the_very_day_on_which_it_is_due(story: Story) -> None:
    assert ask(story, 41)["mentor"]["overdue"] is False
    assert ask(story, 42)["mentor"]["overdue"] is True
    story.team(session("sup", "s-1"), day(42))
    row = ask(story, 42)["mentor"]
    assert (row["overdue"], row["days_since"], row["next_due"]) == (False, 0, day(84))


def test_the_cadence_is_the_one_agreed_on_the_day_it_is_counted_from(story: Story) -> None:
    arranged = SupervisionArranged(
        actor=LEADER, from_=day(10), model="external-supervisor", cadence_weeks=3
    )
    story.team(arranged, day(10))
    # Counted from day 0, when nothing was agreed yet.
    assert ask(story, 20)["mentor"]["next_due"] == day(42)
    story.team(session("sup", "s-1"), day(10))
    row = ask(story, 20)["mentor"]
    assert (row["next_due"], row["cadence_weeks"], row["cadence_basis"]) == (day(31), 3, "agreed")


def test_sessions_and_minutes_are_those_of_the_period_and_the_last_is_whatever_the_period(
    story: Story,
) -> None:
    employ(story, "another")
    story.team(session("sup", "s-1", minutes=60), day(7))
    story.team(session("sup", "s-2", mentors=("mentor", "another"), minutes=120), day(30))
    rows = ask(story, 40)
    assert (rows["mentor"]["sessions"], rows["mentor"]["session_minutes"]) == (2, 180)
    assert (rows["mentor"]["individual_sessions"], rows["mentor"]["group_sessions"]) == (1, 1)
    assert (rows["another"]["sessions"], rows["another"]["session_minutes"]) == (1, 120)
    # Half-open: day 30 isn't in [7, 30).
    row = ask(story, 40, period=Period(day(7), day(30)))["mentor"]
    assert (row["sessions"], row["session_minutes"], row["last_session"]) == (1, 60, day(30))
    assert (row["since"], row["until"]) == (day(7), day(30))


def test_a_session_counts_for_the_mentors_once_its_supervisor_is_known(story: Story) -> None:
    story.team(session("newcomer", "s-1"), day(7))
    before = story.position
    assert ask(story, 20)["mentor"]["sessions"] == 0
    assign(story, "newcomer", "supervisor", employment="internal")
    assert ask(story, 20)["mentor"]["last_session"] == day(7)
    assert ask(story, 20, known_at=before)["mentor"]["last_session"] is None


def test_a_mentor_on_leave_is_listed_and_nothing_is_due(story: Story) -> None:
    story.team(session("sup", "s-1"), day(7))
    hours(story, "mentor", day(10), 0)
    row = ask(story, 60)["mentor"]
    assert (row["on_leave"], row["next_due"], row["overdue"]) == (True, None, None)
    assert (row["last_session"], row["days_since"]) == (day(7), 53)
    # Back on day 70: counted from then, not from the session before the leave.
    hours(story, "mentor", day(70), 1110)
    row = ask(story, 80)["mentor"]
    assert (row["on_leave"], row["counted_from"], row["next_due"]) == (False, day(70), day(112))


def test_only_mentors_employed_on_the_day_are_listed(story: Story) -> None:
    employ(story, "another", day(10))
    story.mentor("mentor", Left(actor=LEADER, to=day(20), reason="resigned"), day(20))
    assert set(ask(story, 9)) == {"mentor"}
    assert set(ask(story, 19)) == {"mentor", "another"}
    assert set(ask(story, 20)) == {"another"}


def test_who_has_waited_longest_comes_first_and_who_was_never_supervised_before_all(
    story: Story,
) -> None:
    employ(story, "another")
    story.team(session("sup", "s-1"), day(7))
    assert list(ask(story, 20)) == ["another", "mentor"]
    story.team(session("sup", "s-2", mentors=("another",)), day(8))
    assert list(ask(story, 20)) == ["mentor", "another"]


def test_a_case_counts_once_its_session_is_known_and_waits_until_then(story: Story) -> None:
    case(story, "c-1", "s-1", "mentor", day(7))
    case(story, "c-1", "s-1", "mentor", day(8))
    case(story, "c-2", "s-1", "mentor", day(8))
    row = ask(story, 20)["mentor"]
    assert (row["cases"], row["cases_waiting"], row["sessions"]) == (0, 2, 0)
    before = story.position
    story.team(session("sup", "s-1"), day(7))
    row = ask(story, 20)["mentor"]
    assert (row["cases"], row["cases_waiting"], row["sessions"]) == (2, 0, 1)
    assert ask(story, 20, known_at=before)["mentor"]["cases_waiting"] == 2


def test_a_case_taken_up_where_no_supervisor_was_neither_counts_nor_waits(story: Story) -> None:
    story.team(session("a colleague", "s-1"), day(7))
    case(story, "c-1", "s-1", "mentor", day(7))
    row = ask(story, 20)["mentor"]
    assert (row["cases"], row["cases_waiting"]) == (0, 0)


def test_a_session_that_is_corrected_or_retracted_is_read_anew(story: Story) -> None:
    held = story.team(session("sup", "s-1", minutes=60), day(7))
    wrong = session("sup", "s-1", mentors=("another",), minutes=45)
    first = story.position
    story.correct(held, wrong, day(9), new_time=day(8))
    assert ask(story, 20)["mentor"]["last_session"] is None
    assert ask(story, 20, known_at=first)["mentor"]["last_session"] == day(7)
    story.correct(held, session("sup", "s-1", minutes=45), day(10), new_time=day(8))
    row = ask(story, 20)["mentor"]
    assert (row["last_session"], row["session_minutes"]) == (day(8), 45)
    story.retract(held, day(11))
    row = ask(story, 20)["mentor"]
    assert (row["last_session"], row["sessions"]) == (None, 0)


def test_two_ids_of_one_mentor_are_one_row(story: Story) -> None:
    employ(story, "T-mentor", day(3))
    story.team(session("sup", "s-1", mentors=("T-mentor",)), day(7))
    assert set(ask(story, 20)) == {"mentor", "T-mentor"}
    link = TeamIdentityLinked(
        actor=LEADER, person=who("mentor"), alias=who("T-mentor"), basis="manual"
    )
    story.team(link, day(9))
    assert {name: row["sessions"] for name, row in ask(story, 20).items()} == {"mentor": 1}


def test_behind_a_row_are_the_hours_the_sessions_the_supervisor_and_the_cases(
    connection: Connection,
) -> None:
    story = Story(connection)
    start = began(story)
    supervisor = assign(story, "sup", "supervisor", employment="external")
    assign(story, "somebody", "leader")
    employed = employ(story, "mentor")
    first = story.team(session("sup", "s-1"), day(7))
    last = story.team(session("sup", "s-2"), day(30))
    story.team(session("sup", "s-3", mentors=("another",)), day(31))
    taken_up = case(story, "c-1", "s-1", "mentor", day(7))
    case(story, "c-2", "s-3", "another", day(31))
    shared = {start, supervisor, employed, last}
    assert behind(story, 40) == {*shared, first, taken_up}
    # The last session stands behind the next one whatever the period.
    assert behind(story, 40, Period(day(20), day(40))) == shared


def test_behind_the_next_supervision_stands_the_pack_of_the_day_that_it_is_counted_from(
    story: Story,
) -> None:
    adopted = [_adopted(story, "first", day(0), "42"), _adopted(story, "later", day(20), "28")]
    before = behind(story, 30).intersection(adopted)
    assert (ask(story, 30)["mentor"]["cadence_days"], before) == (42, {adopted[0]})
    story.team(session("sup", "s-1"), day(21))
    after = behind(story, 30).intersection(adopted)
    assert (ask(story, 30)["mentor"]["cadence_days"], after) == (28, {adopted[1]})


def _adopted(story: Story, edition: str, on: date, days: str) -> Ref:
    """Rules that hold from a day on, and ask for supervision each so many days."""
    text = default_text().replace('"default"', '"own"', 1)
    rule = "[rules.supervision-overdue]"
    head, told = text.split(rule, 1)
    text = f"{head}{rule}{told.replace('days = 42', f'days = {days}', 1)}"
    fact = RulesAdopted(
        actor=LEADER, pack="own", edition=edition, period=Period(on), sha256="0", text=text
    )
    return story.team(fact, on)
