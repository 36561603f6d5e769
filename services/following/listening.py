"""Wake-ups from the database, for tasks that tail the logs of one server.

A notification only says that there may be more. It can be lost, so whoever waits here polls too.
"""

import asyncio
from collections.abc import Iterable

import structlog
from psycopg import Error

from services.store.schema import events_schema
from services.store.server import News, Server

_LONGEST_PAUSE = 15.0  # seconds

log = structlog.get_logger()


class Listener:
    """An event for each municipality, set when its log may have grown."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._events: dict[tuple[str, str], asyncio.Event] = {}

    def event(self, code: str, who: str = "") -> asyncio.Event:
        """An event of a municipality, which is listened for from now on; each `who` has their own,
        since who waits for one clears it."""
        return self._events.setdefault((code, who), asyncio.Event())

    async def run(self) -> None:
        """Listen, for ever: a lost connection is made anew."""
        pause = 0.5
        while True:
            try:
                with self._server.listening() as news:
                    pause = 0.5
                    await self._listen(news)
            except (Error, OSError) as error:
                log.warning("database not heard", kind=type(error).__name__, pause=pause)
                # The pool's other connections are as dead as ours: else each is found out on its
                # own, with a longer wait for each.
                await asyncio.to_thread(self._server.pool.check)
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)

    async def _listen(self, news: News) -> None:
        codes: dict[str, str] = {}
        while True:
            new = {code for code, _ in self._events} - set(codes.values())
            for code in new:
                channel = f"{events_schema(code)}_events"
                await asyncio.to_thread(news.follow, channel)
                codes[channel] = code
            # What was written just before we listened was told to nobody: wake once after.
            self._wake(new)
            heard = await asyncio.to_thread(news.wait, 0.5)
            self._wake(codes[channel] for channel in heard)

    def _wake(self, codes: Iterable[str]) -> None:
        woken = set(codes)
        for (code, _), event in self._events.items():
            if code in woken:
                event.set()
