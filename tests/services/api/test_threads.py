"""Work in threads: who waits for it no more leaves it its place."""

from threading import Event

import anyio
import pytest

from services.api.problems import ApiError
from services.api.threads import in_thread
from tests.services.api.test_together import until


async def test_a_thread_keeps_its_place_until_it_has_ended() -> None:
    limiter, free = anyio.CapacityLimiter(1), Event()
    began: list[str] = []

    def work() -> None:
        began.append("late")
        free.wait(60)

    try:
        with pytest.raises(ApiError):
            await in_thread(work, limiter=limiter, seconds=0.2)
        assert began == ["late"] and limiter.borrowed_tokens == 1
        # There is no place for another, who goes without one having begun.
        with pytest.raises(ApiError):
            await in_thread(lambda: began.append("next"), limiter=limiter, seconds=0.05)
        assert began == ["late"]
    finally:
        free.set()
    await until(lambda: limiter.borrowed_tokens == 0)
    assert await in_thread(lambda: "done", limiter=limiter) == "done"
    assert limiter.borrowed_tokens == 0


async def test_a_thread_that_fails_or_never_begins_leaves_its_place() -> None:
    limiter = anyio.CapacityLimiter(1)

    def fails() -> None:
        raise KeyError

    with pytest.raises(KeyError):
        await in_thread(fails, limiter=limiter)
    assert limiter.borrowed_tokens == 0
    began: list[int] = []
    with anyio.CancelScope() as scope:
        scope.cancel()
        await in_thread(lambda: began.append(1), limiter=limiter)
    assert began == [] and limiter.borrowed_tokens == 0
