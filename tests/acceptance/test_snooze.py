"""A follow-up put off or taken over by command, and what the real engine makes of it."""

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from domain.calendar import day_of
from domain.events.common import FollowUpRaised
from services.api.app import create_app
from services.follow_ups import calendar_of
from services.following.marks import Marks
from services.root import App
from services.settings import Settings
from services.store.keys import Keyring
from services.store.municipality import Municipality
from services.store.server import Server
from services.tokens import Tokens
from services.views import VIEWS, ask, bring_up_to_date
from tests.conftest import Clock
from tests.services.following.room import engine, idle, temporal
from tests.services.store.sending import SOURCE
from tests.workflows.conftest import EngineOnItsTime, eight_o_clock, time_skipping
from tests.workflows.journey import Journey
from tests.workflows.patience import patient_worker
from tests.workflows.town import Town
from workflows.follower import Follower
from workflows.messages import TEAM, workflow_id

RULES = """
pack = "waiting"
edition = "1"
valid_from = 2000-01-01

[rules.match-overdue]
days = 14
addressed_to = "caseworker"
remind = [3]
escalate = [{ after = 7, to = "coordinator" }]
basis = "a test"

[rules.supervision-overdue]
days = 42
addressed_to = "coordinator"
escalate = [{ after = 14, to = "leader" }]
basis = "a test"
"""
CASEWORKER = {"source": SOURCE, "id": "s-12", "function": "caseworker"}
COORDINATOR = {"source": SOURCE, "id": "k-02", "function": "coordinator"}


class Desk:
    """Whoever gives commands, over HTTP."""

    def __init__(self, client: httpx.AsyncClient, town: Town) -> None:
        self._client = client
        self._town = town

    async def snooze(self, rule: str, until: int, actor: dict[str, str] = CASEWORKER) -> None:
        """Put the one follow-up of a rule off until a day."""
        day = self._town.day(until).isoformat()
        await self._give(rule, "snooze", actor=actor, until=day, reason="citizen-away")

    async def take_over(self, rule: str) -> None:
        """Let the coordinator take it over."""
        person = {"source": SOURCE, "id": "k-02"}
        await self._give(rule, "take-over", actor=COORDINATOR, person=person, reason="absence")

    async def _give(self, rule: str, what: str, **body: Any) -> None:
        [id_] = [
            event.source_id
            for event in self._town.municipality.read_from(0, 10_000)
            if isinstance(event.fact, FollowUpRaised) and event.fact.follow_up.rule == rule
        ]
        headers = {"idempotency-key": uuid4().hex, "if-match": "*"}
        answer = await self._client.post(f"/v1/follow-ups/{id_}/{what}", json=body, headers=headers)
        assert answer.status_code == 201, answer.text


@pytest.fixture
def app(server: Server, database_url: str, keyring: Keyring, tmp_path: Path) -> App:
    """What a command would have opened."""
    return App(Settings(home=tmp_path, keys=keyring.folder), server, database_url, None)


@asynccontextmanager
async def desk(app: App, clock: Clock, town: Town) -> AsyncIterator[Desk]:
    """A desk with a token for the town's municipality."""
    _, secret = Tokens(app.server).create(
        municipality=town.municipality.code, now=clock(), may_decide=True
    )
    transport = httpx.ASGITransport(app=create_app(app, clock=clock))
    async with httpx.AsyncClient(
        transport=transport,
        base_url="http://test",
        headers={"authorization": f"Bearer {secret}"},
    ) as client:
        yield Desk(client, town)


@asynccontextmanager
async def travelling(
    app: App, municipality: Municipality, clock: Clock
) -> AsyncIterator[tuple[Town, Journey, Desk]]:
    """A town with those rules on a server that skips time, a worker at work, and a desk."""
    async with time_skipping() as environment:
        town = Town(municipality, await eight_o_clock(environment, clock))
        town.adopt(RULES)
        with ThreadPoolExecutor(4) as threads:
            on_time = EngineOnItsTime(app.server, clock)
            async with (
                patient_worker(environment.client, on_time, threads),
                desk(app, clock, town) as opened,
            ):
                yield town, Journey(environment, town, clock), opened


def worklist(town: Town, now: datetime) -> list[tuple[Any, ...]]:
    """What is open: rule, stage, put off until, whether it was taken over, and who has it."""
    bring_up_to_date([town.municipality])
    rows = ask(VIEWS["worklist"], [town.municipality], now=now).rows
    names = ("rule", "stage", "snoozed_until", "taken_over", "person_id")
    return [tuple(row[name] for name in names) for row in rows]


