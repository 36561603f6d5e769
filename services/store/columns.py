"""Columns of many rows as PostgreSQL's binary arrays, packed at once.

The driver's own way asks every element for its type and its form; a column has one of each. None
may be NULL.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from struct import Struct
from typing import ClassVar
from uuid import UUID

import psycopg
from psycopg.adapt import Buffer, Dumper
from psycopg.pq import Format

_HEAD = Struct(">iiIii")  # dimensions, whether NULLs, the elements' type, how many, from which on
_EMPTY = Struct(">iiI")
_SIZE = Struct(">i")
_NUMBER = Struct(">iq")
_UUID_SIZE = _SIZE.pack(16)
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_A_DAY, _A_SECOND = 86_400, 1_000_000


class Column(bytes):
    """An array of elements of one type, as it is sent."""

    element: ClassVar[int]  # the types' numbers in every PostgreSQL (pg_type.dat)
    array: ClassVar[int]


class Uuids(Column):
    """`uuid[]`."""

    element, array = 2950, 2951


class Numbers(Column):
    """`bigint[]`."""

    element, array = 20, 1016


class Texts(Column):
    """`text[]`."""

    element, array = 25, 1009


class Bytes(Column):
    """`bytea[]`."""

    element, array = 17, 1001


class Times(Column):
    """`timestamptz[]`."""

    element, array = 1184, 1185


def uuids(values: Sequence[UUID]) -> Uuids:
    """A column of ids."""
    return Uuids(_head(Uuids, len(values)) + b"".join(_UUID_SIZE + each.bytes for each in values))


def numbers(values: Sequence[int]) -> Numbers:
    """A column of whole numbers."""
    return Numbers(_head(Numbers, len(values)) + b"".join(_NUMBER.pack(8, v) for v in values))


def texts(values: Sequence[str]) -> Texts:
    """A column of texts."""
    return Texts(_head(Texts, len(values)) + _sized(value.encode() for value in values))


def bytes_(values: Sequence[bytes]) -> Bytes:
    """A column of bytes."""
    return Bytes(_head(Bytes, len(values)) + _sized(values))


def times(values: Sequence[datetime]) -> Times:
    """A column of moments, whatever their zones."""
    since = (value - _EPOCH for value in values)
    packed = (
        _NUMBER.pack(8, (one.days * _A_DAY + one.seconds) * _A_SECOND + one.microseconds)
        for one in since
    )
    return Times(_head(Times, len(values)) + b"".join(packed))


def _head(of: type[Column], count: int) -> bytes:
    return _HEAD.pack(1, 0, of.element, count, 1) if count else _EMPTY.pack(0, 0, of.element)


def _sized(values: Iterable[bytes]) -> bytes:
    parts: list[bytes] = []
    for value in values:
        parts += (_SIZE.pack(len(value)), value)
    return b"".join(parts)


def _register(column: type[Column]) -> None:
    class Packed(Dumper):
        format = Format.BINARY
        oid = column.array

        def dump(self, obj: Column) -> Buffer:
            return bytes(obj)

    psycopg.adapters.register_dumper(column, Packed)


for _column in (Uuids, Numbers, Texts, Bytes, Times):
    _register(_column)
