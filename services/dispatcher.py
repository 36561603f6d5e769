"""The dispatcher: tails every municipality's log and pokes the workflows that it concerns.

It carries no facts and takes no decisions, so it may poke too often, and after a crash does; it
may never poke too seldom. A poke is noted when it was acknowledged, and the place in the log when
all before it was.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog
from temporalio.client import Client

from services.following.concerning import Concerned
from services.following.listening import Listener
from services.following.marks import Mark, Marks
from services.following.news import Span
from services.following.poking import Poker
from services.following.scheduling import DIGEST_HOUR, Schedules
from services.following.searching import register
from services.rules import record_default
from services.store.municipality import Municipality
from services.store.schema import known_municipalities
from services.store.server import Server
from services.webhooks.heralding import Herald
from workflows.messages import TEAM, Poke

BULK = 100  # events at once: an import, of which the end is worth waiting for
_SETTLE = 1.5  # seconds without more
_LONGEST_SETTLE = 30.0
_OUTSTANDING = 300.0  # seconds after which a poke that nobody followed is sent again
_LOOK_FOR_LOSS = 5.0
_SCHEDULE = 3600.0
_POLL = 1.0
_LONGEST_PAUSE = 30.0
_AT_A_TIME = 200

log = structlog.get_logger()


class Tail:
    """One municipality's log, tailed. It is thrown away after an error, and made anew."""

    def __init__(
        self, municipality: Municipality, client: Client, digest_hour: int = DIGEST_HOUR
    ) -> None:
        self._municipality = municipality
        self._client = client
        self._poker = Poker(client, municipality.code)
        self._schedules = Schedules(client, municipality, digest_hour)
        self._concerned = Concerned(municipality)
        self._marks = Marks(municipality)
        self._read = self._saved = self._marks.dispatched()
        self._wanted: dict[str, Span] = {}
        self._reached: set[str] = set()  # whom this tail has poked already
        self._has_rules = False
        self._unsettled_since = self._settled_at = 0.0
        self._look_for_loss_at = self._schedule_at = 0.0

    @property
    def pause(self) -> float:
        """Seconds until the next turn is due if nothing wakes it."""
        return 0.1 if self._wanted else _POLL

    async def turn(self) -> None:
        """Take in what is new; poke whom it concerns; note how far this came."""
        if not self._has_rules:
            # First of all, so that nobody is poked once without them and once again for them.
            await asyncio.to_thread(record_default, self._municipality)
            self._has_rules = True
        await self._mind_loss()
        head = (await asyncio.to_thread(self._municipality.head)).position
        if head < self._read:
            await self._mind_set_back(head)
        if head > self._read:
            await asyncio.to_thread(self._take_in, head)
        if self._wanted and time.monotonic() >= self._settled_at:
            await self._poke()
        done = min((span.first - 1 for span in self._wanted.values()), default=self._read)
        if done > self._saved:
            await asyncio.to_thread(self._marks.dispatch, done)
            self._saved = done

    async def _mind_loss(self) -> None:
        """Begin all workflows and schedules anew where Temporal has lost them."""
        if time.monotonic() < self._look_for_loss_at:
            return
        marks = await asyncio.to_thread(self._marks.all)
        is_lost = TEAM in marks and not await self._poker.team_runs()
        if is_lost or time.monotonic() >= self._schedule_at:
            await self._make_ready()
        if is_lost:
            count = await self._reconcile(marks)
            log.warning("workflows were lost", municipality=self._municipality.code, begun=count)
        elif TEAM not in marks:
            self._want(TEAM, Span(self._saved, self._saved))
        self._look_for_loss_at = time.monotonic() + _LOOK_FOR_LOSS

    async def _make_ready(self) -> None:
        """What workflows need of the server, and the municipality's schedules."""
        await register(self._client)
        await self._schedules.make()
        self._schedule_at = time.monotonic() + _SCHEDULE

    async def _mind_set_back(self, head: int) -> None:
        """The database was set back to an earlier state: workflows know of more than there is."""
        self._wanted.clear()
        await asyncio.to_thread(self._marks.forget_positions)
        await self.reconcile()
        self._read = self._saved = min(await asyncio.to_thread(self._marks.dispatched), head)
        await asyncio.to_thread(self._marks.dispatch, self._saved)
        log.warning("the log was set back", municipality=self._municipality.code, to=self._read)

    def _take_in(self, head: int) -> None:
        spans, events = self._concerned.by(self._read, head, datetime.now(UTC))
        for subject, span in spans.items():
            self._want(subject, span)
        self._read = head
        self._settle(events)

    def _settle(self, events: int) -> None:
        """While much is pouring in, wait: most of what is open now may be closed in a moment."""
        now = time.monotonic()
        if now > self._settled_at:
            self._unsettled_since = now
        if events >= BULK:
            self._settled_at = min(now + _SETTLE, self._unsettled_since + _LONGEST_SETTLE)

    def _want(self, subject: str, span: Span) -> None:
        held = self._wanted.get(subject)
        self._wanted[subject] = held | span if held else span

    async def _poke(self) -> None:
        marks = await asyncio.to_thread(self._marks.all)
        due: dict[str, Poke] = {}
        for subject, span in list(self._wanted.items()):
            mark = marks.get(subject)
            if mark and mark.advanced >= span.last:
                del self._wanted[subject]  # it has pulled this by itself
            elif not (mark and mark.is_outstanding and mark.seconds_ago < _OUTSTANDING):
                # Of one that wasn't poked yet since this began, or that follows no poke, it isn't
                # known what its workflow knows: maybe a log that was set back meanwhile, with its
                # marks, and whose positions were higher.
                again = subject not in self._reached or mark is None or mark.is_outstanding
                due[subject] = Poke(span.last, again=again)
        await self._send(due)

    async def _send(self, due: dict[str, Poke]) -> None:
        if not due:
            return
        courses = [UUID(subject.rpartition("/")[2]) for subject in due if subject != TEAM]
        starting = await asyncio.to_thread(self._concerned.needing, datetime.now(UTC), courses)
        await self._deliver(due, starting)
        self._reached |= due.keys()
        for subject in due:
            self._wanted.pop(subject, None)

    async def _deliver(self, pokes: dict[str, Poke], starting: set[str], anew: bool = False) -> int:
        """Poke, and note whom; how many were told. Raises the first error."""
        told, error = await self._poker.poke_all(pokes, starting, anew=anew)
        await asyncio.to_thread(self._marks.poked, told)
        if error:
            raise error
        # Over, and nobody there to tell.
        await asyncio.to_thread(self._marks.over, pokes.keys() - told.keys())
        return len(told)

    async def _reconcile(
        self, marks: dict[str, Mark], tell: "Tell" = lambda done, of: None, anew: bool = False
    ) -> int:
        """Poke the team and every course that needs it, whatever was noted; how many."""
        known = await asyncio.to_thread(self._concerned.known)
        starting = await asyncio.to_thread(self._concerned.needing, datetime.now(UTC))
        unfinished = {subject for subject, mark in marks.items() if not mark.finished}
        # The team comes last: that it runs is the sign that all of them were begun.
        courses = sorted((starting | unfinished) - {TEAM})
        parts = [courses[n : n + _AT_A_TIME] for n in range(0, len(courses), _AT_A_TIME)]
        told = done = 0
        for part in [*parts, [TEAM]]:
            pokes = {one: Poke(known.position, again=True) for one in part}
            told += await self._deliver(pokes, starting, anew)
            done += len(part)
            tell(done, len(courses) + 1)
        return told

    async def reconcile(self, tell: "Tell" = lambda done, of: None, *, anew: bool = False) -> int:
        """Poke the team and every open course, make schedules; how many workflows were told.

        `anew`: end what runs first, such as a workflow whose history can't be read any more.
        """
        await self._make_ready()
        marks = await asyncio.to_thread(self._marks.all)
        return await self._reconcile(marks, tell, anew)


