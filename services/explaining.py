"""Where a figure comes from (*hvor tallet kommer fra*): the events behind a row of an answer."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from psycopg import Cursor
from psycopg.rows import namedtuple_row
from psycopg.sql import SQL, Identifier

from domain.values import Ref
from projections.facts.timeline import TIMELINE
from projections.table import key
from services.store.municipality import Municipality

Row = dict[str, Any]

COLUMNS = (
    "row",
    "time",
    "recorded_at",
    "position",
    "event",
    "source",
    "id",
    "stream",
    "actor_function",
    "actor",
    "amends",
    "amended_by",
    "course",
    "person",
    "actor_id",
    "course_id",
    "person_id",
)
"""What is told of an event; the row's keys stand between the first of them and the others."""

# Amendments are few, so those of an event are looked for among them all.
_FIND = """with amended as (select distinct stream from {schema}.amendments
 join unnest(%(sources)s::text[], %(ids)s::text[]) as asked (source, event_id)
 using (source, event_id))
 select learned, recorded_at, occurred_at, topic, source, event_id, stream, actor,
 actor_function, amends from {timeline} where learned <= %(at)s and brought_by is null
 and (learned = any(%(positions)s)
 or stream in (select stream from amended) and amends = any(%(keys)s))"""


def explain(
    store: Municipality,
    rows: Iterable[tuple[Mapping[str, Any], Iterable[Ref]]],
    at: int,
    first: int = 1,
) -> list[Row]:
    """The events behind rows, each with the row's number from `first` on and its keys, by time.

    An event that was corrected or retracted is told with what amends it, as known at position `at`.
    """
    told = [(keys, list(dict.fromkeys(refs))) for keys, refs in rows]
    with store.transaction() as cursor:
        found = _events(store, cursor, {ref for _, refs in told for ref in refs}, at)
    return [
        {"row": number, **keys, **event, **keys}  # the keys first, and whatever the event's own are
        for number, (keys, refs) in enumerate(told, first)
        for event in sorted(
            (event for ref in refs for event in found.get(ref, ())),
            key=lambda event: (event["time"], event["position"]),
        )
    ]


def _events(
    store: Municipality, cursor: Cursor[Any], refs: set[Ref], at: int
) -> dict[Ref, list[Row]]:
    """What the log holds of each reference: the event itself, and its amendments."""
    wanted = list(refs)
    statement = SQL(_FIND).format(
        schema=Identifier(store.schema), timeline=Identifier(store.schema, TIMELINE.name)
    )
    values = {
        "at": at,
        "sources": [ref.source for ref in wanted],
        "ids": [ref.id for ref in wanted],
        "keys": [key(ref) for ref in wanted],
        "positions": store.positions_of(cursor, wanted),
    }
    by_key: dict[str | None, Ref] = {key(ref): ref for ref in wanted}
    of_event: dict[Ref, list[Any]] = defaultdict(list)
    reading = cursor.connection.cursor(binary=True, row_factory=namedtuple_row)
    rows: Sequence[Any] = reading.execute(statement, values).fetchall()
    for row in rows:
        ref = Ref(row.source, row.event_id) if row.amends is None else by_key[row.amends]
        of_event[ref].append(row)
    return {ref: _told(several) for ref, several in of_event.items()}


def _told(several: Sequence[Any]) -> list[Row]:
    """One event with its amendments; of several the latest by (time, id, source) holds."""
    amending = [row for row in several if row.amends is not None]
    held = max(amending, key=lambda r: (r.occurred_at, r.event_id, r.source), default=None)
    by = None if held is None else key(Ref(held.source, held.event_id))
    return [_row(row, by if row.amends is None else None) for row in several]


def _row(row: Any, amended_by: str | None) -> Row:
    return {
        "time": row.occurred_at,
        "recorded_at": row.recorded_at,
        "position": row.learned,
        "event": row.topic.rsplit(".v", 1)[0],
        "source": row.source,
        "id": row.event_id,
        "stream": row.stream,
        "actor_function": row.actor_function,
        "actor": row.actor,
        "amends": row.amends,
        "amended_by": amended_by,
        "course": row.stream if row.topic.startswith("course.") else None,
        "person": row.stream if row.topic.startswith("mentor.") else None,
    }
