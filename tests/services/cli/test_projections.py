"""`roedtraad projections`: what an operator sees of the tables, and does to them."""

import json
import os
import pty
import re
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
import typer
from typer.testing import CliRunner, Result

from services.cli import projections
from services.store.keys import Keyring
from services.store.municipality import Municipality
from services.store.server import Server
from tests.conftest import Model
from tests.services.projecting import started
from tests.services.store.sending import intake


@pytest.fixture
def keyring(tmp_path: Path, model: Model) -> Keyring:
    """The keys of the user's home."""
    return model.keys(tmp_path / "home" / "keys")


@pytest.fixture
def command(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> typer.Typer:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("ROEDTRAAD_HOME", str(tmp_path / "home"))
    app = typer.Typer()
    projections.add_to(app)
    return app


def ask(app: typer.Typer, *words: str) -> Result:
    return CliRunner().invoke(app, ["projections", *words])


def test_an_operator_sees_what_is_behind_and_parked_and_brings_it_back(
    command: typer.Typer, server: Server, municipality: Municipality, database_url: str
) -> None:
    municipality.append([intake("ev-1", "c-1"), intake("ev-2", "c-2"), intake("ev-3", "c-1")])
    [row] = json.loads(ask(command, "lag", "--format", "json").stdout)["rows"]
    assert (row["municipality_code"], row["position"], row["up_to_date"]) == ("0860", 0, False)
    assert row["head"] == municipality.head().position
    with psycopg.connect(database_url) as admin:
        admin.execute(
            "UPDATE m0860.events SET topic = 'course.later.v9' WHERE notification_id ="
            " (SELECT min(notification_id) FROM m0860.events)"
        )
    listed = json.loads(ask(command, "list", "--format", "json").stdout)["rows"]
    tables = {row["table"]: row for row in listed}
    assert tables["intakes"] == {
        "table": "intakes",
        "rows": 1,
        "events": "course.intake-registered",
    }
    [one] = json.loads(ask(command, "parked", "--format", "json").stdout)["rows"]
    assert one["stream"] == str(municipality.find("course", "c-1"))
    assert (one["event"], one["error"]) == ("course.later.v9", "UnknownEventError")
    assert (one["attempts"], one["waiting"]) == (1, 2)
    assert ask(command, "retry").exit_code == 1
    with psycopg.connect(database_url) as admin:
        admin.execute("UPDATE m0860.events SET topic = 'course.intake-registered.v1'")
    retried = ask(command, "retry", "--municipality", "0860")
    assert (retried.exit_code, retried.stdout) == (0, "")
    assert json.loads(ask(command, "parked", "--format", "json").stdout) == {"rows": []}
    [row] = json.loads(ask(command, "lag", "--format", "json").stdout)["rows"]
    assert (row["parked"], row["age_seconds"], row["up_to_date"]) == (0, 0, True)


def test_a_rebuild_of_one_view_says_that_all_tables_are_built(
    command: typer.Typer, municipality: Municipality, database_url: str
) -> None:
    municipality.append([intake(f"ev-{n}", "c-1") for n in range(5)])
    built = ask(command, "rebuild", "caseload", "--municipality", "0860")
    assert built.exit_code == 0 and "Hjørring" in built.stdout
    assert "deler tabeller med andre overblik" in built.stderr
    with psycopg.connect(database_url) as admin:
        assert admin.execute("SELECT count(*) FROM m0860.intakes").fetchone() == (5,)
    assert ask(command, "rebuild", "no-such-view").exit_code == 2


@pytest.mark.parametrize("terminal", [True, False])
def test_a_rebuilds_progress_goes_to_stderr_and_nothing_but_its_answer_to_stdout(
    municipality: Municipality, database_url: str, keyring: Keyring, terminal: bool
) -> None:
    position = municipality.append([intake(f"ev-{n}", "c-1") for n in range(5)])[-1].position
    with told(terminal) as (stderr, written):
        process = started(
            database_url,
            keyring,
            *("projections", "rebuild", "caseload", "--format", "json"),
            stdout=subprocess.PIPE,
            stderr=stderr,
        )
        answer, _ = process.communicate(timeout=60)
        assert process.returncode == 0
    [row] = json.loads(answer)["rows"]
    assert (row["municipality_code"], row["position"], row["head"]) == ("0860", position, position)
    assert (row["parked"], row["up_to_date"]) == (0, True)
    shown = "".join(written)
    assert "deler tabeller med andre overblik" in shown
    assert re.search(r"Hjørring\W.*━.*100%", shown)
    assert ("\x1b[" in shown) == terminal  # only there can a bar be drawn over
    assert ("  0%" in shown) == terminal


@contextmanager
def told(terminal: bool) -> Iterator[tuple[int, list[str]]]:
    """Something to write to, a terminal or a pipe, and, after the block, what was written."""
    reading, writing = pty.openpty() if terminal else os.pipe()
    written: list[str] = []
    with ThreadPoolExecutor(1) as thread:
        whole = thread.submit(_all_of, reading)
        try:
            yield writing, written
        finally:
            os.close(writing)
            written.append(whole.result(20).decode())
            os.close(reading)


def _all_of(reading: int) -> bytes:
    """What comes until nobody can write any more; of a terminal the end is an error."""
    parts = []
    with suppress(OSError):
        while part := os.read(reading, 65536):
            parts.append(part)
    return b"".join(parts)
