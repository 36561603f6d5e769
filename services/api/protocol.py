"""HTTP/1.1 with an end to what comes around a request, and an answer to what is none.

The server would hold a head or trailers of any size, wait for a head's end for ever, take trailers
for headers, lose the body of a request that offers another protocol beside HTTP/1.1 (as Java's own
client does with its first), and answer in plain text to what it can't read. Of a head that is
complete, the guard says in the language that was asked for that it is too large.
"""

import asyncio
from http import HTTPStatus
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from services.api.body import WHOLE
from services.api.guard import HEADERS
from services.api.problems import KINDS, PROBLEM, ApiError
from services.words import Words

LARGEST_HEAD = 64 * 1024  # bytes of a head, of trailers or between chunks, without their end
SECONDS = 20.0  # to the end of a head, from its first byte or the connection's beginning
_SLOW = ApiError(
    "too-slow",
    Words(
        f"Headerne skal være sendt inden for {SECONDS:.0f} sekunder.",
        f"The headers must be sent within {SECONDS:.0f} seconds.",
    ),
)


_BROKEN = ApiError(
    "invalid-request",
    Words(
        "Det sendte er ikke HTTP/1.1, eller kan læses på mere end én måde.",
        "What was sent isn't HTTP/1.1, or can be read in more than one way.",
    ),
)
_FRAMING = (b"content-length", b"transfer-encoding")


class BoundedProtocol(HttpToolsProtocol):
    """One connection."""

    _pending = 0  # bytes since a head, a piece of a body or a request was complete
    _advanced = False
    _going_on = False
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
        """Read it, and count what completes nothing."""
        self._unset_keepalive_if_required()
        self._advanced = False
        try:
            self._feed(data)
        except httptools.HttpParserError:
            self._broken()
            return
        self._pending = 0 if self._advanced else self._pending + len(data)
        if self._pending > LARGEST_HEAD:
            self._end(HEADERS)

    def on_message_begin(self) -> None:
        """A head begins."""
        if self._going_on:
            return
        super().on_message_begin()
        if self._timer is None:
            self._wait()

    def on_url(self, url: bytes) -> None:
        """A piece of the path and query."""
        if not self._going_on:
            super().on_url(url)

    def on_headers_complete(self) -> None:
        """It is here. What comes of headers from now on are trailers: they are dropped."""
        self._advanced = True
        if self._going_on:
            return
        self._done()
        super().on_headers_complete()
        self._framing = [(name, value) for name, value in self.headers if name in _FRAMING]
        self.headers = []

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._advanced = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The end of a request; not where the parser believes that it is that of HTTP/1.1."""
        self._advanced = True
        if not self.parser.should_upgrade():
            self.scope["state"][WHOLE] = True
            super().on_message_complete()

    def _feed(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as stopped:
            self._go_on()
            self._feed(data[stopped.args[0] :])

    def _go_on(self) -> None:
        """Take no other protocol up: a new parser reads on where the other has stopped.

        It is shown a head of the same framing, so that it knows what kind of body comes.
        """
        self.parser = httptools.HttpRequestParser(self)
        self._going_on = True
        lines = [b"POST / HTTP/1.1", *(b": ".join(each) for each in self._framing), b"", b""]
        self.parser.feed_data(b"\r\n".join(lines))
        self._going_on = False

    def _broken(self) -> None:
        """Answer what can't be read, after the requests before it, and hang up."""
        before: Any = self.cycle
        if before is None or before.response_complete:
            self._end(_BROKEN)
        elif not before.more_body:
            before.keep_alive = False  # hangs up when it was answered
        elif before.response_started or self.pipeline:
            self.transport.close()
        else:
            self._end(_BROKEN)

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
