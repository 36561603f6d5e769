"""A municipality in memory: its log, with what a store promises, and what rules see of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from random import Random
from typing import Any, TypeVar
from uuid import UUID

from msgspec.structs import replace

from domain.course import CourseState, fold_course
from domain.envelope import Recorded
from domain.events.common import FollowUpEvent
from domain.follow_up_acts import id_in
from domain.follow_ups import (
    Act,
    CourseSeen,
    Obligation,
    TeamSeen,
    course_obligations,
    team_obligations,
)
from domain.mentor import MentorState, fold_mentor
from domain.raised import FollowUps
from domain.rule_packs import RuleBook
from domain.team import TeamState, fold_team
from domain.values import Ref
from services.follow_ups import calendar_of
from services.following.seeing import rule_book_of
from tests.domain.spec import fact_at

HERE = "urn:roedtraad:0860"
Streams = Mapping[UUID, Sequence[Recorded]]
Seen = CourseSeen | TeamSeen
T = TypeVar("T")


class ConflictError(Exception):
    """The stream is at another version than expected; nothing was written."""


class Log:
    """Events in the order in which they were stored. One (source, id) is one event, for ever."""

    def __init__(self, chance: Random) -> None:
        self.events: list[Recorded] = []
        self.streams: dict[UUID, list[Recorded]] = {}
        self.head = 0
        self._known: set[Ref] = set()
        self._chance = chance

    def version(self, stream: UUID) -> int:
        """How many events a stream has."""
        return len(self.streams.get(stream, ()))

    def append(self, event: Recorded, at: datetime) -> bool:
        """Store a fact; False where it was known already."""
        if event.ref in self._known:
            return False
        self._known.add(event.ref)
        self.head += self._chance.randint(1, 3)  # positions have gaps
        told = self.streams.setdefault(event.originator_id, [])
        stored = replace(
            event, position=self.head, originator_version=len(told) + 1, recorded_at=at
        )
        told.append(stored)
        self.events.append(stored)
        return True

    def decide(
        self, stream: UUID, acts: Iterable[Act], expected: int | None, at: datetime
    ) -> list[Act]:
        """Store acts, those already known left out; gives the new ones. Raises ConflictError."""
        new = [act for act in acts if Ref(HERE, id_in(stream, act.id)) not in self._known]
        if new and expected is not None and expected != self.version(stream):
            raise ConflictError
        for act in new:
            self.append(
                fact_at(at, act.fact, id=id_in(stream, act.id), source=HERE, stream=stream), at
            )
        return new


class Sight:
    """What the rules see of streams that only grow; `facts_only`: as if nothing were followed up.

    All streams but the course's and the team's are mentors'. What was folded is kept.
    """

    def __init__(
        self, streams: Streams, course: UUID, team: UUID, *, facts_only: bool = False
    ) -> None:
        self.course_id, self.team_id = course, team
        self._streams = streams
        self._facts_only = facts_only
        self._told: dict[UUID, tuple[int, list[Recorded]]] = {}
        self._kept: dict[str, tuple[Any, Any]] = {}
        self._fresh: set[str] = set()  # of these the ones that are of all that was told
        self._total = 0

    def obligations(self, subject: UUID) -> list[Obligation]:
        """All that the rules make of a subject."""
        return self._keep(
            f"obligations {subject}", self._versions, lambda: self._obligations(subject)
        )

    def _versions(self) -> list[int]:
        streams = [self.team_id, self.course_id, *self._mentor_ids()]
        return [len(self._events(one)) for one in streams]

    def _obligations(self, subject: UUID) -> list[Obligation]:
        seen, calendar = self.seen(subject), calendar_of(subject)
        if isinstance(seen, CourseSeen):
            return course_obligations(seen, calendar)
        return team_obligations(seen, calendar)

    def seen(self, subject: UUID) -> Seen:
        """The course, or the team, with all that its rules look at."""
        team, book, mentors = self.team(), self._book(), self._mentors()
        if subject == self.course_id:
            return CourseSeen(self.course(), book, mentors)
        return TeamSeen(team, book, mentors, {self.course_id: self.course().matches})

    def follow_ups(self, subject: UUID) -> FollowUps:
        """Those of a subject, as they were written."""
        return (self.course() if subject == self.course_id else self.team()).follow_ups

    def course(self) -> CourseState:
        """The course itself."""
        return self._keep(
            "course",
            lambda: (len(self._events(self.course_id)), self.team().same),
            lambda: fold_course(self._events(self.course_id), self.team().same),
        )

    def team(self) -> TeamState:
        """The team itself."""
        return self._keep(
            "team",
            lambda: len(self._events(self.team_id)),
            lambda: fold_team(self._events(self.team_id)),
        )

    def amended(self) -> set[Ref]:
        """The events that were corrected or retracted, of all streams."""
        several = [self.course().amendments, self.team().amendments]
        several += [mentor.amendments for mentor in self._mentors().values()]
        return {ref for amended in several for ref in amended}

    def _book(self) -> RuleBook:
        return self._keep(
            "book", lambda: self.team().adoptions, lambda: rule_book_of(self.team().adoptions)
        )

    def _mentors(self) -> dict[UUID, MentorState]:
        return self._keep(
            "mentors",
            lambda: [(one, len(self._events(one))) for one in self._mentor_ids()],
            lambda: {one: fold_mentor(self._events(one)) for one in self._mentor_ids()},
        )

    def _mentor_ids(self) -> list[UUID]:
        return sorted(self._streams.keys() - {self.course_id, self.team_id})

    def _events(self, stream: UUID) -> list[Recorded]:
        """A stream's events that are looked at."""
        several = self._streams.get(stream, ())
        read, told = self._told.get(stream, (0, []))
        if read < len(several):
            told += [
                event
                for event in several[read:]
                if not (self._facts_only and isinstance(event.fact, FollowUpEvent))
            ]
            self._told[stream] = (len(several), told)
        return told

    def _keep(self, what: str, version: Callable[[], Any], fold: Callable[[], T]) -> T:
        """What was folded, as long as its version is the same; that isn't asked for while nothing
        was told at all."""
        total = sum(map(len, self._streams.values()))
        if total != self._total:
            self._total, self._fresh = total, set()
        held = self._kept.get(what)
        if held is None or what not in self._fresh:
            now = version()
            if held is None or held[0] != now:
                held = self._kept[what] = (now, fold())
            self._fresh.add(what)
        found: T = held[1]
        return found


def by_stream(events: Iterable[Recorded]) -> dict[UUID, list[Recorded]]:
    """Events by stream, in their order."""
    streams: dict[UUID, list[Recorded]] = {}
    for event in events:
        streams.setdefault(event.originator_id, []).append(event)
    return streams
