"""Column types, and rows in PostgreSQL's binary COPY format.

Rows are packed here rather than by the driver, since all rows of an event share their first
columns, which are packed once, and codes recur so often that their bytes are remembered.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import lru_cache
from struct import Struct
from typing import Any
from uuid import UUID

HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER = b"\xff\xff"
NULL = b"\xff\xff\xff\xff"

Encode = Callable[[Any], bytes]

_length = Struct(">i").pack
_long = Struct(">iq").pack
_int = Struct(">ii").pack
_array = Struct(">iiIii").pack
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_EPOCH_DAY = _EPOCH.toordinal()
_MICROSECOND = timedelta(microseconds=1)
_TEXT_OID, _UUID_OID = 25, 2950


def _text(value: str) -> bytes:
    data = value.encode()
    return _length(len(data)) + data


def _bytes(value: bytes) -> bytes:
    return _length(len(value)) + value


def _uuid(value: UUID) -> bytes:
    return b"\x00\x00\x00\x10" + value.bytes


def _date(value: date) -> bytes:
    return _int(4, value.toordinal() - _EPOCH_DAY)


def _instant(value: datetime) -> bytes:
    return _long(8, (value - _EPOCH) // _MICROSECOND)


def _flag(value: bool) -> bytes:
    return b"\x00\x00\x00\x01\x01" if value else b"\x00\x00\x00\x01\x00"


def _array_of(encode: Encode, oid: int) -> Encode:
    def packed(values: Sequence[Any]) -> bytes:
        if not values:
            body = Struct(">iiI").pack(0, 0, oid)
        else:
            items = b"".join([NULL if value is None else encode(value) for value in values])
            body = _array(1, 1, oid, len(values), 1) + items
        return _length(len(body)) + body

    return packed


class Kind(Enum):
    """The type of a column: its SQL name and its encoder. CODE is text that recurs."""

    UUID = ("uuid", _uuid)
    TEXT = ("text", _text)
    CODE = ("text", lru_cache(8192)(_text))
    DATE = ("date", lru_cache(8192)(_date))
    INSTANT = ("timestamptz", _instant)
    LONG = ("bigint", lambda value: _long(8, value))
    INT = ("integer", lambda value: _int(4, value))
    FLAG = ("boolean", _flag)
    BYTES = ("bytea", _bytes)
    CODES = ("text[]", _array_of(_text, _TEXT_OID))
    UUIDS = ("uuid[]", _array_of(_uuid, _UUID_OID))

    def __init__(self, sql: str, encode: Encode) -> None:
        self.sql = sql
        self.encode = encode
