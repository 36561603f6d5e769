"""What the rules of a subject look at, read from the log and folded.

The team, its mentors and the matches are kept, and read on only when the log has more of them.
"""

from collections.abc import Iterable, Mapping
from threading import Lock
from uuid import UUID

import structlog
from msgspec import Struct

from domain.adoptions import rule_book
from domain.course import fold_course
from domain.envelope import Recorded
from domain.follow_ups import CourseSeen, TeamSeen
from domain.mentor import Departure, MentorState, fold_mentor
from domain.rule_packs import RuleBook
from domain.team import Adoption, TeamState, fold_team
from services.following.matches import Matches
from services.following.streams import Known, Streams
from services.store.municipality import Municipality

log = structlog.get_logger()


class Look(Struct, frozen=True):
    """A subject as the version of its stream tells it: all of the log up to `position` is in it.

    `stream` is None, and nothing is seen, where there is nothing to follow.
    """

    position: int
    stream: UUID | None = None
    version: int = 0
    course: CourseSeen | None = None
    team: TeamSeen | None = None


class _Team(Struct, frozen=True):
    stream: UUID | None
    version: int
    state: TeamState
    book: RuleBook


class Sight:
    """Looks at the courses and the team of one municipality. Safe to use from threads."""

    def __init__(self, municipality: Municipality) -> None:
        self._municipality = municipality
        self._streams = Streams(municipality)
        self._matches = Matches(municipality)
        self._held = _Team(None, 0, TeamState(), rule_book_of(()))
        self._mentors: dict[UUID, tuple[int, list[Recorded]]] = {}  # by stream, with its version
        self._lock = Lock()

    def course(self, course: UUID) -> tuple[Look, TeamState]:
        """A course, and the team around it."""
        # The position is read first, so that all up to it is in what is read next.
        known = self._streams.now()
        team, mentors = self._people(known)
        if known.course(course) != course:  # it is followed as another one's
            return Look(known.position), team.state
        events: list[Recorded] = []
        version = 0
        for stream in known.same_course(course):
            several = self._municipality.read_stream(stream)
            version = several[-1].originator_version if several and stream == course else version
            events += several
        if not events:
            return Look(known.position), team.state
        state = fold_course(events, team.state.same)
        seen = CourseSeen(state, team.book, departures_of(mentors))
        return Look(known.position, course, version, course=seen), team.state

    def team(self) -> Look:
        """The team, with its mentors and the matches of all its courses."""
        known = self._streams.now()
        team, mentors = self._people(known)
        if team.stream is None:  # nothing was said of a team: there is nobody to address
            return Look(known.position)
        matches = self._matches.now(known, team.state.same)
        seen = TeamSeen(team.state, team.book, mentors, matches)
        return Look(known.position, team.stream, team.version, team=seen)

    def _people(self, known: Known) -> tuple[_Team, dict[UUID, MentorState]]:
        with self._lock:
            stream = self._held.stream or self._municipality.team()
            asked = [*known.mentors, *([stream] if stream else ())]
            with self._municipality.transaction() as cursor:
                versions = self._municipality.log_recorder.versions(cursor, asked)
            if stream is not None:
                self._look_at_team(stream, versions.get(stream, 0))
            for mentor in known.mentors:
                self._look_at_mentor(mentor, versions.get(mentor, 0))
            return self._held, self._as_one(known.mentors)

    def _look_at_team(self, stream: UUID, version: int) -> None:
        if version != self._held.version:
            events = self._municipality.read_stream(stream)
            state = fold_team(events)
            self._held = _Team(stream, len(events), state, rule_book_of(state.adoptions))

    def _look_at_mentor(self, mentor: UUID, version: int) -> None:
        held = self._mentors.get(mentor)
        if held is None or held[0] != version:
            self._mentors[mentor] = (version, self._municipality.read_stream(mentor))

    def _as_one(self, mentors: Iterable[UUID]) -> dict[UUID, MentorState]:
        """Each mentor under the one id that they are read as; their streams are read as one."""
        same = self._held.state.same
        events: dict[UUID, list[Recorded]] = {}
        for mentor in mentors:
            events.setdefault(same.get(mentor, mentor), []).extend(self._mentors[mentor][1])
        return {mentor: fold_mentor(told) for mentor, told in events.items()}


def departures_of(mentors: Mapping[UUID, MentorState]) -> dict[UUID, list[Departure]]:
    """When mentors left, of those who ever did."""
    return {mentor: left for mentor, state in mentors.items() if (left := state.departures)}


def rule_book_of(adoptions: Iterable[Adoption]) -> RuleBook:
    """The rules of a municipality: the default pack, and on top of it what it has adopted.

    A pack that can't be read is left out, and said so: the others hold.
    """
    book, unreadable = rule_book(adoptions)
    for adoption, error in unreadable:
        log.error("rule pack left out", event_id=adoption.ref.id, flaws=str(error))
    return book
