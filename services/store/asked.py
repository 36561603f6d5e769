"""Questions that a connection has heard are neither parsed nor planned again.

psycopg prepares statements too, but sends each by itself: here several go in one message, which is
dearer to write than to read. PostgreSQL plans again where tables have been exchanged since.
"""

from collections.abc import Iterable
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

from psycopg import Connection, Cursor
from psycopg.errors import InvalidSqlStatementName
from psycopg.rows import tuple_row

Answers = list[list[tuple[Any, ...]]]
Questions = tuple[bytes, ...]

_heard: WeakKeyDictionary[Connection[Any], dict[Questions, bytes]] = WeakKeyDictionary()
_numbers = count(1)


def ask(conn: Connection[Any], begin: bytes, questions: Questions) -> Answers:
    """Begin a transaction with statements that give no rows, then ask; one round trip.

    The questions take no parameters, and each gives rows, if only none.
    """
    heard = _heard.setdefault(conn, {})
    cursor = conn.cursor(row_factory=tuple_row)
    if questions in heard:
        try:
            return _answers(cursor.execute(begin + heard[questions]))
        except InvalidSqlStatementName:
            conn.rollback()  # after some errors psycopg makes the connection forget all
    names = [b"asked_%d" % next(_numbers) for _ in questions]
    new = _joined(b"PREPARE %s AS %s" % pair for pair in zip(names, questions, strict=True))
    told = _joined(b"EXECUTE " + name for name in names)
    answers = _answers(cursor.execute(begin + new + told))
    heard[questions] = told
    return answers


def _joined(statements: Iterable[bytes]) -> bytes:
    return b"".join(b"; " + statement for statement in statements)


def _answers(cursor: Cursor[tuple[Any, ...]]) -> Answers:
    # `description` would be made of every column's name and type.
    return [
        cursor.fetchall() for _ in cursor.results() if cursor.pgresult and cursor.pgresult.nfields
    ]
