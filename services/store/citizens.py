"""The same citizen in several courses, found by a keyed look-up of the CPR number.

The log is what counts: whether two courses have a number in common is read from their streams, in
the transaction that may have changed it, and what follows from it is said there in events of ours.
The table only says where to look. It holds keyed hashes, and is emptied of a course by its id.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from psycopg import Cursor
from psycopg.sql import SQL, Identifier

from domain.envelope import Recorded
from domain.events.base import WIRE_PREFIX, Fact
from domain.events.codec import decode_fact
from domain.events.common import EventCorrected
from domain.events.course import IdentityLinked, IdentityUnlinked, IntakeRegistered
from domain.folding import Telling
from domain.linking import Link
from domain.same_citizen import MOST_COURSES, said_by, to_be_said
from domain.values import Actor
from services.edge.incoming import Incoming
from services.store.columns import bytes_, uuids
from services.store.entries import Decided, decided_entry
from services.store.keys import MunicipalityKey, UnreadableSealError, subject_of
from services.store.mapper import EventMapper
from services.store.receipts import Known
from services.store.writing import Entry, Writing

_CPR = "cpr"
_INTAKE = f"{IntakeRegistered.NAME}."
_CHANGING = ("course.event-corrected.", "course.event-retracted.", "course.identity-")
"""What may change whose a course is beside a number that is told."""
_CONCERNED = (_INTAKE, *_CHANGING)
_US = Actor("system")
_TELLING = SQL(
    " WHERE originator_id = ANY(%b) AND topic ~ '^course[.](intake-registered|event-corrected"
    "|event-retracted|identity-linked|identity-unlinked)[.]' ORDER BY notification_id"
)

MAY_TELL = SQL(
    " WHERE notification_id > %b AND topic ~ '^course[.](intake-registered|event-corrected)[.]'"
    " AND position('\"cpr\"'::bytea IN state) > 0 ORDER BY notification_id LIMIT %b"
)
"""The events of the log that may have told a number: those before it was looked up, too."""


def told_cpr(event: Incoming) -> str | None:
    """The ten digits of the number in an intake, or in a correction of one."""
    topic, data = event.topic, event.data
    replacement = data.get("replacement")
    if isinstance(replacement, dict):
        topic, data = replacement["type"].removeprefix(WIRE_PREFIX), replacement["data"]
    if not topic.startswith(_INTAKE) or _CPR not in data:
        return None
    return _digits(data[_CPR])


def sealed_cpr(fact: Fact) -> str | None:
    """The ciphertext of the number in an intake, or in a correction of one, as it is stored."""
    if isinstance(fact, EventCorrected):
        new = fact.replacement
        fact = decode_fact(new.type, new.data)
    return fact.cpr if isinstance(fact, IntakeRegistered) else None


class LookedUp(NamedTuple):
    """How many numbers hadn't been looked up before, and how many events of ours followed."""

    numbers: int = 0
    said: int = 0


