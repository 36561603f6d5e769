"""The tables that hold the views' facts in a municipality's schema."""

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from psycopg.sql import SQL, Composed, Identifier

from domain import events
from domain.events.registry import REGISTRY
from projections import amendments, batch, copying, facts, parking, table, tracking
from projections.facts import roles
from projections.facts.all import TABLES

Cursor = psycopg.Cursor[Any]

_DEFINITION = """create table if not exists {schema}.definition (
 single boolean primary key default true check (single), fingerprint text not null)"""

NAMES = (*(fact_table.name for fact_table in TABLES), amendments.NAME, parking.NAME)
"""The tables that are filled from the log, and exchanged by a rebuild."""


def create_books(cursor: Cursor, schema: str) -> None:
    """Make what is missing of what is kept beside the fact tables. The schema exists.

    Of what is there nothing is locked.
    """
    cursor.execute(SQL(_DEFINITION).format(schema=Identifier(schema)))
    tracking.create(cursor, schema)
    amendments.create(cursor, schema)
    parking.create(cursor, schema)


def create_tables(cursor: Cursor, schema: str, *, indexed: bool = True) -> None:
    """Make what is missing: fact tables, their indexes unless told not to, and the rest."""
    create_books(cursor, schema)
    for each in TABLES:
        cursor.execute(SQL(each.create).format(schema=Identifier(schema)))
    if indexed:
        create_indexes(cursor, schema)


def create_indexes(cursor: Cursor, schema: str) -> None:
    """Make the tables' indexes that are missing."""
    amendments.create_index(cursor, schema)
    for each in TABLES:
        for index in each.indexes:
            cursor.execute(SQL(index).format(schema=Identifier(schema)))


# What decides the rows that an event brings, beside the lists of codes that are packed.
_FILLING = (events, facts, amendments, batch, copying, table)


@cache
def definition() -> str:
    """A fingerprint of the tables and of all that brings their rows: it changes when a view does.

    It is that of the programs' text. A word changed in a comment fills the tables anew for nothing;
    a helper left out would let rows stand that mean something else.
    """
    modules = (module for part in _FILLING for module in _modules(Path(part.__file__ or "")))
    lists = (sorted(REGISTRY.topics()), roles.RESPONSIBILITIES, roles.HOLDERS)
    parts = (*(path.read_bytes() for path in modules), repr(lists).encode())
    return hashlib.sha256(b"".join(parts)).hexdigest()


def _modules(path: Path) -> Sequence[Path]:
    """The modules of a package; a module by itself."""
    return sorted(path.parent.rglob("*.py")) if path.name == "__init__.py" else [path]


def made_by(cursor: Cursor, schema: str) -> str | None:
    """The definition that the tables were filled by; None where there are none yet."""
    found = cursor.execute("select to_regclass(%s)", (f"{schema}.definition",)).fetchone()
    return None if found is None or found[0] is None else filled_by(cursor, schema)


def filled_by(cursor: Cursor, schema: str) -> str | None:
    """The same where it is known that there are tables."""
    statement = SQL("select fingerprint from {}.definition").format(Identifier(schema))
    row = cursor.execute(statement).fetchone()
    return row[0] if row else None


def has_tables(cursor: Cursor, schema: str) -> bool:
    """Whether there are tables to read in, of this release or a later one."""
    found = cursor.execute("select to_regclass(%s)", (f"{schema}.{parking.NAME}",)).fetchone()
    return found is not None and found[0] is not None


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
    """Take what is filled from the log away."""
    cursor.execute(_drop_tables(schema))


def _drop_tables(schema: str) -> Composed:
    names = SQL(", ").join(Identifier(schema, name) for name in NAMES)
    return SQL("drop table if exists {}").format(names)


def keep_vacuum_off(cursor: Cursor, schema: str) -> None:
    """Wait for who vacuums or analyses the live tables, and keep others from it until the end.

    The database ends its own such work for whoever waits a second for a table. While that is waited
    for here, all can read and write; with `exchange` they would wait behind.
    """
    names = (SQL("to_regclass({})").format(f"{schema}.{name}") for name in NAMES)
    there = SQL("select relname from pg_class where oid in ({})").format(SQL(", ").join(names))
    tables = [Identifier(schema, name) for (name,) in cursor.execute(there)]
    if tables:
        cursor.execute(
            SQL("lock table {} in share update exclusive mode").format(SQL(", ").join(tables))
        )


def exchange(cursor: Cursor, schema: str, built: str) -> None:
    """Put the tables of the schema `built` in the place of the live ones; `built` is gone then.

    Who asks them meanwhile waits until this transaction ends, so it is one round trip. Indexes come
    with their tables.
    """
    moves = [
        SQL("alter table {} set schema {}").format(Identifier(built, name), Identifier(schema))
        for name in NAMES
    ]
    gone = SQL("drop schema {} cascade").format(Identifier(built))
    # Only a cursor that isn't binary sends several statements at once.
    cursor.connection.cursor().execute(SQL("; ").join((_drop_tables(schema), *moves, gone)))
