"""Asking over HTTP for so long at most: whoever sends a byte now and then is hung up on in the end.

A socket's own time runs between two things that are heard, and begins anew with each byte.
"""

import contextlib
import socket
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from threading import Lock, Timer
from types import TracebackType
from typing import Any, Self
from urllib.request import BaseHandler, HTTPHandler, HTTPSHandler, Request


class HangingUp:
    """Hangs up all connections of its handlers that are there when the seconds are over."""

    def __init__(self, seconds: float) -> None:
        self._timer = Timer(seconds, self._hang_up)
        self._timer.daemon = True
        self._lock = Lock()
        self._is_over = False
        self._held: list[socket.socket] = []

    def __enter__(self) -> Self:
        """From now on."""
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """It was answered."""
        self._timer.cancel()
        with self._lock:
            self._is_over = True
            for held in self._held:
                held.close()

    def handlers(self) -> list[BaseHandler]:
        """What an opener asks by."""
        return [_Http(self), _Https(self)]

    def connect(self, *asked: Any) -> socket.socket:
        """As `socket.create_connection`."""
        sock = socket.create_connection(*asked)
        with self._lock:
            if self._is_over:
                sock.close()
                raise TimeoutError
            # TLS takes the socket itself away, so another handle to the connection is held.
            self._held.append(sock.dup())
        return sock

    def _hang_up(self) -> None:
        with self._lock:
            self._is_over = True
            for held in self._held:
                with contextlib.suppress(OSError):
                    held.shutdown(socket.SHUT_RDWR)


class _Http(HTTPHandler):
    def __init__(self, hanging_up: HangingUp) -> None:
        super().__init__()
        self._hanging_up = hanging_up

    def http_open(self, req: Request) -> HTTPResponse:
        def opened(host: str, **more: Any) -> HTTPConnection:
            made = HTTPConnection(host, **more)
            made._create_connection = self._hanging_up.connect  # type: ignore[attr-defined]
            return made

        return self.do_open(opened, req)


class _Https(HTTPSHandler):
    def __init__(self, hanging_up: HangingUp) -> None:
        super().__init__()
        self._hanging_up = hanging_up

    def https_open(self, req: Request) -> HTTPResponse:
        def opened(host: str, **more: Any) -> HTTPSConnection:
            made = HTTPSConnection(host, **more)
            made._create_connection = self._hanging_up.connect  # type: ignore[attr-defined]
            return made

        return self.do_open(opened, req)
