"""How far the views are behind the log, and what is missing in them.

Both are read from the log and the tables themselves, at the moment of asking: whoever died, hangs
or was never started can't hide it.
"""

import time
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from eventsourcing.persistence import ProgrammingError
from psycopg import Cursor, errors
from psycopg.sql import SQL, Identifier

from projections import parking, tracking
from projections.parking import Waiting
from projections.schema import definition, has_tables
from services.store.datastore import others
from services.store.municipality import Municipality
from services.store.server import Server
from services.words import Words

STALE_AFTER = 5.0
"""Seconds for which the views may be behind the log; the projector follows within two."""

_PROJECTOR = "projector"
_NOT_AS_ASKED = (errors.UndefinedTable, errors.UndefinedColumn, errors.DatatypeMismatch)
_POLL = (0.002, 0.025)  # seconds; each wait is longer than the one before


@dataclass(frozen=True)
class Freshness:
    """What the views of a municipality reflect.

    `age_seconds` is for how long there has been an event that they don't, 0 where there is none.
    `parked` are the streams that wait, and the first position of theirs that is missing.
    `other_edition`: the tables are filled by another definition than the program's.
    """

    code: str
    position: int
    head: int
    age_seconds: float
    parked: Waiting
    other_edition: bool = False

    @property
    def up_to_date(self) -> bool:
        """Whether they reflect the whole log, as this program reads it."""
        return self.position >= self.head and not (self.parked.streams or self.other_edition)

    @property
    def stale_because(self) -> list[Words]:
        """What keeps them from what the log holds, if anything does."""
        return stale_because(self.age_seconds, self.parked.streams, self.other_edition)

    @property
    def stale(self) -> bool:
        """Whether something does."""
        return bool(self.stale_because)


def stale_because(age_seconds: float, parked: int, other_edition: bool) -> list[Words]:
    """Why what views say isn't what the log holds: a sentence for each reason, none where it is.

    They stand in headers of HTTP too, so they have no letters but ASCII's.
    """
    behind = Words(
        f"Bag loggen i {age_seconds:.0f} sekunder.",
        f"Behind the log for {age_seconds:.0f} seconds.",
    )
    missing = Words(
        f"Noget kan ikke indarbejdes: {parked} parkeret, se roedtraad projections parked.",
        f"Something can't be brought in: {parked} parked, see roedtraad projections parked.",
    )
    other = Words(
        "Tabellerne er fra en anden udgave af programmet, til de er bygget om.",
        "The tables are another edition's until they are rebuilt.",
    )
    reasons = ((age_seconds > STALE_AFTER, behind), (parked > 0, missing), (other_edition, other))
    return [words for is_so, words in reasons if is_so]


# In one round trip: each answer of each view has it.
_READ = """select parked.streams, parked.first, (select fingerprint from {definition}),
 (select recorded_at from {events} where notification_id > %(at)s
  order by notification_id limit 1),
 (select notification_id from {events} order by notification_id desc limit 1)
 from ({waiting}) as parked (streams, first)"""


def freshness(store: Municipality, now: datetime) -> Freshness:
    """What a municipality's views reflect now."""
    with store.transaction() as cursor:
        if not has_tables(cursor, store.schema):
            log = store.log_recorder
            since, head = log.recorded_after(cursor, 0), log.head(cursor).position
            return Freshness(store.code, 0, head, _age(since, now), Waiting(0, None))
        position = tracking.reached(cursor, store.schema).position
        return _compared(store, cursor, position, now, until=None)


def freshness_at(
    store: Municipality,
    cursor: Cursor[Any],
    position: int,
    now: datetime,
    known_at: datetime | None = None,
) -> Freshness:
    """What an answer at a position reflects, in the answer's own transaction.

    Where it tells what was known at a time, what was recorded later isn't missing.
    """
    return _compared(store, cursor, position, now, until=position, known_at=known_at)


def _compared(
    store: Municipality,
    cursor: Cursor[Any],
    position: int,
    now: datetime,
    *,
    until: int | None,
    known_at: datetime | None = None,
) -> Freshness:
    """A position beside the log's last, and what is missing up to `until`, or at all."""
    values = {"at": position, "until": until}
    row = cursor.execute(_statement(store.schema), values, prepare=True).fetchone()
    streams, first, made_by, since, head = row or (0, None, None, None, None)
    if since is not None and known_at is not None and since > known_at:
        since = None
    return Freshness(
        store.code,
        position,
        head or 0,
        _age(since, now),
        Waiting(streams, first),
        made_by not in (None, definition()),
    )


@cache
def _statement(schema: str) -> bytes:
    waiting = SQL(parking.WAITING).format(schema=Identifier(schema))
    names = {name: Identifier(schema, name) for name in ("definition", "events")}
    return SQL(_READ).format(waiting=waiting, **names).as_bytes()


def _age(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())


def projector_is_up(server: Server) -> bool:
    """Whether a process that follows the logs is connected to the database."""
    return _PROJECTOR in others(server.pool)


def wait_for(store: Municipality, position: int, seconds: float) -> bool:
    """Wait until the views reflect a position; whether they did in time.

    What a parked stream has there is passed over, as `freshness` tells.
    """
    until = time.monotonic() + seconds
    pause, longest = _POLL
    while True:
        with store.transaction() as cursor:
            if _reached(cursor, store.schema) >= position:
                return True
        if (left := until - time.monotonic()) <= 0:
            return False
        time.sleep(min(pause, left))
        pause = min(pause * 1.5, longest)


def _reached(cursor: Cursor[Any], schema: str) -> int:
    return tracking.reached(cursor, schema).position if has_tables(cursor, schema) else 0


def shows_another_edition(error: BaseException) -> bool:
    """Whether an error says that the tables don't have what was asked for, or not as such: they are
    another edition's, until somebody has rebuilt them."""
    # Within a transaction the library wraps what psycopg raises.
    found = error.__cause__ if isinstance(error, ProgrammingError) else error
    return isinstance(found, _NOT_AS_ASKED)
