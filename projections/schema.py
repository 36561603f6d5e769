"""The tables that hold the views' facts in a municipality's schema."""

import hashlib
import inspect
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier

from domain.events.registry import REGISTRY
from projections import amendments, tracking
from projections.facts.all import TABLES

Cursor = psycopg.Cursor[Any]

_DEFINITION = """create table if not exists {schema}.definition (
 single boolean primary key default true check (single), fingerprint text not null)"""

NAMES = (*(table.name for table in TABLES), "amendments")


def create_tables(cursor: Cursor, schema: str) -> None:
    """Make what is missing: fact tables, their indexes, amendments, tracking. The schema exists."""
    name = Identifier(schema)
    cursor.execute(SQL(_DEFINITION).format(schema=name))
    tracking.create(cursor, schema)
    amendments.create(cursor, schema)
    for table in TABLES:
        cursor.execute(SQL(table.create).format(schema=name))
        for index in table.indexes:
            cursor.execute(SQL(index).format(schema=name))


def definition() -> str:
    """A fingerprint of the tables and of what brings their rows: it changes when a view does."""
    parts = [str(sorted(REGISTRY.topics()))]
    for table in TABLES:
        parts += [table.create, *table.indexes]
        parts += [f"{type_.NAME} {inspect.getsource(row_of)}" for type_, row_of in table.feeds]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def made_by(cursor: Cursor, schema: str) -> str | None:
    """The definition that the tables were filled by; None where there are none yet."""
    cursor.execute(SQL(_DEFINITION).format(schema=Identifier(schema)))
    row = cursor.execute(
        SQL("select fingerprint from {}.definition").format(Identifier(schema))
    ).fetchone()
    return row[0] if row else None


def note_definition(cursor: Cursor, schema: str) -> None:
    """Note that the tables are filled by the present definition."""
    cursor.execute(
        SQL(
            "insert into {}.definition values (true, %s)"
            " on conflict (single) do update set fingerprint = excluded.fingerprint"
        ).format(Identifier(schema)),
        (definition(),),
    )


def drop_tables(cursor: Cursor, schema: str) -> None:
    """Take all but the tracking away, and set that back, so that a rebuild begins from nothing."""
    tracking.reset(cursor, schema)
    for name in NAMES:
        cursor.execute(SQL("drop table if exists {}").format(Identifier(schema, name)))
