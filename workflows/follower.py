"""The loop that course and team share: pull, sleep until the next due time or a poke, pull again.

When it pulls is the inbox's to say (`workflows.inbox`). Nothing here knows a rule.
"""

from datetime import timedelta

from temporalio import workflow

from workflows import searched
from workflows.inbox import Inbox
from workflows.messages import Advance, Next, Poke, Start
from workflows.ports import advance

# Runs that began without this marker go on as they began, until they go on in a new run.
SEARCHED = "searched-and-short"
LONGEST_HISTORY = 1000  # events of a run; Temporal itself suggests a new one at 4,096
_SHORTEST_SLEEP = timedelta(seconds=1)


class Follower:
    """Keeps one subject's follow-ups up to date."""

    def __init__(self) -> None:
        self._inbox = Inbox()
        self._next: Next | None = None

    @workflow.signal
    def poke(self, poke: Poke) -> None:
        """There is more. A poke about what was pulled already costs nothing."""
        self._inbox.poked(poke)

    @workflow.query(name="next")
    def next_(self) -> Next | None:
        """What is due and what comes next, as of the last pull; None before the first."""
        return self._next

    @workflow.update
    async def catch_up(self, poke: Poke) -> Next:
        """What is due and what comes next when all up to the poke's position is in."""
        before = self._inbox.pulls
        self._inbox.poked(poke)
        await workflow.wait_condition(
            lambda: self._next is not None and self._inbox.has_in(before),
        )
        assert self._next is not None
        return self._next

    @catch_up.validator
    def _may_catch_up(self, poke: Poke) -> None:
        if poke.position < 0:
            raise ValueError("a position of the log is 0 or more")

    async def follow(self, start: Start) -> None:
        """Until the subject is finished. Goes on in a new run before its history grows too long."""
        while True:
            self._next = await self._pull(start)
            self._show(start, self._next)
            if not (self._inbox.has_news or self._next.finished or self._is_worn()):
                await self._sleep(self._next)
            # Nobody who waits for an answer is left: either all have theirs, or one needs a pull.
            await workflow.wait_condition(
                lambda: workflow.all_handlers_finished() or self._inbox.has_news
            )
            if not workflow.all_handlers_finished():
                continue
            if self._next.finished and not self._inbox.has_news:
                return
            if self._is_worn():
                # The new run pulls first, so there is no state to hand on, and no news is lost.
                workflow.continue_as_new(start)

    async def _pull(self, start: Start) -> Next:
        told = self._inbox.pulling()
        pulled = await advance(Advance(start.municipality, start.subject, workflow.now()))
        self._inbox.pulled(pulled.position, told)
        return pulled

    def _show(self, start: Start, reached: Next) -> None:
        """Let it be searched by where it stands now."""
        if not workflow.patched(SEARCHED):
            return
        shown = workflow.info().typed_search_attributes
        if changes := searched.changes(start.municipality, reached, shown):
            workflow.upsert_search_attributes(changes)

    def _is_worn(self) -> bool:
        """Whether this run's history has grown so long that a new run is to go on."""
        info = workflow.info()
        if info.is_continue_as_new_suggested():
            return True
        return info.get_current_history_length() >= LONGEST_HISTORY and workflow.patched(SEARCHED)

    async def _sleep(self, until: Next) -> None:
        timeout = None
        if until.wake_at is not None:
            timeout = max(until.wake_at - workflow.now(), _SHORTEST_SLEEP)
        try:
            await workflow.wait_condition(lambda: self._inbox.has_news, timeout=timeout)
        except TimeoutError:
            return
