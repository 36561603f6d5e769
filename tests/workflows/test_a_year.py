"""Each rule through twelve months, with the default rules: due on its day and not the day before.

Christmas, Easter and both changes of the clock fall on days when something is due.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from temporalio.testing import WorkflowEnvironment

from services.store.municipality import Municipality
from tests.conftest import Clock
from tests.workflows.conftest import eight_o_clock
from tests.workflows.journey import Handle, Journey
from tests.workflows.steps import SIDES, STEPS, told_of
from tests.workflows.town import Town
from tests.workflows.year import BEGINS, DAYS, ENDS, Days, Fact, Wait, Waits, Year, chain, walks

_STAGES = {"raised": "raised to", "escalated": "goes to", "reminded": "reminded"}


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

    def all_told(self, rule: str) -> list[tuple[date, str]]:
        """Every raising, reminder and escalation of a rule, by day."""
        lines = [*self.town.followed_in("c-1"), *self.town.followed_in_team()]
        told = [
            (self.town.day(int(day)), _STAGES[did.rpartition("-")[2]], to[-1:])
            for day, did, of, *to in map(str.split, lines)
            if of == rule and did.rpartition("-")[2] in _STAGES
        ]
        return sorted((day, " ".join([did, *to])) for day, did, to in told)

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
    days: Days,
    anchor: Fact,
    meet: Fact,
    *,
    besides: Waits = (),
    asked: Sequence[str] = (),
    closes: str = "resolved",
) -> None:
    """What happens on the first of each two days makes something due on the second.

    It is raised that morning, not before, of each who is asked where those are several, and closed
    by what meets it at noon. `besides` is what else the rule waits for in the year. That is all:
    each of its raisings, reminders and escalations has a day, and none comes twice.
    """
    each = asked or (STEPS[rule][0],)
    for anchored, day in days:
        await walk.tell(anchor, anchored)
        before = len(walk.days("raised", rule))
        await walk.until(day - timedelta(days=1), "23:59")
        assert walk.days("raised", rule)[before:] == []
        await walk.until(day, "05:59")
        assert walk.days("raised", rule)[before:] == []
        await walk.until(day, "07:01")
        assert walk.days("raised", rule)[before:] == [day] * len(each)
        await walk.tell(meet, day)
        assert walk.days(closes, rule)[-len(each) :] == [day] * len(each)
    await walk.until(ENDS)
    waits = [*besides, *(Wait(day, day) for _, day in days)]
    told = [one for wait in waits for to in each for one in told_of(rule, wait, to)]
    assert walk.all_told(rule) == sorted(told)


def in_days(days: int) -> pytest.MarkDecorator:
    """Each way through the year for a rule of so many days."""
    return pytest.mark.parametrize("days", walks(days), ids=lambda way: str(way[0][1]))


@in_days(14)
async def test_match_overdue(walk: Walk, days: Days) -> None:
    await due(walk, "match-overdue", days, Year.match_ends, Year.new_match)


@in_days(7)
async def test_mentor_left(walk: Walk, days: Days) -> None:
    await due(walk, "mentor-left", days, Year.mentor_leaves, Year.new_match)


@in_days(7)
async def test_first_meeting_overdue(walk: Walk, days: Days) -> None:
    first = [Wait(BEGINS + timedelta(days=7), days[0][0])]
    await due(walk, "first-meeting-overdue", days, Year.another_match, Year.meet, besides=first)


@in_days(7)
async def test_no_mentor_contact(walk: Walk, days: Days) -> None:
    between = chain(7, days, since=BEGINS)
    await due(walk, "no-mentor-contact", days, Year.work, Year.work, besides=between)


@in_days(28)
async def test_chemistry_check_overdue(walk: Walk, days: Days) -> None:
    rule, first = "chemistry-check-overdue", [Wait(BEGINS + timedelta(days=28), days[0][0])]
    await due(walk, rule, days, Year.another_match, Year.ask_for_chemistry, besides=first)


@in_days(7)
async def test_agreement_incomplete(walk: Walk, days: Days) -> None:
    def first_activity(year: Year, day: date) -> None:
        year.another_match(day)
        year.work(day)

    await due(walk, "agreement-incomplete", days, first_activity, Year.agree)


@in_days(56)
async def test_role_statement_overdue(walk: Walk, days: Days) -> None:
    rule, between = "role-statement-overdue", chain(56, days, since=BEGINS, first=14)
    await due(walk, rule, days, Year.state_roles, Year.state_roles, besides=between, asked=SIDES)


@in_days(14)
async def test_role_statement_overdue_the_first_time(walk: Walk, days: Days) -> None:
    rule, between = "role-statement-overdue", chain(56, days, since=BEGINS, first=14)
    await due(walk, rule, days, Year.another_match, Year.state_roles, besides=between, asked=SIDES)


async def test_role_disagreement(walk: Walk) -> None:
    """Five working days: municipal offices are closed on 24 and 31 December, too."""
    days = [
        (date(2030, 10, 24), date(2030, 10, 31)),  # the clock goes back meanwhile
        (date(2030, 12, 20), date(2031, 1, 3)),
        (date(2031, 3, 27), date(2031, 4, 3)),  # the clock goes forward meanwhile
        (date(2031, 4, 9), date(2031, 4, 21)),  # Easter
    ]

    def disagree(year: Year, day: date) -> None:
        year.state_roles(day, of_mentor="caseworker")

    def take_up(year: Year, day: date) -> None:
        year.coordinate(day, coordinator=True)

    await due(walk, "role-disagreement", days, disagree, take_up)


@in_days(14)
async def test_coordination_overdue(walk: Walk, days: Days) -> None:
    between = chain(14, days, since=BEGINS)
    await due(walk, "coordination-overdue", days, Year.coordinate, Year.coordinate, besides=between)


@in_days(56)
async def test_goal_review_overdue(walk: Walk, days: Days) -> None:
    between = chain(56, days)
    await due(walk, "goal-review-overdue", days, Year.set_goal, Year.set_goal, besides=between)


@in_days(60)
async def test_grant_running_out(walk: Walk, days: Days) -> None:
    def grant_until_six_weeks_after_it_is_due(year: Year, day: date) -> None:
        year.grant(day, day + timedelta(days=60 + 42))

    await due(
        walk, "grant-running-out", days, grant_until_six_weeks_after_it_is_due, Year.grant_ends
    )


async def test_hours_below_grant(walk: Walk) -> None:
    """On the 11th after each month of which less than half the hours were registered.

    11 April 2031 is Good Friday. Hours that are registered late show that it never was due.
    """
    firsts = [date(2030, 10, 1), *(date(2030, month, 12) for month in (11, 12))]
    firsts += [date(2031, month, 12) for month in (1, 2, 3)]
    elevenths = [date(2030, 11, 11), date(2030, 12, 11)]
    elevenths += [date(2031, month, 11) for month in (1, 2, 3, 4)]

    def grant_once(year: Year, day: date) -> None:
        if day == firsts[0]:
            year.grant(day, date(2031, 4, 1), "mentor-hours", weekly_minutes=120)

    def register_late(year: Year, day: date) -> None:
        last_month = day.replace(day=1) - timedelta(days=1)
        year.work(last_month, minutes=500)

    days = list(zip(firsts, elevenths, strict=True))
    await due(walk, "hours-below-grant", days, grant_once, register_late, closes="withdrawn")


@in_days(42)
async def test_supervision_overdue(walk: Walk, days: Days) -> None:
    between = chain(42, days, since=BEGINS)
    await due(walk, "supervision-overdue", days, Year.supervise, Year.supervise, besides=between)


@in_days(84)
async def test_role_follow_up_overdue(walk: Walk, days: Days) -> None:
    def follow_up(year: Year, day: date) -> None:
        year.follow_up_on_roles(day)

    between = chain(84, days, since=BEGINS)
    await due(walk, "role-follow-up-overdue", days, follow_up, follow_up, besides=between)


@pytest.mark.parametrize("day", DAYS, ids=str)
async def test_role_workshop_overdue(walk: Walk, day: date) -> None:
    """The effort is said to have begun so many days before."""
    begins = day - timedelta(days=56)

    def begun_later(year: Year, day: date) -> None:
        year.established(day, instead_of=BEGINS)

    as_first_told = [Wait(BEGINS + timedelta(days=56), begins)]
    rule, days = "role-workshop-overdue", [(begins, day)]
    await due(walk, rule, days, begun_later, Year.hold_workshop, besides=as_first_told)


@in_days(14)
async def test_coordinator_overloaded(walk: Walk, days: Days) -> None:
    def overload(year: Year, day: date) -> None:
        year.new_match(day, mentor="k-02", course="c-2")

    def relieve(year: Year, day: date) -> None:
        year.match_ends(day, course="c-2")

    await due(walk, "coordinator-overloaded", days, overload, relieve)
