"""Facts for stories in which something is odd, and the question what is."""

from collections.abc import Callable
from datetime import date
from typing import Any

from domain.events.course import (
    ActivityRegistered,
    GrantDecided,
    IntakeRegistered,
    MentorMatched,
    RolesStated,
)
from domain.events.mentor import Employed
from domain.events.team import PersonAssigned, SupervisionSessionHeld
from domain.values import Actor, Period, Ref
from projections.views.contradictions import contradictions
from tests.projections.story import HERE, Story, actor, noon, thing, who

CASEWORKER, MENTOR = actor("caseworker", "s-12"), actor("mentor", "m-31")
COORDINATOR, SYSTEM = actor("coordinator"), Actor("system")
INTAKE, MATCHED, TODAY = date(2026, 1, 12), date(2026, 1, 19), date(2026, 6, 1)

Tell = Callable[[Story], object]


def right(story: Story) -> None:
    """A course on which nothing is odd: employed on 1 January, intake on the 12th, matched on the
    19th."""
    story.mentor("m-31", employed(), date(2026, 1, 1))
    intake(story)
    matched(story)


def employed(on: date = date(2026, 1, 1), minutes: int = 2220) -> Employed:
    return Employed(actor=COORDINATOR, from_=on, weekly_minutes=minutes, gender="woman")


def intake(story: Story, on: date = INTAKE) -> Ref:
    fact = IntakeRegistered(actor=CASEWORKER, caseworker=who("s-12"), form="phone")
    return story.course("c", fact, on)


def matched(
    story: Story,
    on: date = MATCHED,
    *,
    match: str = "match-1",
    mentor: str = "m-31",
    by: Any = CASEWORKER,
    from_: date | None = None,
) -> Ref:
    fact = MentorMatched(
        actor=by, match=thing(match), mentor=who(mentor), from_=from_ or on, method="by-profile"
    )
    return story.course("c", fact, on)


def worked(story: Story, on: date, *, by: Any = MENTOR, grant: str | None = None) -> Ref:
    fact = ActivityRegistered(
        actor=by,
        role="system-guide",
        activity="other",
        minutes=60,
        contact="phone",
        grant=thing(grant) if grant else None,
    )
    return story.course("c", fact, on)


def granted(
    story: Story,
    on: date,
    *,
    grant: str = "b-1",
    by: Any = CASEWORKER,
    outcome: str = "granted",
    continues: str | None = None,
) -> Ref:
    """Granted for February and March, or refused."""
    yes = outcome == "granted"
    fact = GrantDecided(
        actor=by,
        grant=thing(grant),
        kind="course",
        outcome=outcome,
        reason=None if yes else "not-needed",
        period=Period(date(2026, 2, 1), date(2026, 4, 1)) if yes else None,
        continues=thing(continues) if continues else None,
    )
    return story.course("c", fact, on)


def stated(story: Story, on: date, by: Any, about: str) -> Ref:
    fact = RolesStated(actor=by, counterpart=who(about), answers={"crisis-contact": "mentor"})
    return story.course("c", fact, on)


def assigned(story: Story, person: str, function: str, on: date = INTAKE) -> Ref:
    employment = "internal" if function == "supervisor" else None
    fact = PersonAssigned(
        actor=COORDINATOR, person=who(person), function=function, from_=on, employment=employment
    )
    return story.team(fact, on)


def supervised(story: Story, on: date, *mentors: str, session: str = "session-1") -> Ref:
    fact = SupervisionSessionHeld(
        actor=COORDINATOR,
        session=thing(session),
        supervisor=who("v-1"),
        mentors=tuple(map(who, mentors)),
        form="group",
        minutes=90,
    )
    return story.team(fact, on)


def odd(story: Story, known_at: int | None = None, on: date = TODAY, **asked: Any) -> list[Any]:
    """The kinds of what is odd, sorted."""
    return sorted(row["kind"] for row in rows(story, known_at, on, **asked))


def rows(
    story: Story, known_at: int | None = None, on: date = TODAY, **asked: Any
) -> list[dict[str, Any]]:
    """What is odd on the day."""
    answer = contradictions(story.connection, HERE, as_of=noon(on), known_at=known_at, **asked)
    return answer.rows
