"""A long list on the command line: whole, or a page with what to write for the next."""

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.cli.main import app
from services.store.municipality import Municipality
from tests.conftest import Clock
from tests.services.store.sending import intake


@pytest.fixture
def environment(
    database_url: str, municipality: Municipality, clock: Clock, tmp_path: Path
) -> dict[str, str]:
    """The environment of a database with three citizens who wait."""
    clock.now = datetime.now(UTC)
    municipality.append([intake(f"ev-{number}", f"c-{number}") for number in (1, 2, 3)])
    return {
        "DATABASE_URL": database_url,
        "ROEDTRAAD_HOME": str(tmp_path / "home"),
        "ROEDTRAAD_KEYS": str(tmp_path / "keys"),
        "COLUMNS": "200",
    }


def query(environment: dict[str, str], *more: str) -> Result:
    asked = ("query", "matching", "--municipality", "0860", *more)
    return CliRunner().invoke(app, asked, env=environment, catch_exceptions=False)


def test_the_whole_list_is_told_unless_a_page_is_asked_for(environment: dict[str, str]) -> None:
    whole = query(environment)
    assert all(course in whole.stdout for course in ("c-1", "c-2", "c-3"))
    assert "--cursor" not in whole.stderr


def test_a_table_says_that_there_is_more_and_how_to_have_it(environment: dict[str, str]) -> None:
    first = query(environment, "--limit", "2")
    assert "Der er flere rækker" in first.stderr
    cursor = first.stderr.split("--cursor ")[1].split()[0]
    rest = query(environment, "--limit", "2", "--cursor", cursor)
    assert rest.stderr == ""
    told = [course in first.stdout for course in ("c-1", "c-2", "c-3")]
    assert [course in rest.stdout for course in ("c-1", "c-2", "c-3")] == [not one for one in told]


def test_machines_read_the_cursor_in_the_answer(environment: dict[str, str]) -> None:
    first = json.loads(query(environment, "--limit", "1", "--format", "json").stdout)
    sheet = query(environment, "--cursor", first["next"], "--format", "csv").stdout
    _, *rest = csv.reader(io.StringIO(sheet), delimiter=";")
    told = [*first["rows"][0].values(), *(cell for row in rest for cell in row)]
    assert len(rest) == 2 and {"c-1", "c-2", "c-3"} <= {*map(str, told)}


def test_a_cursor_of_another_list_is_refused(environment: dict[str, str]) -> None:
    first = json.loads(query(environment, "--limit", "1", "--format", "json").stdout)
    refused = query(environment, "--by", "match", "--cursor", first["next"])
    assert refused.exit_code == 2 and "--cursor" in refused.stderr
    assert query(environment, "--limit", "0").exit_code == 2
