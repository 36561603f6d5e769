"""`ingest-http-single` and `ingest-http-batch`: from requests to stored events with their receipts.

Ours is a process that serves the interface, asked by another process; the two others are called in
the process that measures.
"""

import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import msgspec

from bench.ingest import IncompleteError
from bench.load import File, Job, Outcome
from bench.scratch import Scratch
from bench.workload import Workload
from services.store.server import Server
from services.tokens import Tokens

BATCH = 100
_MOST_SAVED = 3_000  # events of the stock library one by one: it is slow
_TOGETHER = 8  # connections of the raw limit
_PATIENCE = 60.0
_PROJECT = Path(__file__).resolve().parents[1]
_RIGHT = {"200", "201"}


@contextmanager
def interface(scratch: Scratch, url: str, server: Server, keys: Path) -> Iterator[int]:
    """`roedtraad serve api` in a process of its own; its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        "PATH": os.defpath,
        "DATABASE_URL": url,
        "ROEDTRAAD_HOME": str(keys.parent),
        "ROEDTRAAD_KEYS": str(keys),
        "ROEDTRAAD_API_PORT": str(port),
    }
    with (scratch.folder / "api.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "services.cli", "serve", "api"],
            cwd=_PROJECT,
            env=environment,
            stderr=log,
        )
        try:
            _until_ready(port, process)
            yield port
        finally:
            process.terminate()
            process.wait()


def _until_ready(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            urlopen(f"http://127.0.0.1:{port}/healthz").close()
        except (URLError, ConnectionError):
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def send(job: Job) -> Outcome:
    """Have a job carried out by a process of its own. Raises IncompleteError."""
    told = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        cwd=_PROJECT,
        input=msgspec.json.encode(job),
        stdout=subprocess.PIPE,
        check=True,
    ).stdout
    outcome = msgspec.json.decode(told, type=Outcome)
    if not outcome.statuses.keys() <= _RIGHT:
        raise IncompleteError(outcome.statuses)
    return outcome


class Sender:
    """Sends parts of the workload's files, each with a token of its municipality."""

    def __init__(self, server: Server, workload: Workload, port: int) -> None:
        self._port = port
        self._secrets = {code: _token(server, code) for code in workload.codes}
        self._files = [(f.code, f.path, _lines_in(f.path)) for f in workload.files]

    def send(
        self, begin: float, end: float, *, of: int = 1, clients: int = 50, rate: float | None = None
    ) -> Outcome:
        """Send what lies between two fractions of each file."""
        files = [
            File(str(path), self._secrets[code], int(begin * lines), _between(begin, end, lines))
            for code, path, lines in self._files
        ]
        return send(Job(self._port, files, of, clients, rate))

    def events(self, begin: float, end: float) -> int:
        """How many events that is."""
        return sum(_between(begin, end, lines) for _, _, lines in self._files)


def _between(begin: float, end: float, lines: int) -> int:
    return int(end * lines) - int(begin * lines)


def _lines_in(path: Path) -> int:
    return path.read_bytes().count(b"\n")


def _token(server: Server, code: str) -> str:
    server.municipality(code)
    _, secret = Tokens(server).create(
        municipality=code,
        now=datetime.now(UTC),
        source_prefix="https://",
        requests_a_second=0,  # how fast it can be is what is measured
        events_a_second=0,
    )
    return secret


def _tail(delays: list[float]) -> tuple[float, float]:
    """Median and 99th percentile."""
    return statistics.median(delays), statistics.quantiles(delays, n=100, method="inclusive")[98]
