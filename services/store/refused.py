"""What was sent that could not be stored: kept sealed with its reason, for 30 days.

Nothing is known of it for sure, not even whom it is about, so it is sealed under a key of the
municipality's own. The same bytes sent again by the same sender are kept once, with the latest
reason.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg import Cursor
from psycopg.sql import SQL, Identifier

from services.edge.problems import Problem
from services.store.keys import MunicipalityKey

KEPT = timedelta(days=30)
LARGEST = 128 * 1024  # bytes of an event that is kept; none that is right is larger
_PURPOSE = "refused"
_problem = msgspec.json.Decoder(Problem).decode


class Sender(Struct, frozen=True, kw_only=True):
    """Who sent it: the token, and the prefix of sources that it spoke for then."""

    token: UUID
    prefix: str


class RefusedEvent(Struct, frozen=True, kw_only=True):
    """Something refused. `event` is what was sent, None when it was too large to be kept.

    `sender` is None of what the municipality took in itself. Of an import `of` is its key and
    `line` where it stood.
    """

    problem: Problem
    event: bytes | None
    sender: Sender | None = None
    of: bytes | None = None
    line: int | None = None


class Kept(Struct, frozen=True, kw_only=True):
    """Something refused as it is kept; `id` is its number in the municipality."""

    id: int
    received_at: datetime
    expires_at: datetime
    refused: RefusedEvent


class Refusals:
    """The refused events of one municipality."""

    def __init__(self, key: MunicipalityKey, schema: str) -> None:
        self._key = key
        table = SQL("{}.refusals").format(Identifier(schema))
        self._upsert = SQL(
            "INSERT INTO {} (key, sender, token, import, line, kind, problem, event, received_at,"
            " expires_at) SELECT key, sender, token, import, line, kind, problem, event,"
            " %b::timestamptz, %b::timestamptz FROM unnest(%b::bytea[], %b::text[], %b::uuid[],"
            " %b::bytea[], %b::bigint[], %b::text[], %b::bytea[], %b::bytea[]) WITH ORDINALITY"
            " AS t (key, sender, token, import, line, kind, problem, event, n) ORDER BY n"
            " ON CONFLICT (key) DO UPDATE SET token = excluded.token, import = excluded.import,"
            " line = excluded.line, kind = excluded.kind, problem = excluded.problem,"
            " expires_at = excluded.expires_at"
        ).format(table)
        self._expire = SQL("DELETE FROM {} WHERE expires_at <= %b").format(table)
        self._select = SQL(
            "SELECT id, received_at, expires_at, problem, event, sender, token, import, line FROM"
            " {} WHERE expires_at > %b AND id > %b AND (%b::bigint[] IS NULL OR id = ANY(%b))"
            " AND (%b::text[] IS NULL OR sender = ANY(%b)) AND (%b::bytea IS NULL OR import = %b)"
            " ORDER BY id LIMIT %b"
        ).format(table)
        self._senders = SQL("SELECT DISTINCT sender FROM {} WHERE sender IS NOT NULL").format(table)
        self._delete = SQL("DELETE FROM {} WHERE id = ANY(%b)").format(table)
        # What is refused again is kept once, though the same was refused by itself as well.
        self._update = SQL(
            "UPDATE {table} SET key = %b, kind = %b, problem = %b, event = %b, expires_at = %b"
            " WHERE id = %b AND NOT EXISTS"
            " (SELECT FROM {table} AS other WHERE other.key = %b AND other.id <> %b)"
        ).format(table=table)

    def keep(self, cursor: Cursor[Any], refusals: Sequence[RefusedEvent], now: datetime) -> None:
        """Keep these, and forget what has been kept long enough."""
        once = {self._known_by(each): each for each in reversed(refusals)}
        rows = [
            (
                key,
                each.sender and each.sender.prefix,
                each.sender and each.sender.token,
                each.of,
                each.line,
                each.problem.kind,
                *self._sealed(each),
            )
            for key, each in reversed(once.items())
        ]
        columns = [list(column) for column in zip(*rows, strict=True)]
        cursor.execute(self._upsert, (now, now + KEPT, *columns))
        self.expire(cursor, now)

    def expire(self, cursor: Cursor[Any], now: datetime) -> None:
        """Forget what has been kept long enough."""
        cursor.execute(self._expire, (now,))

    def read(
        self,
        cursor: Cursor[Any],
        now: datetime,
        *,
        ids: Iterable[int] | None = None,
        prefixes: Iterable[str] | None = None,
        of: bytes | None = None,
        after: int = 0,
        limit: int | None = None,
    ) -> list[Kept]:
        """What is kept, opened, the oldest first: of these numbers, senders, this import."""
        wanted = None if ids is None else list(ids)
        senders = None if prefixes is None else list(prefixes)
        asked = (now, after, wanted, wanted, senders, senders, of, of, limit)
        return [self._kept(row) for row in cursor.execute(self._select, asked).fetchall()]

    def prefixes(self, cursor: Cursor[Any]) -> list[str]:
        """The prefixes of all whose events are kept."""
        return [prefix for (prefix,) in cursor.execute(self._senders).fetchall()]

    def forget(self, cursor: Cursor[Any], ids: Iterable[int]) -> int:
        """Keep these no longer; how many there were."""
        return cursor.execute(self._delete, (list(ids),)).rowcount

    def refused_again(
        self, cursor: Cursor[Any], id_: int, refused: RefusedEvent, now: datetime
    ) -> None:
        """Keep what was tried in the place of `id_`, with its new reason."""
        key, sealed = self._known_by(refused), self._sealed(refused)
        values = (key, refused.problem.kind, *sealed, now + KEPT, id_, key, id_)
        if not cursor.execute(self._update, values).rowcount:
            self.forget(cursor, [id_])
            self.keep(cursor, [refused], now)

    def _known_by(self, refused: RefusedEvent) -> bytes:
        prefix = refused.sender.prefix if refused.sender else ""
        what = _encoded(refused.problem) if refused.event is None else refused.event
        return self._key.content(prefix.encode() + b"\n" + what)

    def _sealed(self, refused: RefusedEvent) -> tuple[bytes, bytes | None]:
        event = refused.event
        return (
            self._key.seal(_PURPOSE, _encoded(refused.problem)),
            None if event is None else self._key.seal(_PURPOSE, event),
        )

    def _kept(self, row: Sequence[Any]) -> Kept:
        id_, received_at, expires_at, problem, event, prefix, token, of, line = row
        refused = RefusedEvent(
            problem=_problem(self._open(problem)),
            event=None if event is None else self._open(event),
            sender=None if prefix is None else Sender(token=token, prefix=prefix),
            of=None if of is None else bytes(of),
            line=line,
        )
        return Kept(id=id_, received_at=received_at, expires_at=expires_at, refused=refused)

    def _open(self, sealed: Any) -> bytes:
        return self._key.open(_PURPOSE, bytes(sealed))


def kept_text(text: bytes | None) -> bytes | None:
    """What is kept of a refused event: nothing of what is too large."""
    return text if text is not None and len(text) <= LARGEST else None


def _encoded(problem: Problem) -> bytes:
    return msgspec.json.encode(problem)
