"""A lane: what is committed together, who is told what, and what isn't taken in."""

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import pytest

from services.lane import DEFAULT, Bounds, Lane, LaneFullError


class NoDatabaseError(Exception):
    pass


class Store:
    """Doubles what it is given, when it is let. Refuses 13, and is gone at 0."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.let = threading.Event()

    def __call__(self, group: Sequence[int]) -> list[int]:
        self.groups.append(list(group))
        self.let.wait(10)
        if 13 in group:
            raise ValueError("unlucky")
        if 0 in group:
            raise NoDatabaseError
        return [2 * each for each in group]


@asynccontextmanager
async def lane_of(store: Store, bounds: Bounds = DEFAULT) -> AsyncIterator[Lane[int, int]]:
    with ThreadPoolExecutor(1) as threads:
        yield Lane(
            store, threads, stops=lambda error: isinstance(error, NoDatabaseError), bounds=bounds
        )


async def asked(lane: Lane[int, int], *given: int) -> "list[asyncio.Task[int]]":
    """All are handed in, none is answered."""
    tasks = [asyncio.create_task(lane.hand_in(each, events=1, size=10)) for each in given]
    await asyncio.sleep(0)
    return tasks


async def test_what_comes_while_a_group_is_under_way_is_the_next_group_in_order() -> None:
    store = Store()
    async with lane_of(store) as lane:
        tasks = await asked(lane, 1, 2, 3, 4)
        store.let.set()
        assert await asyncio.gather(*tasks) == [2, 4, 6, 8]
    assert store.groups == [[1], [2, 3, 4]]


@pytest.mark.parametrize("bounds", [Bounds(group_events=2), Bounds(group_bytes=25)])
async def test_a_group_holds_only_so_many_events_and_bytes(bounds: Bounds) -> None:
    store = Store()
    async with lane_of(store, bounds) as lane:
        tasks = await asked(lane, 1, 2, 3, 4)
        store.let.set()
        await asyncio.gather(*tasks)
    assert store.groups == [[1], [2, 3], [4]]


async def test_a_request_larger_than_a_group_is_a_group_by_itself() -> None:
    store = Store()
    store.let.set()
    async with lane_of(store, Bounds(group_events=2)) as lane:
        assert await lane.hand_in(7, events=500, size=10) == 14


async def test_one_that_cannot_be_stored_fails_by_itself() -> None:
    store = Store()
    async with lane_of(store) as lane:
        tasks = await asked(lane, 1, 2, 13, 4, 5)
        store.let.set()
        answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert [answers[n] for n in (0, 1, 3, 4)] == [2, 4, 8, 10]
    assert isinstance(answers[2], ValueError)
    # Halves, and halves of what failed: each is stored once, in the order in which they came.
    assert store.groups == [[1], [2, 13, 4, 5], [2, 13], [2], [13], [4, 5]]


async def test_without_a_database_all_are_told_so_at_once() -> None:
    store = Store()
    async with lane_of(store) as lane:
        tasks = await asked(lane, 1, 2, 0, 4)
        store.let.set()
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        assert answers[0] == 2
        assert all(isinstance(answer, NoDatabaseError) for answer in answers[1:])
        assert store.groups == [[1], [2, 0, 4]]
        assert await lane.hand_in(5, events=1, size=10) == 10  # and it goes on


async def test_who_gave_up_before_its_group_began_has_nothing_stored() -> None:
    store = Store()
    async with lane_of(store) as lane:
        first, second, third = await asked(lane, 1, 2, 3)
        second.cancel()
        await asyncio.sleep(0)
        store.let.set()
        assert (await first, await third) == (2, 6)
    assert store.groups == [[1], [3]]


@pytest.mark.parametrize("bounds", [Bounds(requests=2), Bounds(bytes=25)])
async def test_a_full_lane_takes_no_more_until_somebody_is_answered(bounds: Bounds) -> None:
    async with lane_of(Store(), bounds) as lane:
        with lane.place(10):
            with lane.place(10), pytest.raises(LaneFullError), lane.place(10):
                pass
            with lane.place(10):
                pass


async def test_an_empty_lane_takes_in_what_is_larger_than_it() -> None:
    async with lane_of(Store(), Bounds(bytes=25)) as lane:
        with lane.place(30):
            pass
