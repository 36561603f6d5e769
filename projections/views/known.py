"""Parts of statements that read several tables at once: what is known, and who is who."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg.sql import SQL, Composed, Identifier

from projections.asking import Question
from projections.facts.activities import ACTIVITIES, ATTEMPTS
from projections.facts.agreements import AGREEMENTS
from projections.facts.courses import CASEWORKER_CHANGES, CLOSINGS, INTAKES, REOPENINGS
from projections.facts.grants import AUTHORITY_ACTS
from projections.facts.matches import CHEMISTRY_CHECKS, FIRST_MEETINGS, MATCH_ENDS, MATCHES
from projections.facts.roles import (
    ACKNOWLEDGEMENTS,
    COORDINATIONS,
    FRICTIONS,
    GOALS,
    REVIEWS,
    STATEMENTS,
)
from projections.facts.supervision import CASES, SESSIONS
from projections.table import FactTable

TABLES: dict[str, FactTable] = {
    "intakes": INTAKES,
    "changes": CASEWORKER_CHANGES,
    "closings": CLOSINGS,
    "reopenings": REOPENINGS,
    "matches": MATCHES,
    "ends": MATCH_ENDS,
    "first_meetings": FIRST_MEETINGS,
    "chemistry_checks": CHEMISTRY_CHECKS,
    "agreements": AGREEMENTS,
    "activities": ACTIVITIES,
    "attempts": ATTEMPTS,
    "statements": STATEMENTS,
    "goals": GOALS,
    "acknowledgements": ACKNOWLEDGEMENTS,
    "reviews": REVIEWS,
    "coordinations": COORDINATIONS,
    "frictions": FRICTIONS,
    "acts": AUTHORITY_ACTS,
    "cases": CASES,
    "sessions": SESSIONS,
}
"""What courses are told by, as statements name it."""


def known_rows(table: FactTable, schema: str, *, narrow: bool = False) -> Composed:
    """The rows of a table known at the position `at`, to read from under an alias.

    If `narrow`, those of `streams` only.
    """
    return SQL(
        "(select * from {} where learned <= %(at)s"
        " and (superseded is null or superseded > %(at)s) {})"
    ).format(
        Identifier(schema, table.name),
        SQL("and stream = any(%(streams)s::uuid[])" if narrow else ""),
    )


def one_person(column: str, *, linked: bool) -> SQL:
    """The one id of a person in a column; where ids are linked, they come as an object in `same`.

    `column` is a name in the statement, never what somebody sent.
    """
    if not linked:
        return SQL(column)
    return SQL(f"coalesce((%(same)s::jsonb ->> {column}::text)::uuid, {column})")


def other_ids(column: str, *, linked: bool) -> tuple[SQL, SQL]:
    """The same where many rows are read: the one id, and a join that it needs.

    Where ids are linked, they come as two arrays, `ids` and, each beside its own, `ones`.
    """
    if not linked:
        return SQL(column), SQL("")
    alias = "of_" + column.replace(".", "_")
    return (
        SQL(f"coalesce({alias}.one, {column})"),
        SQL(
            "left join unnest(%(ids)s::uuid[], %(ones)s::uuid[])"
            f" as {alias} (id, one) on {alias}.id = {column}"
        ),
    )


@contextmanager
def without_loops(question: Question) -> Iterator[None]:
    """Have the planner join without loops: what is joined is thousands of rows, which it can't
    know of tables just filled."""
    question.connection.execute("set local enable_nestloop = off")
    yield
    question.connection.execute("set local enable_nestloop = on")


@contextmanager
def planned_once(question: Question) -> Iterator[None]:
    """The same, by a plan that is made once and serves any courses: to plan for those that are
    asked for takes longer than to read them."""
    question.connection.execute(
        "set local enable_nestloop = off; set local plan_cache_mode = force_generic_plan"
    )
    yield
    question.connection.execute("set local enable_nestloop = on; set local plan_cache_mode = auto")
