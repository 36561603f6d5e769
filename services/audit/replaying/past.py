"""A municipality's log up to a position (*det, vi vidste da*): streams, and which of them are one.

Nothing but events is read here: no fact table and no view. Which ids are one is read from the
events that link them, as they were known at the position.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.sql import SQL, Identifier

from domain.envelope import Recorded
from domain.events.common import TeamEventCorrected, TeamEventRetracted
from domain.events.registry import REGISTRY
from domain.events.team import TeamIdentityLinked, TeamIdentityUnlinked
from domain.team import fold_team
from projections.parking import Stored, Unreadable
from services.following.streams import Streams
from services.store.municipality import Municipality

_KINDS = (TeamIdentityLinked, TeamIdentityUnlinked, TeamEventCorrected, TeamEventRetracted)
_NAMES = {kind.NAME for kind in _KINDS}
_LINKING = [topic for topic in REGISTRY.topics() if topic.rpartition(".v")[0] in _NAMES]
"""What tells which ids of staff are one; an amendment may make another event such a one."""
_OF_STREAM = SQL(
    " WHERE originator_id = ANY(%b) AND notification_id <= %b"
    " ORDER BY originator_id, originator_version"
)
_LINKS = SQL(" WHERE originator_id = %b AND topic = ANY(%b) AND notification_id <= %b")
_NEXT = SQL(
    " WHERE (originator_id, originator_version) > (%b, %b) AND notification_id <= %b"
    " ORDER BY originator_id, originator_version LIMIT %b"
)
_EVENTS_A_READ = 2000
_STREAMS_A_READ = 200


def position_at(store: Municipality, known_at: datetime | None) -> int | None:
    """The position up to which was known then; None of now."""
    return None if known_at is None else store.log_recorder.position_at(known_at)


class Thread(NamedTuple):
    """A course, a mentor or the team: the stream that it is read as, and the events of all that are
    one with it. `unreadable` are those that this program can't read: of a later release, or broken.
    """

    kind: str
    stream: UUID
    events: list[Recorded]
    unreadable: list[Unreadable]


class Past:
    """What was known at a position; the log's last unless one is given."""

    def __init__(
        self, store: Municipality, streams: Streams | None = None, position: int | None = None
    ) -> None:
        self.store = store
        streams = streams or Streams(store)
        now = streams.now()
        self.position = now.position if position is None else min(now.position, position)
        self._known = now if self.position == now.position else streams.at(self.position)

    @cached_property
    def same(self) -> Mapping[UUID, UUID]:
        """Each linked id of a staff member to the one that they are read as."""
        team = self.store.team()
        if team is None:
            return {}
        with self.store.transaction() as cursor:
            where = (team, _LINKING, self.position)
            return fold_team(self.store.read_where(cursor, _LINKS, where)).same

    def course(self, stream: UUID) -> Thread:
        """A course, with those that are one with it."""
        return self.thread("course", stream)

    def mentor(self, stream: UUID) -> Thread:
        """A mentor, by whichever of their ids something was told."""
        return self.thread("mentor", stream)

    def thread(self, kind: str, stream: UUID) -> Thread:
        """A course, a mentor or the team."""
        return self._thread(kind, self._as_one(kind, stream))

    def threads(self, streams: Sequence[tuple[str, UUID]]) -> Iterator[tuple[Thread, int]]:
        """The same of several by kind and stream, each once, and how many are read by then."""
        read: set[UUID] = set()
        for start in range(0, len(streams), _STREAMS_A_READ):
            asked = streams[start : start + _STREAMS_A_READ]
            groups = {several[0]: (kind, several) for kind, several in self._groups(asked)}
            new = {one: group for one, group in groups.items() if one not in read}
            read |= new.keys()
            told = self._by_streams([each for _, several in new.values() for each in several])
            for one, (kind, several) in new.items():
                events = [event for each in sorted(several) for event in told.get(each, ())]
                yield _thread(kind, one, events), min(start + len(asked), len(streams))

    def _groups(self, asked: Iterable[tuple[str, UUID]]) -> Iterator[tuple[str, list[UUID]]]:
        return ((kind, self._as_one(kind, stream)) for kind, stream in asked)

    def _by_streams(self, streams: list[UUID]) -> dict[UUID, list[Stored]]:
        told = self._read(_OF_STREAM, (streams, self.position))
        return {
            stream: list(several)
            for stream, several in groupby(told, key=attrgetter("originator_id"))
        }

    def _as_one(self, kind: str, stream: UUID) -> list[UUID]:
        """The streams that are one with this, itself included; the one they are read as first."""
        if kind == "course":
            return self._known.same_course(stream)
        if kind == "team":
            return [stream]
        one = self.same.get(stream, stream)
        others = {stream, *(id_ for id_, as_ in self.same.items() if as_ == one)} - {one}
        return [one, *sorted(others)]

    def _thread(self, kind: str, streams: Sequence[UUID]) -> Thread:
        return _thread(kind, streams[0], self._read(_OF_STREAM, (list(streams), self.position)))

    def _read(self, where: SQL, values: Sequence[Any]) -> list[Stored]:
        with self.store.transaction() as cursor:
            rows = self.store.log_recorder.rows(cursor, where, values)
        return self.store.log_reader.events(rows)

    def events(self) -> int:
        """How many events there are."""
        counted = SQL("SELECT count(*) FROM {}.events WHERE notification_id <= %b")
        with self.store.transaction() as cursor:
            where = counted.format(Identifier(self.store.schema))
            [(many,)] = cursor.execute(where, (self.position,)).fetchall()
        return int(many)

    def all(self) -> Iterator[tuple[Thread, int]]:
        """Every course, mentor and team, and how many events are read by then."""
        done = 0
        for stream, several in groupby(self._by_stream(), key=attrgetter("originator_id")):
            told = list(several)
            done += len(told)
            thread = self._one(_thread(told[0].topic.partition(".")[0], stream, told))
            if thread is not None:
                yield thread, done

    def _one(self, alone: Thread) -> Thread | None:
        """The stream with those that are one with it; None of one that another is read as."""
        several = self._as_one(alone.kind, alone.stream)
        if len(several) == 1:
            return alone
        whole = self._thread(alone.kind, several)
        streams = {event.originator_id for event in whole.events}
        streams |= {event.originator_id for event in whole.unreadable}
        return whole if min(streams) == alone.stream else None

    def _by_stream(self) -> Iterator[Stored]:
        """All events, stream by stream."""
        last: tuple[UUID, int] = (UUID(int=0), 0)
        while True:
            with self.store.transaction() as cursor:
                where = (*last, self.position, _EVENTS_A_READ)
                rows = self.store.log_recorder.rows(cursor, _NEXT, where)
            yield from self.store.log_reader.events(rows)
            if len(rows) < _EVENTS_A_READ:
                return
            last = rows[-1][1:3]


def _thread(kind: str, stream: UUID, told: Sequence[Stored]) -> Thread:
    events = [event for event in told if isinstance(event, Recorded)]
    unreadable = [event for event in told if isinstance(event, Unreadable)]
    return Thread(kind, stream, events, unreadable)
