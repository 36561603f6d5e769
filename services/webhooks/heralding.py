"""What the dispatcher does for webhooks: pokes the workflow of each that has something to send.

It looks only at the database, so whatever Temporal has lost begins again by itself.
"""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

from msgspec import Struct
from temporalio.client import Client

from services.feed.reading import SetBackError, UnreadableError, read_page
from services.following.poking import begin
from services.store.municipality import Municipality
from services.webhooks.dead import DeadLetters
from services.webhooks.hook_table import Hook
from services.webhooks.hooks import Hooks
from workflows.messages import Poke, Start, webhook_subject
from workflows.webhook import WebhookWorkflow

_UNFOLLOWED = 30.0  # seconds after which a poke that nobody followed is sent again
_LATE = timedelta(seconds=30)  # a retry that should have been so long ago was slept over


class Outstanding(Struct, frozen=True):
    """A poke: up to which position there was something, and when it was sent."""

    position: int
    at: float


class Herald:
    """Pokes for one municipality. It is thrown away after an error, and made anew."""

    def __init__(self, municipality: Municipality, client: Client) -> None:
        self._municipality = municipality
        self._client = client
        self._hooks = Hooks(municipality)
        self._letters = DeadLetters(municipality)
        self._editions: dict[UUID, int] = {}
        self._told: dict[UUID, Outstanding] = {}
        self._looked: set[UUID] = set()

    async def turn(self) -> None:
        """Poke those that have something to send, or that somebody has changed."""
        for id_, poke in (await asyncio.to_thread(self._due)).items():
            start = Start(self._municipality.code, webhook_subject(id_))
            await begin(self._client, WebhookWorkflow.run, start, poke)
            self._told[id_] = Outstanding(poke.position, time.monotonic())

    def _due(self) -> dict[UUID, Poke]:
        hooks = {hook.id: hook for hook in self._hooks.all()}
        if not hooks and not self._editions:
            return {}
        head, now = self._municipality.head().position, datetime.now(UTC)
        if any(
            hook.old_secret_ends_at and hook.old_secret_ends_at <= now for hook in hooks.values()
        ):
            self._hooks.forget_ended(now)
        changed = {id_ for id_ in self._editions if self._is_changed(id_, hooks.get(id_))}
        self._editions = {id_: hook.edition for id_, hook in hooks.items()}
        # Of one that wasn't poked yet since this began, it isn't known what its workflow knows.
        due = {id_: Poke(head, again=True) for id_ in changed}
        for id_, hook in hooks.items():
            if id_ not in changed and hook.is_active and self._is_due(hook, head):
                due[id_] = Poke(head, again=id_ not in self._told)
        return due

    def _is_changed(self, id_: UUID, hook: Hook | None) -> bool:
        """One that was removed or paused is told so too: its workflow ends."""
        return hook is None or hook.edition != self._editions[id_]

    def _is_due(self, hook: Hook, head: int) -> bool:
        if hook.retry_at is not None and datetime.now(UTC) < hook.retry_at + _LATE:
            return False  # its workflow waits by itself
        return not self._is_on_its_way(hook) and self._has_something(hook, head)

    def _is_on_its_way(self, hook: Hook) -> bool:
        """Whether its workflow was told of more than it has sent, unless Temporal has lost it."""
        told = self._told.get(hook.id)
        if told is None or hook.position >= told.position:
            return False
        return time.monotonic() - told.at < _UNFOLLOWED

    def _has_something(self, hook: Hook, head: int) -> bool:
        """Whether there is something to send. What isn't wanted is passed without a workflow."""
        # Whoever wants letters sent again changes the webhook; unheard it can only be before this.
        is_new, self._looked = hook.id not in self._looked, self._looked | {hook.id}
        if is_new and self._letters.again(hook.id, 1):
            return True
        if hook.position == head:
            return False
        try:
            page = read_page(self._municipality, hook.position, 1, hook.kinds)
        except (SetBackError, UnreadableError):
            return True  # the delivery knows what to do
        if not page.events and page.next > hook.position:
            self._hooks.passed(hook, page.next)
        return bool(page.events)
