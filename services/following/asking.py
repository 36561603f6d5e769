"""What is next of a subject, asked of its workflow, with all in it that is stored."""

import asyncio
from pathlib import Path

from temporalio.client import WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.service import RPCError, RPCStatusCode

from services.following.connecting import connect
from services.words import Words
from workflows.follower import Follower
from workflows.messages import Next, Poke, workflow_id

_PATIENCE = 10.0  # seconds

NO_TEMPORAL = Words("Temporal kan ikke nås.", "Temporal can't be reached.")
NOT_UP = Words("`roedtraad up` kører ikke her.", "`roedtraad up` isn't running here.")
NO_WORKFLOW = Words("Ingen følger forløbet lige nu.", "Nobody follows the course at the moment.")
NO_WORKER = Words("Den, der følger forløbet, svarer ikke.", "What follows the course is silent.")


class NoAnswerError(Exception):
    """Nobody answered; `words` say why."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


async def ask(
    address: str | None, keys_folder: Path, municipality: str, subject: str, position: int
) -> Next:
    """The workflow's answer when all up to that position is in; waits for it ten seconds.

    Raises NoAnswerError.
    """
    if address is None:
        raise NoAnswerError(NOT_UP)
    why = NO_TEMPORAL
    try:
        async with asyncio.timeout(_PATIENCE):
            client = await connect(address, keys_folder)
            why = NO_WORKER
            handle = client.get_workflow_handle(workflow_id(municipality, subject))
            answer: Next = await handle.execute_update(Follower.catch_up, Poke(position))
            return answer
    except RPCError as error:
        gone = error.status == RPCStatusCode.NOT_FOUND
        raise NoAnswerError(NO_WORKFLOW if gone else why) from None
    except (
        TimeoutError,
        RuntimeError,  # nobody listens there
        WorkflowUpdateFailedError,
        WorkflowUpdateRPCTimeoutOrCancelledError,
    ):
        raise NoAnswerError(why) from None
