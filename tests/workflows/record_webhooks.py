"""Histories of webhooks: tried again, poked, changed, paused; and gone on in another run."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import NamedTuple

from temporalio.client import Client, WorkflowHistory

from services.follow_ups import Engine
from services.following.poking import begin
from services.store.municipality import Municipality
from services.store.server import Server
from services.webhooks.addresses import networks_of
from services.webhooks.couriers import Courier
from services.webhooks.hook_table import Form, Hook
from services.webhooks.hooks import Hooks
from tests.conftest import Clock
from tests.services.store.sending import intake
from tests.services.webhooks.receiving import Receiver, receiving
from tests.workflows.patience import patient_worker
from tests.workflows.test_long_history import dev_server
from workflows.messages import Poke, Start, webhook_subject, workflow_id
from workflows.webhook import WebhookWorkflow

HERE = networks_of("127.0.0.0/8")


class Line(NamedTuple):
    """A webhook with its receiver, and the worker that sends."""

    store: Municipality
    client: Client
    receiver: Receiver
    hooks: Hooks
    hook: Hook

    async def stored(self, id_: str) -> None:
        """An event is stored, and its workflow poked about it."""
        await asyncio.to_thread(self.store.append, [intake(id_, "c-1")])
        await self.poke()

    async def poke(self, *, again: bool = False) -> None:
        subject = webhook_subject(self.hook.id)
        position = (await asyncio.to_thread(self.store.head)).position
        start = Start(self.store.code, subject)
        await begin(self.client, WebhookWorkflow.run, start, Poke(position, again=again))

    async def until(self, count: int) -> None:
        await asyncio.to_thread(self.receiver.until, count)

    @property
    def id(self) -> str:
        return workflow_id(self.store.code, webhook_subject(self.hook.id))


@asynccontextmanager
async def line(server: Server, suggest_at: int = 4096) -> AsyncIterator[Line]:
    store = server.municipality("0860")
    hooks = Hooks(store)
    async with AsyncExitStack() as stack:
        receiver = stack.enter_context(receiving())
        hook, _ = hooks.add(receiver.url, Form.EVENTS, (), 0, "", datetime.now(UTC))
        client = await stack.enter_async_context(dev_server(suggest_at))
        threads = stack.enter_context(ThreadPoolExecutor(2))
        worker = patient_worker(client, Engine(server), threads, courier=Courier(server, HERE))
        await stack.enter_async_context(worker)
        yield Line(store, client, receiver, hooks, hook)


async def webhook(server: Server, clock: Clock) -> WorkflowHistory:
    """Waits after a failure, is poked, replayed while it waits for the next try, and paused."""
    clock.now = datetime.now(UTC)
    async with line(server) as one:
        replies = [500, 500, 204, 204, 503]
        one.receiver.reply = lambda _: (replies.pop(0) if replies else 204, {})
        await one.stored("ev-0")
        await one.until(1)
        await one.poke()  # which doesn't shorten its wait
        await one.until(2)
        await asyncio.to_thread(one.hooks.resume, one.hook.id)
        await one.poke(again=True)  # which does
        await one.until(3)
        await one.stored("ev-1")
        await one.until(4)
        await one.stored("ev-2")
        await one.until(5)
        await asyncio.to_thread(one.hooks.replay, one.hook.id, 0)
        await one.poke(again=True)
        await one.until(8)
        await asyncio.to_thread(one.hooks.pause, one.hook.id, datetime.now(UTC))
        await one.poke(again=True)
        handle = one.client.get_workflow_handle(one.id)
        await handle.result()
        return await handle.fetch_history()


async def webhook_continued(server: Server, clock: Clock) -> WorkflowHistory:
    """A run that went on in another one."""
    clock.now = datetime.now(UTC)
    async with line(server, suggest_at=10) as one:
        for n in range(3):
            await one.stored(f"ev-{n}")
            await one.until(n + 1)
        latest = await one.client.get_workflow_handle(one.id).describe()
        async for run in one.client.list_workflows(f"WorkflowId = '{one.id}'"):
            if run.run_id != latest.run_id:
                handle = one.client.get_workflow_handle(one.id, run_id=run.run_id)
                return await handle.fetch_history()
    raise AssertionError("it never went on in another run")
