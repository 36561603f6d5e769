"""`ingest-http-single` and `ingest-http-batch`: from requests to stored events with their receipts.

Ours is a process that serves the interface, asked by another process; the two others are called in
the process that measures.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.error import URLError
from urllib.request import urlopen

import msgspec
import psycopg

from bench import limit, stock
from bench.ingest import IncompleteError
from bench.load import File, Job, Outcome
from bench.measure import Figure, Measure, Peer
from bench.pace import Call, flat_out, middle_and_tail, paced
from bench.scratch import Scratch, settle
from bench.workload import Workload
from services.store.server import Server
from services.tokens import Tokens

BATCH = 100
_MOST_SAVED = 3_000  # events of the stock library one by one: it is slow
_INSERTS_AT_ONCE = 8  # connections of the raw limit, one event a commit
_BATCHES_AT_ONCE = 4  # clients
_WARM, _FLAT_OUT = 0.05, 0.65  # of the events; the rest at half of the rate
_PATIENCE = 60.0
_PROJECT = Path(__file__).resolve().parents[1]
_RIGHT = {"200", "201"}
T = TypeVar("T")


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


def _ours_single(scratch: Scratch, workload: Workload) -> tuple[float, ...]:
    with _sender(scratch, workload) as sender:
        begun = sender.send(_WARM, _FLAT_OUT)
        rate = sender.events(_WARM, _FLAT_OUT) / begun.seconds
        return rate, *middle_and_tail(sender.send(_FLAT_OUT, 1, rate=rate / 2).delays)


def _ours_batch(scratch: Scratch, workload: Workload) -> tuple[float, ...]:
    with _sender(scratch, workload) as sender:
        sent = sender.send(_WARM, 1, of=BATCH, clients=_BATCHES_AT_ONCE)
        return (sender.events(_WARM, 1) / sent.seconds,)


@contextmanager
def _sender(scratch: Scratch, workload: Workload) -> Iterator[Sender]:
    """Everything is made and opened at the first requests, which aren't counted."""
    keys = scratch.fresh_folder("keys")
    with (
        scratch.database() as url,
        scratch.server(url, keys) as server,
        interface(scratch, url, server, keys) as port,
    ):
        sender = Sender(server, workload, port)
        sender.send(0, _WARM)
        settle(url)
        yield sender


def _stock_single(scratch: Scratch, read: list[stock.Envelope]) -> tuple[float, ...]:
    with scratch.database() as url, stock.Threads(stock.environment(url)) as threads:
        saver = stock.Saver(threads)
        settle(url)
        return _single(lambda _, n: saver.save(read[n]), read[:_MOST_SAVED], 1)


def _stock_batch(scratch: Scratch, read: list[stock.Envelope]) -> tuple[float, ...]:
    batches = _batches(read)
    with scratch.database() as url, stock.Threads(stock.environment(url)) as threads:
        saver = stock.Saver(threads)
        settle(url)
        return (flat_out(lambda _, n: saver.save(*batches[n]), len(batches)) * BATCH,)


def _limit_single(scratch: Scratch, rows: list[limit.RawRow]) -> tuple[float, ...]:
    with _raw(scratch, _INSERTS_AT_ONCE) as connections:
        return _single(
            lambda k, n: limit.insert(connections[k], rows[n : n + 1]), rows, _INSERTS_AT_ONCE
        )


def _limit_batch(scratch: Scratch, rows: list[limit.RawRow]) -> tuple[float, ...]:
    batches = _batches(rows)
    with _raw(scratch, 1) as [connection]:
        insert = flat_out(lambda _, n: limit.insert(connection, batches[n]), len(batches))
        return (insert * BATCH,)


def _single(call: Call, events: Sequence[object], at_once: int) -> tuple[float, ...]:
    """The full rate, and how long one event takes at half of it."""
    begin = int(len(events) * _FLAT_OUT)
    rate = flat_out(call, begin, at_once=at_once)
    delays = paced(call, begin, len(events) - begin, rate / 2, at_once=at_once)
    return rate, *middle_and_tail(delays)


def _batches(of: list[T]) -> list[list[T]]:
    """Whole ones; where there are too few for any, all in two."""
    size = min(BATCH, max(1, len(of) // 2))
    return [of[n : n + size] for n in range(0, len(of) - size + 1, size)]


@contextmanager
def _raw(scratch: Scratch, count: int) -> Iterator[list[psycopg.Connection[Any]]]:
    with scratch.database() as url, ExitStack() as opened:
        limit.prepare_copy(url)
        settle(url)
        yield [opened.enter_context(psycopg.connect(url, autocommit=True)) for _ in range(count)]


@contextmanager
def _prepare_single(scratch: Scratch, workload: Workload) -> Iterator[dict[str, Peer]]:
    """A database of its own for every run."""
    read = [stock.Envelope.model_validate_json(line) for line in workload.lines()]
    rows = limit.raw_rows(workload)
    yield {
        "ours": lambda: _ours_single(scratch, workload),
        "stock": lambda: _stock_single(scratch, read),
        "limit": lambda: _limit_single(scratch, rows),
    }


@contextmanager
def _prepare_batch(scratch: Scratch, workload: Workload) -> Iterator[dict[str, Peer]]:
    read = [stock.Envelope.model_validate_json(line) for line in workload.lines()]
    rows = limit.raw_rows(workload)
    yield {
        "ours": lambda: _ours_batch(scratch, workload),
        "stock": lambda: _stock_batch(scratch, read),
        "limit": lambda: _limit_batch(scratch, rows),
    }


_RATE = Figure("events/s")
INGEST_HTTP_SINGLE = Measure(
    "ingest-http-single",
    (
        _RATE,
        Figure("ms at half the rate, p50", "lower"),
        Figure("ms at half the rate, p99", "lower"),
    ),
    _prepare_single,
)
INGEST_HTTP_BATCH = Measure("ingest-http-batch", (_RATE,), _prepare_batch)
