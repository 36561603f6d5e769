"""Time in a simulated run, chance, and the story of what happened."""

import heapq
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from domain.calendar import COPENHAGEN, start_of
from tests.follow_ups.script import Script

_ENOUGH = 100_000


class World:
    """Time jumps from one thing that happens to the next; all chance comes from the seed."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.now = start_of(script.first)
        self.chance = Random(script.seed + 1_000_003)
        self.story: list[str] = []
        self.count: Counter[str] = Counter()
        self._ahead: list[tuple[datetime, int, Callable[[], None]]] = []
        self._number = self._steps = 0

    def at(self, when: datetime, happen: Callable[[], None]) -> None:
        """Let something happen then; of the same instant, in the order of asking."""
        self._number += 1
        heapq.heappush(self._ahead, (max(when, self.now), self._number, happen))

    def after(self, seconds: float, happen: Callable[[], None]) -> None:
        """Let something happen so many seconds from now."""
        self.at(self.now + timedelta(seconds=seconds), happen)

    def pass_until(self, end: datetime, before: Callable[[datetime], None]) -> None:
        """Let everything happen that does until then; `before` is told of each next instant."""
        while self._ahead and self._ahead[0][0] <= end:
            at, _, happen = heapq.heappop(self._ahead)
            self._steps += 1
            if self._steps > _ENOUGH:
                raise RuntimeError(f"seed {self.script.seed}: it goes on and on")
            before(at)
            self.now = at
            happen()
        self.now = end

    def goes_wrong(self, what: str) -> bool:
        """Whether this fault happens now; it is told and counted."""
        share = getattr(self.script.faults, what)
        if not share or self.now >= self.script.calm_from or self.chance.random() >= share:
            return False
        self.count["faults"] += 1
        self.tell(f"fault: {what}")
        return True

    def tell(self, what: str) -> None:
        """A line of the story."""
        self.story.append(f"{self.now.astimezone(COPENHAGEN):%Y-%m-%d %H:%M:%S} {what}")
