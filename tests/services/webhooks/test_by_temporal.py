"""Dispatcher, workflow and worker together: what is stored is sent, whatever goes wrong."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from time import monotonic

import pytest
from temporalio.client import Client

from services.follow_ups import Engine
from services.store.municipality import Municipality
from services.store.server import Server
from services.webhooks import waits
from services.webhooks.addresses import networks_of
from services.webhooks.couriers import Courier
from services.webhooks.dead import DeadLetters
from services.webhooks.hook_table import Form
from services.webhooks.hooks import Hooks
from tests.conftest import Clock
from tests.services.following.room import dispatcher, temporal
from tests.services.store.sending import intake
from tests.services.webhooks.receiving import Letter, Receiver, Reply, receiving
from tests.workflows.patience import patient_worker
from workflows.messages import webhook_subject, workflow_id


@asynccontextmanager
async def sending(server: Server, client: Client) -> AsyncIterator[None]:
    """A worker that may send to this machine, and a dispatcher."""
    courier = Courier(server, networks_of("127.0.0.0/8"))
    with ThreadPoolExecutor(4) as threads:
        async with (
            patient_worker(client, Engine(server), threads, courier=courier),
            dispatcher(server, client),
        ):
            yield


async def came(receiver: Receiver, *ids: str) -> list[Letter]:
    """Wait until as many came, and see that they are these."""
    letters = await asyncio.to_thread(receiver.until, len(ids))
    assert receiver.ids == list(ids)
    return list(letters)


async def store(municipality: Municipality, *ids: str) -> None:
    await asyncio.to_thread(municipality.append, [intake(id_, "c-1") for id_ in ids])


async def test_what_is_stored_is_sent_and_tried_again_laid_aside_sent_again_and_replayed(
    server: Server, municipality: Municipality, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.now = datetime.now(UTC)
    monkeypatch.setattr(waits, "IN_TROUBLE", (1.0, 1.0, 1.0))
    monkeypatch.setattr(waits, "REFUSED", ())
    hooks, dead = Hooks(municipality), DeadLetters(municipality)
    with receiving() as receiver:
        hook, secret = hooks.add(
            receiver.url, Form.EVENTS, ("course.intake-registered",), 0, "", clock()
        )
        async with temporal() as client, sending(server, client):
            replies = [500, 503, 500]
            receiver.reply = lambda _: (replies.pop() if replies else 204, {})
            await store(municipality, "ev-0")
            letters = await came(receiver, *["ev-0"] * 4)
            assert len({letter.id for letter in letters}) == 1
            letters[3].verified(secret)

            receiver.letters.clear()

            def refusing(letter: Letter) -> Reply:
                return (400 if letter.event["id"] == "ev-bad" else 204), {}

            receiver.reply = refusing
            await store(municipality, "ev-bad", "ev-1")
            await came(receiver, "ev-bad", "ev-1")
            [letter] = dead.all()
            assert (letter.told, letter.attempts) == ("400", 1)

            receiver.reply = lambda _: (204, {})
            dead.ask_again(hook.id)
            hooks.awaken(hook.id)
            again = await came(receiver, "ev-bad", "ev-1", "ev-bad")
            assert again[0].id == again[2].id
            await settled(hooks, dead, municipality)

            receiver.letters.clear()
            hooks.replay(hook.id, 0)
            replayed = await came(receiver, "ev-0", "ev-bad", "ev-1")
            assert replayed[1].id == again[0].id

            hooks.remove(hook.id)
            handle = client.get_workflow_handle(workflow_id("0860", webhook_subject(hook.id)))
            await asyncio.wait_for(handle.result(), 30)


async def settled(hooks: Hooks, dead: DeadLetters, municipality: Municipality) -> None:
    """Wait until all is delivered and nothing is dead."""
    deadline = monotonic() + 30
    while dead.all() or hooks.all()[0].position < municipality.head().position:
        assert monotonic() < deadline
        await asyncio.sleep(0.05)


async def test_all_of_temporal_can_be_lost(
    server: Server, municipality: Municipality, clock: Clock
) -> None:
    clock.now = datetime.now(UTC)
    hooks = Hooks(municipality)
    with receiving() as receiver:
        hooks.add(receiver.url, Form.EVENTS, ("course.intake-registered",), 0, "", clock())
        async with temporal() as client, sending(server, client):
            await store(municipality, "ev-0")
            await came(receiver, "ev-0")
        await store(municipality, "ev-1")
        async with temporal() as client, sending(server, client):
            await came(receiver, "ev-0", "ev-1")
            await store(municipality, "ev-2")
            await came(receiver, "ev-0", "ev-1", "ev-2")
