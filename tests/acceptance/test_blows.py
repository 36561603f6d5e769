"""Killed in the middle, three times, and run to its end: the same, nothing doubled."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from services.demo import generate
from services.embedded.client import join
from services.store.keys import Keyring
from services.store.server import Server
from tests.acceptance.trial import LAST_DAY, live_rows, take_in
from tests.conftest import fresh_database

PROJECT = Path(__file__).parents[2]
CODE = "0101"


def start(home: Path, *arguments: str | Path) -> "subprocess.Popen[bytes]":
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    return subprocess.Popen(
        [sys.executable, "-m", "services.cli", *map(str, arguments)],
        cwd=PROJECT,
        env=environment | {"ROEDTRAAD_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def kill_everything(home: Path, *ours: "subprocess.Popen[bytes]") -> None:
    """SIGKILL, at one blow, to the commands, the keeper and the servers of this home."""
    pids = {process.pid for process in ours}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                told = entry.joinpath("cmdline").read_bytes() + os.readlink(entry / "cwd").encode()
            except OSError:
                continue
            if str(home).encode() in told and int(entry.name) != os.getpid():
                pids.add(int(entry.name))
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):  # it went with one of the others
            os.kill(pid, signal.SIGKILL)
    for process in ours:
        process.communicate()


def lines_done(url: str) -> int:
    try:
        with psycopg.connect(url) as conn:
            row = conn.execute(f"SELECT lines FROM m{CODE}.imports").fetchone()
    except psycopg.errors.UndefinedTable:
        return 0
    return row[0] if row else 0


@pytest.mark.soak
def test_an_ingest_killed_three_times_ends_as_one_that_was_not(
    tmp_path_factory: pytest.TempPathFactory, postgres: str, ready_home: Path
) -> None:
    made = generate(tmp_path_factory.mktemp("files"), last_day=LAST_DAY)
    [case_system, *others] = [path for path in made if path.name.startswith(CODE)]
    reached = 0
    for _ in range(3):
        with join(ready_home) as servers:
            assert servers.database_url
            ingest = start(ready_home, "ingest", "--municipality", CODE, case_system)
            projector = start(ready_home, "serve", "projector")
            deadline = time.monotonic() + 60
            while (done := lines_done(servers.database_url)) <= reached:
                assert ingest.poll() is None and time.monotonic() < deadline
                time.sleep(0.005)
            kill_everything(ready_home, ingest, projector)
            reached = done
    last = start(ready_home, "ingest", "--municipality", CODE, case_system, *others)
    _, told = last.communicate(timeout=120)
    assert last.returncode == 0, told
    assert "Fortsat efter linje" in told.decode()

    with (
        join(ready_home) as servers,
        fresh_database(postgres) as url,
        Server(servers.database_url or "", Keyring(ready_home / "keys")) as killed,
        Server(url, Keyring(ready_home / "other-keys")) as calm,
    ):
        take_in(calm, [case_system, *others], ready_home)
        take_in(killed, [case_system], ready_home)  # once more: nothing new
        assert live_rows(killed.municipality(CODE)) == live_rows(calm.municipality(CODE))
        events = [len(s.municipality(CODE).read_from(0, 100_000)) for s in (killed, calm)]
        assert events[0] == events[1]
