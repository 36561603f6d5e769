"""The library's datastore on a pool that is shared by all municipalities of a server.

A pool per municipality would hold some six connections each and exhaust PostgreSQL at the
seventeenth. Every transaction takes the municipality's own role, so a statement that names another
schema by mistake is refused by the database itself.
"""

import os
import secrets
import select
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from eventsourcing.persistence import PersistenceError
from eventsourcing.postgres import PostgresDatastore
from psycopg import Connection, Cursor
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import DictRow, dict_row, tuple_row
from psycopg.sql import SQL, Identifier
from psycopg_pool import ConnectionPool

from services.store.asked import Answers, Questions, ask

# A connection that fails has no SQLSTATE, so what the server said is looked for in the message.
_REASONS = {
    "password authentication": "adgangskoden er forkert eller mangler (wrong or missing password)",
    'role "': "brugeren findes ikke (no such user)",
    'database "': "databasen findes ikke (no such database)",
    "no pg_hba.conf entry": "brugeren har ikke adgang herfra (the user may not enter from here)",
    "too many": "den har ikke flere forbindelser (too many connections)",
    "starting up": "den er ved at starte (it is starting)",
    "shutting down": "den er ved at stoppe (it is stopping)",
    "resolve": "værten findes ikke (unknown host)",
    "not known": "værten findes ikke (unknown host)",
    "refused": "der er ingen, der lytter dér (nobody listens there)",
}
_NO_ANSWER = "den svarer ikke (it doesn't answer)"


_OURS = "roedtraad "
_PROCESS = secrets.token_hex(4)  # every container has a process 1
_PREPARED = 500  # statements of a connection; psycopg keeps 100
COMMAND = "command"
"""What a process is that has no role."""


class DatabaseUnreachableError(Exception):
    """The database can't be reached, and why, in words for the user."""


class Pool(ConnectionPool[Connection[DictRow]]):
    """Gives the connection that was returned last: it has the plans, and those that nobody needs
    grow old and are closed. The library's own gives the one that lay longest."""

    def _get_ready_connection(self, timeout: float | None) -> Connection[DictRow] | None:
        self._pool.rotate()
        return super()._get_ready_connection(timeout)


LOSABLE = b"SET LOCAL synchronous_commit = off"
"""For a transaction that is done again, by whoever goes on, where a crash loses it."""


def open_pool(url: str, *, size: int = 10, role: str = COMMAND) -> Pool:
    """One small pool per server, of a process in that role.

    Connections are in auto-commit mode, as the library wants. Raises
    DatabaseUnreachableError at once where nobody answers.
    """
    _try(url)
    pool = Pool(
        url,
        min_size=1,
        max_size=size,
        open=False,
        timeout=30,
        kwargs={
            "autocommit": True,
            "row_factory": dict_row,
            "application_name": f"{_OURS}{role} {os.getpid()}-{_PROCESS}",
        },
        connection_class=Connection[DictRow],
        configure=_keep_prepared,
        check=check_alive,
    )
    pool.open()
    return pool


def _keep_prepared(conn: Connection[DictRow]) -> None:
    """Statements are kept prepared, else planned anew: the views have some 70 for each
    municipality."""
    conn.prepared_max = _PREPARED


def check_alive(conn: Connection[DictRow]) -> None:
    """Raise if a connection that lay in the pool is dead, without a round trip if nothing came.

    A server that stops, and one that ends a connection, says so or hangs up: either is something
    to read. Only then is it asked.
    """
    waiting = select.poll()
    waiting.register(conn.fileno(), select.POLLIN)
    if waiting.poll(0):
        ConnectionPool.check_connection(conn)


def others(pool: Pool) -> set[str]:
    """The roles of the other processes that work with the same database."""
    with pool.connection() as conn:
        own = conn.info.parameter_status("application_name")
        rows = conn.execute(
            "SELECT DISTINCT application_name AS name FROM pg_stat_activity"
            " WHERE datname = current_database() AND starts_with(application_name, %s)"
            " AND application_name <> %s",
            (_OURS, own),
        )
        return {row["name"].split()[1] for row in rows}


def _try(url: str) -> None:
    """Connect once. The reason is told in words of our own: the library's may quote the URL."""
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.ProgrammingError:
        raise DatabaseUnreachableError(
            "DATABASE_URL er ikke en gyldig adresse: skriv postgresql://bruger@vært:port/database. "
            "(DATABASE_URL isn't a valid address.)"
        ) from None
    except psycopg.OperationalError as error:
        told = conninfo_to_dict(url)
        where = f"{told.get('host') or 'localhost'}:{told.get('port') or 5432}"
        said = str(error)
        reason = next((words for sign, words in _REASONS.items() if sign in said), _NO_ANSWER)
        raise DatabaseUnreachableError(
            f"Databasen på {where} kan ikke nås: {reason}. (The database can't be reached.)"
        ) from None


class SharedDatastore(PostgresDatastore):
    """One municipality's view of the shared pool: its schema, its role."""

    def __init__(self, pool: Pool, *, schema: str, role: str, lock_timeout: int) -> None:
        # The library builds a pool here; ours takes its place before it is ever opened.
        super().__init__("", "", "", "", "", schema=schema, lock_timeout=lock_timeout)
        self.pool = pool  # type: ignore[assignment]
        self.role = role
        set_role = SQL("SET LOCAL ROLE {}").format(Identifier(role)).as_bytes()
        self._begin = b"; ".join((b"BEGIN", set_role))
        self._begin_losable = b"; ".join((self._begin, LOSABLE))

    @contextmanager
    def get_connection(self) -> Iterator[Connection[DictRow]]:
        """A connection inside a transaction of the municipality's role."""
        with super().get_connection() as conn:
            conn.execute(self._begin)
            yield conn
            conn.commit()  # else the pool rolls it back

    @contextmanager
    def begun(
        self, statements: Sequence[bytes]
    ) -> Iterator[tuple[Connection[DictRow], list[tuple[Any, ...]]]]:
        """The same, begun with statements in one round trip; the rows of the last of them."""
        text = b"; ".join((self._begin, *statements))
        with super().get_connection() as conn:
            with conn.cursor(row_factory=tuple_row) as cursor:
                cursor.execute(text)
                while cursor.nextset():
                    pass
                rows = cursor.fetchall()
            yield conn, rows
            conn.commit()  # else the pool rolls it back

    @contextmanager
    def asking(self, questions: Questions) -> Iterator[tuple[Connection[DictRow], Answers]]:
        """The same, begun with questions in one round trip; the rows of each. What is written may
        be lost in a crash of the server.

        The block is in psycopg's pipeline mode: nothing is waited for until rows are fetched, and
        COMMIT goes along with the last statements. What the database refuses is raised there.
        """
        with super().get_connection() as conn:
            answers = ask(conn, self._begin_losable, questions)
            with conn.pipeline():
                yield conn, answers
                conn.execute("COMMIT")

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


_GONE = ("08", "57P")  # SQLSTATEs: the connection is lost, the server stops; none: nobody answers


def is_lost(error: Exception) -> bool:
    """Whether the whole database is gone, rather than something in it."""
    found = error.__cause__ if isinstance(error, PersistenceError) else error
    return isinstance(found, psycopg.OperationalError | psycopg.InterfaceError) and (
        found.sqlstate is None or found.sqlstate.startswith(_GONE)
    )
