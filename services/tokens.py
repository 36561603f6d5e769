"""Tokens: who may send, ask or command, for which municipality, and from which systems.

A token is random and shown once; what is kept is its SHA-256, which can't be turned back since the
secret has 256 bits. The table stands in the database, so that every process knows of a revocation.
"""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any
from uuid import UUID, uuid4

from msgspec import Struct
from psycopg.rows import tuple_row

from services.store.datastore import Pool

ALL = "all"  # of municipalities: to ask, never to write
_PREFIX = "rt_"
_ENDS = ("/", ":", "#", "?", "=")

_TABLE = """
CREATE SCHEMA IF NOT EXISTS roedtraad;
CREATE TABLE IF NOT EXISTS roedtraad.tokens (
    id uuid PRIMARY KEY,
    secret bytea NOT NULL UNIQUE,
    municipality text NOT NULL,
    label text NOT NULL,
    source_prefix text,
    events text[] NOT NULL,
    may_read boolean NOT NULL,
    may_decide boolean NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz
);
"""
_COLUMNS = (
    "id, municipality, label, source_prefix, events, may_read, may_decide,"
    " created_at, expires_at, revoked_at"
)


class Token(Struct, frozen=True):
    """What a token allows. With a `source_prefix` it may send events of sources under it."""

    id: UUID
    municipality: str  # four digits, or ALL
    label: str
    source_prefix: str | None
    events: tuple[str, ...]  # patterns of event names; none = every event
    may_read: bool
    may_decide: bool
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None

    def holds_at(self, now: datetime) -> bool:
        """Whether it is neither revoked nor run out."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def speaks_for(self, source: str) -> bool:
        """Whether a source lies under the prefix: itself, or a path below it."""
        prefix = self.source_prefix
        if prefix is None or not source.startswith(prefix):
            return False
        # Else https://sag.example would speak for https://sag.example.evil.
        rest = source[len(prefix) :]
        return not rest or prefix.endswith(_ENDS) or rest.startswith(_ENDS)

    def may_send(self, name: str) -> bool:
        """Whether it may send events of that name, such as `course.closed`."""
        return not self.events or any(fnmatchcase(name, pattern) for pattern in self.events)


class Tokens:
    """The tokens that a database knows."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        with pool.connection() as conn, conn.transaction():
            # The same lock as all who make shared tables: IF NOT EXISTS alone fails when two meet.
            conn.execute("SELECT pg_advisory_xact_lock(hashtextextended('roedtraad.schema', 0))")
            conn.execute(_TABLE)

    def create(
        self,
        *,
        municipality: str,
        now: datetime,
        label: str = "",
        source_prefix: str | None = None,
        events: Iterable[str] = (),
        may_read: bool = False,
        may_decide: bool = False,
        expires_at: datetime | None = None,
    ) -> tuple[Token, str]:
        """A new token, and its secret, which is nowhere afterwards."""
        if municipality == ALL and (source_prefix or may_decide):
            raise ValueError("a token for all municipalities may only read")
        secret = _PREFIX + secrets.token_urlsafe(32)
        token = Token(
            uuid4(),
            municipality,
            label,
            source_prefix,
            tuple(events),
            may_read,
            may_decide,
            now,
            expires_at,
        )
        row = (
            token.id,
            _hash(secret),
            municipality,
            label,
            source_prefix,
            list(token.events),
            may_read,
            may_decide,
            now,
            expires_at,
        )
        with self._pool.connection() as conn:
            conn.execute(
                "INSERT INTO roedtraad.tokens (id, secret, municipality, label, source_prefix,"
                " events, may_read, may_decide, created_at, expires_at)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                row,
            )
        return token, secret

    def find(self, secret: str) -> Token | None:
        """The token of that secret, whether or not it still holds."""
        if not secret.startswith(_PREFIX):
            return None
        found = self._select("WHERE secret = %s", _hash(secret))
        return found[0] if found else None

    def all(self) -> list[Token]:
        """All tokens, the oldest first; the revoked ones too."""
        return self._select("ORDER BY created_at, id")

    def revoke(self, id_: UUID, now: datetime) -> bool:
        """End a token; whether there was one to end."""
        with self._pool.connection() as conn:
            done = conn.execute(
                "UPDATE roedtraad.tokens SET revoked_at = %s WHERE id = %s AND revoked_at IS NULL",
                (now, id_),
            )
            return done.rowcount == 1

    def _select(self, which: str, *values: Any) -> list[Token]:
        statement = f"SELECT {_COLUMNS} FROM roedtraad.tokens {which}"  # noqa: S608  # ours, fixed
        with self._pool.connection() as conn, conn.cursor(row_factory=tuple_row) as cursor:
            rows = cursor.execute(statement, values).fetchall()
        rows = [tuple(map(_frozen, row)) for row in rows]
        return [Token(*row) for row in rows]


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
