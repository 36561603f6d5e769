"""A peer's worker, as a process: `python -m bench.following.working`, led by `crew.py`.

Its first line of input says what to work for (`Orders`); each later one is a `Morning`. It ends
with its input.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from temporalio import activity
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from bench.following.bare import PULL, Bare, Pull
from bench.following.reporting import Report, quieten, report
from bench.following.trivial import Trivial
from services.follow_ups import Engine
from services.following.connecting import connect
from services.store.keys import Keyring
from services.store.server import Server
from services.store.writing import utc_now
from services.worker import make_worker
from workflows.messages import Next

_THREADS = 8  # as many as the product's worker has
_FAR_AHEAD = 30 * 86400.0
_SAFELY_PAST = timedelta(seconds=1)  # of the clock below, which is some thousandth of a real one


class Orders(msgspec.Struct):
    """For whom to work (`ours`, `stock` or `limit`), at which Temporal and which database."""

    peer: str
    address: str
    url: str
    keys: str


class Morning(msgspec.Struct):
    """From the real time `at` (since 1970), engine and store live a morning, `speed` times as fast.

    What is due on that day falls due within its first hour, as it always does.
    """

    at: float
    begins: datetime
    speed: float


class EngineClock:
    """The real time, until a morning is set."""

    def __init__(self) -> None:
        self.morning: Morning | None = None

    def __call__(self) -> datetime:
        """What it shows now."""
        return self.of(utc_now())

    def of(self, real: datetime) -> datetime:
        """What this clock shows at a real time."""
        if self.morning is None:
            return real
        passed = (real.timestamp() - self.morning.at) * self.morning.speed
        return self.morning.begins + timedelta(seconds=passed)

    def real(self, shown: datetime) -> datetime:
        """The real time at which this clock shows so much."""
        if self.morning is None:
            return shown
        passed = (shown - self.morning.begins + _SAFELY_PAST).total_seconds() / self.morning.speed
        return datetime.fromtimestamp(self.morning.at + passed, UTC)


class ReportingEngine(Engine):
    """The product's engine, on such a clock, telling of each pull."""

    def __init__(self, server: Server, clock: EngineClock) -> None:
        super().__init__(server)
        self._clock = clock

    def advance(self, municipality: str, subject: str, now: datetime) -> Next:
        """As the engine's own."""
        reached = super().advance(municipality, subject, self._clock.of(now))
        wake_at = self._clock.real(reached.wake_at) if reached.wake_at else None
        due_at = wake_at.timestamp() if wake_at else 0.0
        report(Report(subject, reached.position, time.time(), due_at))
        return replace(reached, wake_at=wake_at)


@activity.defn(name=PULL)
async def pull(ask: Pull) -> float:
    """Do nothing, and say when to ask again: the stock workflow's activity."""
    now = time.time()
    wake_at = ask.due_at if ask.due_at > now else now + _FAR_AHEAD
    report(Report(ask.subject, ask.position, now, wake_at))
    return wake_at


@asynccontextmanager
async def _worker(orders: Orders, clock: EngineClock) -> AsyncIterator[Worker]:
    if orders.peer == "ours":
        keys = Path(orders.keys)
        client = await connect(orders.address, keys)
        with (
            Server(orders.url, Keyring(keys), clock=clock) as server,
            ThreadPoolExecutor(_THREADS) as threads,
        ):
            yield make_worker(client, ReportingEngine(server, clock), threads)
        return
    client = await Client.connect(orders.address)
    if orders.peer == "stock":
        yield Worker(client, task_queue=orders.peer, workflows=[Bare], activities=[pull])
    else:
        yield Worker(
            client,
            task_queue=orders.peer,
            workflows=[Trivial],
            workflow_runner=UnsandboxedWorkflowRunner(),
        )


async def _work() -> None:
    clock = EngineClock()
    orders = msgspec.json.decode(sys.stdin.buffer.readline(), type=Orders)
    async with _worker(orders, clock) as worker, worker:
        report(Report("", 0, time.time(), 0.0))  # ready
        while line := await asyncio.to_thread(sys.stdin.buffer.readline):
            clock.morning = msgspec.json.decode(line, type=Morning)


if __name__ == "__main__":
    quieten()
    asyncio.run(_work())
