"""Amendments whose original isn't known, found among the few events that were amended."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from psycopg.rows import namedtuple_row
from psycopg.sql import SQL, Identifier

from domain.contradictions.amendments import Amends
from domain.values import Ref
from projections import amendments, identity
from projections.asking import Question
from projections.facts.timeline import TIMELINE
from projections.table import ref

# What was amended and hasn't come, as what is itself an amendment never does, or came after what
# was known.
_FIND = """
with waiting as materialized (
 select stream, source || ' ' || event_id as target from {amendments}
 where not arrived or original_learned > %(at)s)
select a.stream, a.amends, a.source, a.event_id, a.occurred_at, a.topic,
 exists (select from {timeline} o where o.stream = a.stream and o.learned <= %(at)s
  and o.amends is not null and o.source || ' ' || o.event_id = a.amends) as names_amendment
from waiting w join {timeline} a on a.stream = w.stream and a.amends = w.target
where a.learned <= %(at)s {only} and not exists (
 select from {timeline} o where o.stream = a.stream and o.learned <= %(at)s
 and o.amends is null and o.brought_by is null
 and o.source || ' ' || o.event_id = a.amends)"""


def amends_of(question: Question, streams: Collection[UUID] | None = None) -> list[Amends]:
    """The amendments known at the position of what wasn't; with `streams` on those courses."""
    courses, staff = question.once(identity.courses), question.once(identity.staff)
    wanted = {id_ for stream in streams or () for id_ in courses.like(stream)}
    statement = SQL(_FIND).format(
        amendments=Identifier(question.schema, amendments.NAME),
        timeline=Identifier(question.schema, TIMELINE.name),
        only=SQL("" if streams is None else "and a.stream = any(%(streams)s)"),
    )
    cursor = question.connection.cursor(binary=True, row_factory=namedtuple_row)
    values = {"at": question.position, "streams": list(wanted)}
    rows: Sequence[Any] = cursor.execute(statement, values).fetchall()
    return [
        Amends(
            target=ref(row.amends),
            ref=Ref(row.source, row.event_id),
            at=row.occurred_at,
            course=courses[row.stream] if row.topic.startswith("course.") else None,
            person=staff[row.stream] if row.topic.startswith("mentor.") else None,
            names_amendment=row.names_amendment,
        )
        for row in rows
    ]
