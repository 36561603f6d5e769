"""Reading a request's body: once, as bytes, never more than is allowed."""

import asyncio
from typing import Any

from starlette.requests import ClientDisconnect, Request

from services.api.problems import ApiError, busy
from services.collecting import give_back
from services.words import Words

LARGEST = 16 * 1024 * 1024  # bytes of one request
MOST_HELD = 256 * 1024 * 1024  # bytes of the bodies of all requests that are under way
WHOLE = "whole"
"""In a request's state: its body has come to its end, so that reading it waits for nobody."""
_LARGE = 1024 * 1024  # bytes of a body after which memory is given back
_SOON = 1.0  # seconds from then on: by now its answer is gone, and the next ones share the work
_SECONDS = 60.0


class Bodies:
    """What one process holds of bodies; each request's until it was answered."""

    def __init__(self) -> None:
        self._held = 0
        self._soon: asyncio.TimerHandle | None = None

    def hold(self, state: dict[str, Any], size: int) -> None:
        """So many bytes more for the request of that state. Raises ApiError 503."""
        if self._held + size > MOST_HELD:
            raise busy(1, reason="bodies")
        self._held += size
        state["held"] = state.get("held", 0) + size

    def let_go(self, state: dict[str, Any]) -> None:
        """That request was answered."""
        held = state.pop("held", 0)
        self._held -= held
        if held > _LARGE and self._soon is None:
            self._soon = asyncio.get_running_loop().call_later(_SOON, self._give_back)

    def _give_back(self) -> None:
        self._soon = None
        give_back()


async def read_body(request: Request, limit: int) -> bytes | None:
    """The body, or None where it is larger than `limit` bytes.

    What is too large is still read to its end and dropped, so that the sender, who reads no answer
    while it writes, gets one. Beyond LARGEST nothing more is read. Raises ApiError.
    """
    plainly_encoded(request)
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and (len(announced) > 15 or int(announced) > LARGEST):
        raise _too_large()
    try:
        if request.scope["state"].get(WHOLE):
            return await _taken(request, limit)
        async with asyncio.timeout(_SECONDS):
            return await _taken(request, limit)
    except TimeoutError:
        raise ApiError(
            "too-slow",
            Words(
                f"Indholdet skal være sendt inden for {_SECONDS:.0f} sekunder.",
                f"The content must be sent within {_SECONDS:.0f} seconds.",
            ),
            headers={"connection": "close"},
        ) from None
    except ClientDisconnect:
        raise ApiError(
            "invalid-request", Words("Forbindelsen blev brudt.", "The connection was cut.")
        ) from None


async def _taken(request: Request, limit: int) -> bytes | None:
    """Raises ApiError, ClientDisconnect."""
    state, receive = request.scope["state"], request.receive
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk, more = message.get("body", b""), message.get("more_body", False)
        size += len(chunk)
        if size > LARGEST:
            raise _too_large()
        if size <= limit:
            state["bodies"].hold(state, len(chunk))
            chunks.append(chunk)
    return b"".join(chunks) if size <= limit else None


def plainly_encoded(request: Request) -> None:
    """Raises ApiError 415 for a body that is compressed."""
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise ApiError(
            "wrong-content-type",
            Words("Send indholdet upakket.", "Send the content uncompressed."),
            headers={"accept-encoding": "identity"},
        )


def _too_large() -> ApiError:
    return ApiError(
        "too-large",
        Words(
            f"En forespørgsel må højst fylde {LARGEST} bytes; del bundtet.",
            f"A request may hold at most {LARGEST} bytes; split the batch.",
        ),
        members={"limit": LARGEST},
        headers={"connection": "close"},
    )
