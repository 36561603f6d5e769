"""A receiver of webhooks that keeps what it got, and answers as it is told to."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic, sleep
from typing import Any

from standardwebhooks import Webhook

Reply = tuple[int, dict[str, str]]
TAKEN: Reply = (204, {})


@dataclass(frozen=True)
class Letter:
    """One request."""

    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        """What it tells."""
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def id(self) -> str:
        """Its webhook-id."""
        return self.headers["webhook-id"]

    def verified(self, secret: str) -> dict[str, Any]:
        """The same, after the official library has found the signature right."""
        found: dict[str, Any] = Webhook(secret).verify(self.body, self.headers)
        return found


@dataclass
class Receiver:
    """What came, in order; `reply` says how each is answered."""

    letters: list[Letter] = field(default_factory=list)
    reply: Callable[[Letter], Reply] = lambda _: TAKEN
    port: int = 0

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}/hooks/hemmelig"

    @property
    def ids(self) -> list[str]:
        """Which events came, by their senders' ids, as often as they came."""
        return [letter.event["id"] for letter in self.letters]

    def until(self, count: int, patience: float = 40.0) -> list[Letter]:
        """Wait for so many."""
        deadline = monotonic() + patience
        while len(self.letters) < count:
            assert monotonic() < deadline, f"only {self.ids}"
            sleep(0.02)
        return self.letters


@contextmanager
def receiving() -> Iterator[Receiver]:
    """One that listens on this machine."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            letter = Letter({name.lower(): value for name, value in self.headers.items()}, body)
            status, headers = receiver.reply(letter)
            receiver.letters.append(letter)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        receiver.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield receiver
        server.shutdown()
        thread.join()
