"""Work outside the days of its course: before the intake, without one, after the close."""

from collections.abc import Iterator

from domain.calendar import covers
from domain.contradictions.base import Contradiction, CourseTold
from domain.events.base import Fact
from domain.events.course import (
    ActivityRegistered,
    ChemistryChecked,
    Closed,
    ContactAttempted,
    CoordinationHeld,
    FirstMeetingHeld,
    FrictionReported,
    GoalAcknowledged,
    GoalReviewed,
    GoalSet,
    GrantDecided,
    GrantEnded,
    GrantExtended,
    IntakeRegistered,
    MatchEnded,
    MentorAgreementMade,
    MentorMatched,
    Reopened,
    RolesStated,
)
from domain.folding import Told

WITH_THE_CITIZEN: tuple[type[Fact], ...] = (
    ActivityRegistered,
    ContactAttempted,
    FirstMeetingHeld,
    ChemistryChecked,
    MentorAgreementMade,
    RolesStated,
    GoalSet,
    CoordinationHeld,
)
"""Work that a closed course doesn't have. Grants stand when a course is closed."""

ANY_WORK: tuple[type[Fact], ...] = (
    *WITH_THE_CITIZEN,
    MentorMatched,
    MatchEnded,
    GoalAcknowledged,
    GoalReviewed,
    FrictionReported,
    GrantDecided,
    GrantExtended,
    GrantEnded,
)
"""Work that an intake comes before."""


def work_without_intake(told: CourseTold) -> Iterator[Contradiction]:
    """A course on which something was done, and no intake is known (*visitation*)."""
    if not told.telling.of(IntakeRegistered) and (work := _work(told, ANY_WORK)):
        yield told.found("work-without-intake", work)


def work_before_intake(told: CourseTold) -> Iterator[Contradiction]:
    """Work on a day before that of the first intake."""
    intakes = told.telling.of(IntakeRegistered)
    if intakes:
        early = [one for one in _work(told, ANY_WORK) if one.day < intakes[0].day]
        if early:
            yield told.found("work-before-intake", early, intakes[0].ref)


def work_while_closed(told: CourseTold) -> Iterator[Contradiction]:
    """Work while the course was closed: what one close makes odd is one contradiction."""
    late: dict[int, list[Told[Fact]]] = {}
    for one in _work(told, WITH_THE_CITIZEN):
        if told.is_closed(one):
            closes = sum(1 for s in told.state.spells if s.days.to and s.days.to <= one.day)
            late.setdefault(closes - 1, []).append(one)
    for spell, work in late.items():
        close = told.state.spells[spell].ended_by if spell >= 0 else None
        yield told.found("work-while-closed", work, close)


def match_while_closed(told: CourseTold) -> Iterator[Contradiction]:
    """A match decided while the course was closed, from a day on which it is."""
    for one in told.of(MentorMatched):
        if told.is_closed(one) and not told.state.is_open_on(one.fact.from_):
            closes = [s.ended_by for s in told.state.spells if s.days.to and s.days.to <= one.day]
            mentor = told.persons.id(one.fact.mentor)
            yield told.found(
                "match-while-closed", [one], *closes[-1:], person=mentor, thing=one.fact.match
            )


def closed_twice(told: CourseTold) -> Iterator[Contradiction]:
    """A close of what is closed already: it ended no open days."""
    turned = {spell.ended_by for spell in told.state.spells}
    for one in told.of(Closed):
        if one.ref not in turned:
            before = [s.ended_by for s in told.state.spells if s.days.to]
            yield told.found("closed-twice", [one], *before[-1:])


def reopened_while_open(told: CourseTold) -> Iterator[Contradiction]:
    """A reopening of what is open: it began no open days."""
    turned = {spell.begun_by for spell in told.state.spells}
    for one in told.of(Reopened):
        if one.ref not in turned:
            running = [s for s in told.state.spells if covers(s.days, one.fact.from_)]
            yield told.found("reopened-while-open", [one], *(s.begun_by for s in running))


def _work(told: CourseTold, kinds: tuple[type[Fact], ...]) -> list[Told[Fact]]:
    """In fold order."""
    found = [one for kind in kinds for one in told.of(kind)]
    return sorted(found, key=lambda one: one.order)


ALL = (
    work_without_intake,
    work_before_intake,
    work_while_closed,
    match_while_closed,
    closed_twice,
    reopened_while_open,
)
