"""A municipality as commands find it, for a file of tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.store.server import Server
from tests.conftest import Model, fresh_database
from tests.services.audit.proof.signed_log import fill


@pytest.fixture(scope="module")
def home(postgres: str, model: Model, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A municipality of forty events, as commands find it."""
    folder = tmp_path_factory.mktemp("log")
    with (
        fresh_database(postgres, model.database) as url,
        pytest.MonkeyPatch.context() as patch,
    ):
        for name, value in {"DATABASE_URL": url, "ROEDTRAAD_HOME": str(folder)}.items():
            patch.setenv(name, value)
        with Server(url, model.keys(folder / "keys")) as server:
            fill(server.municipality("0860"), 40)
        yield folder
