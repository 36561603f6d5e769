"""The interface as a process of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from services.root import App

_PROJECT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Served:
    """Where it answers and what it logs; the process, to be done away with."""

    port: int
    log: Path
    process: "subprocess.Popen[bytes]"

    @property
    def address(self) -> str:
        """Its URL."""
        return f"http://127.0.0.1:{self.port}"


def free_port() -> int:
    """A port that nobody has."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def serving(
    app: App, port: int | None = None, more: Mapping[str, str] | None = None
) -> Iterator[Served]:
    """`roedtraad serve api`, ready; told to end afterwards, unless it is gone by then.

    `more` of the environment is its own.
    """
    port, home = port or free_port(), app.settings.home
    environment = os.environ | {
        "DATABASE_URL": app.database_url,
        "ROEDTRAAD_HOME": str(home),
        "ROEDTRAAD_KEYS": str(app.settings.keys_folder),
        "ROEDTRAAD_API_PORT": str(port),
        **(more or {}),
    }
    log = home / "api.log"
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "services.cli", "serve", "api"],
            cwd=_PROJECT,
            env=environment,
            stdout=out,
            stderr=out,
        )
    served = Served(port, log, process)
    try:
        _wait(served)
        yield served
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            assert process.wait(15) == 0
    finally:
        process.kill()
        process.wait()


def _wait(served: Served) -> None:
    deadline = time.monotonic() + 60
    with httpx.Client(base_url=served.address) as asking:
        while True:
            assert served.process.poll() is None and time.monotonic() < deadline
            try:
                if asking.get("/readyz").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
