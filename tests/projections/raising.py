"""Follow-ups that were raised, as a story tells of them, and the worklist as it stands then."""

from datetime import date
from typing import Any

from domain.events.common import CourseFollowUpRaised, CourseFollowUpResolved
from domain.events.course import IntakeRegistered
from domain.events.team import PersonAssigned, RulesAdopted
from domain.rule_packs import default_text
from domain.values import Actor, FollowUpKey, Period, Ref
from projections.views.worklist import worklist
from tests.projections.story import HERE, Story, actor, noon, who

SYSTEM = Actor("system")
INTAKE, DUE = date(2026, 1, 12), date(2026, 1, 26)


def raise_match(
    story: Story,
    course: str = "c",
    due: date = DUE,
    pack: tuple[str, str] = ("default", "2026-1"),
) -> FollowUpKey:
    """A course's intake, and that its match is overdue."""
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
    """The worklist at noon of a day."""
    return worklist(story.connection, HERE, as_of=noon(day), known_at=known_at).rows


def assigned(story: Story, name: str, function: str, from_: date) -> None:
    """A member of staff in a function from a day on."""
    fact = PersonAssigned(
        actor=actor("leader"), person=who(name), function=function, from_=from_, employment="full"
    )
    story.team(fact, from_)


def resolve(story: Story, course: str, which: FollowUpKey, on: date) -> None:
    """What was due was done."""
    fact = CourseFollowUpResolved(
        actor=SYSTEM, follow_up=which, by=Ref(which.anchor.source, "ev-999")
    )
    story.course(course, fact, on)


def adopt(story: Story, edition: str, basis: str) -> Ref:
    """Rules of the municipality's own, of which the first rests on that basis."""
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
