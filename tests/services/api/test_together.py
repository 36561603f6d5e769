"""Requests that arrive at the same time: committed together, answered as if one after the other."""

import asyncio
import signal
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import httpx
import psycopg
from fastapi import FastAPI

from services.api.app import create_app
from services.lane import Bounds
from services.root import App
from services.store.keys import Keyring
from services.store.municipality import Municipality
from services.store.refused import Refusals
from tests.conftest import Clock
from tests.services.api.sending import BATCH, STRUCTURED, event, send
from tests.services.api.serving import serving

_CUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE wait_event = 'advisory' AND datname = current_database()"
)


@contextmanager
def held_up(municipality: Municipality) -> Iterator[None]:
    """Somebody else has the writer lock meanwhile, so what is sent piles up."""
    with municipality.transaction() as cursor:
        municipality.log_recorder.lock(cursor)
        yield


async def until(holds: Callable[[], bool]) -> None:
    """Wait for it, however slow the machine is."""
    for _ in range(6_000):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("waited in vain")


async def taken_in(api: FastAPI, count: int) -> None:
    """Wait until so many requests are in their lanes."""
    await until(lambda: api.state.lanes.under_way() == count)


async def piled_up(
    api: FastAPI, client: httpx.AsyncClient, municipality: Municipality, *events: Any
) -> list[httpx.Response]:
    """The first is under way alone when all others come, in this order."""
    with held_up(municipality):
        first = asyncio.create_task(send(client, event("ev-first")))
        await taken_in(api, 1)
        others = []
        for n, one in enumerate(events):
            others.append(asyncio.create_task(send(client, one)))
            await taken_in(api, n + 2)
    assert (await first).status_code == 201
    return await asyncio.gather(*others)


def transactions(municipality: Municipality) -> list[list[bytes]]:
    """The references' hashes of what was stored, by the transaction that stored it."""
    with municipality.transaction() as cursor:
        rows = cursor.execute(
            f"SELECT array_agg(position) FROM {municipality.schema}.receipts"
            " GROUP BY xmin::text ORDER BY min(position)"
        ).fetchall()
    return [row[0] for row in rows]


async def test_they_are_one_transaction_with_the_receipts_that_each_would_have_had_alone(
    api: FastAPI, client: httpx.AsyncClient, municipality: Municipality, keyring: Keyring
) -> None:
    answers = await piled_up(
        api,
        client,
        municipality,
        event("ev-1"),
        event("ev-2"),
        event("ev-1"),  # the same again
        event("ev-1", subject="c-2"),  # another under its id
        event("ev-3", subject=None),  # refused
        event("ev-first"),  # known from the transaction before
        event("ev-4"),
    )
    assert [answer.status_code for answer in answers] == [201, 201, 200, 409, 422, 200, 201]
    one, two, again = (answer.json() for answer in answers[:3])
    assert again == one | {"status": "duplicate"}
    assert two["version"] == one["version"] + 1 and two["position"] > one["position"]
    assert [len(each) for each in transactions(municipality)] == [1, 3]
    refusals = Refusals(keyring.key("0860"), municipality.schema)
    with municipality.transaction() as cursor:
        found = refusals.read(cursor, municipality.clock())
    kept = [each.refused.problem.kind for each in found]
    assert Counter(kept) == {"conflict": 1, "invalid-event": 1}


async def test_batches_and_single_events_share_a_transaction(
    api: FastAPI, client: httpx.AsyncClient, municipality: Municipality
) -> None:
    with held_up(municipality):
        first = asyncio.create_task(send(client, event("ev-first")))
        await taken_in(api, 1)
        several = [event(f"ev-{n}") for n in range(3)]
        batch = asyncio.create_task(send(client, several, BATCH))
        single = asyncio.create_task(send(client, event("ev-9")))
        await taken_in(api, 3)
    answers = await asyncio.gather(first, batch, single)
    assert [answer.status_code for answer in answers] == [201, 200, 201]
    assert [len(each) for each in transactions(municipality)] == [1, 4]


