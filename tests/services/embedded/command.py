"""A command of ours in a process of its own, and the processes that a home has."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

_SCRIPT = """
import json, sys
from pathlib import Path
from services.embedded import EmbeddedError, join
try:
    with join(Path(sys.argv[1]), temporal=sys.argv[2] == "True") as servers:
        print(json.dumps([servers.database_url, servers.temporal_address]), flush=True)
        sys.stdin.read()
except EmbeddedError as error:
    print(json.dumps({"error": str(error)}), flush=True)
"""


class Command:
    """A process that joins the servers of a home and stays until it is told to leave."""

    def __init__(
        self, home: Path, *, temporal: bool = False, python: str = sys.executable, **options: Any
    ) -> None:
        self._process = subprocess.Popen(
            [python, "-c", _SCRIPT, os.fspath(home), str(temporal)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            **options,
        )

    def answer(self) -> Any:
        """Wait for what it was told: two addresses, or an error."""
        assert self._process.stdout
        return json.loads(self._process.stdout.readline())

    def addresses(self) -> tuple[str, Any]:
        """Wait for the two addresses."""
        database, temporal = self.answer()
        return database, temporal

    def leave(self) -> None:
        """Let it end in order, and wait for that."""
        if self._process.returncode is None:
            self._process.communicate()

    def kill(self) -> None:
        """End it by SIGKILL."""
        self._process.kill()
        self._process.communicate()


@dataclass(frozen=True)
class Found:
    """A process that works in a home."""

    pid: int
    what: str

    def kill(self) -> None:
        """End it by SIGKILL, if whoever was killed before hasn't taken it along."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)


def processes_of(home: Path) -> dict[int, Found]:
    """Return the keeper and the servers of a home, by their command line or working folder."""
    found = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        folder = Path("/proc", entry)
        try:
            cwd = os.readlink(folder / "cwd")
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        ours = "services.embedded.keeper" in line and f"{home}" in line
        if ours or cwd.startswith(f"{home}/"):
            found[int(entry)] = Found(int(entry), line)
    return found


def keeper_of(home: Path) -> Found:
    """Return the one keeper of a home."""
    (keeper,) = (each for each in processes_of(home).values() if ".keeper" in each.what)
    return keeper


def gone_within(seconds: float, home: Path) -> bool:
    """Wait until a home has no process any more; return False if that takes longer."""
    deadline = time.monotonic() + seconds
    while processes_of(home):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def write_row(url: str, text: str) -> None:
    """Commit a row."""
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS said (word text)")
        connection.execute("INSERT INTO said VALUES (%s)", [text])


def rows(url: str) -> list[str]:
    """Return the committed rows."""
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute("SELECT word FROM said ORDER BY word")]
