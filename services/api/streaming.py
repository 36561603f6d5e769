"""The feed as server-sent events: each with its position as `id`, for as long as the reader stays.

Nothing is piled up for a slow reader: the next page is read when the one before was taken.
"""

import asyncio
from collections.abc import AsyncIterator
from time import monotonic

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from services.api.following import Follower, woken
from services.api.looking import tells_nothing
from services.api.problems import ApiError
from services.feed.reading import Page

EVENT_STREAM = "text/event-stream"
HEARTBEAT = 15.0  # seconds
_LOOKED_AT = 5.0  # seconds until a token that was revoked is found to be
_TO_TAKE = 30.0  # seconds in which a reader must take what it was sent
_AGAIN = b"retry: 2000\n\n"  # milliseconds until a browser asks anew
_HEADERS = {
    "content-type": EVENT_STREAM,
    "cache-control": "no-store",
    "x-accel-buffering": "no",  # else a proxy would keep it back
}


class Stream(Response):
    """Ends when the reader goes, the token is revoked, the log is set back or the process ends."""

    def __init__(self, follower: Follower, request: Request) -> None:
        super().__init__(headers=_HEADERS)
        del self.headers["content-length"]
        self._follower = follower
        self._request = request
        self._looked = monotonic()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer. Raises ApiError before anything was sent."""
        follower = self._follower
        api = follower.api
        with api.followers.one_more(follower.token), api.waking.following(follower.desk.store):
            turn = api.waking.turn(follower.desk.store.code)
            first = await follower.page()
            if not first.events:
                tells_nothing(self._request)  # yet
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            try:
                async for part in self._parts(first, turn):
                    async with asyncio.timeout(_TO_TAKE):
                        await send(_body(part, more=True))
            except (ApiError, TimeoutError):
                pass  # it asks anew, and is told why if it is turned away
            await send(_body(b"", more=False))

    async def _parts(self, page: Page, turn: asyncio.Event) -> AsyncIterator[bytes]:
        follower = self._follower
        yield _AGAIN
        said = monotonic()
        while True:
            for event in page.events:
                yield b"id: %d\ndata: %b\n\n" % (event.position, event.body)
                said = monotonic()
            while not self._may_read_on(page, turn):
                await woken(turn)
                if not await self._stays():
                    return
                if monotonic() - said >= HEARTBEAT:
                    # The position moves a reader past what it didn't ask for.
                    yield b": \nid: %d\n\n" % page.next
                    said = monotonic()
            if not await self._stays():
                return
            turn = follower.api.waking.turn(follower.desk.store.code)
            page = await follower.page()

    def _may_read_on(self, page: Page, turn: asyncio.Event) -> bool:
        """Whether there may be more; a page that was read on costs what a request does."""
        if page.is_last:
            return turn.is_set()
        lacking = self._request.state.allowance.enter()
        return lacking is None

    async def _stays(self) -> bool:
        """Whether there still is somebody to tell, who may be told."""
        if self._follower.api.is_ending() or await self._request.is_disconnected():
            return False
        if monotonic() - self._looked < _LOOKED_AT:
            return True
        self._looked = monotonic()
        return await self._follower.api.gate.still_holds(self._request)


def _body(part: bytes, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": part, "more_body": more}
