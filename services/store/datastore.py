"""The library's datastore on a pool that is shared by all municipalities of a server.

A pool per municipality would hold some six connections each and exhaust PostgreSQL at the
seventeenth. Every transaction takes the municipality's own role, so a statement that names another
schema by mistake is refused by the database itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from eventsourcing.postgres import PostgresDatastore
from psycopg import Connection, Cursor
from psycopg.rows import DictRow, dict_row
from psycopg.sql import SQL, Identifier
from psycopg_pool import ConnectionPool

Pool = ConnectionPool[Connection[DictRow]]


def open_pool(url: str, *, size: int = 10) -> Pool:
    """One small pool per server. Connections are in auto-commit mode, as the library wants."""
    pool: Pool = ConnectionPool(
        url,
        min_size=1,
        max_size=size,
        open=False,
        timeout=30,
        kwargs={"autocommit": True, "row_factory": dict_row, "application_name": "roedtraad"},
        connection_class=Connection[DictRow],
        check=ConnectionPool.check_connection,
    )
    pool.open()
    return pool


class SharedDatastore(PostgresDatastore):
    """One municipality's view of the shared pool: its schema, its role."""

    def __init__(self, pool: Pool, *, schema: str, role: str, lock_timeout: int) -> None:
        # The library builds a pool here; ours takes its place before it is ever opened.
        super().__init__("", "", "", "", "", schema=schema, lock_timeout=lock_timeout)
        self.pool = pool  # type: ignore[assignment]
        self.role = role
        self._set_role = SQL("SET LOCAL ROLE {}").format(Identifier(role))

    @contextmanager
    def get_connection(self) -> Iterator[Connection[DictRow]]:
        """A connection inside a transaction of the municipality's role."""
        with super().get_connection() as conn, conn.transaction():
            conn.execute(self._set_role)
            yield conn

    @contextmanager
    def transaction(self, *, commit: bool = False) -> Iterator[Cursor[DictRow]]:
        """A transaction of the municipality's role; rolled back unless `commit`."""
        with self.get_connection() as conn, conn.transaction(force_rollback=not commit):
            yield conn.cursor()

    def register_type_adapters(self) -> None:
        """Nothing here uses the library's composite type."""

    def close(self) -> None:
        """The pool is its server's to close."""

    def __exit__(self, *_: Any) -> None:
        self.close()
