"""Tokens: who may send, ask or command, for which municipality, and from which systems.

A token is had by an API key (`services/access/api_keys.py`), or it is a client of an OAuth issuer
that was registered here: the issuer says who asks, what they may stands here. The table is shared
by all processes, so that each knows of a revocation.
"""

import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any, Required, TypedDict, Unpack
from uuid import UUID, uuid4

import msgspec
from msgspec import Struct
from psycopg.errors import UniqueViolation

from services.access.api_keys import ApiKeys, Shown
from services.store.server import Server

ALL = "all"  # of municipalities: to ask, never to write
SYSTEM = "system"
_ENDS = ("/", ":", "#", "?", "=")

_TABLE = """
CREATE SCHEMA IF NOT EXISTS roedtraad;
DROP TABLE IF EXISTS roedtraad.tokens;
CREATE TABLE IF NOT EXISTS roedtraad.access (
    id uuid PRIMARY KEY,
    digest bytea,
    issuer text,
    client_id text,
    municipality text NOT NULL,
    label text NOT NULL,
    source_prefix text,
    events text[] NOT NULL,
    may_read boolean NOT NULL,
    may_decide boolean NOT NULL,
    may_forward boolean NOT NULL DEFAULT false,
    functions text[] NOT NULL,
    binds_facts boolean NOT NULL,
    requests_a_second double precision,
    events_a_second double precision,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    CHECK ((digest IS NULL) = (issuer IS NOT NULL) AND (issuer IS NULL) = (client_id IS NULL))
);
CREATE UNIQUE INDEX IF NOT EXISTS access_client_idx
    ON roedtraad.access (issuer, client_id) WHERE revoked_at IS NULL;
DO $$ BEGIN
    -- Asked first: ADD COLUMN IF NOT EXISTS waits for whoever reads the table, and has others wait.
    IF NOT EXISTS (
        SELECT FROM pg_attribute
        WHERE attrelid = 'roedtraad.access'::regclass AND attname = 'may_forward'
    ) THEN
        ALTER TABLE roedtraad.access ADD COLUMN may_forward boolean NOT NULL DEFAULT false;
    END IF;
END $$;
"""


class ClientKnownError(Exception):
    """The issuer's client is registered already."""


class Rights(TypedDict, total=False):
    """What a token is made with; the names are those of `Token`."""

    municipality: Required[str]
    now: Required[datetime]
    label: str
    source_prefix: str | None
    events: Iterable[str]
    may_read: bool
    may_decide: bool
    may_forward: bool
    functions: Iterable[str]
    binds_facts: bool
    requests_a_second: float | None
    events_a_second: float | None
    expires_at: datetime | None


class Token(Struct, frozen=True, kw_only=True):
    """What a token allows. With a `source_prefix` it may send events of sources under it.

    Of `functions` (none = every one) it may speak for in decisions, and in facts too if it
    `binds_facts`. Rates: None = the default, 0 = no bound.
    """

    id: UUID
    municipality: str  # four digits, or ALL
    label: str = ""
    issuer: str | None = None  # a client's, beside its id; none = an API key
    client_id: str | None = None
    source_prefix: str | None = None
    events: tuple[str, ...] = ()  # patterns of event names; none = every event
    may_read: bool = False
    may_decide: bool = False
    may_forward: bool = False  # may have what is stored sent elsewhere: webhooks
    functions: tuple[str, ...] = ()
    binds_facts: bool = False
    requests_a_second: float | None = None
    events_a_second: float | None = None
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    sends: bool = True  # unless the scopes of a JWT say that it doesn't now; it is kept nowhere

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

    def strangers(self, data: Mapping[str, Any]) -> list[str]:
        """Which of `actor` and `on_behalf_of` have a function that it may not speak for.

        The system acts for somebody by leave of whoever that is; by itself it is one of them.
        """
        if not self.functions:
            return []
        speakers = [name for name in ("actor", "on_behalf_of") if data.get(name) is not None]
        return [
            name
            for name in speakers
            if (function := data[name]["function"]) not in self.functions
            and not (function == SYSTEM and name == "actor" and len(speakers) > 1)
        ]


