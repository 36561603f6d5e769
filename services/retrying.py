"""Parked streams tried again, unseen by those who ask meanwhile: an answer has all or none of it.

Their rows have positions that were passed long ago, which no question's own position keeps out. So
they are committed at a moment at which nobody asks, as a rebuild's are.
"""

import time
from collections.abc import Iterator
from itertools import chain, repeat
from typing import Any

from psycopg import Cursor
from psycopg.errors import LockNotAvailable
from psycopg.sql import SQL

from projections import parking, tracking
from projections.apply import apply_again
from projections.rebuild import LET_THROUGH, WAITS, HeldError
from projections.schema import definition, filled_by
from services.builders import OtherProgramError
from services.store.municipality import Municipality

_PAUSES = 10  # times as long as was waited

Tried = tuple[int, int]


def retry(municipality: Municipality) -> Tried:
    """Try the parked streams again; how many are in the rows now, and how many still wait.

    Their events come into the rows in order, at their own positions. Raises HeldError where
    questions overlapped for more than three minutes, OtherProgramError.
    """
    for wait in WAITS:
        tried = _try(municipality, wait)
        if tried is not None:
            return tried
        time.sleep(wait * LET_THROUGH)
    raise HeldError("de bruges uden ophør (they are in use without end)")


class Retry:
    """The same for whoever has other work between, and is kept from it a tenth of the time."""

    def __init__(self, municipality: Municipality) -> None:
        self._municipality = municipality
        self._waits: Iterator[float] = chain(WAITS, repeat(WAITS[-1]))
        self._not_before = 0.0

    def done(self) -> bool:
        """Try, if it is time; whether it has been done. Else it is to be asked again."""
        if time.monotonic() < self._not_before:
            return False
        wait = next(self._waits)
        if _try(self._municipality, wait) is not None:
            return True
        self._not_before = time.monotonic() + wait * _PAUSES
        return False


def _try(municipality: Municipality, wait: float) -> Tried | None:
    """What became of them; None, and nothing changed, where a question takes longer than `wait`.

    New questions wait behind for as long at most.
    """
    with municipality.transaction() as cursor:
        try:
            with cursor.connection.transaction():
                return _tried(municipality, cursor, wait)
        except LockNotAvailable:
            return None


def _tried(municipality: Municipality, cursor: Cursor[Any], wait: float) -> Tried:
    schema = municipality.schema
    last = tracking.reached(cursor, schema, lock=True).position
    if filled_by(cursor, schema) != definition():
        raise OtherProgramError(municipality.code)
    several = parking.parked(cursor, schema)
    done = 0
    for one in several:
        events = municipality.log_reader.of_stream(cursor, one.stream, one.position, last)
        done += apply_again(cursor, schema, one, events)
    if parking.parked(cursor, schema) != several:  # else no row has come
        cursor.execute(SQL("set local lock_timeout = {}").format(round(wait * 1000)))
        tracking.hold_alone(cursor, schema)
    return done, len(several) - done
