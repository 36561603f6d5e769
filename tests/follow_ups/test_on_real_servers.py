"""The same scripts on a real PostgreSQL and a real Temporal: ten seeds, a few facts in each.

A seed's script is always the same; when a worker's thread comes to its turn is the machine's.
"""

import asyncio
from pathlib import Path

import pytest

from domain.events.common import FollowUpEvent
from services.store.keys import Keyring
from services.store.server import Server
from tests.conftest import Clock, fresh_database
from tests.follow_ups.afterwards import Aftermath
from tests.follow_ups.checks import Broken
from tests.follow_ups.on_servers import Ride
from tests.follow_ups.script import make_script
from tests.soaking import SOAK
from tests.workflows.conftest import eight_o_clock, time_skipping

_FACTS = 14
_RUNS = 100 if SOAK else 10
_AT_ONCE = 10


@pytest.mark.soak
# A pull that a worker has thrown away may be done already when it is told to stop.
@pytest.mark.filterwarnings("default:Cannot find activity to cancel")
@pytest.mark.parametrize("first", range(0, _RUNS, _AT_ONCE))
async def test_the_follow_ups_in_the_end_are_those_that_the_facts_ask_for(
    first: int, postgres: str, tmp_path: Path
) -> None:
    async with asyncio.TaskGroup() as together:
        rides = [
            together.create_task(ride(seed, postgres, tmp_path / str(seed)))
            for seed in range(first, first + _AT_ONCE)
        ]
    assert sum(one.result() for one in rides) > 100


async def ride(seed: int, postgres: str, folder: Path) -> int:
    """Run one seed and judge it; gives how many follow-up events were written."""
    clock = Clock()
    with fresh_database(postgres) as url, Server(url, Keyring(folder), clock=clock) as server:
        async with time_skipping() as environment:
            first = await eight_o_clock(environment, clock)
            one = Ride(make_script(seed, first, _FACTS), server, clock, environment)
            await one.run()
            return judged(one, clock)


def judged(one: Ride, clock: Clock) -> int:
    """Raises Broken, with the seed."""
    events = one.events()
    Aftermath(one.script.seed, events, *one.subjects()).judge(clock.now)
    if more := one.asked_again():
        raise Broken(one.script.seed, f"asked again it writes {[e.topic for e in more]}")
    return sum(isinstance(event.fact, FollowUpEvent) for event in events)
