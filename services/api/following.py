"""One reader of the feed: reads on from a position, and waits without holding anything."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from uuid import UUID

import structlog
from msgspec import Struct

from services.api.looking import Looker
from services.api.problems import ApiError, unreadable
from services.api.state import Api, Desk
from services.api.waking import POLL
from services.audit.access.looking import Seen
from services.feed.reading import Page, SetBackError, UnreadableError, read_page
from services.feed.whose import whose
from services.words import Words

log = structlog.get_logger("api")


class Follower(Struct):
    """Who reads, of which municipality and kinds, and up to which position they have."""

    api: Api
    desk: Desk
    who: Looker
    token: UUID
    kinds: tuple[str, ...]
    limit: int
    position: int

    async def page(self) -> Page:
        """The next one; what it holds is recorded. Raises ApiError 409 where the log was set back,
        and 503."""

        def read() -> Page:
            page = read_page(self.desk.store, self.position, self.limit, self.kinds)
            if page.events:
                self._record(page)
            return page

        try:
            page = await self.api.follow(read)
        except SetBackError as error:
            raise _set_back(error.head) from None
        except UnreadableError as error:
            log.error("an event can't be told", topic=error.topic, position=error.position)
            raise unreadable(error.position, error.topic) from None
        self.position = page.next
        return page

    def _record(self, page: Page) -> None:
        ids = set[UUID]().union(*(whose(told.event) for told in page.events))
        store = self.desk.store
        self.who.record([store], {store.code: Seen(len(page.events), ids)})

    async def page_in_time(self, seconds: float, is_gone: Callable[[], Awaitable[bool]]) -> Page:
        """The next one that isn't empty; after so many seconds, or if nobody waits, any."""
        until = monotonic() + seconds
        code = self.desk.store.code

        async def is_over() -> bool:
            return monotonic() >= until or self.api.is_ending() or await is_gone()

        while True:
            turn = self.api.waking.turn(code)
            page = await self.page()
            if page.events:
                return page
            # Nothing is asked of the database again before there is news.
            while page.is_last and not turn.is_set():
                if await is_over():
                    return page
                await woken(turn, until - monotonic())
            if await is_over():
                return page


async def woken(turn: asyncio.Event, seconds: float = POLL) -> None:
    """Wait for news, so many seconds and a second at most: the process may be about to end."""
    try:
        await asyncio.wait_for(turn.wait(), min(seconds, POLL))
    except TimeoutError:
        return


def _set_back(head: int) -> ApiError:
    return ApiError(
        "set-back",
        Words(
            f"Loggen slutter ved position {head}: databasen er sat tilbage til en tidligere "
            "tilstand, eller positionen er en anden kommunes. Læs forfra, eller fra den sidste "
            "hændelse, I har fælles.",
            f"The log ends at position {head}: the database was set back to an earlier state, or "
            "the position is another municipality's. Read from the beginning, or from the last "
            "event that both have.",
        ),
        members={"head": head},
    )
