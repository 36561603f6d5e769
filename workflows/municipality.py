"""What is looked over for a whole municipality: short workflows that its schedules begin."""

from datetime import timedelta
from typing import TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy

from workflows.messages import HoursLookedOver, LookedOver, LookOver, Start

LOOK_OVER = "look-over"
LOOK_OVER_HOURS = "look-over-hours"

_RETRY = RetryPolicy(initial_interval=timedelta(seconds=5), maximum_interval=timedelta(minutes=10))
T = TypeVar("T")


@workflow.defn(name="daily")
class DailyWorkflow:
    """Each day: what should run, by the store, against what runs and how far it has come."""

    @workflow.run
    async def run(self, start: Start) -> LookedOver:
        """Begin what is missing, wake what is behind; in numbers, what was found and done."""
        return await _looked_over(LOOK_OVER, start, LookedOver)


@workflow.defn(name="monthly-hours")
class MonthlyHoursWorkflow:
    """Each month: whether citizens with a mentor grant got the hours of the month before."""

    @workflow.run
    async def run(self, start: Start) -> HoursLookedOver:
        """Wake the courses of which something is due; in numbers, what was found and done."""
        return await _looked_over(LOOK_OVER_HOURS, start, HoursLookedOver)


async def _looked_over(activity: str, start: Start, result_type: type[T]) -> T:
    found: T = await workflow.execute_activity(
        activity,
        LookOver(start.municipality, workflow.now()),
        result_type=result_type,
        start_to_close_timeout=timedelta(hours=1),
        # What this run couldn't do, the next one does.
        schedule_to_close_timeout=timedelta(hours=20),
        heartbeat_timeout=timedelta(minutes=1),
        retry_policy=_RETRY,
    )
    return found
