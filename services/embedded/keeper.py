"""The process that owns the embedded servers of one home folder.

    python -m services.embedded.keeper HOME

It is started by the first client and serves all: each connects to its socket, sends one line
(which servers it needs) and gets one line back (their addresses, or why not). A connection counts
as a need for as long as it is open, so a client that is killed needs no more. When the last one
has gone, the servers are stopped and the keeper ends. When the keeper is killed, the kernel ends
its servers.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import selectors
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any, Protocol

from services.embedded.errors import EmbeddedError
from services.embedded.home import Home
from services.embedded.postgres import Postgres
from services.embedded.temporal import Temporal

_SECONDS_TO_FIRST_CLIENT = 10.0
_SECONDS_BETWEEN_LOOKS = 0.5
_SECONDS_BETWEEN_TRIES = 5.0


class Server(Protocol):
    """What the keeper asks of a server."""

    @property
    def address(self) -> str:
        """Where clients reach it."""

    @property
    def alive(self) -> bool:
        """Whether it runs."""

    def start(self) -> None:
        """Start it, and return when it answers; raise EmbeddedError if it can't."""

    def stop(self) -> None:
        """Stop it, if it runs."""


class Keeper:
    """The servers of one home, and the clients that need them."""

    def __init__(self, home: Home) -> None:
        self._known: dict[str, Server] = {"postgres": Postgres(home), "temporal": Temporal(home)}
        self._started: list[Server] = []
        self._not_before: dict[Server, float] = {}
        self._clients = 0
        self._looks = selectors.DefaultSelector()

    def serve(self, listener: socket.socket) -> None:
        """Serve clients until the last one has gone, or none has come in time."""
        self._looks.register(listener, selectors.EVENT_READ)
        patience = time.monotonic() + _SECONDS_TO_FIRST_CLIENT
        served = False
        while self._clients or (not served and time.monotonic() < patience):
            for key, _ in self._looks.select(_SECONDS_BETWEEN_LOOKS):
                if key.fileobj is listener:
                    client, _address = listener.accept()
                    self._looks.register(client, selectors.EVENT_READ)
                    self._clients += 1
                    served = True
                else:
                    assert isinstance(key.fileobj, socket.socket)
                    self._hear(key.fileobj)
            self._revive()

    def stop(self) -> None:
        """Stop what was started, the last first."""
        for server in reversed(self._known.values()):
            server.stop()

    def _hear(self, client: socket.socket) -> None:
        """Answer what a client asked, or note that it has gone."""
        try:
            asked = client.recv(4096)
        except ConnectionError:
            asked = b""
        if asked:
            answer = json.dumps(self._provide(json.loads(asked)["servers"]))
            with contextlib.suppress(OSError):
                client.sendall(answer.encode() + b"\n")
            return
        self._looks.unregister(client)
        self._clients -= 1
        if self._clients:
            client.close()
        else:  # left open, so that its end tells the last client when the servers are down
            self._farewell = client

    def _provide(self, names: list[str]) -> dict[str, Any]:
        """Start the servers that aren't up; return the addresses of all, or the error."""
        try:
            for server in (self._known[name] for name in names):
                if not server.alive:
                    server.start()
                if server not in self._started:
                    self._started.append(server)
        except EmbeddedError as error:
            return {"error": error.as_json()}
        except OSError as error:
            return {"error": EmbeddedError.from_os(error).as_json()}
        return {"ready": {name: self._known[name].address for name in names}}

    def _revive(self) -> None:
        """Start a server again that has ended by itself or was killed.

        One that can't be started now must take no other with it: it is tried again later.
        """
        for server in self._started if self._clients else ():
            if server.alive or time.monotonic() < self._not_before.get(server, 0.0):
                continue
            try:
                server.start()
            except (EmbeddedError, OSError) as error:
                sys.stderr.write(f"{error}\n")
                self._not_before[server] = time.monotonic() + _SECONDS_BETWEEN_TRIES


def _become_keeper(home: Home) -> int | None:
    """Return the held lock, or None as soon as another keeper serves this home."""
    lock = os.open(home.keeper_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return lock
        except BlockingIOError:  # one that serves, or one that is still stopping its servers
            with socket.socket(socket.AF_UNIX) as other, contextlib.suppress(OSError):
                other.connect(os.fspath(home.keeper_socket))
                return None
            time.sleep(0.05)


def _listen(home: Home) -> socket.socket:
    home.open_run()
    home.keeper_socket.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    os.umask(0o077)
    listener.bind(os.fspath(home.keeper_socket))
    listener.listen(64)
    return listener


def main(home: Home) -> int:
    """Keep the servers of `home` until nobody needs them; return the exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    home.open()
    lock = _become_keeper(home)
    if lock is None:
        return 0
    listener = _listen(home)
    if os.fork():  # who started us may connect now; the rest goes on in the background
        return 0
    keeper = Keeper(home)
    try:
        with listener:
            keeper.serve(listener)
    finally:
        home.keeper_socket.unlink(missing_ok=True)
        keeper.stop()
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(Home(Path(sys.argv[1]))))
    except EmbeddedError as stopped:
        sys.exit(str(stopped))
    except OSError as stopped:
        sys.exit(str(EmbeddedError.from_os(stopped)))
