"""The trial, generated once."""

from datetime import date
from pathlib import Path

import pytest

from services.demo import generate

LAST_DAY = date(2026, 9, 15)


@pytest.fixture(scope="session")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the whole trial's files."""
    folder = tmp_path_factory.mktemp("trial")
    generate(folder, last_day=LAST_DAY)
    return folder
