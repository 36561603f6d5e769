"""What the database holds for a municipality: a schema and a role for each purpose.

`m<code>` holds events, receipts and the views' tables; `keys_<code>` holds people's wrapped keys,
for a role that can read nothing else. Both roles can't log in: transactions take them on.
"""

import contextlib
from collections.abc import Sequence
from typing import NamedTuple

from psycopg import Connection
from psycopg.errors import DuplicateObject, UniqueViolation
from psycopg.rows import DictRow
from psycopg.sql import SQL, Composed, Identifier

from services.store.datastore import Pool

VERSION = 11
"""Of the tables below and the recorder's. With the next, they say how to come from the last.

1 made `refused`, `pokes` and `dispatched` at their first use; 2 looked nobody up by CPR number; 3
had no `digests`; 4 kept what was refused in one language and without its sender; 5 had no
webhooks; 6 didn't tell since when one is refused; 7 had no log for auditors; 8
knew one secret of each webhook; 9 looked up no number that was stored before; 10 didn't tell whose
data is in a letter."""

_SHARED = """
CREATE SCHEMA IF NOT EXISTS roedtraad;
CREATE TABLE IF NOT EXISTS roedtraad.municipalities (
    code text PRIMARY KEY CHECK (code ~ '^[0-9]{4}$'),
    version int NOT NULL,
    key_check bytea NOT NULL,
    since timestamptz NOT NULL DEFAULT now()
);
"""

