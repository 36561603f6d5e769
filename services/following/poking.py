"""Pokes to workflows: one message, for whoever is awake, asleep, not begun or ended."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
)
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
        self, pokes: Mapping[str, Poke], starting: set[str], *, anew: bool = False
    ) -> tuple[dict[str, int], BaseException | None]:
        """Poke subjects; those of `starting` get a workflow where none runs.

        `anew`: they get a new one in any case, and what runs is ended, however it is.

        Returns the positions that running workflows were told, and the first error, if any.
        """
        outcomes = await asyncio.gather(
            *(
                self._poke(subject, poke, subject in starting, anew)
                for subject, poke in pokes.items()
            ),
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

    async def running(self) -> set[str]:
        """The subjects whose workflows run. It may be some seconds old."""
        query = f"WorkflowId STARTS_WITH '{self._code}/' AND ExecutionStatus = 'Running'"
        kinds = f"WorkflowType IN ({', '.join(repr(kind) for kind in ('course', TEAM))})"
        found = self._client.list_workflows(f"{query} AND {kinds}", rpc_timeout=_PATIENCE)
        return {one.id.partition("/")[2] async for one in found}

    async def _poke(self, subject: str, poke: Poke, start: bool, anew: bool) -> bool:
        """Whether a workflow was told. Raises RPCError."""
        async with self._turn:
            if start:
                await self._start(subject, poke, anew)
                return True
            handle = self._client.get_workflow_handle(workflow_id(self._code, subject))
            try:
                await handle.signal(CourseWorkflow.poke, poke, rpc_timeout=_PATIENCE)
            except RPCError as error:
                if error.status == RPCStatusCode.NOT_FOUND:
                    return False
                raise
            return True

    async def _start(self, subject: str, poke: Poke, anew: bool) -> None:
        run = TeamWorkflow.run if subject == TEAM else CourseWorkflow.run
        await begin(self._client, run, Start(self._code, subject), poke, anew=anew)


async def begin(
    client: Client,
    run: Callable[[Any, Start], Awaitable[None]],
    start: Start,
    poke: Poke,
    *,
    anew: bool = False,
) -> None:
    """Poke a subject's workflow, which is begun where none runs. Raises RPCError."""
    await client.start_workflow(
        run,
        start,
        id=workflow_id(start.municipality, start.subject),
        task_queue=TASK_QUEUE,
        search_attributes=TypedSearchAttributes(
            [SearchAttributePair(MUNICIPALITY, start.municipality)]
        ),
        id_conflict_policy=(
            WorkflowIDConflictPolicy.TERMINATE_EXISTING
            if anew
            else WorkflowIDConflictPolicy.UNSPECIFIED
        ),
        start_signal="poke",
        start_signal_args=[poke],
        rpc_timeout=_PATIENCE,
    )
