"""The writer lanes of this process, one for each municipality that is sent to."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from services.api.intake import Handed, store
from services.api.problems import busy
from services.api.state import Api, Desk
from services.api.threads import SECONDS, UNAVAILABLE
from services.edge.problems import Problem
from services.lane import Bounds, Lane, LaneFullError
from services.store.municipality import StoreBusyError
from services.taking import Answer

_STOPS = (StoreBusyError, *UNAVAILABLE)
_SHORT = 16 * 1024  # bytes of one event that are read sooner than a thread is woken
_FEW = 100  # commas of a batch of which the same holds: some eight events
_READERS = 4  # of what is longer: reading is the processor's work alone


class Lanes:
    """Reads and stores what is sent. To be used from one event loop."""

    def __init__(self, api: Api, bounds: Bounds) -> None:
        self._api = api
        self._bounds = bounds
        self._lanes: dict[str, Lane[Handed, list[Answer]]] = {}
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="reader")
        # A thread, and so a connection, for each lane that is busy, but for no more than these.
        self._threads = ThreadPoolExecutor(api.connections_for_lanes, thread_name_prefix="lane")

    def close(self) -> None:
        """Finish what was handed in, and take no more."""
        self._readers.shutdown()
        self._threads.shutdown()

    def under_way(self) -> int:
        """How many requests wait for their group, or for its commit."""
        return sum(lane.requests for lane in self._lanes.values())

    async def store(
        self,
        desk: Desk,
        size: int,
        read: Callable[[], Handed | Problem],
        taken: Callable[[int], None],
        *,
        at_once: bool,
    ) -> list[Answer] | Problem:
        """An answer for each event of a request of so many bytes, once they are stored.

        `at_once` where it is read sooner than a thread is woken: nothing else runs meanwhile.
        `taken` is told how many they are. A problem where `read` finds them to be no events.
        Raises ApiError, 503 too: what is late is stored all the same, and has its receipt for the
        next try.
        """
        lane = self._lane(desk)
        try:
            with lane.place(size):
                given = read() if at_once else await self._read(read)
                if isinstance(given, Problem):
                    return given
                taken(given.count)
                return await lane.hand_in(given, events=given.count, size=size, seconds=SECONDS)
        except LaneFullError:
            raise busy(1) from None
        except (TimeoutError, *_STOPS):
            raise busy() from None

    async def _read(self, read: Callable[[], Handed | Problem]) -> Handed | Problem:
        """In a thread, which goes on by itself if it is late. Raises TimeoutError, ApiError."""
        async with asyncio.timeout(SECONDS):
            return await asyncio.get_running_loop().run_in_executor(self._readers, read)

    def _lane(self, desk: Desk) -> Lane[Handed, list[Answer]]:
        code = desk.store.code
        lane = self._lanes.get(code)
        if lane is None:
            lane = self._lanes[code] = Lane(
                partial(store, desk),
                self._threads,
                stops=lambda error: isinstance(error, _STOPS),
                bounds=self._bounds,
            )
        return lane


def is_short(body: bytes | None, *, batch: bool) -> bool:
    """Whether a body is read at once. A batch may hold thousands of elements that are wrong."""
    size = len(body or b"")
    return size <= _SHORT and not (batch and body is not None and body.count(b",") > _FEW)
