"""The loop that course and team share: pull, sleep until the next due time or a poke, pull again.

Pokes carry no facts, so they may be lost, doubled and reordered, and any number of them while the
workflow pulls asks for one more pull. Nothing here knows a rule.
"""

from datetime import timedelta

from temporalio import workflow

from workflows.messages import Advance, Next, Poke, Start
from workflows.ports import advance

_SHORTEST_SLEEP = timedelta(seconds=1)


class Follower:
    """Keeps one subject's follow-ups up to date."""

    def __init__(self) -> None:
        self._poked = 0  # the highest position that a poke told of
        self._pulled = 0  # the highest position that a pull has taken in
        self._again = False
        self._next: Next | None = None

    @workflow.signal
    def poke(self, poke: Poke) -> None:
        """There is more. A poke about what was pulled already costs nothing."""
        if poke.again:  # after a loss: whatever was known of positions may be wrong
            self._again, self._poked = True, poke.position
        else:
            self._poked = max(self._poked, poke.position)

    @workflow.query(name="next")
    def next_(self) -> Next | None:
        """What is open, what comes next, and when; None before the first pull."""
        return self._next

    async def follow(self, start: Start) -> None:
        """Until the subject is finished. Goes on in a new run before its history grows too long."""
        while True:
            self._next = await self._pull(start)
            if self._has_news():
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
        poked, self._again = self._poked, False
        pulled = await advance(Advance(start.municipality, start.subject, workflow.now()))
        # What a poke told of was stored before it was sent: it is in, whatever the position says.
        self._pulled = max(pulled.position, poked)
        return pulled

    async def _sleep(self, until: Next) -> None:
        timeout = None
        if until.wake_at is not None:
            timeout = max(until.wake_at - workflow.now(), _SHORTEST_SLEEP)
        try:
            await workflow.wait_condition(self._has_news, timeout=timeout)
        except TimeoutError:
            return

    def _has_news(self) -> bool:
        return self._again or self._poked > self._pulled