class Citizens:
    """The citizens of one municipality. `source` is that of its own events."""

    def __init__(self, key: MunicipalityKey, schema: str, source: str) -> None:
        self._key = key
        self._source = source
        self._mapper = EventMapper()
        table = SQL("{}.cprs").format(Identifier(schema))
        self._insert = SQL(
            "INSERT INTO {} (cpr, course) SELECT cpr, course"
            " FROM unnest(%b::bytea[], %b::uuid[]) WITH ORDINALITY AS told (cpr, course, n)"
            " ORDER BY n ON CONFLICT DO NOTHING"
        ).format(table)
        self._of_courses = SQL("SELECT DISTINCT cpr FROM {} WHERE course = ANY(%b)").format(table)
        # One more than may be linked, which tells that there are too many.
        self._courses = SQL(
            "SELECT asked.cpr, found.course FROM unnest(%b::bytea[]) AS asked (cpr)"
            " CROSS JOIN LATERAL (SELECT course, id FROM {} AS c WHERE c.cpr = asked.cpr"
            " ORDER BY id LIMIT {}) AS found ORDER BY found.id"
        ).format(table, MOST_COURSES + 1)

    def write(
        self,
        unit: Writing,
        entries: Sequence[Entry],
        sent: Mapping[bytes, Incoming],
        expected: int | None = None,
    ) -> dict[bytes, Known]:
        """Store entries and what follows from them; the receipts of the entries.

        `sent` are those that were sent, by key. As `Writing.write`.
        """
        if not entries:
            return {}
        written = unit.write(entries, expected)
        self._follow(unit, entries, sent)
        return written

    def _follow(
        self, unit: Writing, entries: Sequence[Entry], sent: Mapping[bytes, Incoming]
    ) -> None:
        """Costs nothing where no entry tells of a number or of who is who."""
        concerned = [entry for entry in entries if entry.topic.startswith(_CONCERNED)]
        if not concerned:
            return
        told = [
            (self._key.lookup(_CPR, cpr), entry.stream)
            for entry in concerned
            if (event := sent.get(entry.key)) is not None and (cpr := told_cpr(event)) is not None
        ]
        changed = {e.stream for e in concerned if e.topic.startswith(_CHANGING)}
        if not (told or changed):
            return
        if told:
            columns = list(zip(*told, strict=True))
            unit.cursor.execute(self._insert, (bytes_(columns[0]), uuids(columns[1])), prepare=True)
        groups = self._groups(unit.cursor, {cpr for cpr, _ in told}, changed)
        if any(len(courses) > 1 for courses in groups.values()):
            causes = {e.stream: sent[e.key].id for e in entries if e.key in sent}
            self._say(unit, groups, causes)

    def look_up(self, unit: Writing, told: Iterable[Recorded]) -> LookedUp:
        """Do for numbers that stand in the log already what is done when they are told."""
        sealed = [(event.originator_id, cpr) for event in told if (cpr := sealed_cpr(event.fact))]
        unit.have_keys({subject_of(cpr) for _, cpr in sealed})
        rows = [
            (looked_up, course)
            for course, cpr in sealed
            if (looked_up := self._lookup_of(unit, cpr)) is not None
        ]
        if not rows:
            return LookedUp()
        columns = list(zip(*rows, strict=True))
        inserted = unit.cursor.execute(
            self._insert, (bytes_(columns[0]), uuids(columns[1])), prepare=True
        )
        new = inserted.rowcount
        groups = self._groups(unit.cursor, {cpr for cpr, _ in rows}, ())
        several = any(len(courses) > 1 for courses in groups.values())
        return LookedUp(new, self._say(unit, groups, {}) if several else 0)

    def _groups(
        self, cursor: Cursor[Any], cprs: set[bytes], changed: Collection[UUID]
    ) -> dict[bytes, list[UUID]]:
        """The courses in which each number was ever told, and those of all their other numbers."""
        groups: dict[bytes, list[UUID]] = {}
        asked = set(cprs) | self._numbers(cursor, changed)
        while asked:
            found: dict[bytes, list[UUID]] = defaultdict(list)
            rows = cursor.execute(self._courses, (bytes_(list(asked)),), prepare=True)
            for cpr, course in rows:
                found[bytes(cpr)].append(course)
            groups |= found
            several = {
                course for courses in found.values() if len(courses) > 1 for course in courses
            }
            asked = self._numbers(cursor, several) - groups.keys()
        return groups

    def _numbers(self, cursor: Cursor[Any], courses: Collection[UUID]) -> set[bytes]:
        if not courses:
            return set()
        rows = cursor.execute(self._of_courses, (uuids(list(courses)),), prepare=True)
        return {bytes(cpr) for (cpr,) in rows}

    def _say(
        self,
        unit: Writing,
        groups: Mapping[bytes, list[UUID]],
        causes: Mapping[UUID, str],
    ) -> int:
        """Write what follows; how many events it was. `causes` are what told of a course now."""
        several = {course for found in groups.values() if len(found) > 1 for course in found}
        events = self._events(unit, several)
        courses = set(events)
        tellings = {course: Telling(events[course]) for course in courses}
        unit.have_keys(courses)
        numbers = {course: self._told_in(unit, telling) for course, telling in tellings.items()}
        alike = [
            found
            if len(found) > MOST_COURSES
            else [course for course in found if cpr in numbers.get(course, ())]
            for cpr, found in groups.items()
        ]
        said = [
            one
            for course, telling in tellings.items()
            for one in said_by(course, telling, self._source)
            if one.pair <= courses
        ]
        if links := to_be_said(alike, said):
            unit.write([self._entry(unit, link, events, causes) for link in links])
        return len(links)

    def _events(self, unit: Writing, courses: Collection[UUID]) -> dict[UUID, list[Recorded]]:
        """What these courses tell. One with an event that can't be read is left out: nothing is
        said of it until it can, and it keeps nobody else's events from being stored."""
        found: dict[UUID, list[Recorded]] = {course: [] for course in courses}
        for row in unit.recorder.read(unit.cursor, _TELLING, (uuids(list(courses)),)):
            assert isinstance(row.originator_id, UUID)
            try:
                event = self._mapper.to_domain_event(row)
            except MemoryError:
                raise
            except Exception:
                found.pop(row.originator_id, None)
                continue
            if event.originator_id in found:
                found[event.originator_id].append(event)
        return found

    def _told_in(self, unit: Writing, telling: Telling) -> set[bytes]:
        """The numbers that hold of a course; none of a person who was erased."""
        sealed = (told.fact.cpr for told in telling.of(IntakeRegistered) if told.fact.cpr)
        return {cpr for one in sealed if (cpr := self._lookup_of(unit, one)) is not None}

    def _lookup_of(self, unit: Writing, sealed: str) -> bytes | None:
        """What a number is looked up by; None of a person who was erased. Their key is at hand."""
        try:
            return self._key.lookup(_CPR, _digits(unit.parts.keys.open(_CPR, sealed)))
        except UnreadableSealError:
            return None

    def _entry(
        self,
        unit: Writing,
        link: Link,
        events: Mapping[UUID, list[Recorded]],
        causes: Mapping[UUID, str],
    ) -> Entry:
        """Our own event; its id is the pair's, with how often we have spoken of it."""
        pair = ".".join(sorted((link.one.hex, link.alias.hex)))
        spoken = sum(
            event.source == self._source and event.source_id.startswith(f"{pair}.")
            for course in (link.one, link.alias)
            for event in events[course]
        )
        fact: Fact = IdentityUnlinked(actor=_US, what="citizen", alias=link.alias)
        if link.holds:
            fact = IdentityLinked(actor=_US, what="citizen", alias=link.alias, basis="cpr")
        event = Decided(
            id=f"{pair}.{spoken + 1}",
            fact=fact,
            body=msgspec.json.encode([fact.NAME, link.one, link.alias]),
            causation=causes.get(link.alias) or causes.get(link.one),
        )
        receipts = unit.parts.receipts
        key = receipts.key(self._source, event.id)
        return decided_entry(key, receipts.content(event.body), link.one, self._source, event)


def _digits(cpr: str) -> str:
    return cpr.replace("-", "")
