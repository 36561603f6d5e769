"""The access log (*adgangslog*): every look is recorded before the first byte of its answer leaves.

Looks of one municipality are committed one after the other, in the order of their ids: whoever
takes ids holds the lock until the commit. What comes in one process while a commit is under way is
committed together, so that many readers don't wait for each other's. A look costs one round trip.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from itertools import takewhile
from threading import Lock
from typing import Any

import psycopg
from eventsourcing.persistence import PersistenceError
from psycopg import Cursor
from psycopg.errors import LockNotAvailable
from psycopg.sql import SQL, Identifier, Literal
from psycopg_pool import PoolTimeout

from services.audit.access.looking import NOBODY, Asking, Look, Seen, is_genuine, written
from services.audit.proof.entries import look_entry
from services.audit.proof.incoming import StrangeLookError
from services.store.datastore import Pool
from services.store.municipality import Municipality
from services.store.schema import events_schema, role_of

_SECONDS = 2  # that anything is waited for: the lock, the table
_FOR_A_CONNECTION = 10.0  # seconds
_BRIEFLY = SQL("SET LOCAL lock_timeout = {}").format(f"{_SECONDS}s").as_bytes()
_BEGIN = b"BEGIN; " + _BRIEFLY
_CODES = tuple[str, ...]


class NotRecordedError(Exception):
    """The look can't be recorded, so nothing may be told."""

    def __init__(self) -> None:
        super().__init__(
            "Opslaget kan ikke noteres i adgangsloggen, så intet vises; prøv igen om lidt. "
            "(The look can't be recorded in the access log, so nothing is shown; try again.)"
        )


class _Waiting:
    """The looks of one answer, by municipality, and whether they are recorded, or why not."""

    def __init__(self, looks: Mapping[str, Look]) -> None:
        self.looks = looks
        self.is_done = False
        self.error: NotRecordedError | None = None


class _Turn:
    """Those who wait for their looks at the same municipalities to be recorded."""

    def __init__(self) -> None:
        self.lock = Lock()
        self._waiting: list[_Waiting] = []
        self._adding = Lock()

    def add(self, one: _Waiting) -> None:
        """Have it recorded with the next."""
        with self._adding:
            self._waiting.append(one)

    def taken(self) -> list[_Waiting]:
        """All who wait, who wait no more."""
        with self._adding:
            several, self._waiting = self._waiting, []
        return several


class Looks:
    """The access logs of a server's municipalities. Safe to use from threads."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._turns: dict[_CODES, _Turn] = {}
        self._adding = Lock()

    def record(
        self, asking: Asking, stores: Iterable[Municipality], seen: Mapping[str, Seen]
    ) -> None:
        """Record what is told of each of these municipalities; `seen` is by their codes, nobody's
        data where one is left out. It is committed, for all of them at once, when this returns.

        Raises NotRecordedError.
        """
        looks = {
            store.code: written(store.key, asking, seen.get(store.code, NOBODY), store.clock())
            for store in sorted(stores, key=lambda store: store.code)
        }
        if not looks:
            return
        turn, one = self._turn(tuple(looks)), _Waiting(looks)
        turn.add(one)
        with turn.lock:
            if not one.is_done:  # else somebody before it has recorded it
                self._commit(turn.taken())
        if one.error is not None:
            raise one.error from None

    def _turn(self, codes: _CODES) -> _Turn:
        with self._adding:
            return self._turns.setdefault(codes, _Turn())

    def _commit(self, several: Sequence[_Waiting]) -> None:
        """Those who wait together get the same answer."""
        error: NotRecordedError | None = NotRecordedError()
        try:
            self._write(_statements([one.looks for one in several]))
            error = None
        except (psycopg.Error, PoolTimeout):
            pass  # whatever it is, those who wait are told, and nobody else needs to know
        finally:
            for one in several:
                one.is_done, one.error = True, error

    def _write(self, statements: bytes) -> None:
        with self._pool.connection(_FOR_A_CONNECTION) as conn:
            conn.execute(statements)


def look_entries(
    cursor: Cursor[Any], store: Municipality, after: int, limit: int
) -> list[tuple[int, bytes]]:
    """Looks after that id, in the order of their ids, which is that of their commits: (id, entry);
    up to the first that somebody else has written or changed.

    The entry is what the log of looks has its leaf over. Raises StrangeLookError where the first is
    such a one.
    """
    wait_briefly(cursor)
    statement = SQL("SELECT id, at, record FROM {} WHERE id > %b ORDER BY id LIMIT %b").format(
        Identifier(store.schema, "looks")
    )
    rows = cursor.execute(statement, (after, limit)).fetchall()
    genuine = list(takewhile(lambda row: is_genuine(store.key, row[1], bytes(row[2])), rows))
    if rows and not genuine:
        raise StrangeLookError(rows[0][0])
    return [(id_, look_entry(id_, at, bytes(record))) for id_, at, record in genuine]


def looked_after(cursor: Cursor[Any], store: Municipality, id_: int) -> datetime | None:
    """When the first look after that id was recorded; None where it is the last."""
    wait_briefly(cursor)
    statement = SQL("SELECT at FROM {} WHERE id > %b ORDER BY id LIMIT 1").format(
        Identifier(store.schema, "looks")
    )
    row = cursor.execute(statement, (id_,), prepare=True).fetchone()
    return row[0] if row else None


def wait_briefly(cursor: Cursor[Any]) -> None:
    """Have the transaction wait no longer for a table that somebody holds. Raises psycopg's
    LockNotAvailable then."""
    cursor.execute(_BRIEFLY)


@contextmanager
def reading(store: Municipality) -> Iterator[Cursor[Any]]:
    """To read the log for somebody. Where the table is held, their own look couldn't be recorded
    either. Raises NotRecordedError."""
    try:
        with store.transaction() as cursor:
            wait_briefly(cursor)
            yield cursor
    except (PersistenceError, psycopg.Error) as error:
        if isinstance(error.__cause__ or error, LockNotAvailable):
            raise NotRecordedError from None
        raise


def _statements(several: Sequence[Mapping[str, Look]]) -> bytes:
    """One transaction, whose rows are one statement for each municipality."""
    parts = [_BEGIN]
    for code in several[0]:
        rows = b", ".join(_row(looks[code]) for looks in several)
        parts.append(b"%b VALUES %b" % (_insert(code), rows))
    return b"; ".join((*parts, b"COMMIT"))


@cache
def _insert(code: str) -> bytes:
    """Take on the municipality's role and stand in line, until the transaction's end."""
    schema = events_schema(code)
    return (
        SQL(
            "SET LOCAL ROLE {}; SELECT pg_advisory_xact_lock(hashtextextended({}, 0));"
            " INSERT INTO {} (at, record, subjects)"
        )
        .format(
            Identifier(role_of(schema)), Literal(f"{schema}.looks"), Identifier(schema, "looks")
        )
        .as_bytes()
    )


def _row(look: Look) -> bytes:
    # Digits, hyphens and quotation marks: an array is written as JSON is but for its brackets.
    at, record = look.at.isoformat().encode(), look.record.hex().encode()
    return b"('%b', '\\x%b', '{%b}')" % (at, record, look.whose[1:-1])
