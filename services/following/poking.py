"""Pokes to workflows: one message, for whoever is awake, asleep, not begun or ended."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.service import RPCError, RPCStatusCode

from workflows.course import CourseWorkflow
from workflows.messages import TASK_QUEUE, TEAM, Poke, Start, workflow_id
from workflows.searched import MUNICIPALITY
from workflows.team import TeamWorkflow

_PATIENCE = timedelta(seconds=15)
_AT_ONCE = 16


class Poker:
    """Pokes the workflows of one municipality."""

    def __init__(self, client: Client, code: str) -> None:
        self._client = client
        self._code = code
        self._turn = asyncio.Semaphore(_AT_ONCE)

    async def poke_all(
        self, pokes: Mapping[str, Poke], starting: set[str]
    ) -> tuple[dict[str, int], BaseException | None]:
        """Poke subjects; those of `starting` get a workflow where none runs.

        Returns the positions that running workflows were told, and the first error, if any.
        """
        outcomes = await asyncio.gather(
            *(self._poke(subject, poke, subject in starting) for subject, poke in pokes.items()),
            return_exceptions=True,
        )
        told: dict[str, int] = {}
        error: BaseException | None = None
        for (subject, poke), outcome in zip(pokes.items(), outcomes, strict=True):
            if isinstance(outcome, BaseException):
                error = error or outcome
            elif outcome:
                told[subject] = poke.position
        return told, error

    async def team_runs(self) -> bool:
        """Whether the workflow of the team runs. It never ends, so if not, Temporal lost it."""
        try:
            found = await self._client.get_workflow_handle(workflow_id(self._code, TEAM)).describe(
                rpc_timeout=_PATIENCE
            )
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return False
            raise
        return found.status == WorkflowExecutionStatus.RUNNING

    async def _poke(self, subject: str, poke: Poke, start: bool) -> bool:
        """Whether a workflow was told. Raises RPCError."""
        async with self._turn:
            if start:
                await self._start(subject, poke)
                return True
            handle = self._client.get_workflow_handle(workflow_id(self._code, subject))
            try:
                await handle.signal(CourseWorkflow.poke, poke, rpc_timeout=_PATIENCE)
            except RPCError as error:
                if error.status == RPCStatusCode.NOT_FOUND:
                    return False
                raise
            return True

    async def _start(self, subject: str, poke: Poke) -> None:
        run = TeamWorkflow.run if subject == TEAM else CourseWorkflow.run
        await self._client.start_workflow(
            run,
            Start(self._code, subject),
            id=workflow_id(self._code, subject),
            task_queue=TASK_QUEUE,
            search_attributes=TypedSearchAttributes(
                [SearchAttributePair(MUNICIPALITY, self._code)]
            ),
            start_signal="poke",
            start_signal_args=[poke],
            rpc_timeout=_PATIENCE,
        )
