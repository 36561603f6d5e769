"""Databases that are made for measuring and dropped afterwards; nobody's data are touched."""

import contextlib
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.errors import DependentObjectsStillExist, InsufficientPrivilege
from psycopg.sql import SQL, Identifier

from services.store.keys import Keyring
from services.store.server import Server

PREFIX = "roedtraad_bench_"

Connection = psycopg.Connection[Any]


class Scratch:
    """A folder, and databases on a server, for as long as `scratch` lasts."""

    def __init__(self, url: str, folder: Path) -> None:
        self._url = url
        self.folder = folder

    @contextmanager
    def database(self) -> Iterator[str]:
        """The address of an empty database. Raises InsufficientPrivilege if none may be made."""
        name = Identifier(PREFIX + secrets.token_hex(6))
        with _connect(self._url) as admin:
            admin.execute(SQL("CREATE DATABASE {}").format(name))
        try:
            yield make_conninfo(self._url, dbname=name.as_string(None).strip('"'))
        finally:
            with _connect(self._url) as admin:
                admin.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(name))

    @contextmanager
    def server(self, url: str, keys: Path | None = None) -> Iterator[Server]:
        """Our store on such a database, with keys of its own, or those of a folder."""
        with Server(url, Keyring(keys or self.fresh_folder("keys"))) as server:
            yield server

    def fresh_folder(self, name: str) -> Path:
        """A folder that only its owner can look into."""
        return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder))


@contextmanager
def scratch(url: str) -> Iterator[Scratch]:
    """What is made on the server of this address, roles too, is gone at the end of the block."""
    with tempfile.TemporaryDirectory(prefix="roedtraad-bench-") as folder:
        # As root, a Temporal of ours runs as somebody else, who must pass through.
        Path(folder).chmod(0o711)
        with _connect(url) as admin:
            before = _roles(admin)
        try:
            yield Scratch(url, Path(folder))
        finally:
            with _connect(url) as admin:
                for role in _roles(admin) - before:
                    # Roles are the whole server's: somebody else may use it by now.
                    with contextlib.suppress(DependentObjectsStillExist):
                        admin.execute(SQL("DROP ROLE {}").format(Identifier(role)))


def settle(url: str) -> None:
    """Have on disk what was written so far, so that no peer pays for the one before it."""
    with _connect(url) as connection, contextlib.suppress(InsufficientPrivilege):
        connection.execute("CHECKPOINT")


def _connect(url: str) -> Connection:
    return psycopg.connect(url, autocommit=True, application_name="roedtraad bench")


def _roles(admin: Connection) -> set[str]:
    found = admin.execute("SELECT rolname FROM pg_roles WHERE starts_with(rolname, 'roedtraad_')")
    return {row[0] for row in found}