_TABLES = """
CREATE TABLE IF NOT EXISTS {m}.receipts (
    key bytea PRIMARY KEY,
    content bytea NOT NULL,
    stream uuid NOT NULL,
    version bigint NOT NULL,
    position bigint NOT NULL,
    recorded_at timestamptz NOT NULL
);
CREATE TABLE IF NOT EXISTS {m}.identities (
    key bytea PRIMARY KEY,
    kind text NOT NULL,
    id uuid NOT NULL,
    reference text NOT NULL
);
CREATE INDEX IF NOT EXISTS identities_id_idx ON {m}.identities (id);
CREATE TABLE IF NOT EXISTS {m}.cprs (
    cpr bytea NOT NULL,
    course uuid NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (cpr, course)
);
CREATE TABLE IF NOT EXISTS {m}.citizens_looked_up (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    position bigint NOT NULL
);
CREATE INDEX IF NOT EXISTS cprs_course_idx ON {m}.cprs (course);
CREATE TABLE IF NOT EXISTS {m}.sources (source text PRIMARY KEY);
CREATE TABLE IF NOT EXISTS {m}.imports (
    file bytea PRIMARY KEY,
    lines bigint NOT NULL,
    bytes bigint NOT NULL
);
ALTER TABLE {m}.imports
    ADD COLUMN IF NOT EXISTS sender text,
    ADD COLUMN IF NOT EXISTS stored bigint NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS duplicate bigint NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS conflict bigint NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS refused bigint NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS began_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN IF NOT EXISTS moved_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN IF NOT EXISTS completed_at timestamptz;
DROP TABLE IF EXISTS {m}.refused;
CREATE TABLE IF NOT EXISTS {m}.refusals (
    key bytea PRIMARY KEY,
    id bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    sender text,
    token uuid,
    import bytea,
    line bigint,
    kind text NOT NULL,
    problem bytea NOT NULL,
    event bytea,
    received_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS refusals_expires_idx ON {m}.refusals (expires_at);
CREATE INDEX IF NOT EXISTS refusals_import_idx ON {m}.refusals (import, id);
CREATE TABLE IF NOT EXISTS {m}.pokes (
    subject text PRIMARY KEY,
    poked bigint NOT NULL DEFAULT 0,
    poked_at timestamptz,
    advanced bigint NOT NULL DEFAULT 0,
    wake_at timestamptz,
    finished boolean NOT NULL DEFAULT false
);
ALTER TABLE {m}.pokes ADD COLUMN IF NOT EXISTS unfollowed_since timestamptz;
CREATE TABLE IF NOT EXISTS {m}.dispatched (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    position bigint NOT NULL
);
CREATE TABLE IF NOT EXISTS {m}.digests (
    day date NOT NULL,
    person uuid NOT NULL,
    outcome text NOT NULL,
    reason text NOT NULL,
    code int,
    attempts int NOT NULL,
    noted_at timestamptz NOT NULL,
    PRIMARY KEY (day, person)
);
ALTER TABLE {m}.digests ADD COLUMN IF NOT EXISTS whose uuid[];
CREATE TABLE IF NOT EXISTS {m}.webhooks (
    id uuid PRIMARY KEY,
    url bytea NOT NULL,
    secret bytea NOT NULL,
    shown text NOT NULL,
    label text NOT NULL,
    form text NOT NULL,
    kinds text[] NOT NULL,
    position bigint NOT NULL,
    edition bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    delivered bigint NOT NULL DEFAULT 0,
    delivered_at timestamptz,
    attempts int NOT NULL DEFAULT 0,
    failing_since timestamptz,
    retry_at timestamptz,
    told text NOT NULL DEFAULT '',
    paused_at timestamptz,
    paused_because text NOT NULL DEFAULT ''
);
ALTER TABLE {m}.webhooks ADD COLUMN IF NOT EXISTS refused_since timestamptz;
CREATE TABLE IF NOT EXISTS {m}.old_secrets (
    webhook uuid NOT NULL REFERENCES {m}.webhooks ON DELETE CASCADE,
    secret bytea NOT NULL,
    ends_at timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS old_secrets_webhook_idx ON {m}.old_secrets (webhook);
CREATE TABLE IF NOT EXISTS {m}.dead_letters (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    webhook uuid NOT NULL REFERENCES {m}.webhooks ON DELETE CASCADE,
    position bigint NOT NULL,
    topic text NOT NULL,
    attempts int NOT NULL,
    told text NOT NULL,
    died_at timestamptz NOT NULL,
    again boolean NOT NULL DEFAULT false,
    UNIQUE (webhook, position)
);
CREATE TABLE IF NOT EXISTS {m}.looks (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    record bytea NOT NULL,
    subjects uuid[] NOT NULL
);
ALTER TABLE {m}.looks
    ALTER COLUMN record SET STORAGE EXTERNAL,
    ALTER COLUMN subjects SET STORAGE EXTERNAL;
CREATE INDEX IF NOT EXISTS looks_subjects_idx ON {m}.looks
    USING gin (subjects) WITH (gin_pending_list_limit = 1024);
CREATE INDEX IF NOT EXISTS looks_at_idx ON {m}.looks (at);
CREATE TABLE IF NOT EXISTS {m}.log_tiles (
    log text NOT NULL,
    level smallint NOT NULL,
    n bigint NOT NULL,
    hashes bytea NOT NULL,
    first bigint,
    PRIMARY KEY (log, level, n)
);
ALTER TABLE {m}.log_tiles ALTER hashes SET STORAGE EXTERNAL;
CREATE TABLE IF NOT EXISTS {m}.log_checkpoints (
    log text NOT NULL,
    size bigint NOT NULL,
    note text NOT NULL,
    signed_at timestamptz NOT NULL,
    PRIMARY KEY (log, size)
);
CREATE TABLE IF NOT EXISTS {m}.log_ends (
    log text PRIMARY KEY,
    size bigint NOT NULL,
    position bigint NOT NULL
);
CREATE TABLE IF NOT EXISTS {m}.log_incoming (
    after bigint PRIMARY KEY,
    last bigint NOT NULL,
    leaves bytea NOT NULL,
    mac bytea NOT NULL
);
CREATE TABLE IF NOT EXISTS {m}.log_keys (
    log text NOT NULL,
    number int NOT NULL,
    vkey text NOT NULL,
    since bigint NOT NULL,
    handover text,
    PRIMARY KEY (log, number)
);
"""

# Of a log that begins now each number is looked up when it is told.
_ALL_LOOKED_UP = """
INSERT INTO {m}.citizens_looked_up (position)
SELECT 0 WHERE NOT EXISTS (SELECT FROM {m}.events) ON CONFLICT DO NOTHING
"""

