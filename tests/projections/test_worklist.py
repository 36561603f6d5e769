"""What is open, for whom, since when and why."""

from datetime import date
from typing import Any

import pytest

from domain.events.common import (
    CourseFollowUpEscalated,
    CourseFollowUpRaised,
    CourseFollowUpReminded,
    CourseFollowUpResolved,
    CourseFollowUpSnoozed,
    CourseFollowUpTakenOver,
    CourseFollowUpWithdrawn,
    TeamFollowUpRaised,
)
from domain.events.course import CaseworkerChanged, IdentityLinked, IntakeRegistered
from domain.events.mentor import Employed
from domain.events.team import Established, PersonAssigned, PersonReleased, RulesAdopted
from domain.rule_packs import default_text
from domain.values import Actor, FollowUpKey, Period, Ref
from projections.paging import Page, Place
from projections.views.worklist import by_person, by_rule, worklist
from tests.projections.story import HERE, SOURCE, Story, actor, noon, who

SYSTEM = Actor("system")
INTAKE, DUE = date(2026, 1, 12), date(2026, 1, 26)


def raise_match(
    story: Story,
    course: str = "c",
    due: date = DUE,
    pack: tuple[str, str] = ("default", "2026-1"),
) -> FollowUpKey:
    intake = IntakeRegistered(actor=actor("caseworker"), caseworker=who("caseworker"))
    anchor = story.course(course, intake, INTAKE)
    which = FollowUpKey("match-overdue", anchor, 1)
    raised = CourseFollowUpRaised(
        actor=SYSTEM,
        follow_up=which,
        due_on=due,
        addressed_to="caseworker",
        person=who("caseworker"),
        pack=pack[0],
        edition=pack[1],
    )
    story.course(course, raised, due, id_=f"raised-{course}")
    return which


def ask(story: Story, day: date, known_at: int | None = None) -> list[dict[str, Any]]:
    return worklist(story.connection, HERE, as_of=noon(day), known_at=known_at).rows


def test_what_was_raised_is_open_with_its_reason(story: Story) -> None:
    which = raise_match(story)
    (row,) = ask(story, date(2026, 1, 28))
    assert (row["rule"], row["due_on"], row["days_overdue"]) == ("match-overdue", DUE, 2)
    assert (row["stage"], row["addressed_to"]) == ("raised", "caseworker")
    assert (row["person"], row["course"]) == (who("caseworker"), who("c"))
    assert row["why"] == "Borgeren har ikke fået en mentor inden for 14 dage."
    assert row["anchor"] == f"{which.anchor.source} {which.anchor.id}"
    assert (row["pack"], row["edition"]) == ("default", "2026-1")
    assert row["id"] == "raised-c"
    assert ask(story, date(2026, 1, 25)) == []


def test_the_longest_due_stands_first(story: Story) -> None:
    raise_match(story, "late", date(2026, 2, 1))
    raise_match(story, "early", date(2026, 1, 20))
    assert [row["course"] for row in ask(story, date(2026, 3, 1))] == [who("early"), who("late")]


def test_a_page_of_the_worklist_goes_on_in_the_order_of_the_whole(story: Story) -> None:
    for name, day in (("late", 3), ("early", 1), ("between", 2)):
        raise_match(story, name, date(2026, 2, day))
    march = noon(date(2026, 3, 1))
    first = worklist(story.connection, HERE, page=Page(limit=2), as_of=march)
    assert [row["course"] for row in first.rows] == [who("early"), who("between")]
    rest = Page(start=Place(2), limit=2)
    second = worklist(story.connection, HERE, page=rest, as_of=march)
    assert [row["course"] for row in second.rows] == [who("late")]
    assert second.rows[0]["why"] is not None


