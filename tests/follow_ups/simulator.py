"""One seed's scenario, run in memory.

The state machine of poke and pull (`workflows.inbox`), the planner, the folds and the rules are
the product's. The log, the dispatcher and the follower's loop are modelled beside this file; the
same scripts run on real servers in `test_on_real_servers`.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from domain.calendar import COPENHAGEN, day_of, start_of
from domain.envelope import Recorded
from tests.domain.spec import COURSE, fact_at
from tests.follow_ups.checks import Broken, Checks, told
from tests.follow_ups.followers import Followers
from tests.follow_ups.handling import handled
from tests.follow_ups.memory import Log, Sight
from tests.follow_ups.posting import Post
from tests.follow_ups.pulling import Planner, Pulling, plan_of
from tests.follow_ups.script import Arrival, Handling, Script
from tests.follow_ups.surroundings import TEAM
from tests.follow_ups.world import World
from workflows.inbox import Inbox
from workflows.messages import Next

NAMES = {COURSE: "course", TEAM: "team"}
_SETTLED = timedelta(minutes=1)  # so long after the last thing that happened all is written
_SETTLED_WITH_FAULTS = timedelta(hours=2, minutes=5)  # longer than any one delay
_NIGHT = timedelta(hours=2, minutes=30)


@dataclass(frozen=True)
class Parts:
    """What a run is made of: the product's, unless a test puts something broken in its place."""

    inbox: Callable[[], Inbox] = Inbox
    planner: Planner = plan_of
    minds_version: bool = True
    repeats: bool = True


class Simulator:
    """Runs a script from its first day to its end."""

    def __init__(self, script: Script, parts: Parts = Parts()) -> None:
        self.script = script
        self.world = World(script)
        self._log = Log(self.world.chance)
        self._sight = Sight(self._log.streams, COURSE, TEAM)
        facts = Sight(self._log.streams, COURSE, TEAM, facts_only=True)
        self._checks = Checks(script.seed, facts, self._sight)
        self._pulling = Pulling(
            self._log, self._sight, self._checks, parts.planner, parts.minds_version
        )
        self._post = Post(self.world, self._log, self._sight, repeats=parts.repeats)
        self._post.followers = Followers(
            self.world, self._pulling, parts.inbox, NAMES, self._meddle, self._pulled
        )
        self._arrivals = list(script.arrivals)
        self._lost_at_night = 0
        self._judged = (0, script.first)

    def run(self) -> "Simulator":
        """Let everything happen, and judge what came of it. Raises Broken."""
        self._post.look(1)
        for arrival in self._arrivals:
            self.world.at(arrival.at, self._next_arrives)
        night = start_of(self.script.first) + _NIGHT
        while night < self.script.ends:
            self.world.at(night, self._night)
            night += timedelta(days=1)
        self.world.pass_until(self.script.ends, self._settled)
        self._judge()
        return self

    @property
    def count(self) -> Counter[str]:
        """How often what happened."""
        return self.world.count

    def _next_arrives(self) -> None:
        if self._arrivals:
            self._arrives(self._arrivals.pop(0))

    def _arrives(self, arrival: Arrival) -> None:
        now, what = self.world.now, arrival.what
        if isinstance(what, Handling):
            if (did := handled(what, self._sight, now)) is None:
                return
            subject, fact = did
            self.count["handled"] += 1
            id = f"handled-{self.count['handled']}"
            self._log.append(fact_at(now, fact, id=id, stream=subject), now)
            self.world.tell(f"a person: {told(fact)}")
        else:
            again = "" if self._log.append(what, now) else " again"
            when = f"{what.occurred_at.astimezone(COPENHAGEN):%F %H:%M}"
            self.world.tell(f"told{again}: {what.source_id} {what.topic} of {when}")
        self._post.look(1)

    def _meddle(self, subject: UUID) -> None:
        """In the midst of a pull others write what would be told next, or pull as well."""
        if self.world.goes_wrong("twin"):
            _, new = self._pulling.advance(subject, self.world.now, self.world.now)
            for fact in new:
                self.world.tell(f"another worker: {told(fact)}")
        self._tell_sooner("meanwhile")

    def _pulled(self, subject: UUID, reached: Next) -> float:
        """A pull is done; gives the seconds until its workflow is told so."""
        self._post.advanced(subject, reached)
        return 30.0 if self._tell_sooner("answers_late") else 0.01

    def _tell_sooner(self, fault: str) -> bool:
        """What would be told next is told now, if it has happened by now."""
        what = self._arrivals[0].what if self._arrivals else None
        if not isinstance(what, Recorded) or what.occurred_at > self.world.now:
            return False
        if wrong := self.world.goes_wrong(fault):
            self._next_arrives()
        return wrong

    def _night(self) -> None:
        """Each night workflows are reconciled: here where pokes were lost, and on some others."""
        if self.world.goes_wrong("temporal_lost"):
            self._post.followers.lose_all()
            self.world.after(30, self._post.reconcile)
        if self.world.goes_wrong("marks_lost"):
            self._post.forget()
        if self.count["lost"] > self._lost_at_night or self.world.chance.random() < 0.02:
            self._lost_at_night = self.count["lost"]
            self.count["nights"] += 1
            self._post.reconcile()

    def _settled(self, next_at: datetime) -> None:
        """All that is due is written when nothing is on its way any more, unless it was lost."""
        settled = _SETTLED if self.script.faults.none else _SETTLED_WITH_FAULTS
        now = self.world.now + settled
        changed = (self._log.head, day_of(now))
        if now < next_at and self.count["lost"] == self._lost_at_night and changed != self._judged:
            self._judged = changed
            self._are_right(now)

    def _are_right(self, now: datetime) -> None:
        for subject in NAMES:
            if self._log.version(subject):
                self._checks.is_right(subject, now)

    def _judge(self) -> None:
        now, seed = self.world.now, self.script.seed
        self._are_right(now)
        self._checks.is_written_once(self._log.events)
        self._checks.is_thrifty(self.count)
        before = self._log.head
        for sight in (self._sight, Sight(self._log.streams, COURSE, TEAM)):
            engine = Pulling(self._log, sight, self._checks)
            for subject in NAMES:
                _, new = engine.advance(subject, now, now)
                if new or self._log.head != before:
                    raise Broken(seed, f"asked again it writes {[told(fact) for fact in new]}")
