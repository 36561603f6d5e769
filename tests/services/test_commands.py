"""The command line, as its users meet it: sentences, exit codes, and only the answer on stdout."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from services.audit.proof.signer import sign_all
from services.demo.places import SOURCES
from services.demo.run import Demo, NotADemoError
from services.root import App
from services.rules import example_text
from services.settings import Settings
from services.store.municipality import Municipality
from services.store.schema import known_municipalities
from services.store.server import Server
from services.store.writing import utc_now
from tests.services.store.sending import intake

PROJECT = Path(__file__).parents[2]


def run(*arguments: str | Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "services.cli", *map(str, arguments)],
        cwd=PROJECT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def given(database_url: str, municipality: Municipality, tmp_path: Path) -> dict[str, str]:
    """The environment of a database with one course in it."""
    note = "se [/b] og [red]rødt[/red] [verden]"
    municipality.append([intake("ev-1", "c[/x]1", note=note)])
    return {
        "DATABASE_URL": database_url,
        "ROEDTRAAD_HOME": str(tmp_path / "home"),
        "ROEDTRAAD_KEYS": str(tmp_path / "keys"),
    }


def test_json_on_stdout_is_nothing_but_the_answer(given: dict[str, str]) -> None:
    done = run("query", "caseload", "--format", "json", **given)
    answer = json.loads(done.stdout)
    about = {"position", "head", "age_seconds", "parked", "stale", "stale_because"}
    assert set(answer) == {"rows", "total", "next"} | about
    assert [row["municipality"] for row in answer["rows"]] == ["Hjørring"]
    assert (done.returncode, answer["age_seconds"]) == (0, 0)


def test_an_empty_answer_says_so(given: dict[str, str]) -> None:
    nothing = run("query", "worklist", "--municipality", "0860", **given)
    assert nothing.stdout == "Ingen åbne opfølgninger.\n"
    none = run("query", "role-clarity", "--municipality", "0751", **given)
    assert none.returncode == 0
    assert "Ingen hændelser fra Aarhus" in none.stderr and "intet at vise" in none.stdout
    named = run("query", "role-clarity", "--municipality", "aarhus", **given)
    assert (named.stdout, named.stderr) == (none.stdout, none.stderr)
    sheet = run("query", "role-clarity", "--municipality", "0751", "--format", "csv", **given)
    assert sheet.stdout.startswith("\ufeffKommune;Kommunekode;")


def test_ids_and_notes_are_shown_as_they_were_written(given: dict[str, str]) -> None:
    done = run("course", "c[/x]1", COLUMNS="200", **given)
    assert done.returncode == 0, done.stderr
    assert "se [/b] og [red]rødt[/red] [verden]" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("query", "caseload", "--as-of", "9999-12-31"), "1900–2199"),
        (("query", "caseload", "--as-of", "i går"), "2026-03-31"),
        (("query", "caseload", "--known-at", "2026-03-31T12:00:00"), "zone"),
        (("query", "caseload", "--municipality", "9999"), "0860"),
        (("course", "c-unknown"), "Intet forløb"),
        (("ingest", "--municipality", "0860", "/no/such/file"), "findes ikke"),
        (("schema", "course.unknown.v1"), "course.closed.v1"),
        (("schema", "nope"), "Kendte (known)"),
    ],
)
def test_what_cannot_be_answered_is_told_in_a_sentence(
    given: dict[str, str], arguments: tuple[str, ...], said: str
) -> None:
    done = run(*arguments, **given)
    assert done.returncode == 2
    assert said in done.stderr and "Traceback" not in done.stderr and not done.stdout


def test_a_wrong_setting_is_told_by_its_variable(tmp_path: Path) -> None:
    done = run("rules", "show", ROEDTRAAD_LANG="fr", ROEDTRAAD_HOME=str(tmp_path))
    assert done.returncode == 2
    assert done.stderr.startswith("ROEDTRAAD_LANG: ") and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("ROEDTRAAD_POOL_SIZE", "1", "skal være mindst 2 (must be at least 2)"),
        ("ROEDTRAAD_POOL_SIZE", "ti", "skal være et helt tal (must be a whole number)"),
        ("ROEDTRAAD_LINK", "portal.example", "skal begynde med https:// (must begin so)"),
    ],
)
def test_what_is_wrong_with_a_setting_is_told_in_our_words(
    tmp_path: Path, setting: str, value: str, told: str
) -> None:
    done = run("rules", "show", ROEDTRAAD_HOME=str(tmp_path), **{setting: value})
    assert (done.returncode, done.stderr.strip()) == (2, f"{setting}: {told}")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://u:hemmelig@127.0.0.1:1/x", "lytter"),
        ("postgresql://u:hemmelig@findes.ikke.invalid/x", "værten"),
        ("hemmelig", "gyldig adresse"),
    ],
)
def test_a_database_that_cannot_be_reached_is_told_at_once_and_without_its_password(
    tmp_path: Path, url: str, said: str
) -> None:
    done = run("query", "caseload", DATABASE_URL=url, ROEDTRAAD_HOME=str(tmp_path))
    assert done.returncode == 2
    assert said in done.stderr and "hemmelig" not in done.stderr


def test_a_failed_check_ends_with_1(tmp_path: Path) -> None:
    url = "postgresql://u@127.0.0.1:1/x"
    done = run(
        "doctor",
        "--format",
        "json",
        DATABASE_URL=url,
        TEMPORAL_ADDRESS="127.0.0.1:1",
        ROEDTRAAD_HOME=str(tmp_path),
    )
    assert done.returncode == 1
    assert not json.loads(done.stdout)["rows"][0]["ok"]


def test_the_demo_never_removes_what_it_did_not_bring(
    server: Server, database_url: str, tmp_path: Path
) -> None:
    store = server.municipality("0860")
    store.append([intake("ev-1", "c-1")])  # by a source that isn't the demo's
    demo = Demo(App(Settings(home=tmp_path / "home"), server, database_url, None))
    with pytest.raises(NotADemoError):
        demo.begin_anew()
    assert len(store.read_from(0, 10)) == 1


def test_what_was_decided_here_on_top_of_the_demo_is_part_of_it(
    server: Server, database_url: str, tmp_path: Path
) -> None:
    store = server.municipality("0860")
    store.append([intake("ev-1", "c-1", source=min(SOURCES["0860"] - {store.source}))])
    home, pack = tmp_path / "home", tmp_path / "ours.toml"
    pack.write_text(example_text())
    given = {"DATABASE_URL": database_url, "ROEDTRAAD_KEYS": str(tmp_path / "keys")}
    who = ("--by", "s-12", "--function", "leader")
    done = run("rules", "adopt", pack, "--municipality", "0860", *who, **given)
    assert done.returncode == 0, done.stderr
    Demo(App(Settings(home=home), server, database_url, None)).begin_anew()
    assert known_municipalities(server.pool) == []


def test_a_demo_that_begins_anew_has_new_logs_too(
    server: Server, database_url: str, tmp_path: Path
) -> None:
    demo = Demo(App(Settings(home=tmp_path / "home"), server, database_url, None))
    for _ in range(2):
        store = server.municipality("0860")
        store.append([intake("ev-1", "c-1", source=min(SOURCES["0860"] - {store.source}))])
        sign_all(server, store, "roedtraad.dk", utc_now)
        demo.begin_anew()


def test_paths_are_whole_and_empty_settings_unset(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ROEDTRAAD_HOME", "here")
    monkeypatch.setenv("DATABASE_URL", "")
    settings = Settings()
    assert settings.home == tmp_path / "here"
    assert settings.database_url is None
