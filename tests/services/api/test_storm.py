"""Sent many times over, cut off, killed: one effect and one receipt for each event."""

import asyncio
import json
import random
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
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


async def cut(
    served: Served, secret: str, sent: dict[str, Any], when: Callable[[], Awaitable[None]]
) -> None:
    """Send it whole, and be gone before the answer is read, once that time has come."""
    body = json.dumps(sent).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    writer.write(
        f"POST /v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {secret}\r\n"
        f"content-type: {STRUCTURED}\r\ncontent-length: {len(body)}\r\n\r\n".encode()
        + body
    )
    await writer.drain()
    await when()
    writer.transport.abort()
    del reader


async def until(found: Callable[[], bool]) -> None:
    """Ask the database again and again until it says so."""
    for _ in range(10_000):
        if found():
            return
        await asyncio.sleep(0.002)
    raise TimeoutError


async def cut_before_commit(
    served: Served, secret: str, municipality: Municipality, sent: dict[str, Any]
) -> bool:
    """Cut it off while it waits for the writer's lock; whether nothing of it was stored by then."""
    with municipality.transaction() as cursor:
        municipality.log_recorder.lock(cursor)
        waits = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        await cut(
            served,
            secret,
            sent,
            lambda: until(lambda: cursor.execute(waits).fetchone() is not None),
        )
        return not is_stored(municipality, sent)


async def cut_after_commit(
    served: Served, secret: str, municipality: Municipality, sent: dict[str, Any]
) -> bool:
    """Cut it off once it is stored; whether it was then, which nobody has told its sender."""
    await cut(served, secret, sent, lambda: until(lambda: is_stored(municipality, sent)))
    return is_stored(municipality, sent)


def is_stored(municipality: Municipality, sent: dict[str, Any]) -> bool:
    """As a connection of its own sees it."""
    return municipality.read_event(sent["source"], sent["id"]) is not None


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
        async with httpx.AsyncClient(
            base_url=served.address, headers=headers, verify=False
        ) as asking:
            for sent, after in left:
                try:
                    if after is not None:
                        await cut(served, secret, sent, partial(asyncio.sleep, after))
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
    count, chance = runs(50, 5000), random.Random(25)
    *others, before, after = events(count)
    sendings = [
        (one, chance.choice([0.0, 0.002, 0.02]) if chance.random() < 0.2 else None)
        for one in others
        for _ in range(chance.randint(1, 5))
    ]
    chance.shuffle(sendings)
    with serving(app) as served:
        told = await send_all(served, secret, sendings)
        assert await cut_before_commit(served, secret, municipality, before)
        assert await cut_after_commit(served, secret, municipality, after)
        # Whatever was cut off every time is sent once more, and may or may not be known.
        again = await send_all(served, secret, ((one, None) for one in events(count)))
    for id_, receipts in again.items():
        told[id_] += receipts
    check(municipality, told, count)
    assert len(told) == count
    assert all(len([r for r in each if r["status"] == "stored"]) <= 1 for each in told.values())
    assert [receipt["status"] for receipt in told[after["id"]]] == ["duplicate"]


@pytest.mark.soak
async def test_connections_cut_before_and_after_their_commits_have_one_effect_and_one_receipt(
    app: App, secret: str, municipality: Municipality
) -> None:
    count = 2 * runs(3)
    sent, cuts = events(count), Counter[str]()
    with serving(app) as served:
        for early, late in zip(sent[::2], sent[1::2], strict=True):
            cuts["before"] += await cut_before_commit(served, secret, municipality, early)
            cuts["after"] += await cut_after_commit(served, secret, municipality, late)
        told = await send_all(served, secret, [(one, None) for one in sent * 2])
    assert cuts == {"before": count // 2, "after": count // 2}
    check(municipality, told, count)
    for late in sent[1::2]:
        assert {receipt["status"] for receipt in told[late["id"]]} == {"duplicate"}


@pytest.mark.soak
async def test_killed_under_load_and_sent_again_nothing_is_lost_and_nothing_doubled(
    app: App, secret: str, municipality: Municipality
) -> None:
    count, port = runs(60, 5000), free_port()
    told: Receipts = defaultdict(list)
    for kill_after in (0.25, 0.6, None) if SOAK else (0.25, None):
        with serving(app, port) as served:
            sending = asyncio.create_task(
                send_all(served, secret, ((one, None) for one in events(count)))
            )
            if kill_after is not None:
                await asyncio.sleep(kill_after)
                served.process.kill()
                served.process.wait()
            for id_, receipts in (await sending).items():
                told[id_] += receipts
    assert len(told) == count
    check(municipality, told, count)
