"""The projector as a process of its own, and events that it has work with."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.workload import Workload
from services.freshness import wait_for
from services.ingest import ingest_file
from services.projector import Projector
from services.store.keys import Keyring
from services.store.municipality import Municipality
from services.store.server import Server

PROJECT = Path(__file__).parents[2]
Process = subprocess.Popen[bytes]


def command(database_url: str, keyring: Keyring, *words: str) -> Process:
    """`roedtraad …` in a process of its own. What it has to say isn't listened to."""
    return started(database_url, keyring, *words, stderr=subprocess.DEVNULL)


def started(
    database_url: str,
    keyring: Keyring,
    *words: str,
    stdout: int | None = None,
    stderr: int | None = None,
) -> Process:
    """The same, with outputs of its own; a terminal is one as there are many."""
    environment = {
        "PATH": os.defpath,
        "DATABASE_URL": database_url,
        "ROEDTRAAD_HOME": str(keyring.folder.parent),
        "ROEDTRAAD_KEYS": str(keyring.folder),
        "TERM": "xterm",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "services.cli", *words],
        cwd=PROJECT,
        env=environment,
        stdout=stdout,
        stderr=stderr,
    )


@contextmanager
def projecting(database_url: str, keyring: Keyring) -> Iterator[Process]:
    """A projector, killed in the end."""
    process = command(database_url, keyring, "serve", "projector")
    try:
        yield process
    finally:
        process.kill()
        process.wait(20)


@contextmanager
def following(server: Server) -> Iterator[None]:
    """A projector in a thread of this process; it has ended afterwards."""
    projector = Projector(server)
    thread = threading.Thread(target=projector.run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        projector.stop()
        thread.join(30)
    assert not thread.is_alive()


def ingest_all(server: Server, workload: Workload, folder: Path) -> Municipality:
    """A workload of one municipality."""
    [code] = workload.codes
    store = server.municipality(code)
    for source in workload.files:
        assert ingest_file(store, source.path, folder / "refused").counts["refused"] == 0
    return store


def reflected(store: Municipality, seconds: float = 60) -> None:
    """Wait until the views reflect the whole log."""
    assert wait_for(store, store.head().position, seconds)


def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for something that happens elsewhere."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)
