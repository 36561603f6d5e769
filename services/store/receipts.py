"""Receipts: what a sender is answered, and how an event that comes again is recognised.

Known events are found by keyed hashes of their reference and of their content, so that neither can
be read out of the table, and still answer after everything about the person has been erased.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import UUID

from msgspec import Struct
from psycopg import Cursor
from psycopg.sql import SQL, Identifier

from services.store.columns import bytes_, numbers, uuids
from services.store.keys import MunicipalityKey
from services.store.recorder import Incoming, Row, Rows

Status = Literal["stored", "duplicate", "conflict"]


class Known(Struct, frozen=True):
    """A receipt as it is kept: the hash of the content, and where the event stands."""

    content: bytes
    stream: UUID
    version: int
    position: int
    recorded_at: datetime


class Receipt(Struct, frozen=True, kw_only=True):
    """The answer for one event. `duplicate`: the first receipt again. `conflict`: other content
    under a known id; nothing was stored, and the receipt is that of the event that is known.
    """

    status: Status
    source: str
    id: str
    stream: UUID
    version: int
    position: int
    recorded_at: datetime


def receipt_of(source: str, id: str, content: bytes, known: Known, *, is_first: bool) -> Receipt:
    """The answer for one event, `known` by now; `is_first` if it was stored for this one."""
    status: Status = "conflict"
    if known.content == content:
        status = "stored" if is_first else "duplicate"
    return Receipt(
        source=source,
        id=id,
        status=status,
        stream=known.stream,
        version=known.version,
        position=known.position,
        recorded_at=known.recorded_at,
    )


class Noted(Protocol):
    """What is known by this key from now on, and its content."""

    @property
    def key(self) -> bytes:
        """The keyed hash of its reference."""
        ...

    @property
    def content(self) -> bytes:
        """The keyed hash of its content."""
        ...


class Receipts:
    """The receipts of one municipality."""

    def __init__(self, key: MunicipalityKey, schema: str) -> None:
        self._key = key
        table = SQL("{}.receipts").format(Identifier(schema))
        self._select = (
            SQL(
                "SELECT key, content, stream, version, position, recorded_at"
                " FROM {} WHERE key = ANY(%b)"
            )
            .format(table)
            .as_bytes()
        )
        self._without = (
            SQL(
                "SELECT o FROM unnest(%b::bytea[], %b::uuid[], %b::bigint[], %b::bigint[])"
                " WITH ORDINALITY AS h (key, stream, version, position, o)"
                " LEFT JOIN {} AS r USING (key)"
                " WHERE (r.stream, r.version, r.position)"
                " IS DISTINCT FROM (h.stream, h.version, h.position) ORDER BY o LIMIT 1"
            )
            .format(table)
            .as_bytes()
        )
        self._insert = (
            SQL(
                "WITH noted AS (INSERT INTO {} (after, last, leaves, mac)"
                " VALUES (%b::bigint, %b::bigint, %b::bytea, %b::bytea)"
                # Where events are gone, what was noted of them must not stand in the way.
                " ON CONFLICT (after) DO UPDATE SET last = excluded.last,"
                " leaves = excluded.leaves, mac = excluded.mac)"
                " INSERT INTO {} (key, content, stream, version, position, recorded_at)"
                " SELECT * FROM unnest(%b::bytea[], %b::bytea[], %b::uuid[], %b::bigint[],"
                " %b::bigint[], %b::timestamptz[])"
            )
            .format(Identifier(schema, "log_incoming"), table)
            .as_bytes()
        )

    def key(self, source: str, id: str) -> bytes:
        """What an event is known by."""
        return self._key.lookup("event", source, id)

    def content(self, body: bytes) -> bytes:
        """What its content is compared by."""
        return self._key.content(body)

    def find(self, cursor: Cursor[Any], keys: list[bytes]) -> dict[bytes, Known]:
        """The receipts of those that are known."""
        rows = cursor.execute(self._select, (bytes_(keys),), prepare=True)
        return {bytes(row[0]): Known(bytes(row[1]), *row[2:]) for row in rows}

    def first_without(
        self, cursor: Cursor[Any], keys: Sequence[bytes], rows: Sequence[Row]
    ) -> int | None:
        """Which row of the log, from 0, is the first whose receipt isn't there, or says that the
        event stands elsewhere."""
        if not rows:
            return None
        positions, streams, versions, *_ = zip(*rows, strict=True)
        columns = (bytes_(keys), uuids(streams), numbers(versions), numbers(positions))
        found = cursor.execute(self._without, columns, prepare=True).fetchone()
        return found[0] - 1 if found else None

    def keep(
        self,
        cursor: Cursor[Any],
        new: Sequence[Noted],
        rows: Rows,
        positions: Sequence[int],
        incoming: Incoming,
    ) -> None:
        """Store the receipts of what was stored in these rows at these positions, and note its
        leaves for the auditors' log."""
        streams, versions, recorded_at = rows.columns
        keys, contents = bytes_([each.key for each in new]), bytes_([each.content for each in new])
        columns = (keys, contents, streams, versions, numbers(positions), recorded_at)
        cursor.execute(self._insert, (*incoming, *columns), prepare=True)
