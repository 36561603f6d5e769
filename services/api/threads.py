"""Blocking work beside the event loop, with an end to waiting for it."""

import asyncio
import math
from collections.abc import Callable
from contextlib import suppress
from threading import Lock
from typing import TypeVar

import anyio
import anyio.to_thread
import psycopg
from eventsourcing.persistence import InterfaceError, OperationalError, PersistenceError

from services.api.problems import being_rebuilt, busy, unreadable, unrecorded
from services.audit.access.looks import NotRecordedError
from services.freshness import shows_another_edition
from services.store.municipality import StoreBusyError
from services.store.unreadable import UnreadableEventError

SECONDS = 25.0  # after which a client is told to try again
UNAVAILABLE = (psycopg.OperationalError, psycopg.InterfaceError, OperationalError, InterfaceError)
"""What is raised when the database is gone or has no connection to spare."""
T = TypeVar("T")


async def in_thread(
    work: Callable[[], T],
    *,
    limiter: anyio.CapacityLimiter | None = None,
    seconds: float = SECONDS,
) -> T:
    """Run it in a thread. Raises ApiError 503 when the store can't be used, or not in time, when a
    look can't be recorded, where an event that it needs can't be read, and after an upgrade until
    the tables are those of the program.

    A thread that is late goes on by itself, and keeps its place of the limiter until it has ended:
    what it stores then has its receipt for the next try.
    """
    try:
        with anyio.fail_after(seconds):
            place = _Place(limiter or anyio.to_thread.current_default_thread_limiter())
            return await place.run(work)
    except (StoreBusyError, TimeoutError, *UNAVAILABLE):
        raise busy() from None
    except NotRecordedError:
        raise unrecorded() from None
    except UnreadableEventError as error:
        raise unreadable(error.position, error.topic) from None
    except (psycopg.Error, PersistenceError) as error:
        if not shows_another_edition(error):
            raise
        raise being_rebuilt() from None


class _Place:
    """A place among the threads of a limiter, held for as long as one of them works."""

    def __init__(self, limiter: anyio.CapacityLimiter) -> None:
        self._limiter = limiter
        self._loop = asyncio.get_running_loop()
        self._lock = Lock()
        self._settled = False  # whether a thread has begun, or nobody waits for one any more

    async def run(self, work: Callable[[], T]) -> T:
        """What the work gives. Whoever is told to end waits for no thread."""

        def held() -> T:
            if not self._settle():
                raise TimeoutError  # which nobody is told
            try:
                return work()
            finally:
                with suppress(RuntimeError):  # the loop is closed: nobody counts any more
                    self._loop.call_soon_threadsafe(self._give_back)

        await self._limiter.acquire_on_behalf_of(self)
        try:
            # The limiter of anyio would be free as soon as nobody waits for the thread.
            return await anyio.to_thread.run_sync(
                held, abandon_on_cancel=True, limiter=anyio.CapacityLimiter(math.inf)
            )
        finally:
            if self._settle():
                self._give_back()  # no thread had begun, and none will

    def _settle(self) -> bool:
        """Whether it is the first to ask: the thread that begins, or who waits no more."""
        with self._lock:
            first, self._settled = not self._settled, True
            return first

    def _give_back(self) -> None:
        self._limiter.release_on_behalf_of(self)
