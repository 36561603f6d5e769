"""Role clarity by course, by pair and for the team."""

from datetime import date
from typing import Any

import pytest

from domain import codes
from domain.events.course import (
    ActivityRegistered,
    CaseworkerChanged,
    Closed,
    CoordinationHeld,
    FrictionReported,
    GoalAcknowledged,
    GoalReviewed,
    GoalSet,
    IntakeRegistered,
    MentorMatched,
    Reopened,
    RolesStated,
)
from domain.events.team import (
    ColocationChanged,
    RoleFollowUpHeld,
    RoleWorkshopHeld,
)
from domain.values import Actor, Ref
from projections.answering import Ask
from projections.facts.activities import ACTIVITIES
from projections.facts.grants import AUTHORITY_ACTS
from projections.paging import FIRST, Page, Place
from projections.views.role_clarity import (
    role_clarity,
    role_clarity_by_pair,
    role_clarity_by_team,
)
from tests.projections.conftest import Connection
from tests.projections.story import HERE, Story, actor, noon, thing, who

ALL = dict.fromkeys(codes.responsibilities.codes, "mentor")
CASEWORKER, MENTOR = actor("caseworker", "s-12"), actor("mentor", "m-31")
START = date(2026, 1, 12)
DAY = date(2026, 3, 3)


@pytest.fixture
def story(connection: Connection) -> Story:
    return Story(connection)


def begin(story: Story, course: str, mentor: str = "m-31", caseworker: str = "s-12") -> Ref:
    """A course with a match from 19 January; gives the match's event."""
    intake = IntakeRegistered(
        actor=actor("caseworker", caseworker), caseworker=who(caseworker), form="phone"
    )
    story.course(course, intake, START, id_=f"intake-{course}")
    return match(story, course, mentor)


def match(story: Story, course: str, mentor: str, on: date = date(2026, 1, 19)) -> Ref:
    fact = MentorMatched(
        actor=CASEWORKER,
        match=thing(f"{course}-{mentor}"),
        mentor=who(mentor),
        from_=on,
        method="by-meeting",
    )
    return story.course(course, fact, on, id_=f"match-{course}-{mentor}")


def agree(
    story: Story, course: str, mentor: str = "m-31", caseworker: str = "s-12", **but: str
) -> tuple[Ref, Ref]:
    """Both state the same of every responsibility on 2 February, but what the mentor says else."""
    two = actor("mentor", mentor), actor("caseworker", caseworker)
    theirs = {**ALL, **{name.replace("_", "-"): says for name, says in but.items()}}
    said = [
        RolesStated(actor=two[0], counterpart=who(caseworker), answers=theirs),
        RolesStated(actor=two[1], counterpart=who(mentor), answers=ALL),
    ]
    first, second = (
        story.course(course, one, date(2026, 2, 2), id_=f"{course}-{one.actor.function}-{mentor}")
        for one in said
    )
    return first, second


def talk(story: Story, course: str, on: date, form: str = "informal", *who_: Actor) -> Ref:
    fact = CoordinationHeld(
        actor=MENTOR, form=form, participants=who_ or (MENTOR, CASEWORKER), topics=("goal",)
    )
    return story.course(course, fact, on, id_=f"talk-{course}-{on}")


def rows(
    story: Story, view: Ask = role_clarity, on: date = DAY, known_at: int | None = None
) -> list[dict[str, Any]]:
    return view(story.connection, HERE, as_of=noon(on), known_at=known_at).rows


