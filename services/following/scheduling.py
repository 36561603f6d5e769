"""The schedules of a municipality in Temporal: what is looked over each day and each month.

Times are Copenhagen's, also over daylight saving: the calendar is the server's, and the zone ours.
"""

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleState,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.service import RPCError, RPCStatusCode

from domain.calendar import COPENHAGEN
from services.following.codec import SealedPayloads
from workflows.messages import TASK_QUEUE, Start, workflow_id
from workflows.municipality import DailyWorkflow, MonthlyHoursWorkflow
from workflows.searched import MUNICIPALITY

_SPREAD = timedelta(minutes=20)  # so that the municipalities don't all begin at once
_PATIENCE = timedelta(seconds=15)


class Planned(NamedTuple):
    """A workflow that is begun at these times; `catch_up` is how long one that was missed is."""

    workflow: type[DailyWorkflow] | type[MonthlyHoursWorkflow]
    at: ScheduleCalendarSpec
    catch_up: timedelta


PLANNED = {
    "daily": Planned(
        DailyWorkflow, ScheduleCalendarSpec(hour=[ScheduleRange(5)]), timedelta(hours=20)
    ),
    # After the courses' own morning, when each has looked by itself.
    "monthly-hours": Planned(
        MonthlyHoursWorkflow,
        ScheduleCalendarSpec(hour=[ScheduleRange(8)], day_of_month=[ScheduleRange(1)]),
        timedelta(days=20),
    ),
}


class Schedules:
    """The schedules of one municipality."""

    def __init__(self, client: Client, code: str) -> None:
        self._client = client
        self._code = code

    async def make(self) -> None:
        """Make those that are missing; make those of another release as they are now.

        Raises RPCError.
        """
        for name, planned in PLANNED.items():
            id = workflow_id(self._code, name)
            schedule = self._schedule(id, name, planned)
            try:
                await self._client.create_schedule(id, schedule, rpc_timeout=_PATIENCE)
            except ScheduleAlreadyRunningError:
                await self._bring_up_to_date(id, schedule)

    async def _bring_up_to_date(self, id: str, wanted: Schedule) -> None:
        handle = self._client.get_schedule_handle(id)
        try:
            found = await handle.describe(rpc_timeout=_PATIENCE)
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:  # deleted just now: the next turn makes it
                return
            raise
        if found.schedule.state.note == wanted.state.note:
            return
        paused = found.schedule.state.paused  # somebody has decided that: it stays

        def update(_: ScheduleUpdateInput) -> ScheduleUpdate:
            state = replace(wanted.state, paused=paused)
            return ScheduleUpdate(replace(wanted, state=state))

        await handle.update(update, rpc_timeout=_PATIENCE)

    def _schedule(self, id: str, name: str, planned: Planned) -> Schedule:
        return Schedule(
            action=ScheduleActionStartWorkflow(
                planned.workflow.run,
                Start(self._code, name),
                id=id,
                task_queue=TASK_QUEUE,
                typed_search_attributes=TypedSearchAttributes(
                    [SearchAttributePair(MUNICIPALITY, self._code)]
                ),
            ),
            spec=ScheduleSpec(
                calendars=[planned.at], jitter=_SPREAD, time_zone_name=COPENHAGEN.key
            ),
            policy=SchedulePolicy(
                overlap=ScheduleOverlapPolicy.SKIP, catchup_window=planned.catch_up
            ),
            state=ScheduleState(note=self._edition(planned)),
        )

    def _edition(self, planned: Planned) -> str:
        """Changes with what is planned, and with the key that its message is sealed under."""
        codec = self._client.data_converter.payload_codec
        key = codec.key_id if isinstance(codec, SealedPayloads) else ""
        told = repr((planned, _SPREAD, COPENHAGEN.key, TASK_QUEUE, key))
        return f"edition {hashlib.sha256(told.encode()).hexdigest()[:16]}"