def test_an_escalated_follow_up_lies_with_the_coordinator(story: Story) -> None:
    which = raise_match(story)
    reminded = CourseFollowUpReminded(actor=SYSTEM, follow_up=which, number=1)
    story.course("c", reminded, date(2026, 1, 30))
    assert [row["stage"] for row in ask(story, date(2026, 1, 31))] == ["reminded"]
    escalated = CourseFollowUpEscalated(
        actor=SYSTEM, follow_up=which, addressed_to="coordinator", person=who("coordinator")
    )
    story.course("c", escalated, date(2026, 2, 2))
    (row,) = ask(story, date(2026, 2, 3))
    assert (row["stage"], row["addressed_to"]) == ("escalated", "coordinator")
    assert (row["person"], row["escalated_to"]) == (who("coordinator"), ["coordinator"])
    assert [row["stage"] for row in ask(story, date(2026, 2, 1))] == ["reminded"]


def test_a_follow_up_put_off_says_until_when_and_who_took_it_over(story: Story) -> None:
    which = raise_match(story)
    snoozed = CourseFollowUpSnoozed(
        actor=actor("caseworker"), follow_up=which, until=date(2026, 2, 10), reason="citizen-away"
    )
    story.course("c", snoozed, date(2026, 1, 27))
    taken = CourseFollowUpTakenOver(
        actor=actor("coordinator"), follow_up=which, person=who("coordinator"), reason="absence"
    )
    story.course("c", taken, date(2026, 1, 28))
    (row,) = ask(story, date(2026, 2, 1))
    assert (row["stage"], row["snoozed_until"]) == ("snoozed", date(2026, 2, 10))
    assert (row["person"], row["taken_over"]) == (who("coordinator"), True)
    assert [row["stage"] for row in ask(story, date(2026, 2, 10))] == ["raised"]


def test_who_put_it_off_and_who_told_of_a_take_over_is_known_whoever_has_it(story: Story) -> None:
    which = raise_match(story)

    def told(known_at: int | None = None) -> list[Any]:
        (row,) = ask(story, date(2026, 2, 1), known_at)
        return [row["person"], row["taken_over_by"], row["snoozed_by"]]

    def snooze(by: str) -> CourseFollowUpSnoozed:
        until = date(2026, 2, 10)
        return CourseFollowUpSnoozed(
            actor=actor(by), follow_up=which, until=until, reason="holiday"
        )

    before = story.position
    assert told() == [who("caseworker"), None, None]
    put_off = story.course("c", snooze("leader"), date(2026, 1, 27))
    taken = CourseFollowUpTakenOver(
        actor=actor("leader"), follow_up=which, person=who("coordinator"), reason="absence"
    )
    taken_over = story.course("c", taken, date(2026, 1, 28))
    assert told() == [who("coordinator"), who("leader"), who("leader")]
    assert told(before) == [who("caseworker"), None, None]
    # It was the coordinator who put it off; and nobody took it over.
    then = story.position
    story.correct(put_off, snooze("coordinator"), date(2026, 1, 30), new_time=date(2026, 1, 27))
    story.retract(taken_over, date(2026, 1, 30))
    assert told() == [who("caseworker"), None, who("coordinator")]
    assert told(then) == [who("coordinator"), who("leader"), who("leader")]


def assigned(story: Story, name: str, function: str, from_: date) -> None:
    fact = PersonAssigned(
        actor=actor("leader"), person=who(name), function=function, from_=from_, employment="full"
    )
    story.team(fact, from_)


def test_a_follow_up_lies_with_whoever_is_the_caseworker_on_the_day(story: Story) -> None:
    which = raise_match(story)
    changed = CaseworkerChanged(
        actor=actor("leader"),
        caseworker=who("new caseworker"),
        from_=date(2026, 2, 2),
        reason="other",
    )
    story.course("c", changed, date(2026, 1, 30))
    days = (date(2026, 2, 1), date(2026, 2, 2))
    assert [ask(story, day)[0]["person"] for day in days] == [
        who("caseworker"),
        who("new caseworker"),
    ]
    taken = CourseFollowUpTakenOver(
        actor=actor("other"), follow_up=which, person=who("other"), reason="absence"
    )
    story.course("c", taken, date(2026, 2, 3))
    assert ask(story, date(2026, 2, 4))[0]["person"] == who("other")


