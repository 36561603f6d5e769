"""What a contradiction is, and what is looked at to find those of a course."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TypeVar
from uuid import UUID

from msgspec import Struct

from domain.calendar import day_of
from domain.course import CourseState, fold_telling
from domain.events.base import Fact
from domain.events.course import Closed, MatchEnded
from domain.folding import Persons, Telling, Told
from domain.mentor import MentorState
from domain.supervision import Session
from domain.team import TeamState
from domain.values import Ref

F = TypeVar("F", bound=Fact)


class Contradiction(Struct, frozen=True, kw_only=True):
    """Two things that were told and can't both be so (*modsigelse*).

    `kind` is a code of domain/contradictions/wording.py. `events` are those that contradict each
    other, `since` the first day on which they did. `thing` is the reference that is named, where
    the contradiction is about one.
    """

    kind: str
    since: date
    events: tuple[Ref, ...]
    course: UUID | None = None
    person: UUID | None = None
    thing: Ref | None = None


@dataclass(frozen=True)
class CourseTold:
    """A course as told: its events that count, its state, and the staff that it names; of the team
    who holds which function.

    What had not happened by `as_of` contradicts nothing, but may be what was missing.
    """

    course: UUID
    telling: Telling
    state: CourseState
    persons: Persons
    mentors: Mapping[UUID, MentorState]
    sessions: Mapping[Ref, Session]
    team: TeamState
    as_of: datetime

    @property
    def day(self) -> date:
        """The day asked about, in Copenhagen."""
        return day_of(self.as_of)

    def of(self, kind: type[F]) -> list[Told[F]]:
        """The events of one kind that had happened."""
        return [told for told in self.telling.of(kind) if told.at <= self.as_of]

    @cached_property
    def _ended_at(self) -> Mapping[Ref, datetime]:
        ends: list[Told[Closed] | Told[MatchEnded]] = [
            *self.telling.of(Closed),
            *self.telling.of(MatchEnded),
        ]
        return {told.ref: told.at for told in ends}

    def ended_before(self, end: date, by: Ref | None, told: Told[F]) -> bool:
        """Whether what ended on a day was over when this happened.

        What happens on the day of the end, before it was told, still belongs to it.
        """
        ended_at = self._ended_at.get(by) if by else None
        if told.day == end and ended_at is not None:
            return ended_at < told.at
        return told.day >= end

    def is_closed(self, told: Told[F]) -> bool:
        """Whether the course was closed when this happened."""
        if self.state.is_open_on(told.day):
            return False
        before = [s for s in self.state.spells if s.days.to and s.days.to <= told.day]
        last = before[-1] if before else None
        if last is None or last.days.to is None:
            return True
        return self.ended_before(last.days.to, last.ended_by, told)

    def is_matched(self, mentor: UUID, told: Told[F]) -> bool:
        """Whether this mentor was matched when this happened: from the day of the decision on."""
        return any(
            min(day_of(match.at), match.days.from_) <= told.day
            and not (match.days.to and self.ended_before(match.days.to, match.ended_by, told))
            for match in self.state.matches
            if match.mentor == mentor
        )

    def found(
        self,
        kind: str,
        told: Sequence[Told[F]],
        *beside: Ref | None,
        person: UUID | None = None,
        thing: Ref | None = None,
        since: date | None = None,
    ) -> Contradiction:
        """A contradiction of this course, since the first of these events unless said."""
        return Contradiction(
            kind=kind,
            since=since or min(one.day for one in told),
            events=(*(one.ref for one in told), *(ref for ref in beside if ref)),
            course=self.course,
            person=person,
            thing=thing,
        )


def course_told(
    course: UUID,
    telling: Telling,
    *,
    same: Mapping[UUID, UUID],
    mentors: Mapping[UUID, MentorState],
    sessions: Mapping[Ref, Session],
    team: TeamState,
    as_of: datetime,
) -> CourseTold:
    """A course from what is told of it and of the courses linked to it.

    `same` maps a staff member's other ids to the one that `mentors` knows.
    """
    state = fold_telling(telling, same)
    return CourseTold(course, telling, state, Persons(same), mentors, sessions, team, as_of)
