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
_read_length = Struct(">i").unpack_from
_long = Struct(">iq").pack
_int = Struct(">ii").pack
_array = Struct(">iiIii").pack
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_EPOCH_DAY = _EPOCH.toordinal()
_MICROSECOND = timedelta(microseconds=1)
_TEXT_OID, _UUID_OID = 25, 2950

# Each of these takes None too, which is NULL. What recurs is remembered: looking it up costs a
# third of packing it.
_remembered = lru_cache(8192)


def _text(value: str | None) -> bytes:
    if value is None:
        return NULL
    data = value.encode()
    return _length(len(data)) + data


def _bytes(value: bytes | None) -> bytes:
    return NULL if value is None else _length(len(value)) + value


def _uuid(value: UUID | None) -> bytes:
    return NULL if value is None else b"\x00\x00\x00\x10" + value.int.to_bytes(16, "big")


def _date(value: date | None) -> bytes:
    return NULL if value is None else _int(4, value.toordinal() - _EPOCH_DAY)


def _instant(value: datetime | None) -> bytes:
    return NULL if value is None else _long(8, (value - _EPOCH) // _MICROSECOND)


def _bigint(value: int | None) -> bytes:
    return NULL if value is None else _long(8, value)


def _integer(value: int | None) -> bytes:
    return NULL if value is None else _int(4, value)


class Packed(bytes):
    """A value that isn't NULL, without its length."""

    __slots__ = ()


def values_of(row: bytes) -> list[Packed | None]:
    """The values of a packed row, None for NULL: statements take them in the same form."""
    values: list[Packed | None] = []
    at = 2  # after the number of columns
    while at < len(row):
        (length,) = _read_length(row, at)
        at += 4
        if length < 0:
            values.append(None)
        else:
            values.append(Packed(row[at : at + length]))
            at += length
    return values


_flags: dict[bool | None, bytes] = {
    None: NULL,
    False: b"\x00\x00\x00\x01\x00",
    True: b"\x00\x00\x00\x01\x01",
}


def _array_of(encode: Encode, oid: int) -> Encode:
    def packed(values: Sequence[Any] | None) -> bytes:
        if values is None:
            return NULL
        if not values:
            body = Struct(">iiI").pack(0, 0, oid)
        else:
            items = b"".join([encode(value) for value in values])
            body = _array(1, 1, oid, len(values), 1) + items
        return _length(len(body)) + body

    return packed


_code = _remembered(_text)
_few_codes = _remembered(_array_of(_code, _TEXT_OID))


def _codes(values: Sequence[str] | None) -> bytes:
    """Which codes stand together recurs as well."""
    return NULL if values is None else _few_codes(tuple(values))


class Kind(Enum):
    """The type of a column: its SQL name and its encoder. CODE is text that recurs."""

    UUID = ("uuid", _uuid)
    TEXT = ("text", _text)
    CODE = ("text", _code)
    DATE = ("date", _remembered(_date))
    INSTANT = ("timestamptz", _instant)
    LONG = ("bigint", _bigint)
    INT = ("integer", _remembered(_integer))
    FLAG = ("boolean", _flags.__getitem__)
    BYTES = ("bytea", _bytes)
    CODES = ("text[]", _codes)
    UUIDS = ("uuid[]", _array_of(_uuid, _UUID_OID))

    def __init__(self, sql: str, encode: Encode) -> None:
        self.sql = sql
        self.encode = encode
