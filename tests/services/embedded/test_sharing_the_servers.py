"""Several commands, one pair of servers."""

from __future__ import annotations

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


def test_what_was_written_is_there_after_a_restart(home: Path) -> None:
    with join(home) as servers:
        assert servers.database_url
        write_row(servers.database_url, "æøå")

    with join(home) as servers:
        assert servers.database_url
        assert rows(servers.database_url) == ["æøå"]


def test_when_the_last_command_has_left_nothing_runs_any_more(ready_home: Path) -> None:
    with join(ready_home, temporal=True):
        assert len(processes_of(ready_home)) > 2

    assert gone_within(1, ready_home)


def test_six_commands_that_start_at_once_share_one_server(home: Path, command: Start) -> None:
    fresh = home.parent / "fresh"
    commands = [command(fresh) for _ in range(6)]

    addresses = {each.addresses() for each in commands}

    assert len(addresses) == 1
    assert keeper_of(fresh)


def test_a_late_joiner_keeps_the_servers_up_when_the_first_has_left(
    ready_home: Path, command: Start
) -> None:
    first = command()
    url, _ = first.addresses()
    late = command()
    late.addresses()

    first.leave()

    write_row(url, "still here")
    late.leave()
    assert gone_within(5, ready_home)


def test_a_command_that_needs_temporal_gets_it_beside_a_database_that_is_up(
    command: Start,
) -> None:
    url, no_temporal = command().addresses()

    same_url, address = command(temporal=True).addresses()

    assert no_temporal is None
    assert same_url == url
    assert address.startswith("127.0.0.1:")


def test_temporal_keeps_its_port_from_one_start_to_the_next(home: Path) -> None:
    with join(home, postgres=False, temporal=True) as first:
        pass
    with join(home, postgres=False, temporal=True) as second:
        pass

    assert first.temporal_address == second.temporal_address
    assert second.database_url is None


def test_a_command_that_needs_no_server_starts_none(home: Path) -> None:
    with join(home, postgres=False) as servers:
        assert not processes_of(home)

    assert servers.database_url is None
    assert not home.exists()


def test_a_home_with_spaces_quotes_and_danish_letters_works(home: Path) -> None:
    odd = home / 'Rød "tråd", mappe'

    with join(odd) as servers:
        assert servers.database_url
        write_row(servers.database_url, "found")


def test_a_home_too_long_for_a_socket_works(home: Path) -> None:
    long = home / ("long" * 20) / ("longer" * 20)

    with join(long) as servers:
        assert servers.database_url
        write_row(servers.database_url, "found")
    with join(long) as servers:
        assert servers.database_url
        assert rows(servers.database_url) == ["found"]


def test_no_value_of_a_failing_statement_reaches_the_log(ready_home: Path) -> None:
    with join(ready_home) as servers:
        assert servers.database_url
        with psycopg.connect(servers.database_url, autocommit=True) as connection:
            connection.execute("CREATE TABLE person (cpr text PRIMARY KEY)")
            connection.execute("INSERT INTO person VALUES ('010170-1234')")
            for statement in (
                "INSERT INTO person VALUES ('010170-1234')",
                "SELECT '010170-1234'::date",
                "SELEKT '010170-1234'",
            ):
                try:
                    connection.execute(statement.encode())
                except psycopg.Error:
                    continue
                raise AssertionError(statement)

    log = (ready_home / "log" / "postgres.log").read_text()
    assert "ready to accept connections" in log
    assert "1234" not in log
