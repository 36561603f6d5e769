"""What a sender sent that could not be stored: kept sealed with its reason, for 30 days.

Nothing is known of it for sure, not even whom it is about, so it is sealed under a key of the
municipality's own. The same bytes sent again are kept once.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from psycopg import Cursor
from psycopg.sql import SQL, Identifier

from services.store.keys import MunicipalityKey

KEPT = timedelta(days=30)
_PURPOSE = "refused"


class RefusedEvent(Struct, frozen=True):
    """Something refused. `kind` is the problem's; `problem` its document in JSON.

    `event` is what was sent, None when it was too large to be kept.
    """

    kind: str
    problem: bytes
    event: bytes | None


class Refusals:
    """The refused events of one municipality."""

    def __init__(self, key: MunicipalityKey, schema: str) -> None:
        self._key = key
        table = SQL("{}.refused").format(Identifier(schema))
        self._upsert = SQL(
            "INSERT INTO {} (key, kind, problem, event, received_at, expires_at)"
            " SELECT *, %b::timestamptz, %b::timestamptz"
            " FROM unnest(%b::bytea[], %b::text[], %b::bytea[], %b::bytea[])"
            " ON CONFLICT (key) DO UPDATE SET expires_at = excluded.expires_at"
        ).format(table)
        self._expire = SQL("DELETE FROM {} WHERE expires_at <= %b").format(table)
        self._select = SQL(
            "SELECT id, kind, problem, event, received_at FROM {} ORDER BY id"
        ).format(table)

    def keep(self, cursor: Cursor[Any], refusals: Sequence[RefusedEvent], now: datetime) -> None:
        """Keep these, and forget what has been kept long enough."""
        rows = {
            self._key.content(each.event if each.event is not None else each.problem): (
                each.kind,
                self._key.seal(_PURPOSE, each.problem),
                None if each.event is None else self._key.seal(_PURPOSE, each.event),
            )
            for each in refusals
        }
        columns = [list(column) for column in zip(*rows.values(), strict=True)]
        cursor.execute(self._upsert, (now, now + KEPT, list(rows), *columns))
        cursor.execute(self._expire, (now,))

    def read(self, cursor: Cursor[Any]) -> list[tuple[int, datetime, RefusedEvent]]:
        """All that are kept, opened, each with its number and when it came; the oldest first."""
        return [
            (id_, at, RefusedEvent(kind, self._open(problem), self._open(event)))
            for id_, kind, problem, event, at in cursor.execute(self._select)
        ]

    def _open(self, sealed: Any) -> Any:
        return None if sealed is None else self._key.open(_PURPOSE, bytes(sealed))
