"""Joining the embedded servers from a command."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from services.embedded.errors import EmbeddedError, last_lines
from services.embedded.home import Home

_SECONDS_TO_STOP = 60.0


@dataclass(frozen=True)
class Servers:
    """Where the servers that were asked for answer; None for one that wasn't."""

    database_url: str | None
    temporal_address: str | None


@contextlib.contextmanager
def join(
    home: Path, *, postgres: bool = True, temporal: bool = False, patience: float = 180.0
) -> Iterator[Servers]:
    """Have the servers of `home` up, starting or joining them, for as long as the block lasts.

    When the last client leaves, its leaving lasts until they are stopped. Raise EmbeddedError if
    they can't be had within `patience` seconds.
    """
    wanted = [name for name, needed in (("postgres", postgres), ("temporal", temporal)) if needed]
    if not wanted:
        yield Servers(None, None)
        return
    try:
        connection, addresses = _enter(Home(home.absolute()), wanted, patience)
    except OSError as error:
        raise EmbeddedError.from_os(error) from error
    try:
        yield Servers(addresses.get("postgres"), addresses.get("temporal"))
    finally:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(_SECONDS_TO_STOP)
            connection.shutdown(socket.SHUT_WR)
            connection.recv(1)


def _enter(home: Home, wanted: list[str], patience: float) -> tuple[socket.socket, dict[str, str]]:
    home.open()
    deadline = time.monotonic() + patience
    while (left := deadline - time.monotonic()) > 0:
        connection = _connect(home, deadline)
        try:
            connection.settimeout(left)
            connection.sendall(json.dumps({"servers": wanted}).encode() + b"\n")
            with connection.makefile("rb") as lines:
                line = lines.readline()
        except TimeoutError:
            connection.close()
            break
        except ConnectionError:
            line = b""
        if line:
            answer = json.loads(line)
            if "ready" in answer:
                connection.settimeout(None)
                return connection, answer["ready"]
            connection.close()
            raise EmbeddedError.from_json(answer["error"])
        connection.close()  # it was about to end when we came: start another
    raise EmbeddedError(
        f"De indbyggede servere svarede ikke inden for {patience:.0f} sekunder ({home.root}).",
        f"The embedded servers did not answer within {patience:.0f} seconds ({home.root}).",
        last_lines(home.log("keeper")),
    )


def _connect(home: Home, deadline: float) -> socket.socket:
    """Return a connection to the home's keeper, starting one if there is none.

    One client at a time does this, so that those who start together get one keeper.
    """
    with _turn(home, deadline):
        connection = _try_connect(home)
        while connection is None and _start_keeper(home, deadline):
            connection = _try_connect(home)
        if connection:
            return connection
    raise EmbeddedError(
        f"De indbyggede servere kan ikke startes. Loggen er {home.log('keeper')}:",
        f"The embedded servers can't be started. The log is {home.log('keeper')}:",
        last_lines(home.log("keeper")),
    )


@contextlib.contextmanager
def _turn(home: Home, deadline: float) -> Iterator[None]:
    lock = os.open(home.start_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    break  # the keeper's own lock still keeps it the only one
                time.sleep(0.01)
        yield
    finally:
        os.close(lock)


def _try_connect(home: Home) -> socket.socket | None:
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(os.fspath(home.keeper_socket))
    except (FileNotFoundError, ConnectionError):
        connection.close()
        return None
    except OSError as error:
        connection.close()
        if "too long" in str(error):  # a long home that has never had a keeper
            return None
        raise EmbeddedError(
            f"De indbyggede servere i {home.root} er en anden brugers: {error.strerror}.",
            f"The embedded servers in {home.root} are another user's: {error.strerror}.",
        ) from error
    return connection


def _start_keeper(home: Home, deadline: float) -> bool:
    """Start a keeper; return whether this home has one that listens.

    The keeper goes into the background by itself once it listens. It has a session of its own, and
    sees none of the caller's secrets.
    """
    project = Path(__file__).resolve().parents[2]
    log = os.open(home.log("keeper"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    with open(log, "wb") as output:
        try:
            started = subprocess.run(
                [sys.executable, "-m", "services.embedded.keeper", os.fspath(home.root)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "PYTHONPATH": os.fspath(project)},
                start_new_session=True,
                timeout=max(0.0, deadline - time.monotonic()),
                check=False,
            )
        except subprocess.TimeoutExpired:
            return False
    return started.returncode == 0
