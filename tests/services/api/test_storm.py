"""Sent many times over, cut off, killed: one effect and one receipt for each event."""

import asyncio
import json
import random
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import httpx
import pytest

from services.root import App
from services.store.municipality import Municipality
from tests.services.api.sending import STRUCTURED, event
from tests.services.api.serving import Served, free_port, serving
from tests.soaking import SOAK, runs

CLIENTS = 8
COURSES = 40
_RECEIPT = ("source", "id", "stream", "version", "position", "recorded_at")
Receipts = dict[str, list[dict[str, Any]]]


def events(count: int) -> list[dict[str, Any]]:
    return [event(f"ev-{n}", subject=f"c-{n % COURSES}") for n in range(count)]


async def cut(served: Served, secret: str, sent: dict[str, Any], after: float) -> None:
    """Send it whole, and be gone before the answer is read."""
    body = json.dumps(sent).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    writer.write(
        f"POST /v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {secret}\r\n"
        f"content-type: {STRUCTURED}\r\ncontent-length: {len(body)}\r\n\r\n".encode()
        + body
    )
    await writer.drain()
    await asyncio.sleep(after)
    writer.transport.abort()
    del reader


async def send_all(
    served: Served, secret: str, sendings: Iterable[tuple[dict[str, Any], float | None]]
) -> Receipts:
    """Eight clients share the sendings; the receipts of each event, in the order of arrival.

    A sending with a time is cut off so many seconds after it. Where the process is gone, so is
    the client.
    """
    receipts: Receipts = defaultdict(list)
    left = iter(sendings)

    async def client() -> None:
        headers = {"authorization": f"Bearer {secret}", "content-type": STRUCTURED}
        async with httpx.AsyncClient(base_url=served.address, headers=headers) as asking:
            for sent, after in left:
                try:
                    if after is not None:
                        await cut(served, secret, sent, after)
                        continue
                    answer = await asking.post("/v1/events", content=json.dumps(sent))
                except (httpx.TransportError, OSError):
                    return
                assert answer.status_code in (200, 201), answer.text
                receipts[sent["id"]].append(answer.json())

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return receipts


def check(municipality: Municipality, receipts: Receipts, count: int) -> None:
    """Every event is in the log once, and all its receipts are those of where it stands."""
    log = municipality.read_from(0, count + 1)
    assert sorted(each.source_id for each in log) == sorted(f"ev-{n}" for n in range(count))
    stands = {each.source_id: each for each in log}
    for id_, told in receipts.items():
        assert len({tuple(one[name] for name in _RECEIPT) for one in told}) == 1
        assert sum(one["status"] == "stored" for one in told) <= 1
        assert told[0]["position"] == stands[id_].position
    versions = defaultdict(list)
    for each in log:
        versions[each.originator_id].append(each.originator_version)
    assert all(found == list(range(1, len(found) + 1)) for found in versions.values())


@pytest.mark.soak
async def test_each_event_sent_one_to_five_times_by_eight_clients_has_one_effect(
    app: App, secret: str, municipality: Municipality
) -> None:
    count, chance = runs(100), random.Random(25)
    sendings = [
        (one, chance.choice([0.0, 0.002, 0.02]) if chance.random() < 0.2 else None)
        for one in events(count)
        for _ in range(chance.randint(1, 5))
    ]
    chance.shuffle(sendings)
    with serving(app) as served:
        told = await send_all(served, secret, sendings)
        # Whatever was cut off every time is sent once more, and may or may not be known.
        again = await send_all(served, secret, ((one, None) for one in events(count)))
    for id_, receipts in again.items():
        told[id_] += receipts
    check(municipality, told, count)
    assert len(told) == count
    assert all(len([r for r in each if r["status"] == "stored"]) <= 1 for each in told.values())


@pytest.mark.soak
async def test_killed_under_load_and_sent_again_nothing_is_lost_and_nothing_doubled(
    app: App, secret: str, municipality: Municipality
) -> None:
    count, port = runs(100), free_port()
    told: Receipts = defaultdict(list)
    for kill_after in (0.25, 0.6, None) if SOAK else (0.25, None):
        with serving(app, port) as served:
            sending = asyncio.create_task(
                send_all(served, secret, ((one, None) for one in events(count)))
            )
            if kill_after is not None:
                await asyncio.sleep(kill_after)
                served.process.kill()
            for id_, receipts in (await sending).items():
                told[id_] += receipts
    assert len(told) == count
    check(municipality, told, count)
