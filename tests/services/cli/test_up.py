"""`roedtraad up` says that it runs once its interface takes connections, and not before."""

import socket
from threading import Event, Thread

from services.cli.run import answers

HERE = "127.0.0.1"


def test_it_waits_until_somebody_takes_connections() -> None:
    with socket.socket() as later:
        later.bind((HERE, 0))  # taken, and nobody listens yet
        port, waited = later.getsockname()[1], []

        def wait(seconds: float) -> bool:
            waited.append(seconds)
            later.listen()
            return False

        assert answers(HERE, port, wait)
        assert len(waited) == 1


def test_it_waits_no_longer_than_it_is_wanted() -> None:
    with socket.socket() as never:
        never.bind((HERE, 0))
        stop, found = Event(), list[bool]()
        port = never.getsockname()[1]
        waiting = Thread(target=lambda: found.append(answers(HERE, port, stop.wait)), daemon=True)
        waiting.start()
        stop.set()
        waiting.join(60)
        assert found == [False]
