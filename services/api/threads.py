"""Blocking work beside the event loop, with an end to waiting for it."""

from collections.abc import Callable
from typing import TypeVar

import anyio
import anyio.to_thread
import psycopg
from eventsourcing.persistence import InterfaceError, OperationalError

from services.api.problems import busy
from services.store.municipality import StoreBusyError

SECONDS = 25.0  # after which a client is told to try again
UNAVAILABLE = (psycopg.OperationalError, psycopg.InterfaceError, OperationalError, InterfaceError)
"""What is raised when the database is gone or has no connection to spare."""
BEING_REBUILT = (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn)
"""What a view meets after an upgrade until its tables are those of the program."""
T = TypeVar("T")


async def in_thread(
    work: Callable[[], T],
    *,
    limiter: anyio.CapacityLimiter | None = None,
    seconds: float = SECONDS,
) -> T:
    """Run it in a thread. Raises ApiError 503 when the store can't be used, or not in time.

    A thread that is late goes on by itself: what it stores then has its receipt for the next try.
    """
    try:
        with anyio.fail_after(seconds):
            return await anyio.to_thread.run_sync(work, abandon_on_cancel=True, limiter=limiter)
    except (StoreBusyError, TimeoutError, *UNAVAILABLE, *BEING_REBUILT):
        raise busy() from None
