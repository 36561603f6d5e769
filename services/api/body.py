"""Reading a request's body: once, as bytes, never more than is allowed."""

import asyncio
from typing import Any, cast

from starlette.requests import ClientDisconnect, Request

from services.api.problems import ApiError, busy
from services.api.turns import Turns
from services.collecting import give_back, trim
from services.words import Words

LARGEST = 16 * 1024 * 1024  # bytes of one request
MOST_HELD = 40 * 1024 * 1024  # bytes of the bodies of all requests that are under way
LARGE = 1024 * 1024  # bytes of a body that are read whether or not it is its turn
WHOLE = "whole"
"""In a request's state: its body has come to its end, so that reading it waits for nobody."""
_SOON = 1.0  # seconds from then on: by now its answer is gone, and the next ones share the work
_SECONDS = 60.0


class Bodies:
    """What one process holds of bodies; each request's until it was answered."""

    def __init__(self) -> None:
        self._turns = Turns()
        self._held = 0
        self._soon: asyncio.TimerHandle | None = None

    async def turn(self, state: dict[str, Any]) -> bool:
        """Wait until a large body may be read on; whether it had to ask. Raises ApiError 503."""
        return await self._turns.take(state)

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
        if held > LARGE:
            trim()  # before the next is read
        self._turns.give(state)
        if held > LARGE and self._soon is None:
            self._soon = asyncio.get_running_loop().call_later(_SOON, self._give_back)

    def _give_back(self) -> None:
        self._soon = None
        give_back()


async def read_body(request: Request, limit: int) -> bytes | None:
    """The body, a bytearray if it is large; None where it is larger than `limit` bytes.

    What is too large is still read to its end and dropped, so that the sender, who reads no answer
    while it writes, gets one. Beyond LARGEST nothing more is read. Raises ApiError.
    """
    plainly_encoded(request)
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and (len(announced) > 15 or int(announced) > LARGEST):
        raise _too_large()
    try:
        if request.scope["state"].get(WHOLE):
            return await _taken(request, limit, None)
        async with asyncio.timeout(_SECONDS) as bound:
            return await _taken(request, limit, bound)
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


async def _taken(request: Request, limit: int, bound: asyncio.Timeout | None) -> bytes | None:
    """Raises ApiError, ClientDisconnect. What a body waits for its turn isn't its sender's time."""
    state, receive = request.scope["state"], request.receive
    body = bytearray()
    size, more = 0, True
    refused: ApiError | None = None
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk, more = message.get("body", b""), message.get("more_body", False)
        size += len(chunk)
        if size > LARGEST:
            raise _too_large()
        if size > limit or refused is not None:
            body.clear()  # it is read to its end all the same, for its sender's sake
            continue
        try:
            if size > LARGE and await state["bodies"].turn(state) and bound is not None:
                bound.reschedule(asyncio.get_running_loop().time() + _SECONDS)
            state["bodies"].hold(state, len(chunk))
        except ApiError as error:
            refused = error
        else:
            body += chunk
    if refused is not None:
        raise refused
    if size > limit:
        return None
    # A copy of what is small costs nothing; of what is large it would be as much again.
    return bytes(body) if size <= LARGE else cast(bytes, body)


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
