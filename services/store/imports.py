"""How far imports have come: a file that is taken in, or an upload that may be cut off.

An import is known by a key of bytes: of a file its fingerprint, of an upload its id. Its place is
moved in the transaction that stores what lies before it, and only from where it was thought to be.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from psycopg import Cursor
from psycopg.sql import SQL, Identifier

KEPT = timedelta(days=30)  # since it last moved, of an upload


class Chunk(Struct, frozen=True):
    """Some lines, numbered from `first` (1 = the import's first), between two places in bytes."""

    first: int
    lines: list[bytes]
    start: int
    end: int


class Import(Struct, frozen=True):
    """An import: whose it is (None = the municipality's), how far it is, what became of events.

    `lines` and `bytes` are those that are done for good.
    """

    key: bytes
    sender: str | None
    lines: int
    bytes: int
    stored: int
    duplicate: int
    conflict: int
    refused: int
    began_at: datetime
    moved_at: datetime
    completed_at: datetime | None


class MovedError(Exception):
    """The import isn't where it was thought to be: somebody else has gone on with it."""


class Imports:
    """The imports of one municipality."""

    def __init__(self, schema: str) -> None:
        table = SQL("{}.imports").format(Identifier(schema))
        self._insert = SQL(
            "INSERT INTO {} (file, sender, lines, bytes, began_at, moved_at)"
            " VALUES (%b, %b, 0, 0, %b, %b) ON CONFLICT DO NOTHING"
        ).format(table)
        columns = SQL(
            "SELECT file, sender, lines, bytes, stored, duplicate, conflict, refused, began_at,"
            " moved_at, completed_at FROM {}"
        ).format(table)
        self._select = columns + SQL(" WHERE file = %b")
        self._own = columns + SQL(" WHERE sender = ANY(%b) ORDER BY began_at DESC LIMIT %b")
        self._senders = SQL("SELECT DISTINCT sender FROM {} WHERE sender IS NOT NULL").format(table)
        self._move = SQL(
            "UPDATE {} SET lines = %b, bytes = %b, moved_at = %b, stored = stored + %b,"
            " duplicate = duplicate + %b, conflict = conflict + %b, refused = refused + %b"
            " WHERE file = %b AND bytes = %b AND completed_at IS NULL"
        ).format(table)
        self._complete = SQL(
            "UPDATE {} SET completed_at = %b WHERE file = %b AND bytes = %b"
            " AND completed_at IS NULL"
        ).format(table)
        self._clear = SQL("DELETE FROM {} WHERE file = %b").format(table)
        self._expire = SQL("DELETE FROM {} WHERE sender IS NOT NULL AND moved_at < %b").format(
            table
        )

    def begin(self, cursor: Cursor[Any], key: bytes, sender: str | None, now: datetime) -> Import:
        """The import of that key, a new one where there is none."""
        cursor.execute(self._expire, (now - KEPT,))
        cursor.execute(self._insert, (key, sender, now, now))
        found = self.read(cursor, key)
        assert found is not None
        return found

    def read(self, cursor: Cursor[Any], key: bytes) -> Import | None:
        """The import of that key."""
        row = cursor.execute(self._select, (key,)).fetchone()
        return None if row is None else _import(row)

    def of(self, cursor: Cursor[Any], prefixes: Iterable[str], limit: int) -> list[Import]:
        """Uploads of these senders, the latest first."""
        return [_import(row) for row in cursor.execute(self._own, (list(prefixes), limit))]

    def prefixes(self, cursor: Cursor[Any]) -> list[str]:
        """The prefixes of all who have uploaded."""
        return [prefix for (prefix,) in cursor.execute(self._senders).fetchall()]

    def move(
        self,
        cursor: Cursor[Any],
        key: bytes,
        chunk: Chunk,
        counts: Mapping[str, int],
        now: datetime,
    ) -> None:
        """Note a chunk as done, in the transaction that stores it. Raises MovedError."""
        told = [counts.get(name, 0) for name in ("stored", "duplicate", "conflict", "refused")]
        lines = chunk.first + len(chunk.lines) - 1
        values = (lines, chunk.end, now, *told, key, chunk.start)
        if not cursor.execute(self._move, values).rowcount:
            found = self.read(cursor, key)
            # It may have been noted by an attempt of ours that had no answer from the database.
            if found is None or found.completed_at or found.bytes != chunk.end:
                raise MovedError

    def complete(self, cursor: Cursor[Any], key: bytes, end: int, now: datetime) -> None:
        """Nothing more will come after `end`. Raises MovedError."""
        if not cursor.execute(self._complete, (now, key, end)).rowcount:
            raise MovedError

    def clear(self, cursor: Cursor[Any], key: bytes) -> None:
        """Keep nothing of it."""
        cursor.execute(self._clear, (key,))


def _import(row: Any) -> Import:
    return Import(bytes(row[0]), *row[1:])
