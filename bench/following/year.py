"""`follow-up-year`: how many workflow tasks a course costs the server in its first year.

An ordinary course is walked through the engine with the default rules, day by day: each fact is a
poke, and whenever the engine asks to be woken before the next fact comes, that is a due time. What
each of these costs in tasks is counted in histories of the same run.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bench.following.ordinary import DAYS, OrdinaryYear
from bench.following.peers import CODE
from bench.following.stage import Stage, each, stage
from bench.following.waking import wake
from bench.measure import Figure, Measure, Peer
from bench.scratch import Scratch
from bench.workload import Workload
from services.follow_ups import Engine
from services.store.keys import Keyring
from services.store.server import Server
from workflows.messages import course_subject

_COURSES = 5  # whose histories are counted


@dataclass
class _Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class Steps:
    """What a course's workflow lives through in a year after it is opened."""

    pokes: int
    due_times: int


def walk(scratch: Scratch) -> Steps:
    """An ordinary course's year, in a database of its own."""
    year = OrdinaryYear()
    first, *facts = year.facts()
    clock = _Clock(first.time.astimezone(UTC))
    keys = Keyring(scratch.fresh_folder("keys"))
    with scratch.database() as url, Server(url, keys, clock=clock) as server:
        store, engine = server.municipality(CODE), Engine(server)
        store.append([first])
        subject = course_subject(store.find("course", year.course))
        due_times = 0
        wake_at = engine.advance(CODE, subject, clock.now).wake_at
        end = clock.now + timedelta(days=DAYS)
        for at, told in [*((fact.time, [fact]) for fact in facts), (end, [])]:
            while wake_at is not None and wake_at < at:
                clock.now = wake_at
                wake_at = engine.advance(CODE, subject, clock.now).wake_at
                due_times += 1
            clock.now = at.astimezone(UTC)
            store.append(told)
            wake_at = engine.advance(CODE, subject, clock.now).wake_at
    return Steps(len(facts), due_times)


def _tasks(stage: Stage, name: str, steps: Steps) -> float:
    """Workflow tasks in such a year, by what each step takes of them."""
    peer = stage.peers[name]
    courses, _ = wake(stage, peer, _COURSES)
    opened_and_due = stage.loop.run(peer.tasks(courses))
    position = peer.more(courses)
    stage.loop.run(peer.poke(courses, position))
    peer.crew.reached(courses, position)
    poked = stage.loop.run(peer.tasks(courses)) - opened_and_due
    due = opened_and_due - 1  # to open one is a task
    return 1 + steps.pokes * poked + steps.due_times * due


@contextmanager
def _prepare(scratch: Scratch, workload: Workload) -> Iterator[dict[str, Peer]]:
    steps = walk(scratch)
    with stage(scratch) as staged:
        tasks_of = {name: (_tasks(staged, name, steps),) for name in staged.peers}
        yield each(staged, tasks_of.__getitem__)  # counting twice would count the same


FOLLOW_UP_YEAR = Measure(
    "follow-up-year", (Figure("workflow tasks/course", "lower"),), _prepare, size=None
)
