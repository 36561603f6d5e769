"""Parts of statements that read several tables at once: what is known, and who is who."""

from psycopg.sql import SQL, Composed, Identifier

from projections.table import FactTable


def known_rows(table: FactTable, schema: str) -> Composed:
    """The rows of a table known at the position `at`, to read from under an alias."""
    return SQL(
        "(select * from {} where learned <= %(at)s and (superseded is null or superseded > %(at)s))"
    ).format(Identifier(schema, table.name))


def one_person(column: str, *, linked: bool) -> SQL:
    """The one id of a person in a column; where ids are linked, they come as an object in `same`.

    `column` is a name in the statement, never what somebody sent.
    """
    if not linked:
        return SQL(column)
    return SQL(f"coalesce((%(same)s::jsonb ->> {column}::text)::uuid, {column})")
