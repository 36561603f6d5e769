"""The matches of all courses of a municipality, read on as the log grows."""

from collections.abc import Mapping
from threading import Lock
from uuid import UUID

from msgspec.structs import replace
from psycopg.sql import SQL

from domain.envelope import Recorded
from domain.folding import Persons, Telling
from domain.matches import Match, folded_matches
from domain.spells import folded_spells
from services.following.streams import Known
from services.store.municipality import Municipality

# An amendment can turn any event of a course into one of these.
_TURNS = """
 WHERE notification_id > %s AND notification_id <= %s
   AND topic ~ '^course.(mentor-matched|match-ended|closed|reopened|event-(corrected|retracted))[.]'
 ORDER BY notification_id
"""

MatchesByCourse = Mapping[UUID, tuple[Match, ...]]


class Matches:
    """Who follows whom, folded anew only for courses of which something new is told."""

    def __init__(self, municipality: Municipality) -> None:
        self._municipality = municipality
        self._position = 0
        self._told: dict[UUID, list[Recorded]] = {}  # by stream
        self._folded: dict[UUID, tuple[Match, ...]] = {}  # by course, staff as sent
        self._one_of: Mapping[UUID, UUID] = {}
        self._lock = Lock()

    def now(self, known: Known, same: Mapping[UUID, UUID]) -> MatchesByCourse:
        """By the one id that a course is read as; `same` maps staff to the one id of each."""
        with self._lock:
            if known.position < self._position:  # the log was set back
                self._position, self._told, self._folded = 0, {}, {}
            self._read_on(known)
            return {
                course: tuple(replace(m, mentor=same.get(m.mentor, m.mentor)) for m in several)
                for course, several in self._folded.items()
            }

    def _read_on(self, known: Known) -> None:
        changed: set[UUID] = set()
        if known.position > self._position:
            where = (self._position, known.position)
            with self._municipality.transaction() as cursor:
                new = self._municipality.read_where(cursor, SQL(_TURNS), where)
            for event in new:
                self._told.setdefault(event.originator_id, []).append(event)
            changed = {event.originator_id for event in new}
            self._position = known.position
        if known.one_of != self._one_of:
            changed, self._folded, self._one_of = set(self._told), {}, known.one_of
        for course in {known.course(stream) for stream in changed}:
            events = [e for s in known.same_course(course) for e in self._told.get(s, ())]
            telling = Telling(events)
            self._folded[course] = folded_matches(telling, folded_spells(telling), Persons())
