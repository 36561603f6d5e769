"""The feed as server-sent events, of a process of its own."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple

import httpx
import pytest

from services.root import App
from services.store.municipality import Municipality
from services.tokens import Tokens
from tests.services.api.sending import event, send
from tests.services.api.serving import serving


class Said(NamedTuple):
    """One server-sent event."""

    id: int
    event: dict[str, Any]


async def said(lines: AsyncIterator[str]) -> AsyncIterator[Said]:
    """Read as a browser does: fields up to an empty line; without data, nothing is said."""
    fields: dict[str, str] = {}
    async for line in lines:
        if line:
            name, _, value = line.partition(":")
            fields[name] = value.strip()
        elif "data" in fields:
            yield Said(int(fields["id"]), json.loads(fields["data"]))
            fields = {}


@asynccontextmanager
async def following(
    client: httpx.AsyncClient, last: int | None = None, **params: Any
) -> AsyncIterator[AsyncIterator[Said]]:
    """What is said, for as long as the block lasts."""
    headers = {"accept": "text/event-stream"}
    if last is not None:
        headers["last-event-id"] = str(last)
    async with client.stream("GET", "/v1/feed", params=params, headers=headers) as answer:
        assert answer.status_code == 200, await answer.aread()
        assert answer.headers["content-type"] == "text/event-stream"
        yield said(answer.aiter_lines())


async def take(stream: AsyncIterator[Said], count: int) -> list[Said]:
    async with asyncio.timeout(30):
        return [await anext(stream) for _ in range(count)]


async def test_a_stream_goes_on_where_it_was_cut_off_and_ends_with_its_token_and_the_process(
    app: App, secret: str, tokens: Tokens, municipality: Municipality
) -> None:
    headers = {"authorization": f"Bearer {secret}"}
    token, reader = tokens.create(municipality="0860", now=datetime.now(UTC), may_read=True)
    with serving(app) as served:
        async with httpx.AsyncClient(
            base_url=served.address, headers=headers, timeout=40
        ) as asking:
            positions = [
                (await send(asking, event(f"ev-{n}"))).json()["position"] for n in range(3)
            ]
            async with following(asking, after=positions[0]) as stream:
                assert [one.id for one in await take(stream, 2)] == positions[1:]
                positions.append((await send(asking, event("ev-3"))).json()["position"])
                [live] = await take(stream, 1)
                assert live.id == positions[3] and live.event["id"] == "ev-3"
            # A browser asks with the address that it was given, and says how far it came.
            async with following(asking, last=positions[1], after=positions[0]) as stream:
                assert [one.id for one in await take(stream, 2)] == positions[2:]
            too_far = await asking.get(
                "/v1/feed",
                headers={"accept": "text/event-stream", "last-event-id": str(positions[3] + 1)},
            )
            assert too_far.status_code == 409

            asking.headers["authorization"] = f"Bearer {reader}"
            async with following(asking, after=positions[3]) as stream:
                tokens.revoke(token.id, datetime.now(UTC))
                with pytest.raises(StopAsyncIteration):
                    await take(stream, 1)
            asking.headers["authorization"] = f"Bearer {secret}"

            async with following(asking, after=positions[3]) as stream:
                waiting = asyncio.create_task(
                    asking.get("/v1/feed", params={"after": positions[3], "wait": 30})
                )
                await asyncio.sleep(0.5)
                served.process.terminate()
                with pytest.raises(StopAsyncIteration):
                    await take(stream, 1)
                assert (await waiting).json()["events"] == []
                assert await asyncio.to_thread(served.process.wait, 9) == 0
