"""The signer goes on by itself when its database was restarted, or was away for a while."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from services.audit.access.looking import Asking
from services.audit.access.looks import Looks
from services.audit.proof.entries import EVENTS
from services.audit.proof.signer import LogSigner, log_of
from services.audit.proof.standing import standings
from services.embedded.home import Home
from services.embedded.postgres import Postgres
from services.store.keys import Keyring
from services.store.server import Server
from services.store.writing import utc_now
from tests.services.audit.proof.signed_log import NAME, fill, notes_of
from tests.services.projecting import until

WAIT = 60.0


@contextmanager
def running(folder: Path) -> Iterator[Postgres]:
    """A PostgreSQL of the test's own."""
    home = Home(folder)
    home.open()
    home.open_run()
    postgres = Postgres(home)
    postgres.start()
    try:
        yield postgres
    finally:
        postgres.stop()


def store_some(server: Server, writer: str) -> None:
    """Three events and a look."""
    store = server.municipality("0860")
    fill(store, 3, writer)
    Looks(server.pool).record(Asking(what="roedtraad course", user="bo"), [store], {})


def signed(server: Server) -> list[int]:
    """How many events and looks are signed."""
    return [one.signed for one in standings(server.municipality("0860"), utc_now())]


def test_signing_goes_on_when_the_database_was_restarted(
    ready_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = threading.Event()
    with (
        running(ready_home) as postgres,
        Server(postgres.address, Keyring(tmp_path / "keys"), role="signer") as server,
    ):
        server.pool.timeout = 0.5  # seconds for which a connection is waited for, else 30
        store_some(server, "before")
        signer = LogSigner(server, NAME, utc_now, pause=0.05)
        sign = signer.sign_once

        def noticed() -> None:
            try:
                sign()
            except Exception:
                failed.set()
                raise

        monkeypatch.setattr(signer, "sign_once", noticed)
        thread = threading.Thread(target=signer.run, daemon=True)
        thread.start()
        try:
            until(lambda: signed(server) == [3, 1], WAIT)
            postgres.stop()
            assert failed.wait(WAIT), "it has met a database that isn't there"
            postgres.start()
            server.pool.timeout = 30.0
            store_some(server, "after")
            until(lambda: signed(server) == [6, 2], WAIT)
            assert thread.is_alive()
        finally:
            signer.stop()
            thread.join(WAIT)
        store = server.municipality("0860")
        assert log_of(server, store, NAME, EVENTS).trouble() is None
        assert len(notes_of(store)) == 4
