"""Large bodies come one after the other; who waits is taken in turn, or told to try again."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from services.api import body, turns
from services.store.municipality import Municipality
from tests.services.api.access.test_bounds import asking, counted
from tests.services.api.sending import BATCH, event, send

LARGE = 3000  # bytes; the white space alone is more


def large(id_: str) -> bytes:
    return b"[" + b" " * LARGE + json.dumps(event(id_)).encode() + b"]"


class Slow:
    """A large body that has begun, and ends when it may."""

    def __init__(self, client: httpx.AsyncClient, id_: str) -> None:
        self._begun, self._may_end = asyncio.Event(), asyncio.Event()
        self._task = asyncio.create_task(
            client.post(
                "/v1/events", content=self._pieces(large(id_)), headers={"content-type": BATCH}
            )
        )

    async def begun(self) -> None:
        await self._begun.wait()
        await asyncio.sleep(0)

    async def end(self) -> httpx.Response:
        self._may_end.set()
        return await self._task

    async def _pieces(self, whole: bytes) -> AsyncIterator[bytes]:
        yield whole[:LARGE]
        self._begun.set()
        await self._may_end.wait()
        yield whole[LARGE:]


@pytest.fixture(autouse=True)
def _small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "LARGE", LARGE - 1)


async def test_a_large_body_waits_for_the_one_before_it_and_a_small_one_for_nobody(
    api: FastAPI, secret: str, municipality: Municipality
) -> None:
    async with asking(api, secret) as client:
        first = Slow(client, "ev-1")
        await first.begun()
        second = asyncio.create_task(send(client, large("ev-2"), BATCH))
        small = await send(client, event("ev-3"))
        assert small.status_code == 201
        assert not second.done()
        answers = [await first.end(), await second]
    assert [answer.status_code for answer in answers] == [200, 200]
    positions = [answer.json()["receipts"][0]["position"] for answer in answers]
    assert [small.json()["position"], *positions] == sorted([small.json()["position"], *positions])


async def test_who_waits_too_long_is_told_to_come_again_and_nothing_is_stored(
    api: FastAPI, secret: str, municipality: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.05)
    async with asking(api, secret) as client:
        first = Slow(client, "ev-11")
        await first.begun()
        refused = await send(client, large("ev-12"), BATCH)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
        assert await counted(client, 503, "bodies") == 1
        assert (await first.end()).status_code == 200
        again = await send(client, large("ev-12"), BATCH)
    assert again.json()["receipts"][0]["status"] == "stored"


async def test_a_turn_that_is_never_ended_is_the_next_ones_after_a_while(
    api: FastAPI, secret: str, municipality: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "LONGEST", 0.05)
    async with asking(api, secret) as client:
        first = Slow(client, "ev-21")
        await first.begun()
        for id_ in ("ev-22", "ev-23"):
            assert (await send(client, large(id_), BATCH)).status_code == 200
        assert (await first.end()).status_code == 200  # late, but it ends
        assert (await send(client, large("ev-24"), BATCH)).status_code == 200
