"""Which courses may run on a day, found without folding any."""

from uuid import UUID

from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier

from projections import identity
from projections.asking import Question
from projections.facts.courses import CLOSINGS, REOPENINGS
from projections.facts.matches import MATCH_ENDS, MATCHES

# A match that has begun by the day, not ended by it, and decided or begun since the last close.
# What is linked or was reopened is left to the fold.
_RUNNING = """
with known_ends as materialized (
 select stream, match from {ends} where to_day <= %(day)s and {known}),
closed as materialized (
 select stream, max(to_day) as on_day from {closings} where to_day <= %(day)s and {known}
 group by stream),
reopened as materialized (select stream from {reopenings} where {known})
select distinct m.stream from {matches} as m left join closed using (stream)
where from_day <= %(day)s and {known}
and (m.stream = any(%(linked)s)
 or not exists (select from known_ends e where e.stream = m.stream and e.match = m.match)
 and (closed.on_day is null
  or closed.on_day
   <= least(from_day, (m.occurred_at at time zone 'Europe/Copenhagen')::date)
  or m.stream in (select stream from reopened)))"""


def running(question: Question) -> list[UUID]:
    """The streams of all courses that have a match open on the day; some more, never fewer."""
    statement = SQL(_RUNNING).format(
        known=SQL("learned <= %(at)s and (superseded is null or superseded > %(at)s)"),
        matches=Identifier(question.schema, MATCHES.name),
        ends=Identifier(question.schema, MATCH_ENDS.name),
        closings=Identifier(question.schema, CLOSINGS.name),
        reopenings=Identifier(question.schema, REOPENINGS.name),
    )
    values = {
        "at": question.position,
        "day": question.day,
        "linked": list(question.once(identity.courses).linked),
    }
    cursor = question.connection.cursor(binary=True, row_factory=tuple_row)
    return [stream for (stream,) in cursor.execute(statement, values)]
