"""Records a history of each shape that has none yet: `python -m tests.workflows.record`.

Raise a shape's number when a release changes what its workflow does; the old files stay.
"""

import asyncio
import json
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from psycopg.sql import SQL, Composed, Identifier
from temporalio.client import WorkflowHistory

from domain.calendar import day_of
from services.embedded.client import join
from services.follow_ups import Engine
from services.store.keys import Keyring
from services.store.server import Server
from tests.conftest import Clock, fresh_database, fresh_home
from tests.services.mail.post_office import post_office
from tests.workflows.conftest import (
    EngineOnItsTime,
    StumblingOnItsTime,
    eight_o_clock,
    time_skipping,
)
from tests.workflows.journey import Handle, Journey, timer_after_failure
from tests.workflows.patience import patient_worker
from tests.workflows.record_webhooks import webhook, webhook_continued
from tests.workflows.test_digest import delivered, small_hall
from tests.workflows.test_long_history import dev_server, pull
from tests.workflows.test_replay import HISTORIES
from tests.workflows.town import Town
from workflows.course import CourseWorkflow
from workflows.follower import Follower
from workflows.messages import TASK_QUEUE, Poke, Start, workflow_id
from workflows.municipality import DailyWorkflow, MonthlyHoursWorkflow


@asynccontextmanager
async def travelling(
    server: Server, clock: Clock, engine: Engine | None = None
) -> AsyncIterator[tuple[Journey, Town]]:
    async with AsyncExitStack() as stack:
        environment = await stack.enter_async_context(time_skipping())
        town = Town(server.municipality("0860"), await eight_o_clock(environment, clock))
        threads = stack.enter_context(ThreadPoolExecutor(2))
        engine = engine or EngineOnItsTime(server, clock)
        await stack.enter_async_context(patient_worker(environment.client, engine, threads))
        yield Journey(environment, town, clock), town


async def course_closed(server: Server, clock: Clock) -> WorkflowHistory:
    """Raised, escalated, resolved, closed; woken by its timer and by pokes."""
    async with travelling(server, clock) as (journey, town):
        town.intake("c-1")
        course: Handle = await journey.follow_course("c-1")
        await journey.until(25)
        town.matched("c-1", day=25)
        await journey.poke(course)
        await journey.poke(course)
        await journey.until(40)
        town.met("c-1", day=40)
        await journey.poke(course)
        town.closed("c-1", day=41)
        await journey.until(41)
        await journey.poke(course)
        await course.result()
        return await course.fetch_history()


async def course_failing(server: Server, clock: Clock) -> WorkflowHistory:
    """A pull that fails ten times, so that the server's timers wait between its last attempts."""
    engine = StumblingOnItsTime(server, clock)
    async with travelling(server, clock, engine) as (journey, town):
        town.intake("c-1")
        course = await journey.follow_course("c-1")
        town.matched("c-1", day=0)
        engine.failures = 10
        await course.signal(Follower.poke, Poke(town.municipality.head().position))
        await timer_after_failure(course)
        await journey.until(1)
        await journey.poke(course)
        assert engine.failures == 0
        return await course.fetch_history()


async def team(server: Server, clock: Clock) -> WorkflowHistory:
    """Two mentors; raised, resolved, and still running."""
    async with travelling(server, clock) as (journey, town):
        handle = await journey.follow_team()
        town.established()
        town.supervisor()
        town.employed("m-31")
        town.employed("m-32")
        await journey.poke(handle)
        await journey.until(50)
        town.supervised(50, "m-31")
        await journey.poke(handle)
        return await handle.fetch_history()


async def course_continued(server: Server, clock: Clock) -> WorkflowHistory:
    """A run that went on in another one."""
    clock.now = datetime.now(UTC)
    town = Town(server.municipality("0860"), day_of(clock.now))
    town.intake("c-1")
    subject = town.subject("c-1")
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(dev_server(10))
        threads = stack.enter_context(ThreadPoolExecutor(2))
        await stack.enter_async_context(patient_worker(client, Engine(server), threads))
        first = await client.start_workflow(
            CourseWorkflow.run,
            Start("0860", subject),
            id=workflow_id("0860", subject),
            task_queue=TASK_QUEUE,
        )
        for day in range(1, 3):
            town.worked("c-1", day)
            told = town.municipality.head().position
            await pull(client.get_workflow_handle_for(CourseWorkflow.run, first.id), told)
        begun = client.get_workflow_handle(first.id, run_id=first.first_execution_run_id)
        return await begun.fetch_history()


