"""Each rule through twelve months, with the default rules: due on its day and not the day before.

Christmas, Easter and both changes of the clock fall on days when something is due.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from temporalio.testing import WorkflowEnvironment

from services.store.municipality import Municipality
from tests.conftest import Clock
from tests.workflows.conftest import eight_o_clock
from tests.workflows.journey import Handle, Journey
from tests.workflows.town import Town
from tests.workflows.year import (
    BEGINS,
    ENDS,
    Fact,
    Year,
    days_before,
)


@dataclass
class Walk:
    """A course and a team, and the workflows that follow them."""

    journey: Journey
    town: Town
    year: Year
    course: Handle
    team: Handle

    async def until(self, day: date, at: str = "12:00") -> None:
        await self.journey.until((day - self.town.today).days, at)

    async def tell(self, fact: Fact, day: date) -> None:
        """Something happens at noon, and the workflows are poked about it."""
        await self.until(day)
        fact(self.year, day)
        await self.journey.poke(self.course)
        await self.journey.poke(self.team)

    def days(self, what: str, rule: str) -> list[date]:
        """The days on which follow-ups of a rule were raised, resolved or withdrawn."""
        lines = [*self.town.followed_in("c-1"), *self.town.followed_in_team()]
        told = [line.split() for line in lines]
        return [self.town.day(int(day)) for day, did, of, *_ in told if (did, of) == (what, rule)]


@pytest.fixture
async def walk(
    skipping: WorkflowEnvironment, municipality: Municipality, clock: Clock, worker: None
) -> Walk:
    """From the year's first morning."""
    today = await eight_o_clock(skipping, clock, BEGINS)
    town = Town(municipality, today)
    year = Year(town)
    year.begin(today)
    journey = Journey(skipping, town, clock)
    return Walk(
        journey, town, year, await journey.follow_course("c-1"), await journey.follow_team()
    )


async def due(
    walk: Walk,
    rule: str,
    days: list[tuple[date, date]],
    anchor: Fact,
    meet: Fact,
    *,
    times: int = 1,
    closes: str = "resolved",
) -> None:
    """What happens on the first of each two days makes something due on the second, `times`.

    It is raised that morning, not before; it is closed by what meets it at noon, and that is all
    of it in the year.
    """
    for anchored, day in days:
        await walk.tell(anchor, anchored)
        before = len(walk.days("raised", rule))
        await walk.until(day - timedelta(days=1), "23:59")
        assert walk.days("raised", rule)[before:] == []
        await walk.until(day, "05:59")
        assert walk.days("raised", rule)[before:] == []
        await walk.until(day, "07:01")
        assert walk.days("raised", rule)[before:] == [day] * times
        await walk.tell(meet, day)
        assert walk.days(closes, rule)[-times:] == [day] * times
    await walk.until(ENDS)


async def test_match_overdue(walk: Walk) -> None:
    await due(walk, "match-overdue", days_before(14), Year.match_ends, Year.new_match)


async def test_first_meeting_overdue(walk: Walk) -> None:
    await due(walk, "first-meeting-overdue", days_before(7), Year.another_match, Year.meet)


async def test_no_mentor_contact(walk: Walk) -> None:
    await due(walk, "no-mentor-contact", days_before(7), Year.work, Year.work)


async def test_supervision_overdue(walk: Walk) -> None:
    await due(walk, "supervision-overdue", days_before(42), Year.supervise, Year.supervise)
