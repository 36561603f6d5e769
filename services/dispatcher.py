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

from services.following.listening import Listener
from services.following.marks import Mark, Marks
from services.following.news import Span, needing_workflow, read_news
from services.following.poking import Poker
from services.following.streams import Known, Streams
from services.store.municipality import Municipality
from services.store.schema import known_municipalities
from services.store.server import Server
from workflows.messages import TEAM, Poke, course_subject

BULK = 300  # events at once: an import, of which the end is worth waiting for
_SETTLE = 1.5  # seconds without more
_LONGEST_SETTLE = 30.0
_OUTSTANDING = 300.0  # seconds after which a poke that nobody followed is sent again
_LOOK_FOR_LOSS = 30.0
_POLL = 1.0
_LONGEST_PAUSE = 30.0

log = structlog.get_logger()


class Tail:
    """One municipality's log, tailed. It is thrown away after an error, and made anew."""

    def __init__(self, municipality: Municipality, client: Client) -> None:
        self._municipality = municipality
        self._poker = Poker(client, municipality.code)
        self._streams = Streams(municipality)
        self._marks = Marks(municipality)
        self._read = self._saved = self._marks.dispatched()
        self._wanted: dict[str, Span] = {}
        self._unsettled_since = self._settled_at = 0.0
        self._look_for_loss_at = 0.0

    @property
    def pause(self) -> float:
        """Seconds until the next turn is due if nothing wakes it."""
        return 0.1 if self._wanted else _POLL

    async def turn(self) -> None:
        """Take in what is new; poke whom it concerns; note how far this came."""
        await self._mind_loss()
        head = (await asyncio.to_thread(self._municipality.head)).position
        if head < self._read:
            await self._mind_set_back()
        if head > self._read:
            await asyncio.to_thread(self._take_in, head)
        if self._wanted and time.monotonic() >= self._settled_at:
            await self._poke()
        done = min((span.first - 1 for span in self._wanted.values()), default=self._read)
        if done > self._saved:
            await asyncio.to_thread(self._marks.dispatch, done)
            self._saved = done

    async def _mind_loss(self) -> None:
        """Begin all workflows anew where Temporal has lost them."""
        if time.monotonic() < self._look_for_loss_at:
            return
        marks = await asyncio.to_thread(self._marks.all)
        if TEAM not in marks:
            self._want(TEAM, Span(self._saved, self._saved))
        elif not await self._poker.team_runs():
            count = await self._reconcile(marks)
            log.warning("workflows were lost", municipality=self._municipality.code, begun=count)
        self._look_for_loss_at = time.monotonic() + _LOOK_FOR_LOSS

    async def _mind_set_back(self) -> None:
        """The database was set back to an earlier state: workflows know of more than there is."""
        self._wanted.clear()
        self._read = self._saved = await asyncio.to_thread(self._marks.dispatched)
        await self.reconcile()
        log.warning("the log was set back", municipality=self._municipality.code, to=self._read)

    def _take_in(self, head: int) -> None:
        news = read_news(self._municipality, self._read, head)
        known = self._streams.now()
        for course, span in news.courses.items():
            self._want(course_subject(known.course(course)), span)
        if news.team:
            self._want(TEAM, news.team)
        if news.for_all:
            for course in self._needing(known, {known.course(one) for one in known.courses}):
                self._want(course_subject(course), news.for_all)
        self._read = head
        self._settle(news.events)

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

    def _needing(self, known: Known, courses: set[UUID]) -> set[UUID]:
        return needing_workflow(self._municipality, known, courses, datetime.now(UTC))

    async def _poke(self) -> None:
        marks = await asyncio.to_thread(self._marks.all)
        due: dict[str, Poke] = {}
        for subject, span in list(self._wanted.items()):
            mark = marks.get(subject)
            if mark and mark.advanced >= span.last:
                del self._wanted[subject]  # it has pulled this by itself
            elif not (mark and mark.is_outstanding and mark.seconds_ago < _OUTSTANDING):
                # Of one without a mark it isn't known what its workflow knows: an older log, maybe.
                due[subject] = Poke(span.last, again=mark is None)
        await self._send(due)

    async def _send(self, due: dict[str, Poke]) -> None:
        if not due:
            return
        known = await asyncio.to_thread(self._streams.now)
        courses = {UUID(subject.rpartition("/")[2]) for subject in due if subject != TEAM}
        needing = await asyncio.to_thread(self._needing, known, courses)
        starting = {TEAM, *map(course_subject, needing)}
        await self._deliver(due, starting)
        for subject in due:
            self._wanted.pop(subject, None)

    async def _deliver(self, pokes: dict[str, Poke], starting: set[str]) -> int:
        """Poke, and note whom; how many were told. Raises the first error."""
        told, error = await self._poker.poke_all(pokes, starting)
        await asyncio.to_thread(self._marks.poked, told)
        if error:
            raise error
        # Over, and nobody there to tell.
        await asyncio.to_thread(self._marks.over, pokes.keys() - told.keys())
        return len(told)

    async def _reconcile(self, marks: dict[str, Mark]) -> int:
        """Poke the team and every course that needs it, whatever was noted; how many."""
        known = await asyncio.to_thread(self._streams.now)
        courses = {known.course(one) for one in known.courses}
        needing = await asyncio.to_thread(self._needing, known, courses)
        starting = {TEAM, *map(course_subject, needing)}
        unfinished = {subject for subject, mark in marks.items() if not mark.finished}
        pokes = {one: Poke(known.position, again=True) for one in starting | unfinished}
        return await self._deliver(pokes, starting)

    async def reconcile(self) -> int:
        """Poke the team and every open course; give how many workflows were told."""
        return await self._reconcile(await asyncio.to_thread(self._marks.all))


class Dispatcher:
    """Tails the logs of all municipalities of a server, and never gives up."""

    def __init__(self, server: Server, client: Client) -> None:
        self._server = server
        self._client = client
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
                self._tails[new] = asyncio.create_task(self._follow(new))
            await asyncio.sleep(_POLL)

    async def _follow(self, code: str) -> None:
        event = self._listener.event(code)

        async def tail() -> None:
            # To ask for the store of a municipality that is gone would make it anew.
            if code not in await asyncio.to_thread(known_municipalities, self._server.pool):
                await asyncio.sleep(_POLL)
                return
            municipality = await asyncio.to_thread(self._server.municipality, code)
            tail = await asyncio.to_thread(Tail, municipality, self._client)
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


async def reconcile(municipality: Municipality, client: Client) -> int:
    """Begin again from the store: poke the team and every open course, whatever Temporal knows.

    Gives how many workflows were told. Nobody is reminded twice, since acts have ids of their own.
    """
    tail = await asyncio.to_thread(Tail, municipality, client)
    return await tail.reconcile()


async def _until(event: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return
