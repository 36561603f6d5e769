"""Real servers for the tests: one PostgreSQL for a test process, a database for each test."""

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from services.embedded.client import join
from services.store.keys import Keyring
from services.store.municipality import Municipality
from services.store.server import Server


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server: `DATABASE_URL`'s, else an embedded one of its own."""
    if given := os.environ.get("DATABASE_URL"):
        yield given
        return
    with fresh_home() as home, join(home) as servers:
        assert servers.database_url
        yield servers.database_url


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


@contextmanager
def fresh_database(postgres: str) -> Iterator[str]:
    """A database of its own on that server, dropped afterwards."""
    name = f"t_{secrets.token_hex(6)}"
    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    try:
        yield psycopg.conninfo.make_conninfo(postgres, dbname=name)
    finally:
        with psycopg.connect(postgres, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_url(postgres: str) -> Iterator[str]:
    """A fresh database for one test."""
    with fresh_database(postgres) as url:
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
def keyring(tmp_path: Path) -> Keyring:
    """A folder of keys that holds none yet."""
    return Keyring(tmp_path / "keys")


@pytest.fixture
def server(database_url: str, keyring: Keyring, clock: Clock) -> Iterator[Server]:
    """A server without municipalities."""
    with Server(database_url, keyring, clock=clock) as opened:
        yield opened


@pytest.fixture
def municipality(server: Server) -> Municipality:
    """The store of one municipality."""
    return server.municipality("0860")
