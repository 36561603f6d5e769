"""The tables that hold the views' facts in a municipality's schema."""

from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier

from projections import amendments, tracking
from projections.facts.all import TABLES

Cursor = psycopg.Cursor[Any]

NAMES = (*(table.name for table in TABLES), "amendments")


def create_tables(cursor: Cursor, schema: str) -> None:
    """Make what is missing: fact tables, their indexes, amendments, tracking. The schema exists."""
    name = Identifier(schema)
    tracking.create(cursor, schema)
    amendments.create(cursor, schema)
    for table in TABLES:
        cursor.execute(SQL(table.create).format(schema=name))
        for index in table.indexes:
            cursor.execute(SQL(index).format(schema=name))


def drop_tables(cursor: Cursor, schema: str) -> None:
    """Take all but the tracking away, and set that back, so that a rebuild begins from nothing."""
    tracking.reset(cursor, schema)
    for name in NAMES:
        cursor.execute(SQL("drop table if exists {}").format(Identifier(schema, name)))
