"""The loop that course and team share: pull, sleep until the next due time or a poke, pull again.

When it pulls is the inbox's to say (`workflows.inbox`). Nothing here knows a rule.
"""

from datetime import timedelta

from temporalio import workflow

from workflows.inbox import Inbox
from workflows.messages import Advance, Next, Poke, Start
from workflows.ports import advance

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
        """What is open, what comes next, and when; None before the first pull."""
        return self._next

    async def follow(self, start: Start) -> None:
        """Until the subject is finished. Goes on in a new run before its history grows too long."""
        while True:
            self._next = await self._pull(start)
            if self._inbox.has_news:
                pass  # it came while we pulled
            elif self._next.finished:
                return
            elif not workflow.info().is_continue_as_new_suggested():
                await self._sleep(self._next)
            if workflow.info().is_continue_as_new_suggested():
                await workflow.wait_condition(workflow.all_handlers_finished)
                # The new run pulls first, so there is no state to hand on.
                workflow.continue_as_new(start)

    async def _pull(self, start: Start) -> Next:
        told = self._inbox.pulling()
        pulled = await advance(Advance(start.municipality, start.subject, workflow.now()))
        self._inbox.pulled(pulled.position, told)
        return pulled

    async def _sleep(self, until: Next) -> None:
        timeout = None
        if until.wake_at is not None:
            timeout = max(until.wake_at - workflow.now(), _SHORTEST_SLEEP)
        try:
            await workflow.wait_condition(lambda: self._inbox.has_news, timeout=timeout)
        except TimeoutError:
            return
