"""Edits of the course's workflow that would break those under way, and one that wouldn't.

Each stands for what somebody may do some day without thinking of the workflows that run. Edits of
the schedules' workflows are in `careless_schedules`.
"""

from datetime import UTC, datetime, timedelta

from temporalio import workflow

from workflows import searched
from workflows.follower import SEARCHED, Follower
from workflows.messages import Advance, Next, Poke, Start
from workflows.ports import ADVANCE, advance

CARELESS: list[type] = []
# What a machine's clock shows when a history is replayed: another time than when it was made.
_REPLAYED_AT = datetime(2040, 1, 1, tzinfo=UTC)


def careless(edited: type) -> type:
    """Put it on the list, as the course's workflow."""
    CARELESS.append(workflow.defn(name="course")(edited))
    return edited


@careless
class SleepsFirst(Follower):
    """A timer before the first pull."""

    @workflow.run
    async def run(self, start: Start) -> None:
        await workflow.sleep(timedelta(seconds=1))
        await self.follow(start)


@careless
class PullsTwice(Follower):
    """A local activity more."""

    @workflow.run
    async def run(self, start: Start) -> None:
        await advance(Advance(start.municipality, start.subject, workflow.now()))
        await self.follow(start)


@careless
class NeverSleeps(Follower):
    """The timer removed."""

    @workflow.run
    async def run(self, start: Start) -> None:
        await self.follow(start)

    async def _sleep(self, until: Next) -> None:
        await workflow.wait_condition(lambda: self._inbox.has_news)


@careless
class AsksAnother(Follower):
    """Another activity in place of the one it had."""

    @workflow.run
    async def run(self, start: Start) -> None:
        await self.follow(start)

    async def _pull(self, start: Start) -> Next:
        await workflow.execute_local_activity(
            "advance-more", start, start_to_close_timeout=timedelta(seconds=1)
        )
        return await super()._pull(start)


@careless
class AsksTheServer(Follower):
    """A regular activity in place of the local one."""

    @workflow.run
    async def run(self, start: Start) -> None:
        await self.follow(start)

    async def _pull(self, start: Start) -> Next:
        pulled: Next = await workflow.execute_activity(
            ADVANCE,
            Advance(start.municipality, start.subject, workflow.now()),
            result_type=Next,
            start_to_close_timeout=timedelta(minutes=2),
        )
        return pulled


@careless
class PullsForEveryPoke(Follower):
    """A poke about what was pulled already costs a pull."""

    @workflow.run
    async def run(self, start: Start) -> None:
        await self.follow(start)

    @workflow.signal
    def poke(self, poke: Poke) -> None:
        super().poke(poke)
        self._inbox.poked(Poke(poke.position, again=True))


@careless
class LooksAtTheMachinesClock(Follower):
    """Whether it is due already is asked of the machine, not of the workflow."""

    @workflow.run
    async def run(self, start: Start) -> None:
        await self.follow(start)

    async def _sleep(self, until: Next) -> None:
        if until.wake_at is None or until.wake_at > _REPLAYED_AT:
            await super()._sleep(until)


@careless
class ShowsNothing(Follower):
    """The search attributes removed, their marker left."""

    @workflow.run
    async def run(self, start: Start) -> None:
        await self.follow(start)

    def _show(self, start: Start, reached: Next) -> None:
        workflow.patched(SEARCHED)


@careless
class ShowsWithoutMarker(Follower):
    """The patch's marker dropped: as if no workflow were left that began before it."""

    @workflow.run
    async def run(self, start: Start) -> None:
        await self.follow(start)

    def _show(self, start: Start, reached: Next) -> None:
        shown = workflow.info().typed_search_attributes
        workflow.upsert_search_attributes(searched.changes(start.municipality, reached, shown))


@careless
class ShowsWhatIsShown(Follower):
    """Search attributes written at every pull, changed or not."""

    @workflow.run
    async def run(self, start: Start) -> None:
        await self.follow(start)

    def _show(self, start: Start, reached: Next) -> None:
        super()._show(start, reached)
        if workflow.patched(SEARCHED):
            stage = searched.STAGE.value_set(searched.stage_of(reached))
            workflow.upsert_search_attributes([stage])


@careless
class SleepsBeforeItShows(Follower):
    """The search attributes written after the sleep in place of before it."""

    @workflow.run
    async def run(self, start: Start) -> None:
        self._start = start
        await self.follow(start)

    def _show(self, start: Start, reached: Next) -> None:
        """Later."""

    async def _sleep(self, until: Next) -> None:
        await super()._sleep(until)
        super()._show(self._start, until)


@careless
class GoesOnSooner(Follower):
    """A new run after fewer events."""

    @workflow.run
    async def run(self, start: Start) -> None:
        await self.follow(start)

    def _is_worn(self) -> bool:
        return workflow.info().get_current_history_length() >= 20


@workflow.defn(name="course")
class PullsTwiceFromNowOn(Follower):
    """A local activity more, with care: only in runs that begin from now on."""

    @workflow.run
    async def run(self, start: Start) -> None:
        if workflow.patched("pulls-twice"):
            await advance(Advance(start.municipality, start.subject, workflow.now()))
        await self.follow(start)