def test_an_escalated_follow_up_lies_with_whoever_coordinates_on_the_day(story: Story) -> None:
    which = raise_match(story)
    assigned(story, "coordinator", "coordinator", INTAKE)
    escalated = CourseFollowUpEscalated(
        actor=SYSTEM, follow_up=which, addressed_to="coordinator", person=who("coordinator")
    )
    story.course("c", escalated, date(2026, 2, 2))
    gone = PersonReleased(
        actor=actor("leader"),
        person=who("coordinator"),
        function="coordinator",
        to=date(2026, 2, 10),
        reason="other",
    )
    story.team(gone, date(2026, 2, 5))
    assert ask(story, date(2026, 2, 11))[0]["person"] == who("coordinator")  # nobody else yet
    assigned(story, "next", "coordinator", date(2026, 2, 12))
    days = (date(2026, 2, 9), date(2026, 2, 12))
    assert [ask(story, day)[0]["person"] for day in days] == [who("coordinator"), who("next")]


@pytest.mark.parametrize("outcome", ["resolved", "withdrawn"])
def test_what_is_resolved_or_withdrawn_is_open_no_more(story: Story, outcome: str) -> None:
    which = raise_match(story)
    before = story.position
    by = Ref(which.anchor.source, "ev-999")
    ended = (
        CourseFollowUpResolved(actor=SYSTEM, follow_up=which, by=by)
        if outcome == "resolved"
        else CourseFollowUpWithdrawn(actor=SYSTEM, follow_up=which, reason="fact-corrected")
    )
    story.course("c", ended, date(2026, 2, 5))
    assert ask(story, date(2026, 2, 6)) == []
    assert len(ask(story, date(2026, 2, 4))) == 1
    assert len(ask(story, date(2026, 2, 6), known_at=before)) == 1


def test_what_was_raised_before_its_course_was_linked_is_closed_in_the_other(story: Story) -> None:
    which = raise_match(story, "old")
    link = IdentityLinked(
        actor=actor("coordinator"), what="course", alias=who("old"), basis="manual"
    )
    story.course("new", link, date(2026, 1, 27))
    (row,) = ask(story, date(2026, 1, 28))
    assert (row["course"], row["id"]) == (who("new"), "raised-old")
    ended = CourseFollowUpWithdrawn(actor=SYSTEM, follow_up=which, reason="course-closed")
    story.course("new", ended, date(2026, 1, 29))
    assert ask(story, date(2026, 1, 30)) == []


def test_a_follow_up_without_its_duty_stands_without_a_reason(story: Story) -> None:
    which = raise_match(story)
    story.retract(which.anchor, date(2026, 2, 1))
    (row,) = ask(story, date(2026, 2, 2))
    assert (row["rule"], row["why"], row["since"]) == ("match-overdue", None, None)


def test_what_a_late_fact_has_moved_to_another_event_keeps_its_reason(story: Story) -> None:
    # Raised 42 days after the employment of 12 January; since the team's start of the 15th, 39.
    employed = Employed(
        actor=actor("leader"), from_=INTAKE, weekly_minutes=2220, gender="not-stated"
    )
    anchor = story.mentor("mentor", employed, INTAKE)
    raised = TeamFollowUpRaised(
        actor=SYSTEM,
        follow_up=FollowUpKey("supervision-overdue", anchor, 1, who("mentor")),
        due_on=date(2026, 2, 23),
        addressed_to="coordinator",
        pack="default",
        edition="3",
    )
    story.team(raised, date(2026, 2, 23))
    story.team(Established(actor=actor("leader"), from_=date(2026, 1, 15)), date(2026, 1, 15))
    (row,) = ask(story, date(2026, 2, 24))
    assert row["anchor"] == f"{anchor.source} {anchor.id}"
    assert row["since"] == date(2026, 1, 15)
    assert (
        row["why"]
        == "Mentor har ikke fået supervision af en egentlig supervisor inden for 39 dage."
    )


