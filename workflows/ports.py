"""The one port that workflows call; `services` implements it as an activity of this name."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from workflows.messages import Advance, Next

ADVANCE = "advance"

# Tried for as long as it takes: a database that is away for a night must cost no follow-up. Each
# wait longer than `_BY_ITSELF` costs six events of the history and a task of the server.
_RETRY = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    backoff_coefficient=3.0,
    maximum_interval=timedelta(minutes=10),
)
_BY_ITSELF = timedelta(seconds=10)  # the worker waits so long, and keeps the workflow's task


async def advance(ask: Advance) -> Next:
    """Read the subject's streams, store what is due as events, say when to ask again.

    Safe to do twice: each follow-up's each stage is one event, however often it is written. Local
    to the worker that has the workflow, so that a pull is one task of the server and not three.
    """
    reached: Next = await workflow.execute_local_activity(
        ADVANCE,
        ask,
        result_type=Next,
        start_to_close_timeout=timedelta(minutes=2),
        retry_policy=_RETRY,
        local_retry_threshold=_BY_ITSELF,
    )
    return reached
