"""The embedded Temporal: its dev server on one SQLite file, at a port of 127.0.0.1 that it keeps.

The dev server asks nobody for a password, so every user of the machine can reach it. Nothing
personal is in it (ids are pseudonyms, and payloads carry positions and codes); where that isn't
enough, run a Temporal of one's own and set `TEMPORAL_ADDRESS`.
"""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from pathlib import Path

from services.embedded import child
from services.embedded.errors import EmbeddedError, last_lines
from services.embedded.home import Home, private_folder
from services.embedded.programs import temporal_program

_PATIENCE = 60.0


class Temporal:
    """One Temporal dev server in a home folder."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._folder = home.root / "temporal"
        self._log = home.log("temporal")
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0

    @property
    def address(self) -> str:
        """The host and port that clients connect to."""
        return f"127.0.0.1:{self._port}"

    @property
    def alive(self) -> bool:
        """Whether the server that was started still runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the server and wait until it answers; raise EmbeddedError if it can't."""
        account = self._home.account()
        program = temporal_program(self._home, account)
        private_folder(self._folder, account)
        child.clear_out(self._folder, signal.SIGKILL)
        self._port = self._choose_port(self._folder / "port")
        since = self._log.stat().st_size if self._log.exists() else 0
        self._process = child.spawn(
            [
                *(program, "server", "start-dev", "--headless", "--log-level", "warn"),
                *("--db-filename", self._folder / "temporal.db"),
                *("--ip", "127.0.0.1", "--port", str(self._port)),
            ],
            account=account,
            folder=self._folder,
            log=self._log,
            # Its file survives a kill (SQLite's write-ahead log), and a gentle end takes seconds.
            on_death=signal.SIGKILL,
        )
        self._wait(self._process, program, since)

    def stop(self) -> None:
        """Stop the server."""
        if self._process is not None:
            child.stop(self._process, signal.SIGTERM, seconds=10)

    def _choose_port(self, remembered: Path) -> int:
        """Return the port it had last time, or another free one if somebody else has taken it."""
        wanted = int(remembered.read_text()) if remembered.exists() else 0
        try:
            port = _free_port(wanted)
        except OSError:
            port = _free_port(0)
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
