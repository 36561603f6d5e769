"""Large bodies come one after the other: each is read, stored and answered before the next.

What is made of a large one takes several times its room, so that a few at once would cost what the
whole process else needs. Most bodies are no tenth as large, and wait for none of it.
"""

import asyncio
from typing import Any

from services.api.problems import busy

PATIENCE = 25.0  # seconds that a body waits for its turn
LONGEST = 60.0  # seconds after which the next has its turn though this one isn't answered
_TURN = "turn"


class Turns:
    """Whose turn it is in one process. A turn is noted in the request's state."""

    def __init__(self) -> None:
        self._taken = asyncio.Lock()

    async def take(self, state: dict[str, Any]) -> bool:
        """Wait for the turn of the request of that state; whether it had none. Raises ApiError 503.

        Nothing more of it is read meanwhile, so that its sender waits as well.
        """
        if _TURN in state:
            return False
        try:
            async with asyncio.timeout(PATIENCE):
                await self._taken.acquire()
        except TimeoutError:
            raise busy(5, reason="bodies") from None
        state[_TURN] = asyncio.get_running_loop().call_later(LONGEST, self._taken.release)
        return True

    def give(self, state: dict[str, Any]) -> None:
        """That request was answered."""
        timer: asyncio.TimerHandle | None = state.pop(_TURN, None)
        if timer is not None and timer.when() > asyncio.get_running_loop().time():
            timer.cancel()
            self._taken.release()
