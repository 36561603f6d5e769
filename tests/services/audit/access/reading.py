"""The access log as a test reads it, on a connection of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple
from uuid import UUID

import psycopg
import pytest

from services.audit.access.looking import Private, Record, opened, read
from services.store.municipality import Municipality

_LOOKS = "services.audit.access.looks"
_BRIEFLY = b"SET LOCAL lock_timeout = '200ms'"


class Found(NamedTuple):
    """A look as it is stored, and what is sealed in it."""

    id: int
    record: Record
    private: Private
    raw: bytes


def looks(store: Municipality, after: int = 0) -> list[Found]:
    """Those after an id, as any other connection sees them."""
    statement = (
        f"SELECT id, at, record, subjects FROM {store.schema}.looks WHERE id > %s ORDER BY id"
    )
    with psycopg.connect(store.database_url) as connection:
        rows = connection.execute(statement, (after,)).fetchall()
    found = []
    for id_, at, raw, subjects in rows:
        record = read(bytes(raw))
        assert list(record.whose) == subjects
        found.append(Found(id_, record, opened(store.key, at, record), bytes(raw)))
    return found


def last(store: Municipality) -> int:
    """The id of the last look; 0 where there is none."""
    found = looks(store)
    return found[-1].id if found else 0


@contextmanager
def locked(store: Municipality) -> Iterator[None]:
    """While somebody holds the table, nothing can be recorded; who wants to waits only briefly."""
    with psycopg.connect(store.database_url) as connection, pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"{_LOOKS}._BRIEFLY", _BRIEFLY)
        patch.setattr(f"{_LOOKS}._BEGIN", b"BEGIN; " + _BRIEFLY)
        connection.execute(f"LOCK TABLE {store.schema}.looks IN ACCESS EXCLUSIVE MODE")
        yield


def ids(found: list[Found]) -> set[UUID]:
    """Whose data was seen."""
    return {one for look in found for one in look.record.whose}
