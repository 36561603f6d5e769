"""What is next on a course, from the command line: asked of its workflow, else of the log."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from domain.calendar import day_of
from services.cli.main import app
from services.store.municipality import Municipality
from services.store.server import Server
from tests.conftest import Clock
from tests.services.following.room import temporal, worker
from tests.workflows.town import FOUR_RULES, Town
from workflows.course import CourseWorkflow
from workflows.messages import TASK_QUEUE, Start, workflow_id

NOBODY = "127.0.0.1:9"
COURSE = "c-1"


@pytest.fixture
def town(municipality: Municipality, clock: Clock) -> Town:
    """A course that has waited too long for a mentor, which nothing was said of yet."""
    clock.now = datetime.now(UTC)
    town = Town(municipality, day_of(clock.now))
    town.adopt(FOUR_RULES)
    town.intake(COURSE, -16)
    return town


@pytest.fixture
def environment(database_url: str, tmp_path: Path) -> dict[str, str]:
    """The environment of that database, without a Temporal."""
    return {
        "DATABASE_URL": database_url,
        "TEMPORAL_ADDRESS": NOBODY,
        "ROEDTRAAD_HOME": str(tmp_path / "home"),
        "ROEDTRAAD_KEYS": str(tmp_path / "keys"),
        "COLUMNS": "250",
    }


def ask(environment: dict[str, str], *options: str) -> Result:
    arguments = ("course", COURSE, "--next", *options)
    return CliRunner().invoke(app, arguments, env=environment, catch_exceptions=False)


def answered(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def test_without_temporal_it_says_so_and_works_the_answer_out_from_the_log(
    town: Town, environment: dict[str, str]
) -> None:
    before = town.municipality.head().position
    result = ask(environment, "--format", "json")
    answer = answered(result)
    assert result.stderr.startswith("Temporal kan ikke nås. Svaret er regnet ud af loggen.")
    assert (answer["answered_by"], answer["position"]) == ("log", before)
    [due] = answer["rows"]
    assert (due["rule"], due["stage"]) == ("match-overdue", "raised")
    assert due["due_on"] == town.day(-2).isoformat()
    assert town.municipality.head().position == before


async def test_its_workflow_is_asked_and_has_in_it_what_was_stored_a_moment_ago(
    server: Server, town: Town, environment: dict[str, str], tmp_path: Path
) -> None:
    start = Start(town.municipality.code, town.subject(COURSE))
    async with temporal(tmp_path / "keys") as client:
        address = client.service_client.config.target_host
        environment = environment | {"TEMPORAL_ADDRESS": address}
        none = await asyncio.to_thread(ask, environment, "--format", "json")
        assert none.stderr.startswith("Ingen følger forløbet lige nu.")
        assert answered(none)["answered_by"] == "log"
        async with worker(server, client):
            await client.start_workflow(
                CourseWorkflow.run,
                start,
                id=workflow_id(start.municipality, start.subject),
                task_queue=TASK_QUEUE,
            )
            town.matched(COURSE, 0)
            stored = town.municipality.head().position
            result = await asyncio.to_thread(ask, environment, "--format", "json")
    answer = answered(result)
    assert result.stderr == ""
    assert answer["answered_by"] == "workflow"
    assert answer["position"] >= stored
    assert {due["rule"] for due in answer["rows"]} == {
        "first-meeting-overdue",
        "no-mentor-contact",
    }
    assert {due["stage"] for due in answer["rows"]} == {"coming"}


def test_the_table_and_the_spreadsheet_are_danish(town: Town, environment: dict[str, str]) -> None:
    table = ask(environment).stdout
    assert "Det næste i forløb c-1, Hjørring" in table
    assert "Match mangler. Borgeren har ikke fået en mentor inden for 14 dage." in table
    assert "sagsbehandler" in table
    assert "four 1" in table
    sheet = ask(environment, "--format", "csv").stdout
    assert sheet.startswith("\ufeffFrist;Trin;Regel;Hvad og hvorfor;")
    assert "kommer" in sheet or "rejst" in sheet
    codes = ask(environment, "--format", "csv", "--words", "codes").stdout
    assert codes.startswith("\ufeffdue_on;stage;rule;why;")


def test_it_says_in_which_function_and_who_has_it_and_about_whom(
    town: Town, environment: dict[str, str]
) -> None:
    [open_] = answered(ask(environment, "--format", "json"))["rows"]
    assert (open_["addressed_to"], open_["person_id"], open_["about"]) == (
        *("caseworker", "s-12"),
        None,
    )
    assert "sagsbehandler s-12" in ask(environment).stdout
    town.tell(
        "course.caseworker-changed",
        COURSE,
        -1,
        caseworker={"id": "s-13"},
        from_=town.day(-1).isoformat(),
        reason="other",
    )
    [moved] = answered(ask(environment, "--format", "json"))["rows"]
    assert moved["person_id"] == "s-13"
    town.matched(COURSE, 0)
    rows = answered(ask(environment, "--format", "json"))["rows"]
    # What comes goes to whoever has the function now, a mentor's to the mentor of the match.
    assert {(row["addressed_to"], row["person_id"]) for row in rows} == {("mentor", "m-31")}


def test_a_course_that_is_over_has_nothing_next(town: Town, environment: dict[str, str]) -> None:
    town.closed(COURSE, -5)
    result = ask(environment)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == ["Forløbet er slut, og intet i det er åbent."]
    assert result.stderr == ""


def test_what_is_next_cannot_be_asked_of_another_day(
    town: Town, environment: dict[str, str]
) -> None:
    result = CliRunner().invoke(
        app, ["course", COURSE, "--next", "--as-of", "2026-01-01"], env=environment
    )
    assert result.exit_code == 2
    assert "altid regnet fra nu" in result.stderr
