"""What an activity that takes its time says meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from temporalio import activity

_HEARTBEAT = 10.0  # seconds


@asynccontextmanager
async def heartbeats(seconds: float = _HEARTBEAT) -> AsyncIterator[None]:
    """Tell Temporal that the activity lives, for as long as the block lasts."""

    async def beat() -> None:
        while True:
            activity.heartbeat()
            await asyncio.sleep(seconds)

    beating = asyncio.create_task(beat())
    try:
        yield
    finally:
        beating.cancel()
        with suppress(asyncio.CancelledError):
            await beating