_KEYS = """
CREATE TABLE IF NOT EXISTS {k}.subject_keys (
    subject uuid PRIMARY KEY,
    wrapped bytea NOT NULL
);
"""


def events_schema(code: str) -> str:
    """The schema of a municipality's events and views."""
    return f"m{code}"


def events_channel(code: str) -> str:
    """The channel on which news of a municipality's events is told."""
    return f"{events_schema(code)}_events"


def keys_schema(code: str) -> str:
    """The schema of the keys of a municipality's people."""
    return f"keys_{code}"


def role_of(schema: str) -> str:
    """The role that owns a schema. Roles are shared by all databases of a server."""
    return f"roedtraad_{schema}"


def known_municipalities(pool: Pool) -> list[str]:
    """The codes of the municipalities that have a schema here."""
    with pool.connection() as conn:
        if not _has_municipalities(conn):
            return []
        rows = conn.execute("SELECT code FROM roedtraad.municipalities ORDER BY code")
        return [row["code"] for row in rows]


class Noted(NamedTuple):
    """What is noted of a municipality: its tables' version, and by which key it is written."""

    version: int
    key_check: bytes


def noted(pool: Pool, code: str) -> Noted | None:
    """What is noted of a municipality; None where the database doesn't hold it."""
    with pool.connection() as conn:
        if not _has_municipalities(conn):
            return None
        row = conn.execute(
            "SELECT version, key_check FROM roedtraad.municipalities WHERE code = %s", (code,)
        ).fetchone()
    return Noted(row["version"], bytes(row["key_check"])) if row else None


def create_schemas(pool: Pool, code: str, key_check: bytes, events: Sequence[Composed]) -> None:
    """Make a municipality's roles, schemas and tables, `events` (the recorder's) among them.

    Where they are as they should be, no statement is sent that would wait for another's lock.
    """
    known = noted(pool, code)
    if known and known.version == VERSION:
        return
    with pool.connection() as conn, conn.transaction():
        # One at a time in the whole database: IF NOT EXISTS alone fails when two meet.
        conn.execute("SELECT pg_advisory_xact_lock(hashtextextended('roedtraad.schema', 0))")
        conn.execute(_SHARED)
        for schema, tables in ((events_schema(code), _TABLES), (keys_schema(code), _KEYS)):
            owner, name = Identifier(role_of(schema)), Identifier(schema)
            _create_role(conn, role_of(schema))
            conn.execute(SQL("CREATE SCHEMA IF NOT EXISTS {} AUTHORIZATION {}").format(name, owner))
            conn.execute(SQL("SET LOCAL ROLE {}").format(owner))
            conn.execute(SQL(tables).format(m=name, k=name))
            if schema == events_schema(code):
                for statement in events:
                    conn.execute(statement)
                conn.execute(SQL(_ALL_LOOKED_UP).format(m=name))
            conn.execute("RESET ROLE")
        # Another may have been first with the municipality, under another key: its key holds.
        conn.execute(
            "INSERT INTO roedtraad.municipalities (code, version, key_check) VALUES (%s, %s, %s)"
            " ON CONFLICT (code) DO UPDATE SET version = excluded.version",
            (code, VERSION, key_check),
        )


def _has_municipalities(conn: Connection[DictRow]) -> bool:
    row = conn.execute("SELECT to_regclass('roedtraad.municipalities') AS found").fetchone()
    return bool(row and row["found"])


def _create_role(conn: Connection[DictRow], role: str) -> None:
    if not conn.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone():
        # Another database of the same server may be making the same role.
        with contextlib.suppress(DuplicateObject, UniqueViolation), conn.transaction():
            conn.execute(SQL("CREATE ROLE {} NOLOGIN").format(Identifier(role)))
    # That a member may also take the role on is a privilege of its own from version 16.
    kind = "SET" if conn.info.server_version >= 160_000 else "MEMBER"
    member = conn.execute(
        "SELECT pg_has_role(current_user, %s, %s) AS may", (role, kind)
    ).fetchone()
    if not (member and member["may"]):
        conn.execute(SQL("GRANT {} TO CURRENT_USER").format(Identifier(role)))
