"""Where commands run: at a terminal, in front of a database."""

from pathlib import Path

import pytest

from services.projector import catch_up, prepare
from services.store.municipality import Municipality
from tests.services.cli.terminal import Terminal
from tests.services.store.sending import intake


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
