"""An upload as it comes in: line by line, a chunk stored before more of it is read.

So memory is bounded whatever its length, the sender is held back to the speed of the store, and
what has been stored when the connection is cut is never sent again.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from enum import Enum, auto
from time import monotonic
from uuid import UUID

from starlette.requests import ClientDisconnect, Request

from services import importing
from services.api.intake import sender_of
from services.api.problems import ApiError, busy
from services.api.security import not_senders
from services.api.state import Api, Desk
from services.api.threads import SECONDS
from services.importing import Importer
from services.lines import LineBuffer
from services.store.imports import Chunk, Import, Imports, MovedError
from services.tokens import Token
from services.words import Words

BYTES_A_TRANSACTION = 4 * 1024 * 1024
OF_A_TOKEN = 2
OF_A_PROCESS = 8
_IDLE = 60.0  # seconds in which something must come
_HELD_BACK = 1.0  # seconds after which whole lines are stored though they are few
_LONGEST = 16 * importing.LONGEST_LINE  # bytes without a line break, of which most are dropped
_LASTING = 60.0  # seconds in which a line that has begun must end
_LOOKED_AT = 5.0  # seconds until a token that was revoked is found to be


class _End(Enum):
    """How a request ended: sent to its end, cut off, nothing more came, another goes on."""

    WHOLE = auto()
    CUT = auto()
    LATE = auto()
    STOPPED = auto()


class Uploads:
    """The uploads that are under way in this process."""

    def __init__(self) -> None:
        self._of: Counter[UUID] = Counter()
        self._running: dict[bytes, Upload] = {}

    async def stop(self, key: bytes) -> None:
        """End what is under way with an import: whoever asks for its offset goes on with it.

        What was cut off is known to its sender before it is known here.
        """
        running = self._running.get(key)
        if running is not None:
            await running.stop()

    async def run(self, upload: "Upload", *, complete: bool) -> None:
        """Take an upload in. Raises ApiError."""
        with self._one_more(upload.token):
            self._running[upload.key] = upload
            try:
                await upload.run(complete=complete)
            finally:
                if self._running.get(upload.key) is upload:
                    del self._running[upload.key]

    @contextmanager
    def _one_more(self, token: UUID) -> Iterator[None]:
        if self._of[token] >= OF_A_TOKEN:
            raise ApiError(
                "too-many-requests",
                Words(
                    f"Adgangen sender allerede {OF_A_TOKEN} importer på én gang.",
                    f"The token is sending {OF_A_TOKEN} imports already.",
                ),
                headers={"retry-after": "5", "connection": "close"},
                members={"limited": "imports"},
                reason="imports",
            )
        if self._of.total() >= OF_A_PROCESS:
            raise busy(5, reason="imports")
        self._of[token] += 1
        try:
            yield
        finally:
            self._of[token] -= 1


class Upload:
    """What one request adds to an import."""

    def __init__(self, api: Api, desk: Desk, token: Token, request: Request, found: Import) -> None:
        self.key = found.key
        self.token = token.id
        self._api = api
        self._desk = desk
        self._request = request
        self._stopped, self._ended = asyncio.Event(), asyncio.Event()
        self._buffer = LineBuffer(found.lines + 1, found.bytes)
        self._at = found.bytes
        self._looked = self._begun = monotonic()
        self._importer = Importer(
            desk.store,
            found.key,
            sender=sender_of(token),
            rights=lambda event: not_senders(token, event),
        )

    async def stop(self) -> None:
        """Have it end, and wait until it has: no longer than a chunk takes to be stored."""
        self._stopped.set()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._ended.wait(), SECONDS)

    async def run(self, *, complete: bool) -> None:
        """Store what comes; with `complete`, nothing comes after it. Raises ApiError.

        Of what is cut off, the whole lines are stored.
        """
        try:
            end = await self._taken_in()
            if end is _End.WHOLE and complete:
                self._buffer.end()
            await self._store()
            if end is _End.LATE:
                raise _too_slow(self._at)
            if end is _End.STOPPED:
                raise moved()
            if end is _End.WHOLE and complete:
                await self._complete()
        finally:
            self._ended.set()

    async def _taken_in(self) -> "_End":
        stored = monotonic()
        stream, stopped = self._request.stream(), asyncio.ensure_future(self._stopped.wait())
        try:
            while True:
                piece = asyncio.ensure_future(_next(stream))
                await asyncio.wait(
                    {piece, stopped}, timeout=_IDLE, return_when=asyncio.FIRST_COMPLETED
                )
                if stopped.done() or not piece.done():
                    piece.cancel()
                    return _End.STOPPED if stopped.done() else _End.LATE
                if (came := piece.result()) is None:
                    return _End.WHOLE
                self._add(came)
                if self._is_full or monotonic() - stored >= _HELD_BACK:
                    await self._store()
                    self._check_line()
                    stored = monotonic()
        except ClientDisconnect:
            return _End.CUT
        finally:
            stopped.cancel()

    @property
    def _is_full(self) -> bool:
        buffer = self._buffer
        return buffer.count >= importing.LINES_A_TRANSACTION or buffer.size >= BYTES_A_TRANSACTION

    def _add(self, came: bytes) -> None:
        buffer = self._buffer
        had_begun, at = buffer.begun, buffer.reached
        buffer.add(came)
        if not had_begun or buffer.reached != at:
            self._begun = monotonic()

    def _check_line(self) -> None:
        """Raises ApiError where a line has no end in sight: nothing of it is counted or paid."""
        if self._buffer.begun > _LONGEST:
            raise _too_long(self._at)
        if self._buffer.begun and monotonic() - self._begun > _LASTING:
            raise _line_too_slow(self._at)

    async def _store(self) -> None:
        await self._may_go_on()
        chunk = self._buffer.take()
        if chunk is None:
            return
        counts = await self._taken(chunk)
        self._at = chunk.end
        for status, count in counts.items():
            self._api.metrics.receipts.labels(self._desk.store.code, status).inc(count)
        allowance = self._request.state.allowance
        allowance.took(counts.total())
        await asyncio.sleep(allowance.wait("events"))
        self._begun = monotonic()  # what was held back by us is not late

    async def _taken(self, chunk: Chunk) -> Counter[str]:
        try:
            return await self._api.write(lambda: self._importer.take(chunk))
        except MovedError:
            raise moved() from None

    async def _complete(self) -> None:
        store = self._desk.store

        def work() -> None:
            with store.transaction() as cursor:
                Imports(store.schema).complete(cursor, self.key, self._at, store.clock())

        try:
            await self._api.write(work)
        except MovedError:
            raise moved() from None

    async def _may_go_on(self) -> None:
        """Raises ApiError 401 once the token holds no more."""
        if monotonic() - self._looked < _LOOKED_AT:
            return
        self._looked = monotonic()
        if not await self._api.gate.still_holds(self._request):
            raise ApiError(
                "not-signed-in",
                Words(
                    "Adgangen gælder ikke mere; det, der er gemt, bliver stående.",
                    "The token holds no more; what was stored stays.",
                ),
                headers={"www-authenticate": 'Bearer realm="roedtraad"', "connection": "close"},
                reason="ended",
            )


async def _next(stream: AsyncIterator[bytes]) -> bytes | None:
    """What came next, None at the end. Raises ClientDisconnect."""
    return await anext(stream, None)


def _too_slow(offset: int) -> ApiError:
    return _late(
        offset,
        f"Der kom intet i {_IDLE:.0f} sekunder.",
        f"Nothing came in {_IDLE:.0f} seconds.",
    )


def _line_too_slow(offset: int) -> ApiError:
    return _late(
        offset,
        f"En linje var {_LASTING:.0f} sekunder undervejs.",
        f"A line was {_LASTING:.0f} seconds on its way.",
    )


def _late(offset: int, danish: str, english: str) -> ApiError:
    words = Words(f"{danish} Fortsæt fra Upload-Offset.", f"{english} Go on from Upload-Offset.")
    return ApiError("too-slow", words, headers=_ended_at(offset))


def _too_long(offset: int) -> ApiError:
    return ApiError(
        "too-large",
        Words(
            f"En linje er længere end {_LONGEST} bytes; send én hændelse på hver linje.",
            f"A line is longer than {_LONGEST} bytes; send one event on each line.",
        ),
        headers=_ended_at(offset),
        members={"limit": _LONGEST},
    )


def _ended_at(offset: int) -> dict[str, str]:
    return {"upload-offset": str(offset), "upload-complete": "?0", "connection": "close"}


def moved() -> ApiError:
    """The import is elsewhere than the sender believes."""
    return ApiError(
        "wrong-offset",
        Words(
            "Spørg med HEAD, hvor langt importen er kommet, og fortsæt derfra.",
            "Ask with HEAD how far the import has come, and go on from there.",
        ),
        headers={"connection": "close"},
        reason="offset",
    )


def at(found: Import) -> dict[str, str]:
    """The headers that say how far an import is."""
    complete = "?1" if found.completed_at else "?0"
    return {"upload-offset": str(found.bytes), "upload-complete": complete}
