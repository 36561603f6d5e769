"""A writer lane: what arrives at the same time is committed together.

One group at a time is under way, in a thread; whatever is handed in meanwhile is the next. So the
busier it is, the fewer commits an event costs, and nobody waits for more than the group before.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

T = TypeVar("T")
A = TypeVar("A")
_MOST_REQUESTS = 300
_MOST_BYTES = 64 * 1024 * 1024
_GROUP_EVENTS = 1_000
_GROUP_BYTES = 8 * 1024 * 1024


class LaneFullError(Exception):
    """So much waits already that nothing more is taken in. Nothing was stored."""


@dataclass(frozen=True)
class Bounds:
    """What may wait in all (or be under way), and what is committed together at most."""

    requests: int = _MOST_REQUESTS
    bytes: int = _MOST_BYTES
    group_events: int = _GROUP_EVENTS
    group_bytes: int = _GROUP_BYTES


DEFAULT = Bounds()


class _Handed(NamedTuple, Generic[T, A]):
    """Something to store, and who waits for what became of it."""

    what: T
    events: int
    size: int
    answer: "asyncio.Future[A]"


class Lane(Generic[T, A]):
    """The one lane of a municipality in this process. To be used from one event loop only.

    `store` commits several in the order given, in a thread, and gives the answer of each; it may
    be called again with the same ones. Where it fails, they are tried in halves, down to each by
    itself, so that a request has no error but its own; a failure for which `stops` is true
    (there is no database) is everybody's at once.
    """

    def __init__(
        self,
        store: Callable[[Sequence[T]], Sequence[A]],
        threads: Executor,
        *,
        stops: Callable[[Exception], bool] = lambda error: False,
        bounds: Bounds = DEFAULT,
    ) -> None:
        self._store = store
        self._threads = threads
        self._stops = stops
        self._bounds = bounds
        self._waiting: deque[_Handed[T, A]] = deque()
        self.requests = 0  # that have a place
        self._bytes = 0
        self._is_busy = False

    def place(self, size: int) -> AbstractContextManager[None]:
        """Room for a request of so many bytes while the block lasts. Raises LaneFullError there."""
        return _Place(self, size)

    def _enter(self, size: int) -> None:
        bounds = self._bounds
        # One alone is always let in: it has been found small enough by whoever read it.
        if self.requests and (
            self.requests >= bounds.requests or self._bytes + size > bounds.bytes
        ):
            raise LaneFullError
        self.requests += 1
        self._bytes += size

    def _leave(self, size: int) -> None:
        self.requests -= 1
        self._bytes -= size

    async def hand_in(self, what: T, *, events: int, size: int, seconds: float | None = None) -> A:
        """What became of it, once it is committed. Raises what storing it raised.

        Who stops waiting before its group is begun has nothing stored; later it may have been.
        Raises TimeoutError if it takes longer than so many `seconds`.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[A] = loop.create_future()
        self._waiting.append(_Handed(what, events, size, answer))
        if not self._is_busy:
            self._begin(loop)
        if seconds is None:
            return await answer
        # One timer for a future costs a fraction of a scope that a whole task is cancelled by.
        timer = loop.call_later(seconds, _late, answer)
        try:
            return await answer
        finally:
            timer.cancel()

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        """Commit the next group, if anybody waits."""
        group = self._next_group()
        if not group:
            return
        self._is_busy = True
        work = loop.run_in_executor(self._threads, self._together, [one.what for one in group])
        work.add_done_callback(lambda done: self._end(loop, group, done))

    def _next_group(self) -> list[_Handed[T, A]]:
        group: list[_Handed[T, A]] = []
        events = size = 0
        while self._waiting:
            one = self._waiting[0]
            if not one.answer.done():  # else whoever asked has gone
                events, size = events + one.events, size + one.size
                bounds = self._bounds
                if group and (events > bounds.group_events or size > bounds.group_bytes):
                    break
                group.append(one)
            self._waiting.popleft()
        return group

    def _end(
        self,
        loop: asyncio.AbstractEventLoop,
        group: Sequence[_Handed[T, A]],
        done: "asyncio.Future[list[A | Exception]]",
    ) -> None:
        """Begin the next group, then tell everybody of this one."""
        self._is_busy = False
        self._begin(loop)
        failed = done.exception()
        answers: Sequence[A | BaseException] = [failed] * len(group) if failed else done.result()
        for one, answer in zip(group, answers, strict=True):
            if one.answer.done():
                continue
            if isinstance(answer, BaseException):
                one.answer.set_exception(answer)
            else:
                one.answer.set_result(answer)

    def _together(self, given: Sequence[T]) -> list[A | Exception]:
        """An answer or an error for each. In a thread."""
        try:
            return list(self._store(given))
        except Exception as error:
            if len(given) == 1 or self._stops(error):
                return [error] * len(given)
        middle = len(given) // 2
        return self._together(given[:middle]) + self._together(given[middle:])


class _Place(AbstractContextManager[None]):
    """A request's room in a lane."""

    __slots__ = ("_lane", "_size")

    def __init__(self, lane: Lane[Any, Any], size: int) -> None:
        self._lane = lane
        self._size = size

    def __enter__(self) -> None:
        self._lane._enter(self._size)

    def __exit__(self, *_: object) -> None:
        self._lane._leave(self._size)


def _late(answer: "asyncio.Future[Any]") -> None:
    if not answer.done():
        answer.set_exception(TimeoutError())
