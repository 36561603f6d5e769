"""Why a follow-up was raised: since when, of whom, and on what its rule rests."""

from datetime import date
from typing import Any

from domain.events.common import CourseFollowUpReminded, TeamFollowUpRaised
from domain.events.mentor import Employed
from domain.events.team import Established
from domain.values import FollowUpKey, Ref
from projections.views.worklist import by_rule, worklist
from tests.projections.raising import DUE, INTAKE, SYSTEM, adopt, ask, raise_match, resolve
from tests.projections.story import HERE, SOURCE, Story, actor, noon, who


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


def test_behind_a_rules_row_stand_the_rules_of_the_day_beside_those_its_follow_ups_are_due_by(
    story: Story,
) -> None:
    first = adopt(story, "first", "som det var")
    which = raise_match(story, "old", pack=("own", "first"))
    later = adopt(story, "later", "som det er")
    answer = by_rule(story.connection, HERE, as_of=noon(date(2026, 2, 1)))
    (row,), (behind,) = answer.rows, answer.behind
    assert (row["edition"], row["basis"]) == ("later", "som det er")
    assert list(behind()) == [which.anchor, first, Ref(SOURCE, "raised-old"), later]


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
