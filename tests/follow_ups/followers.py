"""The workflows of a simulated run: each pulls, sleeps, and is poked, as `Follower` does."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from tests.follow_ups.checks import told
from tests.follow_ups.pulling import Meddle, Pulling
from tests.follow_ups.world import World
from workflows.inbox import Inbox
from workflows.messages import Next, Poke

_SHORTEST_SLEEP = timedelta(seconds=1)
_BACKOFF = (1, 2, 4, 8, 16, 32, 64, 120)


class Follower:
    """One running workflow. `turn` tells timers of earlier sleeps and pulls from its own."""

    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox
        self.asleep = False
        self.turn = 0


class Followers:
    """All running workflows. `pulled` is told of every pull that was done, and gives the seconds
    until its workflow hears of it."""

    def __init__(
        self,
        world: World,
        pulling: Pulling,
        inbox: Callable[[], Inbox],
        names: dict[UUID, str],
        meddle: Meddle,
        pulled: Callable[[UUID, Next], float],
    ) -> None:
        self._world = world
        self._pulling = pulling
        self._inbox = inbox
        self._names = names
        self._meddle = meddle
        self._pulled = pulled
        self._due: set[tuple[UUID, datetime]] = set()
        self.running: dict[UUID, Follower] = {}

    def deliver(self, subject: UUID, poke: Poke, *, start: bool) -> bool:
        """Poke a workflow, begin it first where asked; whether one was told."""
        follower = self.running.get(subject)
        begins = follower is None
        if follower is None:
            if not start:
                return False
            follower = self.running[subject] = Follower(self._inbox())
        self._world.count["pokes with news"] += (
            poke.position > follower.inbox.pulled_to or poke.again
        )
        follower.inbox.poked(poke)
        if begins:
            self._pull(subject, follower, "a start")
        elif follower.asleep and follower.inbox.has_news:
            self._pull(subject, follower, "a poke")
        return True

    def lose_all(self) -> None:
        """The server forgets every workflow."""
        self.running.clear()

    def _pull(self, subject: UUID, follower: Follower, why: str) -> None:
        follower.asleep = False
        follower.turn += 1
        self._world.count["pulls"] += 1
        self._world.count[f"pulls for {why}"] += 1
        told_to = follower.inbox.pulling()
        asked_at = self._world.now
        self._then(subject, follower, 0.3, lambda: self._try(subject, follower, told_to, asked_at))

    def _try(
        self, subject: UUID, follower: Follower, told_to: int, asked_at: datetime, tries: int = 0
    ) -> None:
        """One attempt of the activity; it is made again for as long as it takes."""
        world = self._world

        def again() -> None:
            self._try(subject, follower, told_to, asked_at, tries + 1)

        pause = _BACKOFF[min(tries, len(_BACKOFF) - 1)]
        if world.goes_wrong("fails_before"):
            self._then(subject, follower, pause, again)
            return
        dies = world.goes_wrong("worker_dies")
        if dies and world.chance.random() < 0.5:
            self._replayed(subject, follower)
            return
        reached, new = self._pulling.advance(subject, asked_at, world.now, self._meddle)
        name = self._names[subject]
        for fact in new:
            world.tell(f"{name}: {told(fact)}")
        if dies:
            self._replayed(subject, follower)
        elif world.goes_wrong("fails_after"):
            self._then(subject, follower, pause, again)
        else:
            seconds = self._pulled(subject, reached)
            self._then(
                subject, follower, seconds, lambda: self._told(subject, follower, reached, told_to)
            )

    def _replayed(self, subject: UUID, follower: Follower) -> None:
        """Another worker has the workflow: what it was told is replayed, the pull made anew."""
        seconds = self._world.chance.choice((10, 60, 3600))
        self._then(subject, follower, seconds, lambda: self._pull(subject, follower, "a replay"))

    def _told(self, subject: UUID, follower: Follower, reached: Next, told_to: int) -> None:
        """What `Follower.follow` does after a pull."""
        world = self._world
        follower.inbox.pulled(reached.position, told_to)
        wake = "never" if reached.wake_at is None else f"{reached.wake_at:%F %H:%M:%S}Z"
        world.tell(f"{self._names[subject]}: pulled to {reached.position}, next {wake}")
        if follower.inbox.has_news:
            self._pull(subject, follower, "a poke")
        elif reached.finished:
            world.tell(f"{self._names[subject]}: finished")
            del self.running[subject]
        elif world.goes_wrong("new_run"):
            follower.inbox = self._inbox()
            self._pull(subject, follower, "a new run")
        else:
            follower.asleep = True
            if reached.wake_at is not None:
                wake_at = max(reached.wake_at, world.now + _SHORTEST_SLEEP)
                turn, due = follower.turn, reached.wake_at
                world.at(wake_at, lambda: self._wake(subject, follower, turn, due))

    def _wake(self, subject: UUID, follower: Follower, turn: int, due: datetime) -> None:
        if self._is_current(subject, follower, turn) and follower.asleep:
            self._world.count["due times"] += (subject, due) not in self._due
            self._due.add((subject, due))
            self._pull(subject, follower, "its time")

    def _then(
        self, subject: UUID, follower: Follower, seconds: float, happen: Callable[[], None]
    ) -> None:
        """Later, if this workflow and this pull of it are still there."""
        turn = follower.turn

        def later() -> None:
            if self._is_current(subject, follower, turn):
                happen()

        self._world.after(seconds, later)

    def _is_current(self, subject: UUID, follower: Follower, turn: int) -> bool:
        return self.running.get(subject) is follower and follower.turn == turn
