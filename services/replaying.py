"""Whether workflows that run would go on with this program: their histories, replayed.

A workflow's code must do again what its history says that it did. Where it would do otherwise, the
workflow stands still from the moment this program runs it. Nothing is written here.
"""

from collections.abc import AsyncIterator, Callable
from itertools import islice

from msgspec import Struct
from temporalio.client import Client, WorkflowExecution, WorkflowHistory
from temporalio.runtime import Runtime, TelemetryConfig
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Replayer

from services.worker import SANDBOX, WORKFLOWS
from workflows.messages import TASK_QUEUE

MOST = 200  # histories of a workflow type; of more, the oldest and the newest
_RUNNING = f"TaskQueue = '{TASK_QUEUE}' AND ExecutionStatus = 'Running'"


class Replayed(Struct, frozen=True):
    """One type of workflow: how many run, how many were replayed, and the ids that failed."""

    workflow: str
    running: int
    tried: int
    failing: tuple[str, ...]

    @property
    def is_sample(self) -> bool:
        """Whether there are some of which nothing is known."""
        return self.tried < self.running


async def replayed(
    client: Client, tell: Callable[[int, int], None], most: int | None = MOST
) -> list[Replayed]:
    """Replay what runs, `most` of each type, None for all; tell how many are done, of how many.

    Raises RPCError.
    """
    by_type = await _running(client)
    chosen = {type_: _ends(running, most) for type_, running in by_type.items()}
    total = sum(map(len, chosen.values()))
    done = 0
    found = []
    for type_, several in sorted(chosen.items()):
        failing: list[str] = []
        tried = 0
        async for id_, failed in _replay(client, several):
            tried, done = tried + 1, done + 1
            tell(done, total)
            if failed:
                failing.append(id_)
        found.append(Replayed(type_, len(by_type[type_]), tried, tuple(failing)))
    return found


async def _running(client: Client) -> dict[str, list[WorkflowExecution]]:
    """What runs, by type; the newest first."""
    by_type: dict[str, list[WorkflowExecution]] = {}
    async for one in client.list_workflows(_RUNNING):
        by_type.setdefault(one.workflow_type, []).append(one)
    for several in by_type.values():
        several.sort(key=lambda one: one.start_time, reverse=True)
    return by_type


def _ends(several: list[WorkflowExecution], most: int | None) -> list[WorkflowExecution]:
    """All of them, or of too many the first half and the last."""
    if most is None or len(several) <= most:
        return several
    newest = (most + 1) // 2
    return [*islice(several, newest), *several[len(several) - (most - newest) :]]


async def _replay(
    client: Client, several: list[WorkflowExecution]
) -> AsyncIterator[tuple[str, bool]]:
    """Each id, and whether its history fails."""
    replayer = Replayer(
        workflows=WORKFLOWS,
        namespace=client.namespace,
        data_converter=client.data_converter,
        workflow_runner=SANDBOX,
        # Its log would stand on stdout, in the midst of an answer.
        runtime=Runtime(telemetry=TelemetryConfig(logging=None)),
        debug_mode=True,  # slow isn't stuck
    )
    async with replayer.workflow_replay_iterator(_histories(client, several)) as results:
        async for result in results:
            yield result.history.workflow_id, result.replay_failure is not None


async def _histories(
    client: Client, several: list[WorkflowExecution]
) -> AsyncIterator[WorkflowHistory]:
    for one in several:
        handle = client.get_workflow_handle(one.id, run_id=one.run_id)
        try:
            yield await handle.fetch_history()
        except RPCError as error:
            if error.status != RPCStatusCode.NOT_FOUND:  # it ended meanwhile, and was cleared away
                raise
