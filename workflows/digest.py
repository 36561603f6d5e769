"""The daily letters of a municipality: who gets one, and then each by itself."""

import asyncio
from collections import Counter
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, is_cancelled_exception

from workflows.messages import DigestsSent, Recipient, Recipients, Start

FIND_RECIPIENTS = "find-recipients"
SEND_DIGEST = "send-digest"
UNSENT = "waiting"

_RETRY = RetryPolicy(
    initial_interval=timedelta(seconds=30),
    backoff_coefficient=2.0,
    maximum_interval=timedelta(minutes=15),
)
_DAY = timedelta(hours=12)  # after which a letter is yesterday's, and the next one tells more
_AT_ONCE = 500  # of the 2,000 activities that Temporal lets one workflow wait for


@workflow.defn(name="digest")
class DigestWorkflow:
    """Each working day: a letter to everybody with whom something lies."""

    @workflow.run
    async def run(self, start: Start) -> DigestsSent:
        """Send them; in numbers, what became of them."""
        found = await workflow.execute_activity(
            FIND_RECIPIENTS,
            start,
            result_type=Recipients,
            start_to_close_timeout=timedelta(minutes=30),
            schedule_to_close_timeout=_DAY,
            retry_policy=_RETRY,
        )
        outcomes: Counter[str] = Counter()
        for first in range(0, len(found.persons), _AT_ONCE):
            several = found.persons[first : first + _AT_ONCE]
            asked = [Recipient(start.municipality, one, found.day) for one in several]
            outcomes.update(await asyncio.gather(*map(_send, asked)))
        return DigestsSent(found.day, dict(outcomes))


async def _send(ask: Recipient) -> str:
    """What became of a letter; one that isn't taken all day costs the others nothing."""
    try:
        outcome: str = await workflow.execute_activity(
            SEND_DIGEST,
            ask,
            result_type=str,
            start_to_close_timeout=timedelta(minutes=5),
            schedule_to_close_timeout=_DAY,
            retry_policy=_RETRY,
        )
    except ActivityError as error:
        if is_cancelled_exception(error):
            raise
        return UNSENT
    return outcome
