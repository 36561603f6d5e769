"""Temporal's file is deleted, damaged, replaced; its port is taken; it can't be started."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from temporalio.client import Client

from services.embedded import join
from tests.services.embedded.command import rows, write_row

WAIT = 40.0


def file_of(home: Path) -> Path:
    return home / "temporal" / "temporal.db"


def server_of(home: Path) -> int:
    """The process number of the Temporal server of a home; 0 where none runs."""
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            told = Path("/proc", entry, "cmdline").read_bytes()
        except OSError:
            continue
        if str(file_of(home)).encode() in told and b"start-dev" in told:
            return int(entry)
    return 0


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + WAIT
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def answers(address: str | None) -> bool:
    """Whether a client of the default namespace gets an answer."""

    async def ask() -> None:
        client = await Client.connect(address or "")
        async for _ in client.list_workflows(page_size=1):
            break

    try:
        asyncio.run(ask())
    except Exception:
        return False
    return True


def test_a_temporal_that_is_killed_is_started_again_at_its_address(home: Path) -> None:
    with join(home, postgres=False, temporal=True) as servers:
        before = server_of(home)
        os.kill(before, signal.SIGKILL)
        until(lambda: server_of(home) not in (0, before))
        until(lambda: answers(servers.temporal_address))


def test_a_temporal_whose_file_is_deleted_under_it_is_started_again_with_a_new_one(
    ready_home: Path,
) -> None:
    with join(ready_home, temporal=True) as servers:
        assert servers.database_url
        write_row(servers.database_url, "kept")
        before = server_of(ready_home)
        file_of(ready_home).unlink()
        until(file_of(ready_home).exists)
        until(lambda: server_of(ready_home) not in (0, before))
        until(lambda: answers(servers.temporal_address))
        assert rows(servers.database_url) == ["kept"]  # PostgreSQL noticed nothing


def test_what_a_deleted_file_left_behind_is_not_taken_for_the_new_one_s(home: Path) -> None:
    with join(home, postgres=False, temporal=True):
        os.kill(server_of(home), signal.SIGKILL)
    rest = file_of(home).with_name("temporal.db-wal")
    file_of(home).unlink(missing_ok=True)
    rest.write_bytes(b"left over from another database")
    with join(home, postgres=False, temporal=True) as servers:
        assert answers(servers.temporal_address)


def test_a_damaged_file_is_put_aside(home: Path) -> None:
    with join(home, postgres=False, temporal=True):
        pass
    file_of(home).write_bytes(os.urandom(100_000))
    with join(home, postgres=False, temporal=True) as servers:
        assert answers(servers.temporal_address)
    assert len(file_of(home).with_suffix(".damaged").read_bytes()) == 100_000


def test_who_deletes_the_file_from_a_shell_in_its_folder_keeps_the_shell(home: Path) -> None:
    with join(home, postgres=False, temporal=True):
        before = server_of(home)
        shell = subprocess.Popen(["sleep", "100"], cwd=file_of(home).parent)
        file_of(home).unlink()
        until(lambda: server_of(home) not in (0, before))
        assert shell.poll() is None
        shell.kill()
        shell.wait()


def test_a_temporal_that_cannot_be_started_takes_no_other_server_with_it(ready_home: Path) -> None:
    with join(ready_home, temporal=True) as servers:
        assert servers.database_url
        write_row(servers.database_url, "before")
        port = ready_home / "temporal" / "port"
        port.unlink()
        port.mkdir()  # what it is to be remembered in can't be written
        os.kill(server_of(ready_home), signal.SIGKILL)
        time.sleep(2)
        assert rows(servers.database_url) == ["before"]
        port.rmdir()
        until(lambda: answers(servers.temporal_address))