COLUMNS = tuple(name for name in Token.__struct_fields__ if name != "sends")
_NAMES = ", ".join(COLUMNS)


class Tokens:
    """The tokens that a database knows. Raises MissingKeyError where `access.key` can't be read."""

    def __init__(self, server: Server) -> None:
        self._pool = server.pool
        self._keys = ApiKeys(server.keys_folder)
        with self._pool.connection() as conn, conn.transaction():
            # The same lock as all who make shared tables: IF NOT EXISTS alone fails when two meet.
            conn.execute("SELECT pg_advisory_xact_lock(hashtextextended('roedtraad.schema', 0))")
            conn.execute(_TABLE)

    def create(self, **rights: Unpack[Rights]) -> tuple[Token, str]:
        """A new token, and its API key, which is nowhere afterwards."""
        token = _made(rights)
        key, digest = self._keys.make(token.id)
        self._insert(token, digest)
        return token, key

    def register(self, issuer: str, client_id: str, **rights: Unpack[Rights]) -> Token:
        """What an issuer's client may. Raises ClientKnownError."""
        token = msgspec.structs.replace(_made(rights), issuer=issuer, client_id=client_id)
        try:
            self._insert(token, None)
        except UniqueViolation:
            raise ClientKnownError(client_id) from None
        return token

    def find(self, key: str) -> Token | None:
        """The token of that API key, whether or not it still holds."""
        shown = self._keys.read(key)
        return self.shown(shown) if shown else None

    def genuine(self, key: str) -> Shown | None:
        """What an API key says that was made here. The database isn't asked."""
        return self._keys.read(key)

    def shown(self, shown: Shown) -> Token | None:
        """The token of a genuine API key, whether or not it still holds."""
        rows = self._rows("SELECT * FROM roedtraad.access WHERE id = %s", shown.id)
        if rows and hmac.compare_digest(bytes(rows[0]["digest"] or b""), shown.digest):
            return _token(rows[0])
        return None

    def client(self, issuer: str, client_id: str) -> Token | None:
        """What an issuer's client may, or might until it was revoked."""
        rows = self._rows(
            "SELECT * FROM roedtraad.access WHERE issuer = %s AND client_id = %s"
            " ORDER BY revoked_at DESC NULLS FIRST LIMIT 1",
            issuer,
            client_id,
        )
        return _token(rows[0]) if rows else None

    def all(self) -> list[Token]:
        """All tokens, the oldest first; the revoked ones too."""
        rows = self._rows("SELECT * FROM roedtraad.access ORDER BY created_at, id")
        return [_token(row) for row in rows]

    def revoke(self, id_: UUID, now: datetime) -> bool:
        """End a token; whether there was one to end."""
        with self._pool.connection() as conn:
            done = conn.execute(
                "UPDATE roedtraad.access SET revoked_at = %s WHERE id = %s AND revoked_at IS NULL",
                (now, id_),
            )
            return done.rowcount == 1

    def _insert(self, token: Token, digest: bytes | None) -> None:
        values = [
            list(value) if isinstance(value, tuple) else value
            for value in (getattr(token, name) for name in COLUMNS)
        ]
        places = ", ".join(["%s"] * (len(values) + 1))
        statement = f"INSERT INTO roedtraad.access ({_NAMES}, digest) VALUES ({places})"  # noqa: S608  # ours, fixed
        with self._pool.connection() as conn:
            conn.execute(statement, (*values, digest))

    def _rows(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        with self._pool.connection() as conn:
            return conn.execute(statement, values).fetchall()


def _made(rights: Rights) -> Token:
    """Raises ValueError of what can't be allowed."""
    given: dict[str, Any] = dict(rights)
    now = given.pop("now")
    more = ("source_prefix", "may_decide", "may_forward")
    if rights["municipality"] == ALL and any(given.get(name) for name in more):
        raise ValueError("a token for all municipalities may only read")
    for name in ("events", "functions"):
        given[name] = tuple(given.get(name, ()))
    return Token(id=uuid4(), created_at=now, **given)


def _token(row: Mapping[str, Any]) -> Token:
    values: dict[str, Any] = {name: row[name] for name in COLUMNS}
    for name in ("events", "functions"):
        values[name] = tuple(values[name])
    return Token(**values)
