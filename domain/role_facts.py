"""What role clarity is read from, found in a folded course: for each pair of a day, `Seen`.

A pair (*par*) is a mentor with a match open on the day and the caseworker responsible. Of several
mentors at once each is one of a pair of its own.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from msgspec import Struct

from domain.calendar import day_of
from domain.cooperation import (
    ABOUT_ROLES,
    Acknowledgement,
    Cooperation,
    Coordination,
    Crossing,
    Friction,
    GoalVersion,
    Happening,
    Review,
    Statement,
)
from domain.course import CourseState
from domain.folding import Step, held_on
from domain.matches import Match
from domain.role_clarity import ASSUMED, CommonGoal, Contacts, Seen, Thresholds
from domain.values import Actor, Ref

H = TypeVar("H", bound=Happening)


class Paired(Struct, frozen=True, kw_only=True):
    """A pair on a day, and the facts of the course that are its own.

    `matches` are the mentor's that are open, none without a mentor; `caseworker` is the step that
    made theirs responsible. `contacts` are those of late, or the last one where it is older.
    """

    matches: tuple[Match, ...] = ()
    caseworker: Step[UUID] | None = None
    mentor_said: Statement | None = None
    caseworker_said: Statement | None = None
    goal: GoalVersion | None = None
    acknowledged: tuple[Acknowledgement, ...] = ()
    review: Review | None = None
    contacts: tuple[Coordination, ...] = ()
    crossings: tuple[Crossing, ...] = ()
    frictions: tuple[Friction, ...] = ()
    unsettled: tuple[Friction, ...] = ()

    @property
    def since(self) -> date | None:
        """The day from which the two are a pair; None where one of them is missing."""
        return _since(self.matches, self.caseworker)

    @property
    def behind(self) -> Iterator[Ref]:
        """The events that made them a pair, and those of every reading."""
        if self.caseworker:
            yield self.caseworker.ref
        yield from (match.ref for match in self.matches)
        single = (self.mentor_said, self.caseworker_said, self.goal, self.review)
        yield from (one.ref for one in single if one)
        several = (self.acknowledged, self.contacts, self.crossings, self.frictions, self.unsettled)
        yield from (one.ref for happenings in several for one in happenings)


def pairs_on(
    course: CourseState, as_of: datetime, thresholds: Thresholds = ASSUMED
) -> list[Paired]:
    """The pairs of that day, the mentor matched first before the others.

    A course without an open match has one pair without a mentor.
    """
    day, cooperation = day_of(as_of), _up_to(course.cooperation, as_of)
    by_mentor: dict[UUID, list[Match]] = {}
    for match in course.matches_on(day):
        by_mentor.setdefault(match.mentor, []).append(match)
    caseworker = held_on(course.caseworkers, day)
    several = [tuple(matches) for matches in by_mentor.values()] or [()]
    return [_paired(matches, caseworker, cooperation, day, thresholds) for matches in several]


def seen(pair: Paired, day: date, thresholds: Thresholds = ASSUMED) -> Seen:
    """What the readings of a pair are made of."""
    mentor = pair.matches[0].mentor if pair.matches else None
    caseworker = pair.caseworker.value if pair.caseworker else None
    since = day - timedelta(days=thresholds.contacts_in)
    return Seen(
        mentor=mentor,
        caseworker=caseworker,
        together_since=pair.since,
        mentor_says=pair.mentor_said.answers if pair.mentor_said else {},
        caseworker_says=pair.caseworker_said.answers if pair.caseworker_said else {},
        goal=_goal(pair, mentor, caseworker, day),
        contacts=Contacts(
            days_since=(day - pair.contacts[-1].day).days if pair.contacts else None,
            by_form=dict(Counter(one.form for one in pair.contacts if one.day > since)),
        ),
        crossings=dict(Counter(one.kind for one in pair.crossings)),
        frictions=dict(Counter(one.kind for one in pair.frictions)),
        unsettled=frozenset(one.responsibility for one in pair.unsettled),
    )


def _up_to(cooperation: Cooperation, as_of: datetime) -> Cooperation:
    """What had happened by then."""
    return Cooperation(
        **{
            name: tuple(h for h in getattr(cooperation, name) if h.at <= as_of)
            for name in cooperation.__struct_fields__
        }
    )


def _paired(
    matches: tuple[Match, ...],
    step: Step[UUID] | None,
    cooperation: Cooperation,
    day: date,
    thresholds: Thresholds,
) -> Paired:
    mentor = Actor("mentor", matches[0].mentor) if matches else None
    caseworker = Actor("caseworker", step.value) if step else None
    theirs = _statement(cooperation.statements, mentor, caseworker)
    ours = _statement(cooperation.statements, caseworker, mentor)
    goal = cooperation.goals[-1] if cooperation.goals else None
    frictions = _frictions(cooperation, matches, step)
    return Paired(
        matches=matches,
        caseworker=step,
        mentor_said=theirs,
        caseworker_said=ours,
        goal=goal,
        acknowledged=_acknowledged(cooperation, goal, mentor, caseworker),
        review=_last([r for r in cooperation.reviews if goal and r.goal == goal.goal]),
        contacts=_contacts(cooperation.coordinations, mentor, caseworker, day, thresholds),
        crossings=_crossings(cooperation.crossings, mentor, caseworker, day, thresholds),
        frictions=tuple(_lately(frictions, day, thresholds.frictions_in)),
        unsettled=tuple(_unsettled(frictions, cooperation.coordinations, theirs, ours)),
    )


def _since(matches: tuple[Match, ...], step: Step[UUID] | None) -> date | None:
    if not matches or step is None:
        return None
    return max(min(match.days.from_ for match in matches), step.from_)


def _last(several: Sequence[H]) -> H | None:
    return several[-1] if several else None


def _lately(several: Sequence[H], day: date, days: int) -> list[H]:
    """Those of the last so many days, the day itself among them."""
    return [one for one in several if one.day > day - timedelta(days=days)]


def _statement(
    statements: Sequence[Statement], side: Actor | None, other: Actor | None
) -> Statement | None:
    """The latest statement of one side about this pair."""
    if side is None or other is None:
        return None
    return _last([s for s in statements if s.speaker == side and s.counterpart == other.id])


def _acknowledged(
    cooperation: Cooperation,
    goal: GoalVersion | None,
    mentor: Actor | None,
    caseworker: Actor | None,
) -> tuple[Acknowledgement, ...]:
    """Acknowledgement is a person's: of the two, the first that each made of this version."""
    if goal is None:
        return ()
    first: dict[Actor, Acknowledgement] = {}
    for one in cooperation.acknowledgements:
        if one.goal == goal.goal and one.speaker in (mentor, caseworker):
            first.setdefault(one.speaker, one)
    return tuple(first.values())


