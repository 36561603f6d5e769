"""Workflows that a new program could not go on with are named before it stops them."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker
from typer.testing import CliRunner, Result

from domain.calendar import day_of
from services import replaying
from services.cli.main import app
from services.replaying import replayed
from services.store.municipality import Municipality
from services.store.server import Server
from tests.conftest import Clock
from tests.services.following.room import engine, idle, temporal
from tests.workflows.careless import SleepsFirst
from tests.workflows.town import Town
from workflows.messages import TASK_QUEUE, TEAM, Start, workflow_id

CODE = "0860"


@pytest.fixture
def town(municipality: Municipality, clock: Clock) -> Town:
    """Three courses and a team."""
    clock.now = datetime.now(UTC)
    town = Town(municipality, day_of(clock.now))
    town.established()
    for course in ("c-1", "c-2", "c-3"):
        town.intake(course)
    return town


async def begun_otherwise(client: Client, id_: str) -> None:
    """A workflow that runs, begun by a program in which a course slept first."""
    async with Worker(
        client,
        task_queue=TASK_QUEUE,
        workflows=[SleepsFirst],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        handle = await client.start_workflow(
            "course", Start(CODE, id_), id=workflow_id(CODE, id_), task_queue=TASK_QUEUE
        )
        for _ in range(400):
            if len((await handle.fetch_history()).events) >= 5:  # its timer stands
                return
            await asyncio.sleep(0.05)
        pytest.fail("it never began")


async def until_listed(client: Client, number: int) -> None:
    """Wait until the server's index knows so many that run."""
    for _ in range(400):
        if (await client.count_workflows("ExecutionStatus = 'Running'")).count >= number:
            return
        await asyncio.sleep(0.05)
    pytest.fail("not listed")


async def test_what_another_program_began_otherwise_is_named_and_the_rest_goes_on(
    server: Server, town: Town, capfd: pytest.CaptureFixture[str]
) -> None:
    told: list[tuple[int, int]] = []
    async with temporal() as client:
        async with engine(server, client):
            await idle(town.municipality)
        await begun_otherwise(client, "course/other")
        await until_listed(client, 5)
        capfd.readouterr()
        course, team = await replayed(client, lambda done, of: told.append((done, of)))
        [few, _] = await replayed(client, lambda done, of: None, most=2)
    assert "sdk_core" not in capfd.readouterr().out  # an answer in JSON stays one
    assert (course.workflow, course.running, course.tried) == ("course", 4, 4)
    assert course.failing == (f"{CODE}/course/other",)
    assert (team.workflow, team.running, team.tried, team.failing) == (TEAM, 1, 1, ())
    assert told == [(n, 5) for n in range(1, 6)]
    # Of more than are tried, the oldest and the newest: the last one begun is among them.
    assert (few.running, few.tried, few.failing) == (4, 2, course.failing)


async def test_doctor_says_so_and_ends_with_1(
    town: Town, server: Server, database_url: str, tmp_path: Path
) -> None:
    keys = tmp_path / "keys"
    async with temporal(keys) as client:
        environment = {
            "DATABASE_URL": database_url,
            "TEMPORAL_ADDRESS": client.service_client.config.target_host,
            "ROEDTRAAD_HOME": str(tmp_path / "home"),
            "ROEDTRAAD_KEYS": str(keys),
        }
        async with engine(server, client):
            await idle(town.municipality)
        await until_listed(client, 4)
        well = await asyncio.to_thread(doctor, environment)
        await begun_otherwise(client, "course/other")
        await until_listed(client, 5)
        ill = await asyncio.to_thread(doctor, environment)
    assert findings(well)["Workflow: course"]["ok"]
    assert "3 af 3 afspillet" in str(findings(well)["Workflow: course"]["detail"])
    assert not findings(ill)["Workflow: course"]["ok"]
    assert f"{CODE}/course/other" in str(findings(ill)["Workflow: course"]["detail"])
    assert findings(ill)["Workflow: team"]["ok"]
    assert ill.exit_code == 1


async def test_doctor_says_that_it_tried_a_sample_and_tries_all_when_asked(
    town: Town,
    server: Server,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(replaying, "MOST", 2)
    keys = tmp_path / "keys"
    async with temporal(keys) as client:
        environment = {
            "DATABASE_URL": database_url,
            "TEMPORAL_ADDRESS": client.service_client.config.target_host,
            "ROEDTRAAD_HOME": str(tmp_path / "home"),
            "ROEDTRAAD_KEYS": str(keys),
        }
        async with engine(server, client):
            await idle(town.municipality)
        await until_listed(client, 4)
        some = findings(await asyncio.to_thread(doctor, environment))
        all_ = findings(await asyncio.to_thread(doctor, environment, "--all"))
    assert "stikprøve (a sample): 2 af 3 afspillet" in str(some["Workflow: course"]["detail"])
    assert "stikprøve" not in str(some["Workflow: team"]["detail"])  # there is but one
    assert "3 af 3 afspillet" in str(all_["Workflow: course"]["detail"])
    assert "stikprøve" not in str(all_["Workflow: course"]["detail"])


def doctor(environment: dict[str, str], *more: str) -> Result:
    arguments = ["doctor", "--format", "json", *more]
    return CliRunner().invoke(app, arguments, env=environment, catch_exceptions=False)


def findings(result: Result) -> dict[str, dict[str, object]]:
    return {row["what"]: row for row in json.loads(result.stdout)["rows"]}


def test_doctor_says_when_temporal_cannot_be_reached(
    server: Server, database_url: str, tmp_path: Path
) -> None:
    ill = doctor(
        {
            "DATABASE_URL": database_url,
            "TEMPORAL_ADDRESS": "127.0.0.1:9",
            "ROEDTRAAD_HOME": str(tmp_path / "home"),
            "ROEDTRAAD_KEYS": str(tmp_path / "keys"),
        }
    )
    assert ill.exit_code == 1
    assert not findings(ill)["Temporal"]["ok"]
    assert findings(ill)["PostgreSQL"]["ok"]