Tell = Callable[[int, int], None]
"""Is told how many are done, and of how many."""


class Dispatcher:
    """Tails the logs of all municipalities of a server, and never gives up."""

    def __init__(self, server: Server, client: Client, digest_hour: int = DIGEST_HOUR) -> None:
        self._server = server
        self._client = client
        self._digest_hour = digest_hour
        self._listener = Listener(server)
        self._tails: dict[str, asyncio.Task[None]] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set."""
        listening = asyncio.create_task(supervised("wake-ups", self._listener.run))
        watching = asyncio.create_task(supervised("municipalities", self._watch))
        try:
            await stop.wait()
        finally:
            tasks = [listening, watching, *self._tails.values()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _watch(self) -> None:
        """A task for each municipality there is."""
        while True:
            codes = set(await asyncio.to_thread(known_municipalities, self._server.pool))
            for gone in self._tails.keys() - codes:
                self._tails.pop(gone).cancel()
            for new in codes - self._tails.keys():
                self._tails[new] = asyncio.create_task(self._both(new))
            await asyncio.sleep(_POLL)

    async def _both(self, code: str) -> None:
        """What follows up, and what webhooks are sent: neither stops the other."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._follow(code))
            tasks.create_task(self._tell(code))

    async def _tell(self, code: str) -> None:
        event = self._listener.event(code, "webhooks")

        async def tell() -> None:
            if code not in await asyncio.to_thread(known_municipalities, self._server.pool):
                await asyncio.sleep(_POLL)
                return
            municipality = await asyncio.to_thread(self._server.municipality, code)
            herald = Herald(municipality, self._client)
            while True:
                event.clear()
                await herald.turn()
                await _until(event, _POLL)

        await supervised(f"{code} webhooks", tell)

    async def _follow(self, code: str) -> None:
        event = self._listener.event(code)

        async def tail() -> None:
            # To ask for the store of a municipality that is gone would make it anew.
            if code not in await asyncio.to_thread(known_municipalities, self._server.pool):
                await asyncio.sleep(_POLL)
                return
            municipality = await asyncio.to_thread(self._server.municipality, code)
            tail = await asyncio.to_thread(Tail, municipality, self._client, self._digest_hour)
            while True:
                event.clear()
                await tail.turn()
                await _until(event, tail.pause)

        await supervised(code, tail)


async def supervised(name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Do this work for ever: when it fails, say so, wait, begin anew."""
    pause = 0.5
    while True:
        began = time.monotonic()
        try:
            await work()
        except Exception as error:  # whatever it is, follow-ups must go on
            if time.monotonic() - began > _LONGEST_PAUSE:
                pause = 0.5
            log.warning("dispatching fails", of=name, kind=type(error).__name__, pause=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)


async def reconcile(
    municipality: Municipality,
    client: Client,
    tell: Tell = lambda done, of: None,
    *,
    anew: bool = False,
    digest_hour: int = DIGEST_HOUR,
) -> int:
    """Begin again from the store: schedules, team and every open course, whatever Temporal knows.

    Gives how many workflows were told. Nobody is reminded twice, since acts have ids of their own.
    `anew`: workflows that run are ended first.
    """
    tail = await asyncio.to_thread(Tail, municipality, client, digest_hour)
    return await tail.reconcile(tell, anew=anew)


async def _until(event: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return
