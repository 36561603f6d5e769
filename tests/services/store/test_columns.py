"""Columns that are packed here arrive as the driver's own arrays would."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from services.store.columns import bytes_, numbers, texts, times, uuids

AMERICAN = timezone(timedelta(hours=-5))
CASES: list[tuple[Callable[[Any], Any], str, Sequence[Any]]] = [
    (uuids, "uuid", [UUID(int=0), UUID(int=2**128 - 1), uuid4()]),
    (numbers, "bigint", [0, -1, 2**63 - 1, -(2**63)]),
    (texts, "text", ["", "blåbærgrød", '{a,"b"}', "NULL", "💶"]),
    (bytes_, "bytea", [b"", b"\0\xff", b"x" * 70_000]),
    (
        times,
        "timestamptz",
        [
            datetime(2000, 1, 1, tzinfo=UTC),
            datetime(1999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
            datetime(2026, 3, 29, 2, 30, 0, 1, tzinfo=AMERICAN),
            datetime(1, 1, 1, tzinfo=UTC),
            datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        ],
    ),
]


@pytest.mark.parametrize(("pack", "type_", "values"), CASES, ids=[case[1] for case in CASES])
def test_each_type_arrives_as_it_was_given(
    postgres: str, pack: Callable[[Any], Any], type_: str, values: Sequence[Any]
) -> None:
    with psycopg.connect(postgres) as connection, connection.cursor(binary=True) as cursor:
        for given in (values, values[:1], []):
            same = f"SELECT %b = %b::{type_}[], cardinality(%b)"
            row = cursor.execute(same, (pack(given), list(given), pack(given))).fetchone()
            assert row == (True, len(given))
