"""An application that answers over real HTTP while a test runs."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

_SECONDS = 20


@contextmanager
def served(app: ASGIApp) -> Iterator[int]:
    """The port at which it answers. Whoever leaves a connection open is hung up on at the end."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        # A thread that doesn't end mustn't keep the whole run from ending.
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
        thread.start()
        until = time.monotonic() + _SECONDS
        while not server.started:
            assert thread.is_alive() and time.monotonic() < until, "it doesn't come up"
            time.sleep(0.01)
        try:
            yield bound.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(_SECONDS)
            assert not thread.is_alive(), "it doesn't end"
