"""What is sent to one webhook: in order, tried again when it wasn't taken, until it is paused.

How far it is, and when it is tried again, the activity notes and says; here is only waited.
"""

from contextlib import suppress
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from workflows.follower import LONGEST_HISTORY
from workflows.inbox import Inbox
from workflows.messages import Deliver, Poke, Sent, Start

DELIVER = "deliver"
_SHORTEST = timedelta(seconds=1)
_LONGEST = timedelta(days=1)  # then it looks by itself: it may have been removed unheard
# Of the activity itself, such as a database that is away; what a receiver does is no failure of it.
_RETRY = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    backoff_coefficient=3.0,
    maximum_interval=timedelta(minutes=10),
)


@workflow.defn(name="webhook")
class WebhookWorkflow:
    """Ends when the webhook is paused or removed; a poke begins it anew."""

    def __init__(self) -> None:
        self._inbox = Inbox()

    @workflow.signal
    def poke(self, poke: Poke) -> None:
        """There is more; `again`: somebody has changed something, so don't wait for a retry."""
        self._inbox.poked(poke)

    @workflow.run
    async def run(self, start: Start) -> None:
        """Send, wait, send. Goes on in a new run before its history grows too long."""
        while True:
            told = self._inbox.pulling()
            sent = await _deliver(start)
            # What is still to be sent is no news: it is sent without being told of.
            self._inbox.pulled(sent.position, told)
            if sent.finished and not self._inbox.has_news:
                return
            if not sent.finished and not self._is_worn():
                await self._wait(sent)
            if self._is_worn():
                # The new run sends first, so there is no state to hand on, and no news is lost.
                workflow.continue_as_new(start)

    async def _wait(self, sent: Sent) -> None:
        if sent.more:
            return
        retries = sent.wait_seconds is not None
        timeout = _LONGEST
        if sent.wait_seconds is not None:
            timeout = max(timedelta(seconds=sent.wait_seconds), _SHORTEST)
        with suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: self._inbox.is_urgent if retries else self._inbox.has_news,
                timeout=timeout,
            )

    def _is_worn(self) -> bool:
        info = workflow.info()
        return (
            info.is_continue_as_new_suggested()
            or info.get_current_history_length() >= LONGEST_HISTORY
        )


async def _deliver(start: Start) -> Sent:
    sent: Sent = await workflow.execute_activity(
        DELIVER,
        Deliver(start.municipality, start.subject.rpartition("/")[2]),
        result_type=Sent,
        start_to_close_timeout=timedelta(minutes=2),
        heartbeat_timeout=timedelta(seconds=20),
        retry_policy=_RETRY,
    )
    return sent
