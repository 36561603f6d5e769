"""Which user the servers run as, and what a user is told when that can't be."""

from __future__ import annotations

import os
import pwd
import stat
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from services.embedded import EmbeddedError, Home, default_home, join, programs
from services.embedded.home import Account
from tests.services.embedded.command import Command, keeper_of, processes_of

NOBODY = pwd.getpwnam("nobody")
AS_ROOT = os.geteuid() == 0


def test_no_server_runs_as_root(home: Path) -> None:
    with join(home, temporal=True):
        keeper = keeper_of(home).pid
        owners = {Path("/proc", str(pid)).stat().st_uid for pid in processes_of(home)} - {
            Path("/proc", str(keeper)).stat().st_uid
        }

    assert owners == ({NOBODY.pw_uid} if AS_ROOT else set())


def test_data_and_sockets_are_open_to_their_owner_only(home: Path) -> None:
    with join(home):
        for closed in ("postgres", "postgres/data", "run/pg", "log"):
            assert stat.S_IMODE((home / closed).stat().st_mode) == 0o700
        assert (home / "run/keeper.sock").stat().st_mode & 0o077 == 0
        assert stat.S_IMODE(home.stat().st_mode) == (0o711 if AS_ROOT else 0o700)


def test_an_ordinary_user_has_servers_of_their_own(
    home: Path, ordinary_command: Callable[[Path], Command]
) -> None:
    command = ordinary_command(home)

    url, _ = command.addresses()
    owners = {Path("/proc", str(pid)).stat().st_uid for pid in processes_of(home)}

    command.leave()
    assert "run%2Fpg" in url
    assert owners == {NOBODY.pw_uid if AS_ROOT else os.geteuid()}


def test_a_folder_that_one_may_not_write_to_is_refused_with_its_name(
    ordinary_command: Callable[[Path], Command],
) -> None:
    command = ordinary_command(Path("/etc/roedtraad"))

    refusal = command.answer()["error"]

    command.leave()
    assert "/etc/roedtraad" in refusal
    assert "ROEDTRAAD_HOME" in refusal


def test_only_the_keepers_user_may_log_in(ready_home: Path) -> None:
    with join(ready_home) as servers:
        assert servers.database_url
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(servers.database_url.replace("roedtraad@", "postgres@"))
        access = (ready_home / "postgres/data/pg_hba.conf").read_text()

    assert access == "local all roedtraad peer map=keeper\n"


def test_programs_out_of_reach_are_copied_into_the_home(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Account, "blocked_by", lambda _self, _path: Path("/root"))
    place = Home(home)
    place.open()
    me = pwd.getpwuid(os.geteuid())
    account = Account(me.pw_name, me.pw_uid, me.pw_gid)

    postgres = programs.postgres_programs(place, account)
    temporal = programs.temporal_program(place, account)

    assert postgres.is_relative_to(home / "programs")
    assert os.access(postgres / "postgres", os.X_OK)
    assert temporal.is_relative_to(home / "programs")
    assert stat.S_IMODE(temporal.stat().st_mode) == 0o755


def test_a_home_that_the_servers_cannot_reach_is_refused_with_the_folder_named(
    home: Path,
) -> None:
    closed = home.parent / "closed"
    closed.mkdir(mode=0o700 if AS_ROOT else 0o500)

    with pytest.raises(EmbeddedError) as refusal, join(closed / "home"):
        pass

    assert str(closed) in refusal.value.danish
    assert "ROEDTRAAD_HOME" in refusal.value.danish
    assert "ROEDTRAAD_HOME" in refusal.value.english


def test_a_server_that_cannot_start_says_why_with_the_end_of_its_log(ready_home: Path) -> None:
    with join(ready_home):
        pass
    (ready_home / "postgres" / "data" / "global" / "pg_control").unlink()

    with pytest.raises(EmbeddedError) as refusal, join(ready_home):
        pass

    danish, english, *log = str(refusal.value).splitlines()
    assert danish.startswith("PostgreSQL kunne ikke starte")
    assert english.startswith("PostgreSQL could not start")
    assert any("pg_control" in line for line in log)


def test_data_of_another_main_version_are_left_alone(ready_home: Path) -> None:
    with join(ready_home):
        pass
    (ready_home / "postgres" / "data" / "PG_VERSION").write_text("17\n")

    with pytest.raises(EmbeddedError, match="PostgreSQL 17"), join(ready_home):
        pass


def test_the_default_home_follows_the_xdg_rule_unless_one_is_root() -> None:
    expected = Path("/var/lib/roedtraad") if AS_ROOT else Path("/srv/data/roedtraad")

    assert default_home({"XDG_DATA_HOME": "/srv/data"}) == expected
