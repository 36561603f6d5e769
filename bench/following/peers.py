"""The three peers: how each opens courses and pokes them. All of them send 16 messages at once."""

import asyncio
import random
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import uuid4

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from bench.following.bare import Bare
from bench.following.crew import Crew
from bench.following.facts import activity, intake
from bench.following.trivial import Trivial
from bench.following.working import Morning
from domain.calendar import COPENHAGEN, MORNING, day_of
from services.follow_ups import Engine
from services.following.poking import Poker
from services.store.municipality import Municipality
from services.store.server import Server
from services.store.writing import utc_now
from workflows.messages import Poke, course_subject, workflow_id

CODE = "0999"  # of no municipality
AT_ONCE = 16
_TASK = EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED


class Follower(Protocol):
    """One way to follow courses. Positions tell how much there is; they only grow."""

    crew: Crew

    def fresh(self, count: int) -> list[str]:
        """Courses that nobody follows yet."""

    def more(self, courses: Sequence[str]) -> int:
        """Something new for each of these; the position that has it all."""

    def due_from(self, at: float, seconds: float, courses: Sequence[str]) -> None:
        """Let something of each fall due at random within so many seconds from `at` (since 1970).

        To be told before they are opened.
        """

    async def open(self, courses: Sequence[str]) -> None:
        """Begin to follow these: started with a poke, one message each."""

    async def poke(self, courses: Sequence[str], position: int) -> None:
        """Tell these that there is more."""

    async def tasks(self, courses: Sequence[str]) -> float:
        """How many workflow tasks these have taken the server so far, by their histories: mean."""


@dataclass
class Ours:
    """The product's poker and worker, on a store."""

    crew: Crew
    client: Client
    server: Server
    store: Municipality

    def __post_init__(self) -> None:
        self._poker = Poker(self.client, CODE)
        self._names: dict[str, str] = {}

    def fresh(self, count: int) -> list[str]:
        """Courses with an intake of today."""
        names = [str(uuid4()) for _ in range(count)]
        now = utc_now()
        self.store.append([intake(name, now) for name in names])
        subjects = [course_subject(self.store.find("course", name)) for name in names]
        self._names |= dict(zip(subjects, names, strict=True))
        return subjects

    def more(self, courses: Sequence[str]) -> int:
        """An activity of each."""
        if courses:
            now = utc_now()
            self.store.append([activity(self._names[course], now) for course in courses])
        return self.store.head().position

    def due_from(self, at: float, seconds: float, courses: Sequence[str]) -> None:
        """The engine's clock is set so that the first hour of their morning lasts so long."""
        wake_at = Engine(self.server).advance(CODE, courses[0], utc_now()).wake_at
        assert wake_at is not None, "an intake has something due"
        begins = datetime.combine(day_of(wake_at), MORNING, COPENHAGEN)
        speed = timedelta(hours=1).total_seconds() / seconds
        self.crew.say(Morning(at=at, begins=begins, speed=speed))

    async def open(self, courses: Sequence[str]) -> None:
        """By the dispatcher's own poker."""
        position = self.store.head().position
        await self._poke(courses, position, set(courses))

    async def poke(self, courses: Sequence[str], position: int) -> None:
        """By the dispatcher's own poker."""
        await self._poke(courses, position, set())

    async def _poke(self, courses: Sequence[str], position: int, starting: set[str]) -> None:
        _, error = await self._poker.poke_all(dict.fromkeys(courses, Poke(position)), starting)
        if error:
            raise error

    async def tasks(self, courses: Sequence[str]) -> float:
        """Of these courses' workflows."""
        return await _tasks(self.client, [workflow_id(CODE, course) for course in courses])


@dataclass
class Others:
    """A workflow of the SDK alone, `Bare` or `Trivial`; its activity has no database."""

    crew: Crew
    client: Client
    workflow: type[Bare] | type[Trivial]
    queue: str

    def __post_init__(self) -> None:
        self._position = 1
        self._due: dict[str, float] = {}

    def fresh(self, count: int) -> list[str]:
        """Names of workflows."""
        return [f"{self.queue}-{uuid4()}" for _ in range(count)]

    def more(self, courses: Sequence[str]) -> int:
        """A number more: there is no store to write to."""
        self._position += 1
        return self._position

    def due_from(self, at: float, seconds: float, courses: Sequence[str]) -> None:
        """Each is told when it starts."""
        self._due = {course: at + random.uniform(0, seconds) for course in courses}

    async def open(self, courses: Sequence[str]) -> None:
        """Started with a signal, as ours."""
        run: Any = self.workflow.run
        await _some_at_once(
            self.client.start_workflow(
                run,
                self._due.get(course, 0.0),
                id=course,
                task_queue=self.queue,
                start_signal="poke",
                start_signal_args=[self._position],
            )
            for course in courses
        )

    async def poke(self, courses: Sequence[str], position: int) -> None:
        """A signal each."""
        handles = [self.client.get_workflow_handle(course) for course in courses]
        await _some_at_once(handle.signal("poke", position) for handle in handles)

    async def tasks(self, courses: Sequence[str]) -> float:
        """Of these workflows."""
        return await _tasks(self.client, courses)


async def _some_at_once(calls: Iterable[Coroutine[Any, Any, Any]]) -> None:
    rest = iter(calls)

    async def one_after_another() -> None:
        for call in rest:
            await call

    await asyncio.gather(*(one_after_another() for _ in range(AT_ONCE)))


async def _tasks(client: Client, ids: Sequence[str]) -> float:
    count = 0
    for id in ids:
        history = await client.get_workflow_handle(id).fetch_history()
        count += sum(event.event_type == _TASK for event in history.events)
    return count / len(ids)
