"""What the rules of a subject look at, read from the log and folded.

The team, its mentors and the matches are kept, and read on only when the log has more of them; a
course is read and folded anew at each look.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from threading import Lock
from typing import NamedTuple
from uuid import UUID

from msgspec import Struct

from domain.course import fold_course
from domain.envelope import Recorded
from domain.follow_ups import CourseSeen, TeamSeen
from domain.mentor import MentorState
from domain.team import TeamState
from services.following.matches import Matches
from services.following.people import People, Team, rule_book_of
from services.following.streams import Known, Streams, read_streams
from services.store.municipality import Municipality

__all__ = ["Look", "Sight", "rule_book_of"]


_AT_A_TIME = 200  # courses


class Look(Struct, frozen=True):
    """A subject as the version of its stream tells it: all of the log up to `position` is in it.

    `stream` is None, and nothing is seen, where there is nothing to follow.
    """

    position: int
    stream: UUID | None = None
    version: int = 0
    course: CourseSeen | None = None
    team: TeamSeen | None = None


class _Around(NamedTuple):
    """The team, and its mentors."""

    team: Team
    mentors: Mapping[UUID, MentorState]


def _look(
    course: UUID, known: Known, around: _Around, read: Callable[[UUID], list[Recorded]]
) -> Look:
    """A course as its streams tell it, which `read` gives."""
    if known.course(course) != course:  # it is followed as another one's
        return Look(known.position)
    events: list[Recorded] = []
    version = 0
    for stream in known.same_course(course):
        several = read(stream)
        version = several[-1].originator_version if several and stream == course else version
        events += several
    if not events:
        return Look(known.position)
    team = around.team
    seen = CourseSeen(fold_course(events, team.state.same), team.book, around.mentors)
    return Look(known.position, course, version, course=seen)


class Sight:
    """Looks at the courses and the team of one municipality. Safe to use from threads."""

    def __init__(self, municipality: Municipality) -> None:
        self._municipality = municipality
        self._streams = Streams(municipality)
        self._matches = Matches(municipality)
        self._people = People(municipality)
        self._lock = Lock()

    def course(self, course: UUID) -> tuple[Look, TeamState]:
        """A course, and the team around it."""
        known, around = self._around()
        return _look(course, known, around, self._municipality.read_stream), around.team.state

    def courses(self, courses: Sequence[UUID]) -> Iterator[tuple[Look, TeamState]]:
        """The same of several, in their order: two questions for so many of them."""
        for first in range(0, len(courses), _AT_A_TIME):
            several = courses[first : first + _AT_A_TIME]
            known, around = self._around()
            streams = {one for course in several for one in known.same_course(course)}
            told = read_streams(self._municipality, streams)
            for course in several:
                yield _look(course, known, around, told.__getitem__), around.team.state

    def _around(self) -> tuple[Known, _Around]:
        with self._lock:
            # The position is read first, so that all up to it is in what is read next; and within
            # the lock, so that only a log that was set back has an earlier one than the last.
            known = self._streams.now()
            self._people.read_on(known)
            return known, _Around(self._people.team, self._people.mentors)

    def team(self) -> Look:
        """The team, with its mentors and the matches of all its courses."""
        with self._lock:
            known = self._streams.now()
            self._people.read_on(known)
            team, mentors = self._people.team, self._people.mentors
            if team.stream is None:  # nothing was said of a team: there is nobody to address
                return Look(known.position)
            matches = self._matches.now(known, team.state.same)
        seen = TeamSeen(team.state, team.book, mentors, matches)
        return Look(known.position, team.stream, team.version, team=seen)