async def course_asked(server: Server, clock: Clock) -> WorkflowHistory:
    """Asked what is next: at once, after news, and when it is closed. The last answer ends it."""
    clock.now = datetime.now(UTC)
    town = Town(server.municipality("0860"), day_of(clock.now))
    town.intake("c-1")
    subject = town.subject("c-1")
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(dev_server())
        threads = stack.enter_context(ThreadPoolExecutor(2))
        await stack.enter_async_context(patient_worker(client, Engine(server), threads))
        course = await client.start_workflow(
            CourseWorkflow.run,
            Start("0860", subject),
            id=workflow_id("0860", subject),
            task_queue=TASK_QUEUE,
        )
        for tell in (town.matched, town.met, town.closed):
            await course.execute_update(Follower.catch_up, Poke(town.municipality.head().position))
            tell("c-1", 0)
        await course.execute_update(Follower.catch_up, Poke(town.municipality.head().position))
        await course.result()
        return await course.fetch_history()


async def overseen(run: Any, server: Server, clock: Clock) -> WorkflowHistory:
    """One turn of a schedule, over a municipality with one course."""
    clock.now = datetime.now(UTC)
    Town(server.municipality("0860"), day_of(clock.now)).intake("c-1")
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(dev_server())
        threads = stack.enter_context(ThreadPoolExecutor(2))
        await stack.enter_async_context(patient_worker(client, Engine(server), threads))
        turn = await client.start_workflow(
            run, Start("0860", "municipality"), id="0860/turn", task_queue=TASK_QUEUE
        )
        await turn.result()
        return await turn.fetch_history()


async def daily_failing(server: Server, clock: Clock) -> WorkflowHistory:
    """A daily look whose activity failed once: a table that it reads wasn't there."""
    away = SQL("ALTER TABLE {}.{} RENAME TO {}")
    schema, pokes, gone = (Identifier(n) for n in ("m0860", "pokes", "pokes_away"))
    server.municipality("0860")

    def rename(statement: Composed) -> None:
        with server.pool.connection() as conn:
            conn.execute(statement)

    async def back() -> None:
        await asyncio.sleep(3)  # the second attempt is made five seconds after the first
        rename(away.format(schema, gone, pokes))

    rename(away.format(schema, pokes, gone))
    coming_back = asyncio.create_task(back())
    history = await overseen(DailyWorkflow.run, server, clock)
    await coming_back
    return history


async def digest(server: Server, clock: Clock, answers: Sequence[str] = ()) -> WorkflowHistory:
    """A day's letters to three; with `answers` the first of them are met with these."""
    hall = small_hall(server, clock)
    with post_office() as office:
        office.to_rcpt = list(answers)
        _, history = await delivered(hall, office.address)
        return history


# A raised number: -2 shows itself to searches, and may go on in a new run by its own count; of
# `course-failing` it waits for ten minutes at most in place of two.
SHAPES: dict[str, Callable[[Server, Clock], Coroutine[Any, Any, WorkflowHistory]]] = {
    "course-asked-1": course_asked,
    "course-closed-2": course_closed,
    "course-continued-2": course_continued,
    "course-failing-2": course_failing,
    "daily-1": partial(overseen, DailyWorkflow.run),
    "daily-failing-1": daily_failing,
    "digest-1": digest,
    # More than two letters are tried in twelve hours: neither is sent.
    "digest-unsent-1": partial(digest, answers=["451 Later"] * 1000),
    "monthly-hours-1": partial(overseen, MonthlyHoursWorkflow.run),
    "team-2": team,
    "webhook-1": webhook,
    "webhook-continued-1": webhook_continued,
}


def scrubbed(history: WorkflowHistory) -> str:
    """The history without who recorded it, and on which machine."""

    def scrub(node: object) -> object:
        if isinstance(node, list):
            return [scrub(one) for one in node]
        if isinstance(node, dict):
            return {
                key: "recorder" if key == "identity" else scrub(value)
                for key, value in node.items()
                if key not in ("workerVersion", "stickyAttributes")
            }
        return node

    text = json.dumps(scrub(json.loads(history.to_json())), indent=1) + "\n"
    return re.sub(r'"\d+@[^"]+"', '"recorder"', text)


def main() -> None:
    """Record what is missing."""
    HISTORIES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, fresh_home() as home, join(home) as servers:
        assert servers.database_url
        for name, record in SHAPES.items():
            file = HISTORIES / f"{name}.json"
            if file.exists():
                continue
            with fresh_database(servers.database_url) as url:
                clock, keys = Clock(), Keyring(Path(folder) / name)
                with Server(url, keys, clock=clock) as server:
                    file.write_text(scrubbed(asyncio.run(record(server, clock))))
            sys.stdout.write(f"{file.name}\n")


if __name__ == "__main__":
    main()
