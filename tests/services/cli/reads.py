"""The commands that read, and a home in which they are asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from services.store.keys import Keyring
from services.store.server import Server
from services.store.writing import utc_now
from tests.conftest import fresh_database

CODE = "0860"
ONE = ("--municipality", CODE)
READS = {
    "query": ("worklist", "--where", "person_id=s-12"),
    "course": ("c-1",),
    "refused list": (),
    "refused show": ("1",),
    "follow-ups list": (),
    "projections parked": (),
    "digest list": (),
    "digest show": ONE,
    "digest send": (*ONE, "--dry-run"),
    "rules list": ONE,
    "audit replay": ("c-1",),
    "audit compare": ONE,
    "audit diff": ("2026-01-01", "2026-02-01", *ONE),
    "audit explain": ("caseload", *ONE),
    "audit corrections": ("c-1",),
    "audit export": (*ONE, "bundle.ndjson"),
    "audit ocel": (*ONE, "history.json"),
    "audit case-file": ("c-1", "case.html", *ONE),
    "audit looks": ("c-1",),
    "audit sample": ONE,
}
"""What each command that reads is asked."""


@contextmanager
def at_home(postgres: str, folder: Path, **settings: str) -> Iterator[Server]:
    """A server with an own database and keys in a folder, where commands find it."""
    with fresh_database(postgres) as url, pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name, value in {
            "DATABASE_URL": url,
            "ROEDTRAAD_HOME": str(folder / "home"),
            "ROEDTRAAD_KEYS": str(folder / "keys"),
            **settings,
        }.items():
            patch.setenv(name, value)
        with Server(url, Keyring(folder / "keys"), clock=utc_now) as server:
            yield server
