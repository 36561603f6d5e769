"""Which streams a municipality's log has, and which courses are one; read on as the log grows."""

from collections import defaultdict
from collections.abc import Collection
from threading import Lock
from typing import Any
from uuid import UUID

from msgspec import Struct
from psycopg import Cursor
from psycopg.sql import SQL, Identifier

from domain.envelope import OrderKey, Recorded
from domain.folding import Telling
from domain.linking import Link, course_links, one_of_each
from services.store.municipality import Municipality

# A correction can make another event a link; its state is JSON in clear but for sealed fields.
_STREAMS = """
SELECT originator_id, split_part(topic, '.', 1), bool_or(topic LIKE 'course.identity-%%'
   OR (topic LIKE 'course.event-corrected.%%' AND position('course.identity-'::bytea IN state) > 0))
  FROM {}.events WHERE notification_id > %b AND notification_id <= %b GROUP BY 1, 2
"""


_OF_STREAMS = SQL(" WHERE originator_id = ANY(%b) ORDER BY originator_id, originator_version")


def read_streams(
    municipality: Municipality, streams: Collection[UUID]
) -> defaultdict[UUID, list[Recorded]]:
    """The events of several streams, each by version, in one question."""
    told = defaultdict[UUID, list[Recorded]](list)
    with municipality.transaction() as cursor:
        for event in municipality.read_where(cursor, _OF_STREAMS, (list(streams),)):
            told[event.originator_id].append(event)
    return told


class Known(Struct, frozen=True):
    """The streams up to a position. `one_of` maps each linked course to the one it is read as."""

    position: int = 0
    courses: frozenset[UUID] = frozenset()
    mentors: frozenset[UUID] = frozenset()
    one_of: dict[UUID, UUID] = {}

    def course(self, course: UUID) -> UUID:
        """The course that this one is read as: itself unless linked."""
        return self.one_of.get(course, course)

    def same_course(self, course: UUID) -> list[UUID]:
        """All the courses that are one with this, itself included; the one it is read as first."""
        one = self.course(course)
        others = {course, *(o for o, read_as in self.one_of.items() if read_as == one)} - {one}
        return [one, *sorted(others)]


class Streams:
    """The streams of one municipality, kept up to date by reading only what is new.

    Consistent with the log itself, whatever state the views are in. Safe to use from threads.
    """

    def __init__(self, municipality: Municipality) -> None:
        self._municipality = municipality
        self._query = SQL(_STREAMS).format(Identifier(municipality.schema))
        self._known = Known()
        self._with_links: set[UUID] = set()
        self._lock = Lock()

    def now(self) -> Known:
        """The streams up to the log's last position."""
        with self._lock:
            head = self._municipality.head().position
            if head < self._known.position:  # the database was set back to an earlier state
                self._known, self._with_links = Known(), set()
            if head > self._known.position:
                self._read_on(head)
            return self._known

    def at(self, position: int) -> Known:
        """Which courses were one as known at an earlier position; its streams aren't told."""
        with self._lock:
            return Known(position=position, one_of=self._links(position))

    def tells_of_links(self, course: UUID) -> bool:
        """Whether this stream has ever said anything about which courses are one."""
        with self._lock:
            return course in self._with_links

    def regrouped(self, after: int, known: Known) -> dict[UUID, set[UUID]]:
        """The courses that are read with others now than they were at an earlier position, each
        with all that it was or is read with, itself included."""
        with self._lock:
            before = Known(one_of=self._links(after))
        return {
            course: {*was, *now}
            for course in before.one_of.keys() | known.one_of.keys()
            if (was := before.same_course(course)) != (now := known.same_course(course))
        }

    def _read_on(self, head: int) -> None:
        with self._municipality.transaction() as cursor:
            rows = self._rows(cursor, head)
        new: dict[str, set[UUID]] = {}
        for stream, kind, _ in rows:
            new.setdefault(kind, set()).add(stream)
        self._with_links |= {stream for stream, _, links in rows if links}
        links_changed = any(stream in self._with_links for stream, _, _ in rows)
        self._known = Known(
            position=head,
            courses=self._known.courses | new.get("course", set()),
            mentors=self._known.mentors | new.get("mentor", set()),
            one_of=self._links(head) if links_changed else self._known.one_of,
        )

    def _rows(self, cursor: Cursor[Any], head: int) -> list[tuple[UUID, str, bool]]:
        cursor.execute(self._query, (self._known.position, head))
        return cursor.fetchall()

    def _links(self, upto: int) -> dict[UUID, UUID]:
        """Either course may tell that they are one, or no more: the last that is said holds."""
        told: list[tuple[OrderKey, Link]] = []
        for stream in self._with_links:
            events = self._municipality.read_stream(stream)
            told += course_links(stream, Telling(e for e in events if e.position <= upto))
        return one_of_each(link for _, link in sorted(told, key=lambda one: one[0]))
