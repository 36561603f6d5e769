"""What stands in a municipality's fact tables, to be compared."""

from typing import Any

from psycopg.sql import SQL, Identifier

from projections import amendments
from projections.facts.all import TABLES
from services.store.municipality import Municipality

Rows = dict[str, list[str]]


def rows_of(municipality: Municipality) -> Rows:
    """All rows of all tables that are filled from the log, sorted."""
    names = [*(table.name for table in TABLES), amendments.NAME]
    with municipality.transaction() as cursor:
        return {name: sorted(map(repr, _rows(cursor, municipality.schema, name))) for name in names}


def _rows(cursor: Any, schema: str, name: str) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = cursor.execute(
        SQL("SELECT * FROM {}").format(Identifier(schema, name))
    ).fetchall()
    return found
