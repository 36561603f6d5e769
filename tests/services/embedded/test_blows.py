"""What is left, and what is lost, when processes are killed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from services.embedded import join
from tests.services.embedded.command import (
    Command,
    gone_within,
    keeper_of,
    processes_of,
    rows,
    write_row,
)

Start = Callable[..., Command]


def test_a_command_that_is_killed_leaves_no_server_behind(ready_home: Path, command: Start) -> None:
    killed = command(temporal=True)
    killed.addresses()

    killed.kill()

    assert gone_within(5, ready_home)


def test_a_keeper_that_is_killed_takes_its_servers_with_it(
    ready_home: Path, command: Start
) -> None:
    command(temporal=True).addresses()

    keeper_of(ready_home).kill()

    assert gone_within(5, ready_home)


def test_committed_rows_survive_a_kill_of_everything_at_once(
    ready_home: Path, command: Start
) -> None:
    running = command(temporal=True)
    url, _ = running.addresses()
    write_row(url, "committed")
    open_transaction = psycopg.connect(url)
    open_transaction.execute("INSERT INTO said VALUES ('not committed')")

    for process in processes_of(ready_home).values():
        process.kill()
    running.kill()
    open_transaction.close()

    with join(ready_home, temporal=True) as servers:
        assert servers.database_url
        assert rows(servers.database_url) == ["committed"]


def test_a_start_right_after_a_kill_waits_for_the_dying_server(
    ready_home: Path, command: Start
) -> None:
    for attempt in range(3):
        running = command()
        url, _ = running.addresses()
        write_row(url, str(attempt))
        keeper_of(ready_home).kill()

    with join(ready_home) as servers:
        assert servers.database_url
        assert rows(servers.database_url) == ["0", "1", "2"]


def test_a_server_that_is_killed_is_started_again(ready_home: Path) -> None:
    with join(ready_home) as servers:
        assert servers.database_url
        write_row(servers.database_url, "before")
        pid = int((ready_home / "postgres" / "data" / "postmaster.pid").read_text().split()[0])

        os.kill(pid, signal.SIGKILL)

        assert _rows_within(10, servers.database_url) == ["before"]


def test_an_old_process_number_that_somebody_else_has_got_is_no_hindrance(ready_home: Path) -> None:
    with join(ready_home) as servers:
        assert servers.database_url
        write_row(servers.database_url, "before")
    stale = ready_home / "postgres" / "data" / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{ready_home}/postgres/data\n1\n5432\n\n\n\nready\n")

    with join(ready_home) as servers:
        assert servers.database_url
        assert rows(servers.database_url) == ["before"]


def _rows_within(seconds: float, url: str) -> list[str]:
    deadline = time.monotonic() + seconds
    while True:
        try:
            return rows(url)
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