def test_a_teams_follow_up_names_the_mentor_it_is_about(story: Story) -> None:
    story.team(Established(actor=actor("leader"), from_=INTAKE), INTAKE)
    employed = Employed(
        actor=actor("leader"), from_=INTAKE, weekly_minutes=2220, gender="not-stated"
    )
    anchor = story.mentor("mentor", employed, INTAKE)
    raised = TeamFollowUpRaised(
        actor=SYSTEM,
        follow_up=FollowUpKey("supervision-overdue", anchor, 1, who("mentor")),
        due_on=date(2026, 2, 23),
        addressed_to="coordinator",
        pack="default",
        edition="2026-1",
    )
    story.team(raised, date(2026, 2, 23))
    (row,) = ask(story, date(2026, 2, 24))
    assert (row["subject"], row["course"], row["about"]) == ("team", None, who("mentor"))
    assert row["why"] == (
        "Mentor har ikke fået supervision af en egentlig supervisor inden for 42 dage."
    )


def resolve(story: Story, course: str, which: FollowUpKey, on: date) -> None:
    fact = CourseFollowUpResolved(
        actor=SYSTEM, follow_up=which, by=Ref(which.anchor.source, "ev-999")
    )
    story.course(course, fact, on)


def adopt(story: Story, edition: str, basis: str) -> Ref:
    text = default_text().replace('"default"', '"own"', 1)
    text = text.replace('edition = "3"', f'edition = "{edition}"', 1)
    text = text.replace('basis = "assumption"', f'basis = "{basis}"', 1)
    fact = RulesAdopted(
        actor=actor("leader"),
        pack="own",
        edition=edition,
        period=Period(date(2026, 1, 1)),
        sha256="0",
        text=text,
    )
    return story.team(fact, date(2026, 1, 1))


def test_a_follow_up_says_what_the_pack_rests_on_under_which_it_was_raised(story: Story) -> None:
    first = adopt(story, "first", "som det var")
    which = raise_match(story, "old", pack=("own", "first"))
    adopt(story, "later", "som det er")
    raise_match(story, "new", pack=("own", "later"))
    raise_match(story, "lost", pack=("own", "unknown"))
    told = {row["course"]: row["basis"] for row in ask(story, date(2026, 2, 1))}
    assert told == {who("old"): "som det var", who("new"): "som det er", who("lost"): None}
    answer = worklist(story.connection, HERE, as_of=noon(date(2026, 2, 1)))
    behind = dict(zip([row["course"] for row in answer.rows], answer.behind, strict=True))
    assert list(behind[who("old")]()) == [which.anchor, first, Ref(SOURCE, "raised-old")]


def test_each_persons_follow_ups_are_counted_by_how_they_stand(story: Story) -> None:
    # Due on 20 and 26 January and on 1 February.
    early = raise_match(story, "early", date(2026, 1, 20))
    put_off = raise_match(story, "put off", DUE)
    raise_match(story, "today", date(2026, 2, 1))
    gone = raise_match(story, "gone", date(2026, 1, 2))
    resolve(story, "gone", gone, date(2026, 1, 20))
    escalated = CourseFollowUpEscalated(
        actor=SYSTEM, follow_up=early, addressed_to="coordinator", person=who("coordinator")
    )
    story.course("early", escalated, date(2026, 1, 27))
    snoozed = CourseFollowUpSnoozed(
        actor=actor("caseworker"), follow_up=put_off, until=date(2026, 2, 10), reason="holiday"
    )
    story.course("put off", snoozed, date(2026, 1, 28))
    day = date(2026, 2, 1)
    answer = by_person(story.connection, HERE, as_of=noon(day))
    coordinator, caseworker = answer.rows
    assert (coordinator["person"], coordinator["functions"]) == (
        who("coordinator"),
        ["coordinator"],
    )
    counted = ("open", "overdue", "escalated", "snoozed", "oldest_due")
    assert [coordinator[name] for name in counted] == [1, 1, 1, 0, date(2026, 1, 20)]
    # What is due today isn't overdue.
    assert caseworker["person"] == who("caseworker")
    assert [caseworker[name] for name in counted] == [2, 1, 0, 1, DUE]
    refs = {ref.id for ref in answer.behind[1]()}
    assert {"raised-put off", "raised-today"} <= refs
    assert not {"raised-early", "raised-gone"} & refs


