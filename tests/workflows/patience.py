"""Workers that bear a slow machine."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from temporalio.client import Client
from temporalio.worker import Worker

from services.follow_ups import Engine
from services.worker import make_worker


def patient_worker(
    client: Client, engine: Engine, threads: ThreadPoolExecutor, **more: Any
) -> Worker:
    """The product's worker. A workflow is called deadlocked after half a minute, not 2 seconds."""
    worker = make_worker(client, engine, threads, **more)
    workflows = worker._workflow_worker
    assert workflows is not None
    workflows._deadlock_timeout_seconds = 30  # there is no argument for it
    return worker
