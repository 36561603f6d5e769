"""The matches of all courses of a municipality, read on as the log grows."""

from collections.abc import Iterable, Mapping
from threading import Lock
from uuid import UUID

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
    """Who follows whom, folded anew only for courses of which something new is told.

    Safe to use from threads, of which each asks for a later position than the one before: an
    earlier one is that of a log that was set back, and all is read again.
    """

    def __init__(self, municipality: Municipality) -> None:
        self._municipality = municipality
        self._lock = Lock()
        self._begin()

    def _begin(self) -> None:
        self._position = 0
        self._told: dict[UUID, list[Recorded]] = {}  # by stream
        self._one_of: Mapping[UUID, UUID] = {}
        self._same: Mapping[UUID, UUID] = {}
        self._folded: MatchesByCourse = {}

    def now(self, known: Known, same: Mapping[UUID, UUID]) -> MatchesByCourse:
        """By the one id that a course is read as; `same` maps staff to the one id of each."""
        with self._lock:
            if known.position < self._position:
                self._begin()
            changed = self._read_on(known)
            if (known.one_of, same) != (self._one_of, self._same):
                self._one_of, self._same, self._folded = dict(known.one_of), dict(same), {}
                changed = self._told.keys()
            if changed:
                courses = {known.course(stream) for stream in changed}
                anew = {course: self._fold(course, known) for course in courses}
                self._folded = {**self._folded, **anew}
            return self._folded

    def _read_on(self, known: Known) -> Iterable[UUID]:
        """The streams that have more to tell."""
        if known.position == self._position:
            return ()
        where = (self._position, known.position)
        with self._municipality.transaction() as cursor:
            new = self._municipality.read_where(cursor, SQL(_TURNS), where)
        for event in new:
            self._told.setdefault(event.originator_id, []).append(event)
        self._position = known.position
        return {event.originator_id for event in new}

    def _fold(self, course: UUID, known: Known) -> tuple[Match, ...]:
        told = [e for stream in known.same_course(course) for e in self._told.get(stream, ())]
        telling = Telling(told)
        return folded_matches(telling, folded_spells(telling), Persons(self._same))
