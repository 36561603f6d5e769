"""Travelling through a town's days, with workflows that follow its course and its team."""

import asyncio
from datetime import datetime, time
from typing import Any

from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from domain.calendar import COPENHAGEN
from tests.conftest import Clock
from tests.workflows.town import Town
from workflows.course import CourseWorkflow
from workflows.follower import Follower
from workflows.messages import TASK_QUEUE, TEAM, Next, Poke, Start, workflow_id
from workflows.team import TeamWorkflow

Handle = WorkflowHandle[Any, None]


class Journey:
    """A way through time. Nothing skips but what is asked for here."""

    def __init__(self, environment: WorkflowEnvironment, town: Town, clock: Clock) -> None:
        self._environment = environment
        self._town = town
        self._clock = clock

    async def follow_course(self, course: str) -> Handle:
        """Begin a course's workflow; it has pulled once."""
        return await self._start(CourseWorkflow.run, self._town.subject(course))

    async def follow_team(self) -> Handle:
        """Begin the team's workflow; it has pulled once."""
        return await self._start(TeamWorkflow.run, TEAM)

    async def _start(self, run: Any, subject: str) -> Handle:
        code = self._town.municipality.code
        handle = await self._environment.client.start_workflow(
            run, Start(code, subject), id=workflow_id(code, subject), task_queue=TASK_QUEUE
        )
        await self.pulled(handle, 0)
        return handle

    async def until(self, day: int, at: str = "12:00") -> None:
        """Let time pass until that hour of that day."""
        to = datetime.combine(self._town.day(day), time.fromisoformat(at), COPENHAGEN)
        now = await self._environment.get_current_time()
        await self._environment.sleep(to - now)
        self._clock.now = await self._environment.get_current_time()

    async def poke(self, handle: Handle) -> Next:
        """Say that there is more, and wait until it is pulled."""
        position = self._town.municipality.head().position
        await handle.signal(Follower.poke, Poke(position))
        return await self.pulled(handle, position)

    async def pulled(self, handle: Handle, position: int) -> Next:
        """Wait until all up to this position is pulled; no time is skipped for it."""
        while True:
            seen: Next | None = await handle.query(Follower.next_)
            if seen is not None and seen.position >= position:
                return seen
            await asyncio.sleep(0.01)


async def pulls_of(handle: Handle) -> int:
    """How often this run pulled, by its history."""
    events = (await handle.fetch_history()).events
    markers = [event.marker_recorded_event_attributes.marker_name for event in events]
    return markers.count("core_local_activity")


async def timer_after_failure(course: Handle) -> None:
    """Wait until the server waits for the next attempt; the worker's own waits aren't skipped."""
    before = len((await course.fetch_history()).events)
    while True:
        events = (await course.fetch_history()).events[before:]
        if any(event.HasField("timer_started_event_attributes") for event in events):
            return
        await asyncio.sleep(0.1)
