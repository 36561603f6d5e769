"""News of the logs for those who wait for it: one connection that listens, for a whole process.

Who waits holds neither a connection nor a thread. A wake-up can be lost, so each log that somebody
waits for is looked at once a second besides, however many they are.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from services.following.listening import Listener
from services.store.municipality import Municipality
from services.store.server import Server

POLL = 1.0  # seconds

log = structlog.get_logger("api")


class Waking:
    """Wakes whoever waits for a municipality's log to grow. To be used from one event loop."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._listener: Listener | None = None
        self._listening: asyncio.Task[None] | None = None
        self._watching: dict[str, asyncio.Task[None]] = {}
        self._waiting: Counter[str] = Counter()
        self._turns: dict[str, asyncio.Event] = {}

    @contextmanager
    def following(self, store: Municipality) -> Iterator[None]:
        """For as long as the block lasts, `turn` hears of this municipality."""
        code = store.code
        self._waiting[code] += 1
        if code not in self._watching:
            self._watching[code] = asyncio.create_task(self._watch(store, self._heard(code)))
        try:
            yield
        finally:
            self._waiting[code] -= 1
            if not self._waiting[code]:
                del self._waiting[code]
                self._watching.pop(code).cancel()

    def turn(self, code: str) -> asyncio.Event:
        """Is set when the log may have grown since it was asked for: so ask before reading."""
        return self._turns.setdefault(code, asyncio.Event())

    async def close(self) -> None:
        """Listen no more."""
        tasks = [*self._watching.values(), *filter(None, [self._listening])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _heard(self, code: str) -> asyncio.Event:
        if self._listener is None:
            self._listener = Listener(self._server)
        if self._listening is None or self._listening.done():
            self._listening = asyncio.create_task(self._listener.run())
        return self._listener.event(code)

    async def _watch(self, store: Municipality, heard: asyncio.Event) -> None:
        known = -1
        while True:
            heard.clear()
            try:
                head = (await asyncio.to_thread(store.head)).position
            except Exception as error:  # whatever it is, those who wait must hear of what comes
                log.warning("the log can't be looked at", kind=type(error).__name__)
                head = known
            if head != known:
                known = head
                self._wake(store.code)
            try:
                await asyncio.wait_for(heard.wait(), POLL)
            except TimeoutError:
                continue

    def _wake(self, code: str) -> None:
        if turn := self._turns.pop(code, None):
            turn.set()
