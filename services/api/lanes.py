"""The writer lanes of this process, one for each municipality that is sent to."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

import anyio

from services.api.intake import Answer, Handed, store
from services.api.problems import busy
from services.api.state import Api, Desk
from services.api.threads import SECONDS, UNAVAILABLE, in_thread
from services.lane import Bounds, Lane, LaneFullError
from services.store.municipality import StoreBusyError

_STOPS = (StoreBusyError, *UNAVAILABLE)
_SHORT = 16 * 1024  # bytes that are read sooner than a thread is woken
_READERS = 4  # of what is longer: reading is the processor's work alone
T = TypeVar("T")


class Lanes:
    """Reads and stores what is sent. To be used from one event loop."""

    def __init__(self, api: Api, bounds: Bounds = Bounds()) -> None:  # noqa: B008  it is frozen
        self._api = api
        self._bounds = bounds
        self._lanes: dict[str, Lane[Handed, list[Answer]]] = {}
        self._reading = anyio.CapacityLimiter(_READERS)
        # A thread, and so a connection, for each lane that is busy, but for no more than these.
        self._threads = ThreadPoolExecutor(api.connections_for_lanes, thread_name_prefix="lane")

    def close(self) -> None:
        """Finish what was handed in, and take no more."""
        self._threads.shutdown()

    @contextmanager
    def place(self, desk: Desk, size: int) -> Iterator[None]:
        """Room for a request of so many bytes. Raises ApiError 503."""
        try:
            with self._lane(desk).place(size):
                yield
        except LaneFullError:
            raise busy(1) from None

    async def read(self, size: int, work: Callable[[], T]) -> T:
        """Run what reads a body of so many bytes. Raises ApiError 503."""
        return work() if size <= _SHORT else await in_thread(work, limiter=self._reading)

    async def store(self, desk: Desk, handed: Handed, size: int) -> list[Answer]:
        """An answer for each event of a request, once they are stored. Raises ApiError 503.

        What is late is stored all the same, and has its receipt for the next try.
        """
        try:
            async with asyncio.timeout(SECONDS):
                return await self._lane(desk).hand_in(handed, events=handed.count, size=size)
        except (TimeoutError, *_STOPS):
            raise busy() from None

    def _lane(self, desk: Desk) -> Lane[Handed, list[Answer]]:
        code = desk.store.code
        if code not in self._lanes:
            self._lanes[code] = Lane(
                partial(store, desk),
                self._threads,
                stops=lambda error: isinstance(error, _STOPS),
                bounds=self._bounds,
            )
        return self._lanes[code]
