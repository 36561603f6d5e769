"""Edits of a webhook's workflow which would break those under way."""

from datetime import timedelta

from temporalio import workflow

from workflows.messages import Advance, Sent, Start
from workflows.ports import advance
from workflows.webhook import WebhookWorkflow

CARELESS_WEBHOOKS: list[type] = []
_SOON = timedelta(minutes=1)


def careless(edited: type) -> type:
    """Put it on the list."""
    CARELESS_WEBHOOKS.append(workflow.defn(name="webhook")(edited))
    return edited


@careless
class WebhookSleepsFirst(WebhookWorkflow):
    """A timer before the first delivery."""

    @workflow.run
    async def run(self, start: Start) -> None:
        await workflow.sleep(_SOON)
        await super().run(start)


@careless
class WebhookAsksTheEngine(WebhookWorkflow):
    """A local activity before the first delivery."""

    @workflow.run
    async def run(self, start: Start) -> None:
        await advance(Advance(start.municipality, start.subject, workflow.now()))
        await super().run(start)


@careless
class WebhookNeverWaits(WebhookWorkflow):
    """A delivery in place of a timer."""

    async def _wait(self, sent: Sent) -> None:
        return

    @workflow.run
    async def run(self, start: Start) -> None:
        await super().run(start)


@careless
class WebhookEndsAtOnce(WebhookWorkflow):
    """An end in place of a delivery."""

    @workflow.run
    async def run(self, start: Start) -> None:
        return