def _goal(pair: Paired, mentor: UUID | None, caseworker: UUID | None, day: date) -> CommonGoal:
    """The current version is the latest set."""
    if pair.goal is None:
        return CommonGoal()
    by = {one.speaker for one in pair.acknowledged}
    looked_at = [pair.goal.day, *([pair.review.day] if pair.review else [])]
    return CommonGoal(
        goal=pair.goal.goal,
        mentor_stands_by=mentor is not None and Actor("mentor", mentor) in by,
        caseworker_stands_by=caseworker is not None and Actor("caseworker", caseworker) in by,
        reviewed_days_ago=(day - max(looked_at)).days,
    )


def _contacts(
    coordinations: Sequence[Coordination],
    mentor: Actor | None,
    caseworker: Actor | None,
    day: date,
    thresholds: Thresholds,
) -> tuple[Coordination, ...]:
    """In which the two took part, also before they were a pair. What either said with another
    mentor or caseworker, a former one or a stand-in, isn't between them."""
    if mentor is None or caseworker is None:
        return ()
    both = [
        one
        for one in coordinations
        if mentor.id in one.mentors and caseworker.id in one.caseworkers
    ]
    return tuple(_lately(both, day, thresholds.contacts_in) or both[-1:])


def _crossings(
    crossings: Sequence[Crossing],
    mentor: Actor | None,
    caseworker: Actor | None,
    day: date,
    thresholds: Thresholds,
) -> tuple[Crossing, ...]:
    """Those of late, of the two and of who is neither mentor nor caseworker. What another mentor
    or caseworker of the course does isn't this pair's."""
    own = [
        one
        for one in crossings
        if one.actor in (mentor, caseworker) or one.actor.function not in ("mentor", "caseworker")
    ]
    return tuple(_lately(own, day, thresholds.crossings_in))


def _frictions(
    cooperation: Cooperation, matches: tuple[Match, ...], step: Step[UUID] | None
) -> list[Friction]:
    """Those reported while the two were a pair that name nobody else."""
    since = _since(matches, step)
    if since is None or step is None:
        return []
    pair = {matches[0].mentor, step.value}
    return [one for one in cooperation.frictions if one.day >= since and one.between <= pair]


def _unsettled(
    frictions: Sequence[Friction],
    coordinations: Sequence[Coordination],
    theirs: Statement | None,
    ours: Statement | None,
) -> Iterator[Friction]:
    """Those about the roles that were neither taken up since, by a coordinator on the topic of
    roles, nor followed by a new statement where both have stated."""
    taken_up = [one.at for one in coordinations if one.takes_up_the_roles]
    stated = [theirs.at, ours.at] if theirs and ours else []
    settled = max([*taken_up, *stated], default=None)
    for one in frictions:
        if one.kind in ABOUT_ROLES and (settled is None or settled < one.at):
            yield one
