"""The team of a municipality and its mentors, kept folded and read on as the log grows."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

import structlog
from msgspec import Struct

from domain.adoptions import rule_book
from domain.envelope import Recorded
from domain.mentor import MentorState, fold_mentor
from domain.rule_packs import RuleBook
from domain.team import Adoption, TeamState, fold_team
from services.following.streams import Known, read_streams
from services.store.municipality import Municipality

log = structlog.get_logger()


class Team(Struct, frozen=True):
    """The team as the version of its stream tells it; no stream before anything was said of it."""

    state: TeamState
    book: RuleBook
    stream: UUID | None = None
    version: int = 0


class People:
    """The team, and each mentor under the one id that they are read as. Read on by one thread at a
    time; what it has handed out stays as it was."""

    def __init__(self, municipality: Municipality) -> None:
        self._municipality = municipality
        self._begin()

    def _begin(self) -> None:
        self.team = Team(TeamState(), rule_book_of(()))
        self.mentors: Mapping[UUID, MentorState] = {}
        self._position = 0
        self._told: dict[UUID, list[Recorded]] = {}  # by stream
        self._same: Mapping[UUID, UUID] = {}

    def read_on(self, known: Known) -> None:
        """Take in all of the log up to what is known, at least."""
        if known.position < self._position:  # the log was set back
            self._begin()
        if known.position == self._position:
            return
        stream = self.team.stream or self._municipality.team()
        streams = [*known.mentors, *([stream] if stream else ())]
        with self._municipality.transaction() as cursor:
            versions = self._municipality.log_recorder.versions(cursor, streams)
        if stream is not None and versions.get(stream, 0) != self.team.version:
            self._read_team(stream)
        changed = [one for one in known.mentors if versions.get(one, 0) != self._version(one)]
        if changed:
            told = read_streams(self._municipality, changed)
            self._told |= {mentor: told[mentor] for mentor in changed}
        if self.team.state.same != self._same:
            self._same = self.team.state.same
            self._fold(self._told, {})
        elif changed:
            self._fold(changed, self.mentors)
        self._position = known.position

    def _version(self, mentor: UUID) -> int:
        told = self._told.get(mentor)
        return told[-1].originator_version if told else 0

    def _read_team(self, stream: UUID) -> None:
        told = self._municipality.read_stream(stream)
        state = fold_team(told)
        version = told[-1].originator_version if told else 0
        self.team = Team(state, rule_book_of(state.adoptions), stream, version)

    def _fold(self, changed: Collection[UUID], held: Mapping[UUID, MentorState]) -> None:
        """Fold those anew whose streams have changed; streams of one person are read as one."""
        same = self._same
        anew = {same.get(stream, stream) for stream in changed}
        events: dict[UUID, list[Recorded]] = {mentor: [] for mentor in anew}
        for stream, told in self._told.items():
            if (mentor := same.get(stream, stream)) in anew:
                events[mentor] += told
        self.mentors = {**held, **{one: fold_mentor(told) for one, told in events.items()}}


def rule_book_of(adoptions: Iterable[Adoption]) -> RuleBook:
    """The rules of a municipality: the default pack, and on top of it what it has adopted.

    A pack that can't be read is left out, and said so: the others hold.
    """
    book, unreadable = rule_book(adoptions)
    for adoption, error in unreadable:
        log.error("rule pack left out", event_id=adoption.ref.id, flaws=str(error))
    return book