def of_pair(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["mentor"], row["caseworker"], row["courses"], row["overall"]


def test_a_pair_is_told_over_all_its_courses_and_the_worst_of_them(story: Story) -> None:
    for course in ("c-1", "c-2", "c-3"):
        begin(story, course)
    begin(story, "c-4", "m-32")
    agree(story, "c-1")
    agree(story, "c-2", crisis_contact="both")
    agree(story, "c-4", "m-32")
    talk(story, "c-1", date(2026, 2, 20))
    talk(story, "c-1", date(2026, 2, 25), "phone")
    talk(story, "c-2", date(2026, 1, 20))
    by_pair = {row["mentor"]: row for row in rows(story, role_clarity_by_pair)}

    pair = by_pair[who("m-31")]
    assert of_pair(pair) == (who("m-31"), who("s-12"), 3, "unclear")
    assert of_pair(by_pair[who("m-32")]) == (who("m-32"), who("s-12"), 1, "clear")
    # c-1 clear, c-2 the mentor says both and the caseworker the mentor, c-3 nobody has stated.
    states = ("clear", "one_sided", "unclear", "unknown")
    assert [pair[f"courses_{state}"] for state in states] == [1, 0, 1, 1]
    assert pair["reasons"][0] == "De ser forskelligt på: den, der ringes til, når problemer opstår."
    assert pair["reasons_en"][0] == "They differ on: crisis contact."
    assert pair["responsibilities"]["crisis-contact"] == {
        "agreed": 1,
        "difference": 1,
        "unknown": 1,
    }
    # Contact 6 days ago on c-1; on c-2 42 days ago; never on c-3, matched 43 days ago.
    assert (pair["courses_balanced"], pair["courses_too_loose"]) == (1, 2)
    assert (pair["contact_days_ago"], pair["courses_contacted_lately"]) == (6, 1)
    assert pair["contacts_by_form"] == {"informal": 1, "phone": 1}


def test_the_team_is_one_row_with_how_many_are_clear_and_what_supports_it(story: Story) -> None:
    for course in ("c-1", "c-2", "c-3"):
        begin(story, course)
    match(story, "c-3", "m-32")
    agree(story, "c-1")
    agree(story, "c-2", crisis_contact="both")
    coordinator = actor("coordinator")
    for on, occasion in ((date(2026, 1, 5), "establishment"), (date(2026, 2, 16), "refresher")):
        workshop = RoleWorkshopHeld(
            actor=coordinator, occasion=occasion, participants=(), minutes=120
        )
        story.team(workshop, on)
    followed_up = RoleFollowUpHeld(actor=coordinator, participants=(), outcome="adjusted")
    story.team(followed_up, date(2026, 2, 23))
    (row,) = rows(story, role_clarity_by_team)

    # Three courses; c-3 has two mentors, so it counts twice.
    assert (row["courses"], row["pairs"]) == (3, 2)
    states = ("clear", "one_sided", "unclear", "unknown")
    assert [row[f"courses_{state}"] for state in states] == [1, 0, 1, 2]
    assert (row["role_workshops"], row["role_workshop_days_ago"]) == (2, 15)
    assert (row["role_follow_up_days_ago"], row["role_follow_up_outcome"]) == (8, "adjusted")
    (before,) = rows(story, role_clarity_by_team, date(2026, 2, 10))
    assert (before["role_workshops"], before["role_follow_up_outcome"]) == (1, None)


def test_a_team_without_anything_says_so_and_not_nothing(story: Story) -> None:
    (row,) = rows(story, role_clarity_by_team)

    assert (row["courses"], row["courses_clear"], row["contact_days_ago"]) == (0, 0, None)
    assert (row["role_workshop_held"], row["colocation"]) == (False, None)


def test_who_sits_together_is_that_of_the_day_and_of_those_named(story: Story) -> None:
    begin(story, "c-1")
    begin(story, "c-2", "m-32")
    told = ((date(2026, 1, 1), "some-days", ()), (date(2026, 3, 1), "every-day", ("m-31", "s-12")))
    for from_, extent, persons in told:
        changed = ColocationChanged(
            actor=actor("leader"), from_=from_, extent=extent, persons=tuple(map(who, persons))
        )
        story.team(changed, from_)

    def by_mentor(on: date) -> dict[Any, Any]:
        return {row["mentor"]: row["colocation"] for row in rows(story, on=on)}

    assert by_mentor(date(2026, 2, 28)) == {who("m-31"): "some-days", who("m-32"): "some-days"}
    assert by_mentor(DAY) == {who("m-31"): "every-day", who("m-32"): "none"}
    (team,) = rows(story, role_clarity_by_team)
    assert (team["colocation"], team["colocated"]) == ("every-day", 2)
    (team,) = rows(story, role_clarity_by_team, date(2026, 2, 28))
    assert (team["colocation"], team["colocated"]) == ("some-days", None)


def test_two_mentors_at_once_are_two_rows(story: Story) -> None:
    begin(story, "c-1")
    match(story, "c-1", "m-32", date(2026, 2, 16))
    agree(story, "c-1", "m-32")

    found = {row["mentor"]: row["overall"] for row in rows(story)}
    assert found == {who("m-31"): "unknown", who("m-32"): "clear"}


def test_a_statement_that_comes_late_is_corrected_or_retracted_changes_the_reading(
    story: Story,
) -> None:
    begin(story, "c-1")
    nothing = story.position
    theirs, _ = agree(story, "c-1", crisis_contact="both")
    differing = story.position
    right = RolesStated(actor=MENTOR, counterpart=who("s-12"), answers=ALL)
    story.correct(theirs, right, date(2026, 2, 9), new_time=date(2026, 2, 2))
    corrected = story.position
    story.retract(theirs, date(2026, 2, 10))

    known = [nothing, differing, corrected, None]
    states = [rows(story, known_at=one)[0]["overall"] for one in known]
    assert states == ["unknown", "unclear", "clear", "one-sided"]


def test_the_pair_is_that_of_the_day_whoever_was_responsible_before(story: Story) -> None:
    begin(story, "c-1")
    agree(story, "c-1")
    changed = CaseworkerChanged(
        actor=CASEWORKER, caseworker=who("s-13"), from_=DAY, reason="reorganised"
    )
    story.course("c-1", changed, date(2026, 2, 27))

    (before,) = rows(story, on=date(2026, 3, 2))
    (after,) = rows(story)
    assert (before["caseworker"], before["overall"]) == (who("s-12"), "clear")
    assert (after["caseworker"], after["overall"]) == (who("s-13"), "unknown")


def test_behind_a_row_are_the_events_of_its_readings_and_of_no_other_course(story: Story) -> None:
    begun = begin(story, "c-1")
    said = agree(story, "c-1")
    old, new = talk(story, "c-1", date(2026, 1, 20)), talk(story, "c-1", date(2026, 3, 1))
    work = ActivityRegistered(
        actor=MENTOR, role="system-guide", activity="other", minutes=30, contact="phone"
    )
    story.course("c-1", work, date(2026, 2, 26))
    friction = FrictionReported(actor=MENTOR, kind="weak-coordination")
    grated = story.course("c-1", friction, date(2026, 2, 26))
    begin(story, "c-2", "m-32")
    workshop = RoleWorkshopHeld(
        actor=actor("leader"), occasion="establishment", participants=(), minutes=60
    )
    held = story.team(workshop, START)

    answer = role_clarity(story.connection, HERE, as_of=noon(DAY))
    behind = {row["course"]: set(b()) for row, b in zip(answer.rows, answer.behind, strict=True)}
    # The old talk lies more than 30 days back, and a later one is there.
    assert behind[who("c-1")] == {thing("intake-c-1"), begun, *said, new, grated, held}
    assert old not in behind[who("c-1")]
    for view in (role_clarity_by_pair, role_clarity_by_team):
        answer = view(story.connection, HERE, as_of=noon(DAY))
        told = {ref for b in answer.behind for ref in b()}
        assert told == behind[who("c-1")] | behind[who("c-2")]


def goal_set(story: Story, goal: str, by: Actor, on: date) -> None:
    fact = GoalSet(actor=by, goal=thing(goal), directions=("job",), text="sealed")
    story.course("c-1", fact, on)


def test_the_goal_is_common_when_both_present_stand_by_the_current_version(story: Story) -> None:
    begin(story, "c-1")
    goal_set(story, "goal-1", CASEWORKER, date(2026, 2, 2))
    reviewed = GoalReviewed(actor=MENTOR, goal=thing("goal-1"), outcome="kept")
    story.course("c-1", reviewed, date(2026, 2, 10))
    # Of another function it is nobody's of the two.
    goal_set(story, "goal-2", actor("coordinator", "m-31"), START)

    def told(on: date = DAY) -> tuple[Any, ...]:
        (row,) = rows(story, on=on)
        stand = (row["mentor_stands_by_goal"], row["caseworker_stands_by_goal"])
        return row["goal"], *stand, row["goal_is_common"], row["goal_reviewed_days_ago"]

    current = "https://sagssystem.example goal-1"
    # 2 to 10 February, 10 February to 3 March.
    assert told(date(2026, 2, 9)) == (current, False, True, False, 7)
    assert told() == (current, False, True, False, 21)
    story.course("c-1", GoalAcknowledged(actor=MENTOR, goal=thing("goal-1")), date(2026, 3, 1))
    assert told() == (current, True, True, True, 21)
    assert told(date(2026, 2, 1))[:4] == ("https://sagssystem.example goal-2", *[False] * 3)


def test_friction_makes_unclear_until_it_is_taken_up(story: Story) -> None:
    begin(story, "c-1")
    agree(story, "c-1")
    own = FrictionReported(actor=MENTOR, kind="overlap", responsibility="crisis-contact")
    story.course("c-1", own, date(2026, 2, 10))
    of_others = (MENTOR, actor("caseworker", "s-13"))
    other = FrictionReported(actor=MENTOR, kind="gap", between=of_others)
    story.course("c-1", other, date(2026, 2, 10))
    taken_up = CoordinationHeld(
        actor=MENTOR,
        form="meeting",
        participants=(actor("coordinator"), MENTOR),
        topics=("roles",),
    )
    story.course("c-1", taken_up, date(2026, 2, 20))

    (before,), (after,) = rows(story, on=date(2026, 2, 19)), rows(story)
    assert (before["overall"], before["frictions"]) == ("unclear", {"overlap": 1})
    (reason,) = before["reasons"]
    assert reason.startswith("Der er meldt om gnidninger om rollerne, som ikke er taget op: den")
    assert (after["overall"], after["frictions"]) == ("clear", {"overlap": 1})


def test_the_caseworker_is_the_one_from_the_latest_day_however_late_that_was_told(
    story: Story,
) -> None:
    begin(story, "c-1")
    for name, from_, told in (("s-13", 25, 20), ("s-14", 23, 26)):
        changed = CaseworkerChanged(
            actor=CASEWORKER, caseworker=who(name), from_=date(2026, 2, from_), reason="other"
        )
        story.course("c-1", changed, date(2026, 2, told))

    (row,) = rows(story)
    assert row["caseworker"] == who("s-13")


@pytest.mark.parametrize("view", [role_clarity, role_clarity_by_pair])
def test_a_page_at_a_time_is_the_whole_list_and_what_was_reopened_stands_in_its_place(
    story: Story, view: Ask
) -> None:
    for course in ("c-1", "c-2", "c-3"):
        begin(story, course)
    match(story, "c-2", "m-32")
    begin(story, "c-4", "m-33", "s-13")
    agree(story, "c-1")
    closed = Closed(actor=CASEWORKER, to=date(2026, 2, 9), reason="other")
    story.course("c-1", closed, date(2026, 2, 9))
    reopened = Reopened(actor=CASEWORKER, from_=date(2026, 2, 16), reason="setback")
    story.course("c-1", reopened, date(2026, 2, 16))
    match(story, "c-1", "m-34", date(2026, 2, 17))

    whole = view(story.connection, HERE, as_of=noon(DAY))
    # c-1 anew with m-34, c-2 with m-31 and m-32, c-3 with m-31, c-4: five by course, four pairs.
    assert len(whole.rows) == (5 if view is role_clarity else 4)
    for limit in (1, 2):
        found: list[dict[str, Any]] = []
        start: Place | None = FIRST
        while start:
            told = view(story.connection, HERE, as_of=noon(DAY), page=Page(start, limit))
            found += told.rows
            last = told.places[-1] if told.places else None
            start = Place(last.subject, last.rows + 1) if last else None
        assert found == whole.rows


def test_who_does_the_others_part_is_looked_up_among_the_few_who_do(story: Story) -> None:
    begin(story, "c-1")
    story.connection.execute("set local enable_seqscan = off")  # of so few rows all are read else
    rows(story, role_clarity_by_team)
    for table in (ACTIVITIES, AUTHORITY_ACTS):
        rare = f"{HERE.schema}.{table.name}_rare"
        found = story.connection.execute("select pg_stat_get_xact_numscans(%s::regclass)", (rare,))
        assert found.fetchone() == (1,), rare
