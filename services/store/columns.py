"""Columns of many rows as PostgreSQL's binary arrays, packed at once.

The driver's own way asks every element for its type and its form; a column has one of each. None
may be NULL.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from struct import Struct, pack
from typing import ClassVar
from uuid import UUID

import psycopg
from psycopg.adapt import Buffer, Dumper
from psycopg.pq import Format

_HEAD = Struct(">iiIii")  # dimensions, whether NULLs, the elements' type, how many, from which on
_EMPTY = Struct(">iiI")
_SIZE = Struct(">i")
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


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
    packed = b"".join([each.int.to_bytes(16) for each in values])
    return Uuids(_head(Uuids, len(values)) + _fixed(packed, 16))


def numbers(values: Sequence[int]) -> Numbers:
    """A column of whole numbers."""
    return Numbers(_head(Numbers, len(values)) + _longs(values))


def texts(values: Sequence[str]) -> Texts:
    """A column of texts."""
    return Texts(_head(Texts, len(values)) + _sized([value.encode() for value in values]))


def bytes_(values: Sequence[bytes]) -> Bytes:
    """A column of bytes."""
    return Bytes(_head(Bytes, len(values)) + _sized(values))


def times(values: Sequence[datetime]) -> Times:
    """A column of moments, whatever their zones."""
    since = [(value - _EPOCH) // _MICROSECOND for value in values]
    return Times(_head(Times, len(values)) + _longs(since))


def following_times(first: datetime, count: int) -> Times:
    """A column of so many moments, each a microsecond after the one before."""
    since = (first - _EPOCH) // _MICROSECOND
    return Times(_head(Times, count) + _longs(range(since, since + count)))


def _head(of: type[Column], count: int) -> bytes:
    return _HEAD.pack(1, 0, of.element, count, 1) if count else _EMPTY.pack(0, 0, of.element)


def _longs(values: Sequence[int]) -> bytes:
    return _fixed(pack(f">{len(values)}q", *values), 8)


def _fixed(packed: bytes, size: int) -> bytes:
    """Elements of one size, each behind its size; one byte of all of them is laid at a time."""
    step = size + 4
    laid = bytearray(len(packed) // size * step)
    laid[3::step] = bytes((size,)) * (len(packed) // size)
    for n in range(size):
        laid[4 + n :: step] = packed[n::size]
    return bytes(laid)


def _sized(values: Sequence[bytes]) -> bytes:
    sizes = map(_SIZE.pack, map(len, values))
    return b"".join(chain.from_iterable(zip(sizes, values, strict=True)))


def _register(column: type[Column]) -> None:
    class Packed(Dumper):
        format = Format.BINARY
        oid = column.array

        def dump(self, obj: Column) -> Buffer:
            return bytes(obj)

    psycopg.adapters.register_dumper(column, Packed)


for _column in (Uuids, Numbers, Texts, Bytes, Times):
    _register(_column)
