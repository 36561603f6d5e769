"""A script run on real servers: PostgreSQL, and a Temporal that skips time.

The store, the engine, the workflows and the worker are the product's. The driver tells the facts,
and pokes in the dispatcher's place, since it drops, doubles and reorders pokes on purpose.
"""

import asyncio
import contextlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from datetime import datetime
from random import Random
from threading import Lock
from uuid import UUID

from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from domain.envelope import Recorded
from services.follow_ups import BusyStreamError
from services.following.concerning import Concerned
from services.following.marks import Marks
from services.following.poking import Poker
from services.store.entries import Decided
from services.store.municipality import Municipality
from services.store.server import Server
from tests.conftest import Clock
from tests.follow_ups.handling import handled
from tests.follow_ups.memory import Sight, by_stream
from tests.follow_ups.script import Arrival, Handling, Script
from tests.follow_ups.sending import COURSE_ID, sent_as
from tests.workflows.conftest import EngineOnItsTime
from tests.workflows.patience import patient_worker
from workflows.follower import Follower
from workflows.messages import Next, Poke, workflow_id

_FAILURES = 3  # of pulls in one run: each costs a second of real time
_TRIES = 5
_PATIENCE = 60.0


class ShakyEngine(EngineOnItsTime):
    """Fails now and then: before it has looked, or when all is written."""

    def __init__(self, server: Server, clock: Clock, chance: Random, failures: int) -> None:
        super().__init__(server, clock)
        self._chance = chance
        self._left = failures
        self._turn = Lock()

    def advance(self, municipality: str, subject: str, now: datetime) -> Next:
        before, after = self._fails(0.03), self._fails(0.06)
        if before:
            raise BusyStreamError(subject)
        reached = super().advance(municipality, subject, now)
        if after:
            raise BusyStreamError(subject)
        return reached

    def _fails(self, share: float) -> bool:
        with self._turn:
            fails = self._left > 0 and self._chance.random() < share
            self._left -= fails
            return fails


