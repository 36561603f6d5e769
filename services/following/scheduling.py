"""The schedules of a municipality in Temporal: what is looked over each day and each month, and
when letters are written.

Times are Copenhagen's, also over daylight saving: the calendar is the server's, and the zone ours.
"""

import asyncio
import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
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

from domain.calendar import COPENHAGEN, day_of
from domain.rule_packs import RuleBook
from domain.team import fold_team
from services.following.codec import SealedPayloads
from services.following.seeing import rule_book_of
from services.store.municipality import Municipality
from workflows.digest import DigestWorkflow
from workflows.messages import TASK_QUEUE, Start, workflow_id
from workflows.municipality import DailyWorkflow, MonthlyHoursWorkflow
from workflows.searched import MUNICIPALITY

_SPREAD = timedelta(minutes=20)  # so that the municipalities don't all begin at once
_PATIENCE = timedelta(seconds=15)
DIGEST_HOUR = 7
_LAST_OF_ALL = 28  # the last day that each month has


class Planned(NamedTuple):
    """A workflow that is begun at these times; `catch_up` is how long one that was missed is."""

    workflow: type[DailyWorkflow] | type[MonthlyHoursWorkflow] | type[DigestWorkflow]
    at: ScheduleCalendarSpec
    catch_up: timedelta


def planned(hours_day: int, digest_hour: int = DIGEST_HOUR) -> dict[str, Planned]:
    """What a municipality has planned; `hours_day` is the day of the month of its hours, and
    `digest_hour` that of the letters on weekdays, of which holidays are found when it comes."""
    day = [ScheduleRange(hours_day)]
    return {
        "daily": Planned(
            DailyWorkflow, ScheduleCalendarSpec(hour=[ScheduleRange(5)]), timedelta(hours=20)
        ),
        # After the courses' own morning, when each has looked by itself.
        "monthly-hours": Planned(
            MonthlyHoursWorkflow,
            ScheduleCalendarSpec(hour=[ScheduleRange(8)], day_of_month=day),
            timedelta(days=10),
        ),
        # When the courses' own morning is over, and all that is due on the day was raised.
        "digest": Planned(
            DigestWorkflow,
            ScheduleCalendarSpec(
                hour=[ScheduleRange(digest_hour)], day_of_week=[ScheduleRange(1, 5)]
            ),
            timedelta(hours=8),
        ),
    }


def hours_day_of(book: RuleBook, today: date) -> int:
    """The day of a month on which the hours of the one before are due, the 28th at the latest."""
    terms = book.terms("hours-below-grant", today)
    days = terms[1].days if terms else None
    return _LAST_OF_ALL if days is None else min(1 + days, _LAST_OF_ALL)


class Schedules:
    """The schedules of one municipality."""

    def __init__(
        self, client: Client, municipality: Municipality, digest_hour: int = DIGEST_HOUR
    ) -> None:
        self._client = client
        self._digest_hour = digest_hour
        self._municipality = municipality
        self._code = municipality.code

    async def make(self) -> None:
        """Make those that are missing; make those as they are now that were planned otherwise.

        Raises RPCError.
        """
        hours_day = await asyncio.to_thread(self._hours_day)
        for name, one in planned(hours_day, self._digest_hour).items():
            id = workflow_id(self._code, name)
            schedule = self._schedule(id, name, one)
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

    def _hours_day(self) -> int:
        team = self._municipality.team()
        adopted = fold_team(self._municipality.read_stream(team)).adoptions if team else ()
        return hours_day_of(rule_book_of(adopted), day_of(datetime.now(UTC)))

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
