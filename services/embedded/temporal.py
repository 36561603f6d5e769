"""The embedded Temporal: its dev server on one SQLite file, at a port of 127.0.0.1 that it keeps.

The dev server asks nobody for a password, so every user of the machine can reach it. Nothing
personal is in it (ids are pseudonyms, payloads are sealed); where that isn't enough, run a Temporal
of one's own and set `TEMPORAL_ADDRESS`.

Its file can be lost: all it holds is begun anew from the event store. So a server whose file was
deleted is started again with a new one, and a file that is damaged is put aside.
"""

from __future__ import annotations

import signal
import socket
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

from services.embedded import child
from services.embedded.errors import EmbeddedError, last_lines
from services.embedded.home import Home, private_folder
from services.embedded.programs import temporal_program

_PATIENCE = 60.0  # seconds
_PATIENCE_FOR_PORT = 5.0


class Temporal:
    """One Temporal dev server in a home folder."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._folder = home.root / "temporal"
        self._file = self._folder / "temporal.db"
        self._log = home.log("temporal")
        self._process: subprocess.Popen[bytes] | None = None
        self._opened: tuple[int, int] | None = None
        self._port = 0

    @property
    def address(self) -> str:
        """The host and port that clients connect to."""
        return f"127.0.0.1:{self._port}"

    @property
    def alive(self) -> bool:
        """Whether the server that was started still runs, on the file that is there."""
        runs = self._process is not None and self._process.poll() is None
        return runs and self._opened == _identity(self._file)

    def start(self) -> None:
        """Start the server and wait until it answers; raise EmbeddedError if it can't."""
        try:
            self._start()
        except EmbeddedError:
            if not _is_damaged(self._file):
                raise
            self._file.replace(self._file.with_suffix(".damaged"))
            self._start()

    def _start(self) -> None:
        account = self._home.account()
        program = temporal_program(self._home, account)
        private_folder(self._folder, account)
        if self._process is not None:
            child.stop(self._process, signal.SIGKILL, seconds=5)
        child.clear_out(self._folder, program, signal.SIGKILL)
        self._port = self._choose_port(self._folder / "port")
        if not self._file.exists():  # else what was left of it would be taken for the new one's
            for rest in self._folder.glob(f"{self._file.name}-*"):
                rest.unlink()
        since = self._log.stat().st_size if self._log.exists() else 0
        self._process = child.spawn(
            [
                *(program, "server", "start-dev", "--headless", "--log-level", "warn"),
                *("--db-filename", self._file),
                *("--ip", "127.0.0.1", "--port", str(self._port)),
            ],
            account=account,
            folder=self._folder,
            log=self._log,
            # Its file survives a kill (SQLite's write-ahead log), and a gentle end takes seconds.
            on_death=signal.SIGKILL,
        )
        self._wait(self._process, program, since)
        self._opened = _identity(self._file)

    def stop(self) -> None:
        """Stop the server."""
        if self._process is not None:
            child.stop(self._process, signal.SIGTERM, seconds=10)

    def _choose_port(self, remembered: Path) -> int:
        """Return the port it had last time, or another free one if somebody else has taken it.

        Whom it was told to by this keeper knows no other: then it is waited for.
        """
        wanted = self._port or (int(remembered.read_text()) if remembered.exists() else 0)
        deadline = time.monotonic() + _PATIENCE_FOR_PORT
        while True:
            try:
                port = _free_port(wanted)
                break
            except OSError:
                if not self._port:
                    port = _free_port(0)
                    break
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
        remembered.write_text(str(port))
        return port

    def _wait(self, process: subprocess.Popen[bytes], program: Path, since: int) -> None:
        """Wait until the default namespace is answered for: the last thing to come up."""
        deadline = time.monotonic() + _PATIENCE
        ask: list[str | Path] = [
            program,
            "operator",
            "namespace",
            "describe",
            "default",
            "--address",
            self.address,
        ]
        while process.poll() is None and time.monotonic() < deadline:
            if _answers(self._port):
                asked = subprocess.run(
                    ask, env=child.environment(), capture_output=True, check=False
                )
                if asked.returncode == 0:
                    return
            time.sleep(0.05)
        child.stop(process, signal.SIGKILL, seconds=5)
        raise EmbeddedError(
            f"Temporal kunne ikke starte. Loggen er {self._log}:",
            f"Temporal could not start. Its log is {self._log}:",
            last_lines(self._log, since),
        )


def running_at(home: Path) -> str | None:
    """The address of the server that runs for this home; None where none does."""
    try:
        port = int((home / "temporal" / "port").read_text())
    except (OSError, ValueError):
        return None
    return f"127.0.0.1:{port}" if _answers(port) else None


def _free_port(wanted: int) -> int:
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        attempt.bind(("127.0.0.1", wanted))
        port: int = attempt.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _identity(file: Path) -> tuple[int, int] | None:
    """Tell a file from another of the same name; None where there is none."""
    try:
        found = file.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _is_damaged(file: Path) -> bool:
    """Return whether a file isn't a whole SQLite database. Nothing beside it is touched."""
    if not file.exists():
        return False
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?immutable=1", uri=True)) as database:
            found: list[tuple[str]] = database.execute("PRAGMA quick_check(1)").fetchall()
    except sqlite3.DatabaseError:
        return True
    return found != [("ok",)]
