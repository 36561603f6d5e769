"""One rate for a token, however many processes of the interface it asks.

Each process adds what tokens have taken of it to a table, once a second, and reads what they took
of the others. Nothing of it is on the way of a request. For so
long, a second, several processes may give more than the rate; it is owed, and paid back before the
next. The table isn't logged: it is empty after a crash of the database, as buckets are full.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from time import monotonic
from uuid import UUID, uuid4

import structlog
from eventsourcing.persistence import PersistenceError
from psycopg import Error
from psycopg_pool import PoolTimeout

from services.access.rates import Rates, Taken
from services.store.datastore import Pool

EVERY = 1.0  # seconds
_KEPT = timedelta(minutes=10)
# The same lock as all who make shared tables: IF NOT EXISTS alone fails when two meet.
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('roedtraad.schema', 0))"
_TABLE = """
CREATE SCHEMA IF NOT EXISTS roedtraad;
CREATE UNLOGGED TABLE IF NOT EXISTS roedtraad.rates (
    process uuid,
    token uuid,
    requests bigint NOT NULL,
    events bigint NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (process, token)
);
"""
_TELL = """
INSERT INTO roedtraad.rates AS r (process, token, requests, events, at)
SELECT %s, token, requests, events, %s
  FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[]) AS told (token, requests, events)
 ORDER BY token
    ON CONFLICT (process, token) DO UPDATE SET requests = r.requests + excluded.requests,
       events = r.events + excluded.events, at = excluded.at
"""
_HEAR = "SELECT process, token, requests, events FROM roedtraad.rates WHERE process <> %s"
_LET_GO = "DELETE FROM roedtraad.rates WHERE at < %s"

log = structlog.get_logger("access")


class Sharing:
    """Tells the other processes what was taken of this one, and this one what was of the others."""

    def __init__(self, pool: Pool, rates: Rates, now: Callable[[], float] = monotonic) -> None:
        self._pool = pool
        self._rates = rates
        self._now = now
        self._own = uuid4()
        self._has_table = False
        self._untold: dict[UUID, Taken] = {}
        self._heard: dict[tuple[UUID, UUID], Taken] | None = None  # None = not listened yet
        self._since = now()

    async def run(self) -> None:
        """For ever. Without the database each process counts by itself, and tells it later."""
        while True:
            try:
                self.take_down()
                self.note(await asyncio.to_thread(self.exchange))
            except (Error, PersistenceError, PoolTimeout, OSError) as error:
                log.warning("rates aren't shared", kind=type(error).__name__)
            await asyncio.sleep(EVERY)

    def take_down(self) -> None:
        """Note what was taken here."""
        for token, taken in self._rates.told().items():
            self._untold[token] = _sum(self._untold.get(token, Taken()), taken)

    def exchange(self) -> dict[tuple[UUID, UUID], Taken]:
        """Tell what is to be told, and hear of the others. Asks the database."""
        told, now = self._untold, datetime.now(UTC)
        with self._pool.connection() as conn, conn.transaction():
            if not self._has_table:
                conn.execute(_LOCK)
                conn.execute(_TABLE)
            if told:
                columns = zip(*told.values(), strict=True)
                conn.execute(_TELL, (self._own, now, list(told), *map(list, columns)))
            conn.execute(_LET_GO, (now - _KEPT,))
            rows = conn.execute(_HEAR, (self._own,)).fetchall()
        self._untold, self._has_table = {}, True
        return {
            (row["process"], row["token"]): Taken(row["requests"], row["events"]) for row in rows
        }

    def note(self, heard: Mapping[tuple[UUID, UUID], Taken]) -> None:
        """Take of the buckets here what others took since they were last heard of."""
        before, since = self._heard, self._since
        self._heard, self._since = dict(heard), self._now()
        if before is None:
            return  # what was taken before this process began
        more: dict[UUID, Taken] = {}
        for (process, token), taken in heard.items():
            new = _new(taken, before.get((process, token)))
            more[token] = _sum(more.get(token, Taken()), new)
        for token, taken in more.items():
            if any(taken):
                self._rates.others_took(token, taken, since)


def _sum(one: Taken, other: Taken) -> Taken:
    return Taken(one.requests + other.requests, one.events + other.events)


def _new(taken: Taken, before: Taken | None) -> Taken:
    """What was added; all of a row that was let go meanwhile, and begins anew."""
    if before is None or taken.requests < before.requests or taken.events < before.events:
        return taken
    return Taken(taken.requests - before.requests, taken.events - before.events)