def test_whoever_takes_one_over_has_it_in_their_own_function(story: Story) -> None:
    assigned(story, "leader", "leader", date(2026, 1, 1))
    own, given = raise_match(story, "own", DUE), raise_match(story, "given", DUE)
    raise_match(story, "left", DUE)
    unknown = raise_match(story, "unknown", DUE)
    before = story.position

    def taken(course: str, which: FollowUpKey, by: str, person: str) -> None:
        fact = CourseFollowUpTakenOver(
            actor=actor(by), follow_up=which, person=who(person), reason="absence"
        )
        story.course(course, fact, date(2026, 1, 28))

    taken("own", own, "coordinator", "coordinator")
    taken("given", given, "coordinator", "leader")
    taken("unknown", unknown, "coordinator", "somebody")
    day = noon(date(2026, 2, 1))
    rows = by_person(story.connection, HERE, as_of=day).rows
    assert {row["person"]: row["functions"] for row in rows} == {
        who("caseworker"): ["caseworker"],
        who("coordinator"): ["coordinator"],
        who("leader"): ["leader"],
        who("somebody"): [],
    }
    (row,) = by_person(story.connection, HERE, as_of=day, known_at=before).rows
    assert (row["person"], row["functions"]) == (who("caseworker"), ["caseworker"])


def test_each_rules_follow_ups_are_counted_with_the_basis_of_the_day(story: Story) -> None:
    adopt(story, "own", "aftalt i teamet")
    which = raise_match(story, "one", date(2026, 1, 20))
    raise_match(story, "other", DUE)
    reminded = CourseFollowUpReminded(actor=SYSTEM, follow_up=which, number=1)
    story.course("one", reminded, date(2026, 1, 27))
    before = story.position
    resolve(story, "one", which, date(2026, 1, 28))

    def rows(day: date, known_at: int | None = None) -> list[dict[str, Any]]:
        return by_rule(story.connection, HERE, as_of=noon(day), known_at=known_at).rows

    (row,) = rows(date(2026, 1, 27))
    assert (row["rule"], row["basis"], row["pack"]) == ("match-overdue", "aftalt i teamet", "own")
    counted = ("open", "overdue", "raised", "reminded", "oldest_due")
    assert [row[name] for name in counted] == [2, 2, 1, 1, date(2026, 1, 20)]
    assert [rows(date(2026, 1, 29))[0][name] for name in counted] == [1, 1, 1, 0, DUE]
    assert rows(date(2026, 1, 29), known_at=before)[0]["open"] == 2
    assert rows(date(2026, 1, 19)) == []


def test_a_follow_up_corrected_away_or_raised_again_is_as_known_then(story: Story) -> None:
    which = raise_match(story)
    before = story.position
    ended = CourseFollowUpWithdrawn(actor=SYSTEM, follow_up=which, reason="fact-corrected")
    story.course("c", ended, date(2026, 2, 1))
    again = CourseFollowUpRaised(
        actor=SYSTEM,
        follow_up=FollowUpKey(which.rule, which.anchor, 2),
        due_on=date(2026, 2, 3),
        addressed_to="caseworker",
        pack="default",
        edition="3",
    )
    raised = story.course("c", again, date(2026, 2, 3))
    day = date(2026, 2, 4)
    assert [(row["cycle"], row["id"]) for row in ask(story, day)] == [(2, raised.id)]
    assert [row["cycle"] for row in ask(story, day, known_at=before)] == [1]
    story.retract(raised, date(2026, 2, 5))
    assert ask(story, day) == []
