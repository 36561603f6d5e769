"""`roedtraad audit` about the log of one municipality, as somebody asks it."""

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from services.cli.main import app
from services.settings import Settings

ONE = ("--municipality", "0860")


def ask(*words: str) -> Result:
    """Run a command."""
    return CliRunner().invoke(app, ["audit", *words])


def rows(*words: str) -> list[dict[str, Any]]:
    """What a command answers as JSON."""
    answer = ask(*words, "--format", "json")
    found: list[dict[str, object]] = json.loads(answer.stdout)["rows"]
    return found


def url_of(home: Path) -> str:
    """Where the database is that commands find."""
    return Settings(home=home).database_url or ""
