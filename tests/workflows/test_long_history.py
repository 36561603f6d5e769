"""A course of many pokes goes on in a new run before its history grows too long."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import date

from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowQueryFailedError,
)
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer

from services.follow_ups import Engine
from services.following.connecting import DATA_CONVERTER
from services.following.searching import register
from services.store.municipality import Municipality
from services.store.server import Server
from tests.workflows.conftest import PROGRAMS
from tests.workflows.patience import patient_worker
from tests.workflows.town import Town
from workflows.course import CourseWorkflow
from workflows.follower import LONGEST_HISTORY
from workflows.messages import TASK_QUEUE, Poke, Start, workflow_id

SUGGEST_AT = 12  # events in a history; thousands on a server that isn't told otherwise


async def test_a_course_of_many_facts_goes_on_in_new_runs_and_misses_none(
    municipality: Municipality, server: Server
) -> None:
    town = Town(municipality, date(2026, 1, 12))
    town.intake("c-1")
    id = workflow_id(municipality.code, town.subject("c-1"))
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(dev_server(SUGGEST_AT))
        threads = stack.enter_context(ThreadPoolExecutor(2))
        await stack.enter_async_context(patient_worker(client, Engine(server), threads))
        await client.start_workflow(
            CourseWorkflow.run,
            Start(municipality.code, town.subject("c-1")),
            id=id,
            task_queue=TASK_QUEUE,
        )
        course = client.get_workflow_handle_for(CourseWorkflow.run, id)
        for day in range(1, 8):
            town.worked("c-1", day)
            await pull(course, municipality.head().position)
        runs = [run async for run in client.list_workflows(f"WorkflowId = '{id}'")]
        replayer = Replayer(
            workflows=[CourseWorkflow], data_converter=DATA_CONVERTER, debug_mode=True
        )
        for run in runs:
            history = await client.get_workflow_handle(id, run_id=run.run_id).fetch_history()
            await replayer.replay_workflow(history)
    assert len(runs) >= 3
    assert max(run.history_length for run in runs) < SUGGEST_AT * 3


async def test_a_run_ends_long_before_the_server_suggests_it(
    municipality: Municipality, server: Server
) -> None:
    town = Town(municipality, date(2026, 1, 12))
    town.intake("c-1")
    subject = town.subject("c-1")
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(dev_server())
        course = await client.start_workflow(
            CourseWorkflow.run,
            Start(municipality.code, subject),
            id=workflow_id(municipality.code, subject),
            task_queue=TASK_QUEUE,
        )
        for _ in range(LONGEST_HISTORY // 100):  # a flood, while no worker is there
            await asyncio.gather(*(course.signal(CourseWorkflow.poke, Poke(1)) for _ in range(100)))
        threads = stack.enter_context(ThreadPoolExecutor(2))
        await stack.enter_async_context(patient_worker(client, Engine(server), threads))
        now = client.get_workflow_handle_for(CourseWorkflow.run, course.id)
        await pull(now, municipality.head().position)
        begun = client.get_workflow_handle(course.id, run_id=course.first_execution_run_id)
        first = await begun.describe()
        assert first.status == WorkflowExecutionStatus.CONTINUED_AS_NEW
        assert LONGEST_HISTORY <= first.history_length < LONGEST_HISTORY + 50
        assert (await now.describe()).history_length < 50


async def pull(course: WorkflowHandle[CourseWorkflow, None], position: int) -> None:
    await course.signal(CourseWorkflow.poke, Poke(position))
    while True:
        # A question was once refused as if the run didn't replay, on a slow machine: whether all
        # runs do replay is looked at by themselves.
        with suppress(WorkflowQueryFailedError):
            seen = await course.query(CourseWorkflow.next_)
            if seen is not None and seen.position >= position:
                return
        await asyncio.sleep(0.02)


@asynccontextmanager
async def dev_server(suggest_at: int = 4096) -> AsyncIterator[Client]:
    """A dev server that suggests a new run after so many events of a history."""
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(PROGRAMS / "temporal"),
        dev_server_log_level="error",
        dev_server_extra_args=[
            "--dynamic-config-value",
            f"limit.historyCount.suggestContinueAsNew={suggest_at}",
        ],
        data_converter=DATA_CONVERTER,
    ) as environment:
        await register(environment.client)
        yield environment.client