async def test_nothing_reminds_of_what_is_put_off_until_its_day_and_on_that_day_it_comes(
    app: App, municipality: Municipality, clock: Clock
) -> None:
    async with travelling(app, municipality, clock) as (town, journey, desk):
        town.intake("c-1")
        course = await journey.follow_course("c-1")
        await journey.until(15)
        await desk.snooze("match-overdue", until=40)
        await journey.poke(course)
        await journey.until(39, "23:59")
        put_off = "15 course.follow-up-snoozed match-overdue"
        assert town.followed_in("c-1") == ["14 raised match-overdue to caseworker", put_off]
        assert worklist(town, clock.now) == [
            ("match-overdue", "snoozed", town.day(40), False, "s-12")
        ]
        await journey.until(40)
        assert sorted(town.followed_in("c-1")[2:]) == [
            "40 course.follow-up-reminded match-overdue",
            "40 escalated match-overdue to coordinator",
        ]
        [(_, stage, *_)] = worklist(town, clock.now)
        assert stage == "escalated"


async def test_the_fact_that_satisfies_it_resolves_what_is_put_off(
    app: App, municipality: Municipality, clock: Clock
) -> None:
    async with travelling(app, municipality, clock) as (town, journey, desk):
        town.intake("c-1")
        course = await journey.follow_course("c-1")
        await journey.until(15)
        await desk.snooze("match-overdue", until=40)
        match = town.matched("c-1", 15)
        await journey.poke(course)
        resolved = f"15 resolved match-overdue by {match}"
        assert town.followed_in("c-1")[-1] == resolved
        await journey.until(41)
        assert town.followed_in("c-1")[-1] == resolved


async def test_putting_off_anew_brings_it_sooner(
    app: App, municipality: Municipality, clock: Clock
) -> None:
    async with travelling(app, municipality, clock) as (town, journey, desk):
        town.intake("c-1")
        course = await journey.follow_course("c-1")
        await journey.until(15)
        await desk.snooze("match-overdue", until=60)
        await journey.poke(course)
        await journey.until(20)
        await desk.snooze("match-overdue", until=25)
        await journey.poke(course)
        await journey.until(24, "23:59")
        assert [line.split()[0] for line in town.followed_in("c-1")] == ["14", "15", "20"]
        await journey.until(25)
        assert [line.split()[0] for line in town.followed_in("c-1")[3:]] == ["25", "25"]


async def test_a_supervision_of_the_team_is_put_off_too(
    app: App, municipality: Municipality, clock: Clock
) -> None:
    async with travelling(app, municipality, clock) as (town, journey, desk):
        town.established()
        town.supervisor("k-02")
        town.employed("m-31")
        team = await journey.follow_team()
        await journey.until(43)
        await desk.snooze("supervision-overdue", until=70, actor=COORDINATOR)
        await journey.poke(team)
        await journey.until(69, "23:59")
        assert [line.split()[0] for line in town.followed_in_team()] == ["42", "43"]
        await journey.until(70)
        assert town.followed_in_team()[-1] == "70 escalated supervision-overdue to leader"


async def test_who_took_it_over_has_it_until_it_is_escalated(
    app: App, municipality: Municipality, clock: Clock
) -> None:
    async with travelling(app, municipality, clock) as (town, journey, desk):
        town.tell(
            "team.person-assigned",
            "team",
            0,
            person={"id": "k-09"},
            function="coordinator",
            from_=town.day(0).isoformat(),
        )
        town.intake("c-1")
        course = await journey.follow_course("c-1")
        await journey.until(15)
        await desk.take_over("match-overdue")
        await journey.poke(course)
        assert worklist(town, clock.now) == [("match-overdue", "raised", None, True, "k-02")]
        await journey.until(18)
        assert worklist(town, clock.now) == [("match-overdue", "reminded", None, True, "k-02")]
        await journey.until(21)
        assert worklist(town, clock.now) == [("match-overdue", "escalated", None, False, "k-09")]


async def test_a_snooze_moves_the_hour_at_which_the_engine_wakes(
    app: App, municipality: Municipality, clock: Clock
) -> None:
    clock.now = datetime.now(UTC)
    town = Town(municipality, day_of(clock.now))
    town.adopt(RULES)
    town.established(-43)
    town.supervisor("k-02", -43)
    town.employed("m-31", -43)
    town.intake("c-1", -15)
    stream, team = town.stream("c-1"), municipality.team()
    assert team is not None

    def wake_at() -> dict[str, datetime | None]:
        marks = Marks(municipality).all()
        return {subject: marks[subject].wake_at for subject in (town.subject("c-1"), TEAM)}

    def morning(day: int, of_team: int) -> dict[str, datetime | None]:
        return {
            town.subject("c-1"): calendar_of(stream).morning_of(town.day(day)),
            TEAM: calendar_of(team).morning_of(town.day(of_team)),
        }

    async with temporal() as client, engine(app.server, client), desk(app, clock, town) as opened:
        await idle(municipality)
        assert wake_at() == morning(2, 13)
        await opened.snooze("match-overdue", until=30)
        await opened.snooze("supervision-overdue", until=40, actor=COORDINATOR)
        await idle(municipality)
        assert wake_at() == morning(30, 40)
        handle = client.get_workflow_handle(workflow_id("0860", town.subject("c-1")))
        seen = await handle.query(Follower.next_)
        assert seen is not None and seen.wake_at == morning(30, 40)[town.subject("c-1")]
