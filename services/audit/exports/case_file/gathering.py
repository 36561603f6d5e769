"""All that a case file tells, read from the log and opened."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.sql import SQL, Identifier

from domain.calendar import day_of
from domain.course import fold_course
from domain.envelope import Recorded
from services.audit.access.citizen import courses_of
from services.audit.access.named import named_in
from services.audit.exports.case_file.case import Case, Checkpoint
from services.audit.exports.case_file.staff import Staff, names_of
from services.audit.proof.entries import EVENTS
from services.audit.replaying.past import Past
from services.audit.replaying.replay import said_in
from services.audit.replaying.says import opened
from services.municipalities import name_of
from services.store.municipality import Municipality

_NOTE = "SELECT size, note FROM {} WHERE log = %b ORDER BY size DESC LIMIT 1"
# A leaf's number is that of its tile's first, and how many events lie between the two.
_NUMBERS = """
SELECT one.position, tile.n * 256 + (SELECT count(*) FROM {events} AS e
         WHERE e.notification_id >= tile.first AND e.notification_id < one.position)
  FROM unnest(%b::bigint[]) AS one (position) CROSS JOIN LATERAL
       (SELECT n, first FROM {tiles} WHERE log = %b AND level = 0 AND first <= one.position
        ORDER BY n DESC LIMIT 1) AS tile
"""


class Wish(NamedTuple):
    """What of others and in confidence may be told, and whether staff may be named."""

    confidential: bool = False
    third_parties: bool = False
    staff_names: bool = True


class NothingToldError(Exception):
    """The course is known by its id only."""


class Gathered(NamedTuple):
    """A case, and all whose data it holds."""

    case: Case
    whose: set[UUID]


def gathered(
    store: Municipality,
    course: UUID,
    now: datetime,
    looks: Sequence[dict[str, Any]],
    wish: Wish,
) -> Gathered:
    """What is recorded of a course, and of those that are one with it."""
    past = Past(store)
    events = past.course(course).events
    said = said_in(events)
    if not said:
        raise NothingToldError
    named = named_in(events, past.same)
    streams = {event.originator_id for event in events}
    others = [one for one in courses_of(store, course) if one not in {*streams, course}]
    ids = store.references([*named, *others])
    people = named - streams - set(others)
    names = names_of(past, people) if wish.staff_names else {}
    case = Case(
        code=store.code,
        place=name_of(store.code),
        id=ids[course][1] if course in ids else str(course),
        made=now,
        today=day_of(now),
        said=said,
        events=len(events),
        state=fold_course(events, past.same),
        opened=opened(store, events),
        staff=Staff(names, ids, past.same, named=wish.staff_names),
        names=ids,
        others=[ids[one][1] if one in ids else str(one) for one in others],
        looks=looks,
        checkpoint=_checkpoint(store, events),
        confidential=wish.confidential,
        third_parties=wish.third_parties,
    )
    return Gathered(case, named | streams)


def _checkpoint(store: Municipality, events: Collection[Recorded]) -> Checkpoint | None:
    tables = {
        "events": Identifier(store.schema, "events"),
        "tiles": Identifier(store.schema, "log_tiles"),
    }
    with store.transaction() as cursor:
        notes = SQL(_NOTE).format(Identifier(store.schema, "log_checkpoints"))
        last = cursor.execute(notes, (EVENTS,)).fetchone()
        if last is None:
            return None
        size, note = last
        positions = [event.position for event in events]
        rows = cursor.execute(SQL(_NUMBERS).format(**tables), (positions, EVENTS)).fetchall()
    return Checkpoint(note, size, {position: index for position, index in rows if index < size})
