"""The worker: runs the workflows' tasks and their activities.

Activities block on the database, so they run in threads. While one does, the worker tells Temporal
that it lives; when it doesn't, another one has the workflow's task ten seconds later.
"""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import structlog
from temporalio import activity
from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from services.digests.activities import Postman
from services.digests.posting import Post, mail_of
from services.dispatcher import Dispatcher
from services.follow_ups import Engine
from services.following.connecting import connect
from services.following.failing import told_by_kind
from services.following.overseeing import Overseer
from services.root import App
from services.webhooks.couriers import Courier
from workflows.course import CourseWorkflow
from workflows.digest import DigestWorkflow
from workflows.messages import TASK_QUEUE, Advance, Next, workflow_id
from workflows.municipality import DailyWorkflow, MonthlyHoursWorkflow
from workflows.ports import ADVANCE
from workflows.team import TeamWorkflow
from workflows.webhook import WebhookWorkflow

WORKFLOWS = [
    CourseWorkflow,
    TeamWorkflow,
    DailyWorkflow,
    MonthlyHoursWorkflow,
    DigestWorkflow,
    WebhookWorkflow,
]
# Our own modules hold no state and no calls that a sandbox would have to watch; importing them
# anew for each workflow is half of what a workflow costs.
SANDBOX = SandboxedWorkflowRunner(
    restrictions=SandboxRestrictions.default.with_passthrough_modules("workflows")
)
_AT_ONCE = 8  # activities, each with a connection of the pool
_LONGEST_PAUSE = 30.0
# Seconds. The pool itself waits for thirty: each eight of them the worker has to ask for its task
# anew, at three events of the workflow's history.
_AWAY = 3.0

log = structlog.get_logger()


class Activities:
    """The engine as Temporal calls it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @activity.defn(name=ADVANCE)
    def advance(self, ask: Advance) -> Next:
        """See `workflows.ports.advance`. Fails with the kind of the error only."""
        with told_by_kind(workflow_id(ask.municipality, ask.subject)):
            with self._engine.server.pool.connection(timeout=_AWAY):
                pass  # the database is there
            return self._engine.advance(ask.municipality, ask.subject, ask.now)


def make_worker(
    client: Client,
    engine: Engine,
    threads: ThreadPoolExecutor,
    post: Post | None = None,
    courier: Courier | None = None,
    **more: Any,
) -> Worker:
    """A worker of this engine, and of its post; `more` are further arguments of Temporal's.

    Without a courier, webhooks are sent to public addresses only.
    """
    overseer = Overseer(engine.server, client)
    postman = Postman(post or Post(engine, None))
    courier = courier or Courier(engine.server, ())
    return Worker(
        client,
        task_queue=TASK_QUEUE,
        workflows=WORKFLOWS,
        activities=[
            Activities(engine).advance,
            overseer.look_over,
            overseer.look_over_hours,
            postman.find,
            postman.send,
            courier.deliver,
        ],
        activity_executor=threads,
        workflow_runner=SANDBOX,
        max_concurrent_local_activities=_AT_ONCE,
        max_concurrent_workflow_tasks=_AT_ONCE,
        graceful_shutdown_timeout=timedelta(seconds=5),
        **more,
    )


async def run_worker(app: App, stop: asyncio.Event | None = None) -> None:
    """Work until `stop` is set; without one, until SIGTERM or SIGINT. What is begun is finished."""

    async def work(client: Client, stop: asyncio.Event) -> None:
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="follow-ups") as threads:
            engine = Engine(app.server)
            post = Post(engine, mail_of(app.settings), app.settings.digest_hour)
            courier = Courier(app.server, app.settings.webhook_networks_allowed, app.settings.link)
            worker = make_worker(client, engine, threads, post, courier)
            running = asyncio.create_task(worker.run())
            stopping = asyncio.create_task(stop.wait())
            await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            if not running.done():
                await worker.shutdown()
            await running

    await _until_stopped(app, stop, work)


async def run_dispatcher(app: App, stop: asyncio.Event | None = None) -> None:
    """Dispatch until `stop` is set; without one, until SIGTERM or SIGINT."""

    async def dispatch(client: Client, stop: asyncio.Event) -> None:
        await Dispatcher(app.server, client, app.settings.digest_hour).run(stop)

    await _until_stopped(app, stop, dispatch)


async def _until_stopped(
    app: App,
    stop: asyncio.Event | None,
    work: Callable[[Client, asyncio.Event], Awaitable[None]],
) -> None:
    """Do the work, and do it again with a new connection when it fails, until stopped."""
    address = app.temporal_address
    if address is None:
        raise ValueError("the app was opened without Temporal")
    stop = stop or _on_signals()
    pause = 0.5
    while not stop.is_set():
        try:
            await work(await connect(address, app.settings.keys_folder), stop)
        except Exception as error:  # whatever it is, follow-ups must go on
            log.warning("Temporal role fails", kind=type(error).__name__, pause=pause)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)
            pause = min(pause * 2, _LONGEST_PAUSE)


def _on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop
