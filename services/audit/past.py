"""A municipality's log up to a position (*det, vi vidste da*): streams, and which of them are one.

Nothing but events is read here: no fact table and no view. Which ids are one is read from the
events that link them, as they were known at the position.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple
from uuid import UUID

from psycopg.sql import SQL, Identifier

from domain.envelope import Recorded
from domain.team import fold_team
from services.following.streams import Streams
from services.store.municipality import Municipality

_LINKING = [
    "team.identity-linked.v1",
    "team.identity-unlinked.v1",
    "team.event-corrected.v1",
    "team.event-retracted.v1",
]
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


def position_at(store: Municipality, known_at: datetime | None) -> int | None:
    """The position up to which was known then; None of now."""
    return None if known_at is None else store.log_recorder.position_at(known_at)


class Thread(NamedTuple):
    """A course, a mentor or the team: the stream that it is read as, and the events of all that are
    one with it."""

    kind: str
    stream: UUID
    events: list[Recorded]


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
        return self._thread("course", self._known.same_course(stream))

    def mentor(self, stream: UUID) -> Thread:
        """A mentor, by whichever of their ids something was told."""
        one = self.same.get(stream, stream)
        others = sorted({stream, *(id_ for id_, as_ in self.same.items() if as_ == one)} - {one})
        return self._thread("mentor", [one, *others])

    def thread(self, kind: str, stream: UUID) -> Thread:
        """A course, a mentor or the team."""
        if kind == "team":
            return self._thread(kind, [stream])
        return self.course(stream) if kind == "course" else self.mentor(stream)

    def _thread(self, kind: str, streams: Sequence[UUID]) -> Thread:
        with self.store.transaction() as cursor:
            events = self.store.read_where(cursor, _OF_STREAM, (list(streams), self.position))
        return Thread(kind, streams[0], events)

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
            events = list(several)
            done += len(events)
            kind = events[0].topic.partition(".")[0]
            thread = self._one(Thread(kind, stream, events))
            if thread is not None:
                yield thread, done

    def _one(self, alone: Thread) -> Thread | None:
        """The stream with those that are one with it; None of one that another is read as."""
        if alone.kind == "course":
            several = self._known.same_course(alone.stream)
        elif alone.kind == "mentor":
            one = self.same.get(alone.stream, alone.stream)
            several = [one, *(id_ for id_, as_ in self.same.items() if as_ == one and id_ != one)]
        else:
            several = [alone.stream]
        if len(several) == 1:
            return alone
        whole = self._thread(alone.kind, several)
        first = min(event.originator_id for event in whole.events)
        return whole if first == alone.stream else None

    def _by_stream(self) -> Iterator[Recorded]:
        """All events, stream by stream."""
        stream, version = UUID(int=0), 0
        while True:
            with self.store.transaction() as cursor:
                where = (stream, version, self.position, _EVENTS_A_READ)
                events = self.store.read_where(cursor, _NEXT, where)
            yield from events
            if len(events) < _EVENTS_A_READ:
                return
            stream, version = events[-1].originator_id, events[-1].originator_version
