"""A municipality's log, read on from a position a page at a time."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from psycopg import Cursor
from psycopg.sql import SQL

from domain.envelope import Recorded
from domain.events.common import MentorEventRetracted
from domain.values import Ref
from projections.parking import Unreadable
from services.feed.kinds import like
from services.feed.shown import is_withheld, shown
from services.store.municipality import Municipality

LARGEST = 1000  # events of a page
_AT_A_TIME = 100  # events that are held as they are stored
_BYTES = 4 * 1024 * 1024  # after which a page ends
_LOOKED_THROUGH = 100_000  # positions, of which few may be wanted
_WANTED = SQL(
    " WHERE notification_id > %b AND notification_id <= %b AND topic LIKE ANY(%b)"
    " ORDER BY notification_id LIMIT %b"
)

_AT = SQL(" WHERE notification_id = ANY(%b) ORDER BY notification_id")


class SetBackError(Exception):
    """The log ends before the position: the database was set back to an earlier state."""

    def __init__(self, head: int) -> None:
        super().__init__("the log was set back")
        self.head = head


class UnreadableError(Exception):
    """The next event can't be read by this release: nobody may be told what comes after it."""

    def __init__(self, position: int, topic: str) -> None:
        super().__init__(topic)
        self.position = position
        self.topic = topic


class Told(NamedTuple):
    """An event, and as others may read it: its CloudEvent as JSON."""

    event: Recorded
    body: bytes

    @property
    def position(self) -> int:
        """Where in the log it stands."""
        return self.event.position


class Page(NamedTuple):
    """Events in commit order. All wanted ones up to `next` are told; the log ends at `head`.

    `waits` is the event after `next` that can't be read, where it ends for that.
    """

    events: list[Told]
    next: int
    head: int
    waits: Unreadable | None = None

    @property
    def is_last(self) -> bool:
        """Whether there is nothing more at this moment."""
        return self.next >= self.head


def read_page(
    store: Municipality, after: int, limit: int = LARGEST, kinds: Sequence[str] = ()
) -> Page:
    """What comes after a position, of these kinds. A page may be empty and not the last.

    Raises SetBackError, UnreadableError.
    """
    with store.transaction() as cursor:
        head = store.log_recorder.head(cursor).position
        if after > head:
            raise SetBackError(head)
        stop = min(head, after + _LOOKED_THROUGH)
        return _Reading(store, cursor, stop, like(kinds)).page(after, limit, head)


class _Reading:
    """Reads in one transaction, up to and with a position."""

    def __init__(self, store: Municipality, cursor: Cursor[Any], stop: int, like: list[str]):
        self._store = store
        self._cursor = cursor
        self._stop = stop
        self._like = like

    def page(self, after: int, limit: int, head: int) -> Page:
        told: list[Told] = []
        size, at = 0, after
        while len(told) < limit and size < _BYTES:
            wanted = min(_AT_A_TIME, limit - len(told))
            rows = self._store.log_recorder.rows(
                self._cursor, _WANTED, (at, self._stop, self._like, wanted)
            )
            events = self._store.log_reader.events(rows)
            withheld = self._retractions_of_withheld(events)
            for event in events:
                if isinstance(event, Unreadable):
                    if at == after:
                        raise UnreadableError(event.position, event.topic)
                    return Page(told, at, head, event)
                at = event.position
                if not (is_withheld(event) or at in withheld):
                    body = msgspec.json.encode(shown(event, self._store.code))
                    told.append(Told(event, body))
                    size += len(told[-1].body)
            if len(rows) < wanted:
                return Page(told, self._stop, head)
        return Page(told, at, head)

    def _retractions_of_withheld(self, events: Sequence[Recorded | Unreadable]) -> set[int]:
        """The positions of those that take back what nobody is told of: they would tell whose it
        was. Costs nothing where none takes anything of a mentor's back."""
        chain = _targets(events)
        asked, known, gone = chain, dict(chain), set[Ref]()
        while wanted := set(asked.values()) - known.keys() - gone:
            positions = self._store.positions_of(self._cursor, wanted)
            rows = self._store.log_recorder.rows(self._cursor, _AT, (positions,))
            found = [e for e in self._store.log_reader.events(rows) if isinstance(e, Recorded)]
            gone |= {event.ref for event in found if is_withheld(event)}
            asked = _targets(found)
            known |= asked
        return {
            event.position
            for event in events
            if isinstance(event, Recorded)
            and event.ref in chain
            and _leads_to(gone, event.ref, known)
        }


def _targets(events: Iterable[Recorded | Unreadable]) -> dict[Ref, Ref]:
    """What each retraction of a mentor's takes back."""
    return {
        event.ref: event.fact.target
        for event in events
        if isinstance(event, Recorded) and isinstance(event.fact, MentorEventRetracted)
    }


def _leads_to(gone: set[Ref], event: Ref, targets: Mapping[Ref, Ref]) -> bool:
    """Whether what an event takes back, or what that takes back and so on, is one of these."""
    passed: set[Ref] = set()
    while event not in passed:
        if event in gone:
            return True
        passed.add(event)
        event = targets.get(event, event)
    return False
