"""What stands in a municipality's fact tables, to be compared."""

from decimal import Decimal
from typing import Any

from psycopg.sql import SQL, Identifier

from projections import amendments
from projections.facts.all import TABLES
from services.store.municipality import Municipality

Rows = dict[str, list[str]]
_NAMES = [*(table.name for table in TABLES), amendments.NAME]


def rows_of(municipality: Municipality) -> Rows:
    """All rows of all tables that are filled from the log, sorted."""
    with municipality.transaction() as cursor:
        return {n: sorted(map(repr, _rows(cursor, municipality.schema, n))) for n in _NAMES}


def sums_of(municipality: Municipality) -> dict[str, tuple[int, Decimal]]:
    """The same of tables that are too large for that: how many rows, and the sum of their hashes.

    The database reckons them, so that it takes no memory here.
    """
    sums = "SELECT count(*), coalesce(sum(hashtextextended(one::text, 0)), 0) FROM {} AS one"
    found = {}
    with municipality.transaction() as cursor:
        for name in _NAMES:
            table = Identifier(municipality.schema, name)
            [found[name]] = cursor.execute(SQL(sums).format(table)).fetchall()
    return found


def _rows(cursor: Any, schema: str, name: str) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = cursor.execute(
        SQL("SELECT * FROM {}").format(Identifier(schema, name))
    ).fetchall()
    return found
