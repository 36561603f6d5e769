"""Which grants there are (*bevillinger*), what runs out first on top, found by the database.

What the ledger says of a grant's days, the statement says of rows, and a property test holds the
two to each other: of several decisions the first holds, and of several ends the earliest; while its
course is closed nothing of a grant runs out. Grants of linked courses are put in order by the fold.
"""

from collections.abc import Collection, Sequence
from typing import LiteralString
from uuid import UUID

from psycopg.rows import tuple_row
from psycopg.sql import SQL, Composed, Identifier

from projections.asking import Question
from projections.facts.courses import CLOSINGS, REOPENINGS
from projections.facts.grants import APPLICATIONS, AUTHORITY_ACTS
from projections.paging import Window

Placed = tuple[UUID, str, int | None]
"""A course, a grant of its, and the days until it runs out; None where nothing is to run out."""

_IN_ORDER = """
with told as (
 select stream, grant_key, act, case when act = 'grant-ended' then to_day end as ended_on,
  case when from_day is not null and (to_day is null or to_day > from_day)
   then coalesce(to_day, 'infinity') end as granted_to
 from {acts} where occurred_at <= %(as_of)s and {known}
 union all select stream, grant_key, 'applied', null, null from {applications}
 where occurred_at <= %(as_of)s and {known}),
days as materialized (
 select stream, grant_key, min(ended_on) as ended_on,
  count(*) filter (where act = 'grant-decided') as decisions,
  max(granted_to) filter (where act = 'grant-decided') as decided_to,
  max(granted_to) filter (where act = 'grant-extended') as extended_to
 from told where stream <> all(%(odd)s) group by 1, 2),
first as materialized (
 select distinct on (stream, grant_key) stream, grant_key,
  case when from_day is not null and (to_day is null or to_day > from_day)
   then coalesce(to_day, 'infinity') end as granted_to
 from {acts} where stream = any(array(select stream from days where decisions > 1))
 and act = 'grant-decided' and occurred_at <= %(as_of)s and {known}
 order by stream, grant_key, occurred_at, coalesce(sequence, -1), event_id collate "C",
  source collate "C"),
granted as (
 select stream, grant_key, ended_on,
  greatest(extended_to, case when decisions < 2 then decided_to else granted_to end) as to_day
 from days left join first using (stream, grant_key)),
ends as materialized (
 select stream, grant_key,
  case when to_day is not null then nullif(least(to_day, ended_on), 'infinity') end as day
 from granted),
turns as (
 select stream, to_day as day, false as opens, occurred_at, sequence, event_id, source
 from {closings} where {known} and to_day <= %(day)s
 union all select stream, from_day, true, occurred_at, sequence, event_id, source
 from {reopenings} where {known} and from_day <= %(day)s),
last_turns as materialized (
 select distinct on (stream) stream, opens from turns
 where stream in (select stream from ends where day > %(day)s)
 order by stream, day desc, occurred_at desc, coalesce(sequence, -1) desc,
  event_id collate "C" desc, source collate "C" desc),
placed as (
 select e.stream, e.grant_key, case when e.day > %(day)s and t.opens is distinct from false
  then e.day - %(day)s end as days_left
 from ends e left join last_turns t using (stream)
 union all
 select * from unnest(%(courses)s::uuid[], %(grants)s::text[], %(days_left)s::int[]))
select stream, grant_key, days_left, count(*) over ()::int from placed
order by days_left nulls last, stream, grant_key collate "C" offset %(over)s limit %(many)s"""


def in_order(question: Question, odd: Collection[UUID], folded: Sequence[Placed]) -> Window[Placed]:
    """All grants that were applied for or decided by `as_of`; those of `odd` streams as folded."""
    statement = _statement(_IN_ORDER, question)
    courses, grants, days_left = zip(*folded, strict=True) if folded else ((), (), ())
    values = {
        "at": question.position,
        "as_of": question.as_of,
        "day": question.day,
        "odd": list(odd),
        "courses": list(courses),
        "grants": list(grants),
        "days_left": list(days_left),
    }
    cursor = question.connection.cursor(binary=True, row_factory=tuple_row)

    def read(over: int, many: int | None) -> tuple[list[Placed], int | None]:
        told = {**values, "over": over, "many": many}
        rows = cursor.execute(statement, told, prepare=True).fetchall()
        total = rows[0][-1] if rows else None
        return [row[:-1] for row in rows], total if rows or over else 0

    return Window(read)


def _statement(text: LiteralString, question: Question) -> Composed:
    tables = {
        "acts": AUTHORITY_ACTS,
        "applications": APPLICATIONS,
        "closings": CLOSINGS,
        "reopenings": REOPENINGS,
    }
    return SQL(text).format(
        known=SQL("learned <= %(at)s and (superseded is null or superseded > %(at)s)"),
        **{name: Identifier(question.schema, table.name) for name, table in tables.items()},
    )