class Ride:
    """One script's way through time, in one municipality."""

    def __init__(
        self, script: Script, server: Server, clock: Clock, environment: WorkflowEnvironment
    ) -> None:
        self.script = script
        self.municipality: Municipality = server.municipality("0860")
        self._server = server
        self._clock = clock
        self._environment = environment
        self._chance = Random(script.seed)
        self._poker = Poker(environment.client, self.municipality.code)
        self._concerned = Concerned(self.municipality)
        self._marks = Marks(self.municipality)
        self._read = 0
        self._late: list[tuple[str, Poke]] = []
        self._awaited: dict[str, int] = {}
        self._worker = AsyncExitStack()
        self._handled = 0
        last = len(script.arrivals) - 1
        self._restarts = {self._chance.randint(0, last) for _ in range(3 * (script.seed % 2))}
        failures = 0 if self._restarts else _FAILURES
        self._engine = ShakyEngine(server, clock, self._chance, failures)

    async def run(self) -> None:
        """From the first day to the end; what was lost on the way is reconciled at last."""
        await self._begin_working()
        try:
            await self._run()
        finally:
            await self._worker.aclose()

    async def _run(self) -> None:
        last = len(self.script.arrivals) - 1
        lost = self._chance.randint(0, 2 * last)  # in every other run
        for number, arrival in enumerate(self.script.arrivals):
            await self._until(arrival.at)
            self._tell(arrival)
            if number in self._restarts:
                await self._worker.aclose()
                await self._begin_working()
            if self._chance.random() < 0.8:
                await self._poke_whom_it_concerns()
            if number == lost:
                await self._lose_temporal()
                await self._reconcile()
            if self._chance.random() < 0.7:
                await self._settled()
        await self._reconcile()
        await self._settled()
        await self._until(self.script.ends)
        await self._settled()

    async def _begin_working(self) -> None:
        """A worker. Where workers restart, it keeps no workflow but replays each one's history
        for each task: this server would wait for ever for one who kept it and is gone."""
        self._worker = AsyncExitStack()
        threads = self._worker.enter_context(ThreadPoolExecutor(4))
        kept = 0 if self._restarts else 100
        worker = patient_worker(
            self._environment.client, self._engine, threads, max_cached_workflows=kept
        )
        await self._worker.enter_async_context(worker)

    async def _until(self, then: datetime) -> None:
        for _ in range(_TRIES):
            now = await self._environment.get_current_time()
            if then <= now:
                break
            # The client waits for half a minute only, and a task that is lost costs ten seconds.
            with contextlib.suppress(RPCError):
                await self._environment.sleep(then - now)
        else:
            raise TimeoutError(f"seed {self.script.seed}: it never was {then}")
        self._clock.now = max(self._clock.now, await self._environment.get_current_time())

    def _tell(self, arrival: Arrival) -> None:
        if not isinstance(arrival.what, Handling):
            self.municipality.append([sent_as(arrival.what)])
        elif did := handled(arrival.what, self.sight(), self._clock.now):
            stream, fact = did
            self._handled += 1
            id = f"handled-{self._handled}"
            self.municipality.decide(stream, [Decided(id=id, fact=fact, body=id.encode())])

    async def _poke_whom_it_concerns(self) -> None:
        """Some pokes are lost, some come twice, some after those that come later."""
        head = self.municipality.head().position
        spans, _ = self._concerned.by(self._read, head, self._clock.now)
        self._read = head
        late, self._late = self._late, []
        for subject, span in spans.items():
            fate = self._chance.random()
            if fate < 0.1:
                continue
            if fate < 0.25:
                self._late.append((subject, Poke(span.last)))
                continue
            for _ in range(2 if fate < 0.4 else 1):
                await self._poke(subject, Poke(span.last))
        for subject, poke in late:
            await self._poke(subject, poke)

    async def _poke(self, subject: str, poke: Poke) -> None:
        starting = self._concerned.needing(self._clock.now)
        told, error = await self._poker.poke_all({subject: poke}, starting)
        if error:
            raise error
        for one, position in told.items():
            self._awaited[one] = max(position, self._awaited.get(one, 0))
        self._marks.over({subject} - told.keys())
        if self._restarts:  # who keeps nothing throws a pull away when a poke comes amidst it
            await self._settled()

    async def _reconcile(self) -> None:
        position = self.municipality.head().position
        unfinished = {one for one, mark in self._marks.all().items() if not mark.finished}
        for subject in sorted(self._concerned.needing(self._clock.now) | unfinished):
            await self._poke(subject, Poke(position, again=True))

    async def _lose_temporal(self) -> None:
        """Every workflow is gone; none amidst a task, or this server's time would stand still."""
        await self._settled()
        self._awaited.clear()
        for subject in self._marks.all():
            id = workflow_id(self.municipality.code, subject)
            handle = self._environment.client.get_workflow_handle(id)
            try:
                await handle.query(Follower.next_)  # answered between tasks
                await handle.terminate()
            except RPCError:
                continue  # it has finished

    async def _settled(self) -> None:
        """All that was poked has pulled, and nothing that is due is left."""
        for _ in range(int(_PATIENCE / 0.02)):
            marks = self._marks.all()
            pulled = all(
                subject in marks and marks[subject].advanced >= position
                for subject, position in self._awaited.items()
            )
            due = any(
                mark.wake_at and mark.wake_at <= self._clock.now and not mark.finished
                for mark in marks.values()
            )
            if pulled and not due:
                return
            await asyncio.sleep(0.02)
        raise TimeoutError(f"seed {self.script.seed}: {self._awaited} were not pulled")

    # What came of it.

    def events(self) -> list[Recorded]:
        """The whole log."""
        return self.municipality.read_from(0, 100_000)

    def subjects(self) -> tuple[UUID, UUID]:
        """The streams of course and team; another id where nothing was told of it."""
        course = self.municipality.find("course", COURSE_ID)
        return course or UUID(int=1), self.municipality.team() or UUID(int=2)

    def sight(self) -> Sight:
        """What the log tells."""
        return Sight(by_stream(self.events()), *self.subjects())

    def asked_again(self) -> list[Recorded]:
        """What an engine that knows of nothing writes at the end, by and by: nothing."""
        head = self.municipality.head().position
        for subject in self._marks.all():
            EngineOnItsTime(self._server, self._clock).advance(
                self.municipality.code, subject, self._clock.now
            )
        return self.municipality.read_from(head, 100)