async def test_what_the_database_refuses_fails_its_own_request_only(
    api: FastAPI, client: httpx.AsyncClient, municipality: Municipality
) -> None:
    with municipality.transaction() as cursor:
        cursor.execute(
            f"ALTER TABLE {municipality.schema}.events ADD CHECK (octet_length(state) < 2000)"
        )
    poison = event("ev-2")
    poison["data"] = poison["data"] | {"note": "Testesen " * 200}
    events = (event("ev-1"), poison, event("ev-3"), event("ev-3"), event("ev-4"))
    answers = await piled_up(api, client, municipality, *events)
    assert [answer.status_code for answer in answers] == [201, 500, 201, 200, 201]
    again = await send(client, event("ev-4"))
    assert again.json()["position"] == answers[-1].json()["position"]


@asynccontextmanager
async def client_of(api: FastAPI, secret: str) -> AsyncIterator[Any]:
    """A client of an interface of its own."""
    transport = httpx.ASGITransport(app=api)
    headers = {"authorization": f"Bearer {secret}"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://test", headers=headers
    ) as opened:
        yield opened


async def test_who_comes_to_a_full_lane_is_told_to_come_again(
    app: App, clock: Clock, secret: str, municipality: Municipality
) -> None:
    api = create_app(app, clock=clock, bounds=Bounds(requests=3))
    async with client_of(api, secret) as client:
        assert (await send(client, event("ev-0"))).status_code == 201
        with held_up(municipality):
            waiting = [asyncio.create_task(send(client, event(f"ev-{n}"))) for n in (1, 2, 3)]
            await taken_in(api, 3)
            turned_away = await send(client, event("ev-4"))
        assert turned_away.status_code == 503
        assert turned_away.headers["retry-after"] == "1"
        assert turned_away.json()["type"] == "/problems/busy"
        assert [a.status_code for a in await asyncio.gather(*waiting)] == [201, 201, 201]
        assert (await send(client, event("ev-4"))).json()["status"] == "stored"


def is_open(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


async def test_told_to_end_it_answers_what_it_has_taken_in(
    app: App, secret: str, municipality: Municipality
) -> None:
    headers = {"authorization": f"Bearer {secret}", "content-type": STRUCTURED}
    with serving(app) as served:
        async with httpx.AsyncClient(base_url=served.address, headers=headers) as client:
            await send(client, event("ev-0"))
            with held_up(municipality):
                waiting = [asyncio.create_task(send(client, event(f"ev-{n}"))) for n in (1, 2, 3)]
                for _ in range(30):  # what was sent before is read before, in either process
                    await client.get("/healthz")
                served.process.send_signal(signal.SIGTERM)
                await until(lambda: not is_open(served.port))
            assert [a.status_code for a in await asyncio.gather(*waiting)] == [201, 201, 201]
        assert await asyncio.to_thread(served.process.wait, 15) == 0
    assert len(municipality.read_from(0, 10)) == 4


async def test_a_lane_whose_connection_is_cut_stores_the_same_group_on_another(
    api: FastAPI, client: httpx.AsyncClient, municipality: Municipality, database_url: str
) -> None:
    await send(client, event("ev-0"))
    cut: list[Any] = []

    def cuts() -> bool:
        cut.extend(admin.execute(_CUT).fetchall())
        return bool(cut)

    with held_up(municipality), psycopg.connect(database_url, autocommit=True) as admin:
        waiting = [asyncio.create_task(send(client, event(f"ev-{n}"))) for n in (1, 2, 3)]
        await taken_in(api, 3)
        await until(cuts)
    assert cut == [(True,)]
    answers = await asyncio.gather(*waiting)
    assert [answer.json()["status"] for answer in answers] == ["stored"] * 3
    assert len(municipality.read_from(0, 10)) == 4
