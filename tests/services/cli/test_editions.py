"""At the terminal: tables that another edition of the program has made, or is about to."""

import sys
from pathlib import Path

import psycopg
import pytest

from services.cli.main import main
from services.projector import catch_up, prepare
from services.store.municipality import Municipality
from tests.services.store.sending import intake

_ONE = ("--municipality", "0860")


class Terminal:
    """Runs commands, and tells the exit code, what was printed, and what was said beside it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def run(self, *words: str) -> tuple[int, str, str]:
        self._monkeypatch.setattr(sys, "argv", ["roedtraad", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        told = self._capsys.readouterr()
        return int(ended.value.code or 0), told.out, told.err


@pytest.fixture
def terminal(
    database_url: str,
    municipality: Municipality,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Terminal:
    """In front of a database with one course in it."""
    prepare(municipality)
    municipality.append([intake("ev-1", "c-1")])
    catch_up(municipality)
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("ROEDTRAAD_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ROEDTRAAD_KEYS", str(tmp_path / "keys"))
    return Terminal(monkeypatch, capsys)


def test_tables_that_lack_what_is_asked_for_are_told_of_with_what_mends_them(
    terminal: Terminal, database_url: str
) -> None:
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute("ALTER TABLE m0860.matches RENAME COLUMN from_day TO since_day")
    code, answer, said = terminal.run("query", "caseload", *_ONE)
    assert (code, answer) == (2, "")
    assert "anden udgave" in said and "projections rebuild" in said
    assert terminal.run("projections", "rebuild", *_ONE)[0] == 0
    code, answer, said = terminal.run("query", "caseload", *_ONE)
    assert (code, said) == (0, "") and "Hjørring" in answer
