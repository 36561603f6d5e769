"""The activity that sends: turns of webhooks in threads of their own.

A receiver that is slow keeps a thread of these, and none of those that follow up.
"""

import asyncio
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from temporalio import activity

from services.digests.letter import link_to
from services.following.beating import heartbeats
from services.following.failing import told_by_kind
from services.store.schema import known_municipalities
from services.store.server import Server
from services.webhooks.addresses import Network
from services.webhooks.delivering import Turn
from workflows.messages import Deliver, Sent, webhook_subject, workflow_id
from workflows.webhook import DELIVER

AT_ONCE = 32
_SECONDS = 90.0  # after which a turn is abandoned, whatever its receiver is about


class Courier:
    """Sends what webhooks are to be sent. `link` is where a follow-up is seen, as it is set."""

    def __init__(self, server: Server, allowed: Iterable[Network], link: str | None = None) -> None:
        self._server = server
        self._allowed = tuple(allowed)
        self._link = link
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhooks")

    @activity.defn(name=DELIVER)
    async def deliver(self, ask: Deliver) -> Sent:
        """One turn. Fails with the kind of the error only."""
        subject = webhook_subject(ask.webhook)
        with told_by_kind(workflow_id(ask.municipality, subject)):
            async with heartbeats():
                turn = await asyncio.to_thread(self._turn, ask)
                return await self._taken(turn) if turn else Sent(0, finished=True)

    async def _taken(self, turn: Turn) -> Sent:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(_SECONDS):
                return await loop.run_in_executor(self._threads, turn.take)
        finally:
            turn.abandon()  # nothing, where it is done

    def _turn(self, ask: Deliver) -> Turn | None:
        """None for a municipality that is gone: to ask for its store would make it anew."""
        if ask.municipality not in known_municipalities(self._server.pool):
            return None
        store = self._server.municipality(ask.municipality)
        link = link_to(self._link, store.code)
        return Turn(store, UUID(ask.webhook), self._allowed, link)
