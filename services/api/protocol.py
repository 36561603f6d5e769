"""HTTP/1.1 with an end to what comes before a request: a head too large, or too slow.

The server would hold a head of any size, and wait for its end for ever. Of a head that is complete,
the guard says the same in the language that was asked for.
"""

import asyncio
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from services.api.guard import HEADERS
from services.api.problems import KINDS, PROBLEM, ApiError
from services.words import Words

LARGEST_HEAD = 64 * 1024  # bytes that a head may have without being complete
SECONDS = 20.0  # to the end of a head, from its first byte or the connection's beginning
_SLOW = ApiError(
    "too-slow",
    Words(
        f"Headerne skal være sendt inden for {SECONDS:.0f} sekunder.",
        f"The headers must be sent within {SECONDS:.0f} seconds.",
    ),
)


class BoundedProtocol(HttpToolsProtocol):
    """One connection."""

    _head = 0  # bytes of a head that isn't complete
    _in_head = False
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """A connection on which nothing is sent ends as well."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._done()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what has come of a head."""
        super().data_received(data)
        self._head = self._head + len(data) if self._in_head else 0
        if self._head > LARGEST_HEAD:
            self._end(HEADERS)

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._in_head = True
        if self._timer is None:
            self._wait()

    def on_headers_complete(self) -> None:
        """It is here."""
        self._in_head = False
        self._done()
        super().on_headers_complete()

    def _wait(self) -> None:
        self._timer = self.loop.call_later(SECONDS, self._late)

    def _done(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _late(self) -> None:
        under_way: Any = self.cycle  # none before the first request
        if under_way is not None and not under_way.response_complete:
            self._wait()  # an answer to the request before is under way
        else:
            self._end(_SLOW)

    def _end(self, error: ApiError) -> None:
        """Answer, and hang up."""
        if self.transport.is_closing():
            return
        status, _ = KINDS[error.kind]
        body = bytes(error.response("da").body)
        head = (
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\ncontent-type: {PROBLEM}\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()
