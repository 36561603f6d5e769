"""Real tables in a schema of their own; whatever a test does is rolled back."""

import secrets
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

from projections.schema import create_tables
from tests.projections.story import Story

Connection = psycopg.Connection[Any]

# Three, so that the same history can be told in three ways side by side.
SCHEMAS = ("view_a", "view_b", "view_c")


@pytest.fixture(scope="session")
def prepared(postgres: str) -> Iterator[str]:
    """The address of a database of its own that has the schemas with their tables."""
    name = f"t_{secrets.token_hex(6)}"
    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute(SQL("create database {}").format(Identifier(name)))
        address = make_conninfo(postgres, dbname=name)
        with psycopg.connect(address) as connection:
            for schema in SCHEMAS:
                connection.execute(SQL("create schema {}").format(Identifier(schema)))
                create_tables(connection.cursor(), schema)
        yield address
        admin.execute(SQL("drop database {} with (force)").format(Identifier(name)))


@pytest.fixture
def connection(prepared: str) -> Iterator[Connection]:
    """A connection in a transaction that is rolled back."""
    with psycopg.connect(prepared) as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def story(connection: Connection) -> Story:
    """A municipality of which nothing is known yet."""
    return Story(connection)
