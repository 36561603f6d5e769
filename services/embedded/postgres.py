"""The embedded PostgreSQL: its cluster, its settings, its start and its stop.

It listens on a unix socket only. Access is by the operating system's word about who is at the
other end (*peer*): only the user whose keeper it is may log in, as the superuser `roedtraad`.
So there is no password to keep, and `nobody`, who owns the data when root started it, can't log in.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

from services.embedded import child
from services.embedded.errors import EmbeddedError, last_lines
from services.embedded.home import Account, Home, private_folder
from services.embedded.programs import postgres_programs

ROLE = DATABASE = "roedtraad"

SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0600",
    "max_connections": "100",
    "shared_buffers": "192MB",
    "max_wal_size": "2GB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # No value of a row or parameter may reach the log. An ERROR's text can quote one (`invalid
    # input syntax for type date: "…"`), so only LOG, FATAL and PANIC are written; the client that
    # caused an error is told it anyway.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_line_prefix": "%m [%p] ",
}


class Postgres:
    """One PostgreSQL server in a home folder."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._folder = home.root / "postgres"
        self._data = self._folder / "data"
        self._log = home.log("postgres")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """The URL that clients connect to."""
        socket = quote(os.fspath(self._home.run / "pg"), safe="")
        return f"postgresql://{ROLE}@/{DATABASE}?host={socket}&port={SETTINGS['port']}"

    @property
    def alive(self) -> bool:
        """Whether the server that was started still runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the server and wait until it answers; raise EmbeddedError if it can't."""
        account = self._home.account()
        programs = postgres_programs(self._home, account)
        private_folder(self._folder, account)
        sockets = private_folder(self._home.run / "pg", account)
        child.clear_out(self._data, programs / "postgres", signal.SIGQUIT)
        if not self._data.exists():
            self._create(programs, account)
        self._check_version(programs)
        # Nothing runs here any more, so these are leftovers; PostgreSQL itself would refuse to
        # start if another process has got the old one's number.
        for leftover in [self._data / "postmaster.pid", *sockets.glob(".s.PGSQL.*")]:
            leftover.unlink(missing_ok=True)
        self._write_access(account)
        socket_setting = '"' + os.fspath(sockets).replace('"', '""') + '"'
        settings = {**SETTINGS, "unix_socket_directories": socket_setting}
        since = self._log.stat().st_size if self._log.exists() else 0
        self._process = child.spawn(
            [
                programs / "postgres",
                *("-D", self._data),
                *(part for name, value in settings.items() for part in ("-c", f"{name}={value}")),
            ],
            account=account,
            folder=self._data,
            log=self._log,
            on_death=signal.SIGQUIT,
        )
        self._wait(self._process, since)

    def stop(self) -> None:
        """Stop the server by a fast shutdown: clients are sent off, everything is on disk."""
        if self._process is not None:
            child.stop(self._process, signal.SIGINT, seconds=60)

    def _create(self, programs: Path, account: Account) -> None:
        """Make the cluster under another name first, so that half of one is never taken for it."""
        fresh = self._folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        since = self._log.stat().st_size if self._log.exists() else 0
        initdb: list[str | Path] = [
            *(programs / "initdb", "--pgdata", fresh, "--username", ROLE, "--auth=reject"),
            *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin"),
            *("--builtin-locale=C.UTF-8", "--no-instructions"),
        ]
        single: list[str | Path] = [programs / "postgres", "--single", "-D", fresh, "template1"]
        made = child.run(initdb, account=account, folder=self._folder, log=self._log)
        if not made or not child.run(
            single,
            account=account,
            folder=self._folder,
            log=self._log,
            stdin=f"CREATE DATABASE {DATABASE}\n".encode(),
        ):
            raise EmbeddedError(
                f"Databasen kunne ikke oprettes i {self._folder}. Loggen er {self._log}:",
                f"The database could not be made in {self._folder}. Its log is {self._log}:",
                last_lines(self._log, since),
            )
        fresh.rename(self._data)

    def _check_version(self, programs: Path) -> None:
        """Raise EmbeddedError if the data are of another main version than the program."""
        data = (self._data / "PG_VERSION").read_text().strip()
        said = subprocess.run(
            [programs / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout
        program = said.split(")")[-1].split()[0] if ")" in said else said.split()[-1]
        if data != program.split(".")[0]:
            raise EmbeddedError(
                f"Databasen i {self._data} er fra PostgreSQL {data}, men pakken er {program}. "
                "Flyt den med pg_dump, eller installér den gamle pakke.",
                f"The database in {self._data} is of PostgreSQL {data}, but the package is "
                f"{program}. Move it with pg_dump, or install the old package.",
            )

    def _write_access(self, account: Account) -> None:
        """Let in only the user whose keeper this is, by the operating system's word."""
        me = pwd.getpwuid(os.geteuid()).pw_name
        lines = {
            "pg_hba.conf": f"local all {ROLE} peer map=keeper\n",
            "pg_ident.conf": f'keeper "{me}" {ROLE}\n',
        }
        for name, line in lines.items():
            (self._data / name).write_text(line)
            if not account.is_me:
                os.chown(self._data / name, account.uid, account.gid)

    def _wait(self, process: subprocess.Popen[bytes], since: int) -> None:
        """Wait for the word `ready` in postmaster.pid: after a crash, recovery takes its time."""
        status = self._data / "postmaster.pid"
        while process.poll() is None:
            try:
                lines = status.read_text().splitlines()
            except FileNotFoundError:
                lines = []
            if len(lines) >= 8 and int(lines[0]) == process.pid and lines[7].strip() == "ready":
                return
            time.sleep(0.02)
        raise EmbeddedError(
            f"PostgreSQL kunne ikke starte. Loggen er {self._log}:",
            f"PostgreSQL could not start. Its log is {self._log}:",
            last_lines(self._log, since),
        )
