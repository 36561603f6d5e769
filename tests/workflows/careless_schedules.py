"""Edits of the workflows that schedules begin which would break those under way."""

from datetime import timedelta

from temporalio import workflow

from workflows.digest import FIND_RECIPIENTS, SEND_DIGEST, DigestWorkflow
from workflows.messages import (
    DigestsSent,
    HoursLookedOver,
    LookedOver,
    LookOver,
    Recipient,
    Recipients,
    Start,
)
from workflows.municipality import (
    LOOK_OVER,
    LOOK_OVER_HOURS,
    DailyWorkflow,
    MonthlyHoursWorkflow,
)
from workflows.searched import MUNICIPALITY

CARELESS_SCHEDULES: list[type] = []
_SOON = timedelta(minutes=1)


def careless_daily(edited: type) -> type:
    """Put it on the list, as the daily look."""
    CARELESS_SCHEDULES.append(workflow.defn(name="daily")(edited))
    return edited


def careless_monthly(edited: type) -> type:
    """Put it on the list, as the monthly look at the hours."""
    CARELESS_SCHEDULES.append(workflow.defn(name="monthly-hours")(edited))
    return edited


def careless_digest(edited: type) -> type:
    """Put it on the list, as a day's letters."""
    CARELESS_SCHEDULES.append(workflow.defn(name="digest")(edited))
    return edited


def _asked(start: Start) -> LookOver:
    return LookOver(start.municipality, workflow.now())


@careless_daily
class DailySleepsFirst(DailyWorkflow):
    """A timer before the look."""

    @workflow.run
    async def run(self, start: Start) -> LookedOver:
        await workflow.sleep(_SOON)
        return await super().run(start)


@careless_daily
class DailyLooksTwice(DailyWorkflow):
    """An activity more."""

    @workflow.run
    async def run(self, start: Start) -> LookedOver:
        await super().run(start)
        return await super().run(start)


@careless_daily
class DailyLooksByItself(DailyWorkflow):
    """A local activity in place of the server's."""

    @workflow.run
    async def run(self, start: Start) -> LookedOver:
        found: LookedOver = await workflow.execute_local_activity(
            LOOK_OVER, _asked(start), result_type=LookedOver, start_to_close_timeout=_SOON
        )
        return found


@careless_daily
class DailyLooksAtTheHoursToo(DailyWorkflow):
    """What the monthly look does, done each day before it."""

    @workflow.run
    async def run(self, start: Start) -> LookedOver:
        await _hours(start)
        return await super().run(start)


@careless_monthly
class MonthlyLooksAtNothing(MonthlyHoursWorkflow):
    """The activity removed."""

    @workflow.run
    async def run(self, start: Start) -> HoursLookedOver:
        return HoursLookedOver(f"{workflow.now():%Y-%m}", 0, 0)


@careless_monthly
class MonthlyLooksAtAllFirst(MonthlyHoursWorkflow):
    """What the daily look does, done before it."""

    @workflow.run
    async def run(self, start: Start) -> HoursLookedOver:
        await workflow.execute_activity(
            LOOK_OVER, _asked(start), result_type=LookedOver, start_to_close_timeout=_SOON
        )
        return await super().run(start)


@careless_monthly
class MonthlyShowsItself(MonthlyHoursWorkflow):
    """A search attribute written."""

    @workflow.run
    async def run(self, start: Start) -> HoursLookedOver:
        workflow.upsert_search_attributes([MUNICIPALITY.value_set(start.municipality)])
        return await super().run(start)


@careless_monthly
class MonthlySleepsAfterwards(MonthlyHoursWorkflow):
    """A timer after the look."""

    @workflow.run
    async def run(self, start: Start) -> HoursLookedOver:
        found = await super().run(start)
        await workflow.sleep(_SOON)
        return found


@careless_digest
class DigestWaitsForItsHour(DigestWorkflow):
    """A timer before the letters."""

    @workflow.run
    async def run(self, start: Start) -> DigestsSent:
        await workflow.sleep(_SOON)
        return await super().run(start)


@careless_digest
class DigestToNobody(DigestWorkflow):
    """The letters removed."""

    @workflow.run
    async def run(self, start: Start) -> DigestsSent:
        return DigestsSent((await _recipients(start)).day)


@careless_digest
class DigestSendsByItself(DigestWorkflow):
    """Local activities in place of the server's."""

    @workflow.run
    async def run(self, start: Start) -> DigestsSent:
        found = await _recipients(start)
        for person in found.persons:
            await workflow.execute_local_activity(
                SEND_DIGEST,
                Recipient(start.municipality, person, found.day),
                result_type=str,
                start_to_close_timeout=_SOON,
            )
        return DigestsSent(found.day)


@careless_digest
class DigestLooksOverFirst(DigestWorkflow):
    """What the daily look does, done before it."""

    @workflow.run
    async def run(self, start: Start) -> DigestsSent:
        await workflow.execute_activity(
            LOOK_OVER, _asked(start), result_type=LookedOver, start_to_close_timeout=_SOON
        )
        return await super().run(start)


async def _recipients(start: Start) -> Recipients:
    found: Recipients = await workflow.execute_activity(
        FIND_RECIPIENTS, start, result_type=Recipients, start_to_close_timeout=_SOON
    )
    return found


async def _hours(start: Start) -> None:
    await workflow.execute_activity(
        LOOK_OVER_HOURS, _asked(start), result_type=HoursLookedOver, start_to_close_timeout=_SOON
    )
