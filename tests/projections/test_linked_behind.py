"""What makes two ids one stands behind the rows of whoever has both, and behind no others."""

from datetime import date
from typing import Any

from domain.events.course import ActivityRegistered, IdentityLinked
from domain.events.team import TeamIdentityLinked, TeamIdentityUnlinked
from domain.values import Ref
from projections.answering import Ask
from projections.views.activities import activities_by_area, activities_by_mentor
from projections.views.grants import by_grant
from projections.views.mentor_roles import roles_by_mentor
from tests.projections.granting import JANUARY, MARCH, granted
from tests.projections.story import HERE, Story, actor, noon, who

LEADER = actor("leader")


def work(story: Story, by: str) -> Ref:
    fact = ActivityRegistered(
        actor=actor("mentor", by),
        role="system-guide",
        activity="conversation",
        minutes=60,
        contact="in-person",
    )
    return story.course("c-1", fact, JANUARY)


def linked(story: Story, person: str = "m-1", alias: str = "T-1") -> Ref:
    fact = TeamIdentityLinked(actor=LEADER, person=who(person), alias=who(alias), basis="cpr")
    return story.team(fact, MARCH)


def unlinked(story: Story) -> None:
    fact = TeamIdentityUnlinked(actor=LEADER, person=who("m-1"), alias=who("T-1"))
    story.team(fact, MARCH)


def behind(story: Story, view: Ask, of: str = "mentor", **asked: Any) -> dict[Any, set[Ref]]:
    answer = view(story.connection, HERE, as_of=noon(date(2026, 4, 1)), **asked)
    several = [set(told()) for told in answer.behind]
    return dict(zip([row[of] for row in answer.rows], several, strict=True))


def test_the_link_stands_behind_the_time_of_a_mentor_with_two_ids_only(story: Story) -> None:
    own, others, third = work(story, "m-1"), work(story, "T-1"), work(story, "m-3")
    before = story.position
    link = linked(story)
    for view in (activities_by_mentor, roles_by_mentor):
        assert behind(story, view) == {who("m-1"): {own, others, link}, who("m-3"): {third}}
        apart = {who("m-1"): {own}, who("T-1"): {others}, who("m-3"): {third}}
        assert behind(story, view, known_at=before) == apart
    # What is divided by no person is as it was without the link.
    assert behind(story, activities_by_area, "area") == {None: {own, others, third}}


def test_a_link_that_was_undone_or_retracted_stands_behind_nothing(story: Story) -> None:
    own, others = work(story, "m-1"), work(story, "T-1")
    apart = {who("m-1"): {own}, who("T-1"): {others}}
    linked(story)
    unlinked(story)
    assert behind(story, roles_by_mentor) == apart
    again = linked(story)
    assert behind(story, roles_by_mentor) == {who("m-1"): {own, others, again}}
    story.retract(again, MARCH)
    assert behind(story, roles_by_mentor) == apart


def test_every_link_of_a_mentor_with_three_ids_stands_behind_their_time(story: Story) -> None:
    several = {work(story, name) for name in ("m-1", "T-1", "S-1")}
    links = {linked(story), linked(story, "T-1", "S-1")}
    assert behind(story, roles_by_mentor) == {who("m-1"): several | links}


def test_the_link_of_two_courses_stands_behind_their_grants_only(story: Story) -> None:
    first = granted(story, "c-1", JANUARY)
    other = granted(story, "c-3", JANUARY, "b-3")
    link = story.course(
        "c-1", IdentityLinked(actor=LEADER, what="course", alias=who("c-2"), basis="manual"), MARCH
    )
    assert behind(story, by_grant, "course") == {who("c-1"): {first, link}, who("c-3"): {other}}


def test_a_link_of_two_citizens_makes_no_course_another(story: Story) -> None:
    first = granted(story, "c-1", JANUARY)
    told = IdentityLinked(actor=LEADER, what="citizen", alias=who("c-2"), basis="manual")
    story.course("c-1", told, MARCH)
    assert behind(story, by_grant, "course") == {who("c-1"): {first}}
