"""A receiver of webhooks for the demo: it keeps the last ones, and shows them to a browser."""

import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

from services.store.municipality import Municipality
from services.webhooks.hook_table import FOLLOW_UP_KINDS, Form
from services.webhooks.hooks import Hooks

_KEPT = 50
_BACK = 50  # positions, so that there is something to see at once
_LABEL = "demo"
_LONGEST = 1024 * 1024  # bytes


@contextmanager
def shown_webhooks(store: Municipality) -> Iterator[str]:
    """A webhook with the municipality's follow-ups, and the address where they are seen.

    Both are there for as long as the block lasts.
    """
    hooks = Hooks(store)
    for left in hooks.all():  # by a demo that was killed
        if left.label == _LABEL:
            hooks.remove(left.id)
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.daemon_threads = True
        address = f"http://127.0.0.1:{server.server_port}/"
        after = max(0, store.head().position - _BACK)
        hook, secret = hooks.add(
            address, Form.FOLLOW_UPS, FOLLOW_UP_KINDS, after, _LABEL, datetime.now(UTC)
        )
        server.RequestHandlerClass = _handler(Webhook(secret))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield address
        finally:
            hooks.remove(hook.id)
            server.shutdown()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """The demo's window is for its tables."""

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json; charset=utf-8")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _handler(verifier: Webhook) -> type[_Handler]:
    """One that takes what is signed by that webhook's secret."""
    kept: deque[dict[str, Any]] = deque(maxlen=_KEPT)

    class Handler(_Handler):
        def do_POST(self) -> None:
            body = self.rfile.read(min(int(self.headers.get("content-length", 0)), _LONGEST))
            try:
                event = verifier.verify(body, dict(self.headers))
            except (WebhookVerificationError, ValueError):
                self._answer(401)
                return
            kept.appendleft({"webhook-id": self.headers["webhook-id"], "event": event})
            self._answer(204)

        def do_GET(self) -> None:
            self._answer(200, json.dumps(list(kept), ensure_ascii=False, indent=2).encode())

    return Handler
