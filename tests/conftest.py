"""Real servers for the tests: one PostgreSQL for a test process, a database for each test."""

import gc
import os
import secrets
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from services.collecting import keep_what_is_loaded
from services.embedded.client import join
from services.store.keys import Keyring
from services.store.municipality import Municipality
from services.store.server import Server
from services.views import bring_up_to_date

CODE = "0860"
_HASTY = "fsync = off\nfull_page_writes = off\n"


class Model(NamedTuple):
    """A database to copy, and the key that its municipality is written under."""

    database: str
    key: bytes

    def keys(self, folder: Path) -> Keyring:
        """A folder that is made, with this key only."""
        folder.mkdir(mode=0o700, parents=True)
        path = folder / f"{CODE}.key"
        path.touch(mode=0o600)
        path.write_bytes(self.key)
        return Keyring(folder)


def pytest_collection(session: pytest.Session) -> None:
    """Five thousand tests and all that they import are read: there is nothing to be thrown away."""
    gc.disable()


def pytest_collection_finish(session: pytest.Session) -> None:
    """They stay, and no collection from now on goes through them."""
    keep_what_is_loaded()
    gc.enable()


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a PostgreSQL server: `DATABASE_URL`'s, else an embedded one of its own."""
    if given := os.environ.get("DATABASE_URL"):
        yield given
        return
    data: Path = request.getfixturevalue("made_data")
    with fresh_home() as home:
        _make_hasty(copy_of(data, home))
        with join(home) as servers:
            assert servers.database_url
            yield servers.database_url


def _make_hasty(home: Path) -> None:
    """Wait for no disk: nothing outlives this server, and what is killed has one of its own."""
    with (home / "postgres" / "data" / "postgresql.auto.conf").open("a") as settings:
        settings.write(_HASTY)


@contextmanager
def fresh_home() -> Iterator[Path]:
    """An empty home that the database can reach: as root it runs as another user.

    Not below pytest's own folder, which every session as root closes to others anew.
    """
    with tempfile.TemporaryDirectory(
        prefix="rt-", dir="/tmp", ignore_cleanup_errors=True
    ) as folder:
        Path(folder).chmod(0o711)
        yield Path(folder) / "home"


@pytest.fixture
def home() -> Iterator[Path]:
    """A home for one test."""
    with fresh_home() as folder:
        yield folder


@pytest.fixture(scope="session")
def made_data() -> Iterator[Path]:
    """The folder of a database that was made and never used: making one takes longest."""
    with fresh_home() as home:
        with join(home):
            pass
        yield home / "postgres"


def copy_of(data: Path, home: Path) -> Path:
    """Have a copy of that folder in a home that isn't there yet; gives the home."""
    home.mkdir(mode=0o711)
    # Not by shutil: the data are those of the account that the servers run as.
    subprocess.run(["cp", "-a", data, home], check=True)
    return home


@pytest.fixture
def ready_home(home: Path, made_data: Path) -> Path:
    """A home for one test whose database is made already."""
    return copy_of(made_data, home)


@contextmanager
def fresh_database(postgres: str, model: str = "template1") -> Iterator[str]:
    """A database of its own on that server, a copy of another, dropped afterwards."""
    name = f"t_{secrets.token_hex(6)}"
    with psycopg.connect(postgres, autocommit=True) as admin:
        _copy(admin, model, name)
    try:
        yield psycopg.conninfo.make_conninfo(postgres, dbname=name)
    finally:
        with psycopg.connect(postgres, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _copy(admin: psycopg.Connection[Any], model: str, name: str) -> None:
    """By whole files, where the disk needn't be waited for and can do that: half of the work."""
    if "DATABASE_URL" not in os.environ:
        with suppress(psycopg.Error):
            admin.execute("SET file_copy_method = clone")
            admin.execute(f"CREATE DATABASE {name} TEMPLATE {model} STRATEGY file_copy")
            return
    admin.execute(f"CREATE DATABASE {name} TEMPLATE {model}")


@pytest.fixture(scope="session")
def model(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Model]:
    """The database of a municipality without events, its views ready: making one takes longest."""
    keyring = Keyring(tmp_path_factory.mktemp("model"))
    with fresh_database(postgres) as url:
        with Server(url, keyring) as server:
            bring_up_to_date([server.municipality(CODE)])
        yield Model(
            str(conninfo_to_dict(url)["dbname"]),
            keyring.folder.joinpath(f"{CODE}.key").read_bytes(),
        )


@pytest.fixture
def database_url(request: pytest.FixtureRequest, postgres: str) -> Iterator[str]:
    """A fresh database for one test: empty, unless the test asks for `municipality`."""
    if "municipality" in request.fixturenames:
        model: Model = request.getfixturevalue("model")
        made = fresh_database(postgres, model.database)
    else:
        made = fresh_database(postgres)
    with made as url:
        yield url


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 12, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Time, in the test's hands."""
    return Clock()


@pytest.fixture
def keyring(request: pytest.FixtureRequest, tmp_path: Path) -> Keyring:
    """A folder of keys that holds none yet, unless the test asks for `municipality`: then its."""
    if "municipality" in request.fixturenames:
        model: Model = request.getfixturevalue("model")
        return model.keys(tmp_path / "keys")
    return Keyring(tmp_path / "keys")


@pytest.fixture
def server(database_url: str, keyring: Keyring, clock: Clock) -> Iterator[Server]:
    """A server without municipalities."""
    with Server(database_url, keyring, clock=clock) as opened:
        yield opened


@pytest.fixture
def municipality(server: Server) -> Municipality:
    """The store of one municipality."""
    return server.municipality(CODE)
