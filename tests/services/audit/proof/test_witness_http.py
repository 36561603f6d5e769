"""A witness over real HTTP: what was set back or forked is refused there too, and nobody who sends
much or slowly is waited for."""

import random
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request as HttpRequest
from urllib.request import urlopen

import pytest

from services.audit.proof import witnessing
from services.audit.proof.tree import leaf_hash, of_leaves, root
from services.audit.proof.witness import Request, Witness
from services.audit.proof.witnessing import witness_app
from tests.services.audit.proof.logged import LOG, Logged, leaves
from tests.services.audit.proof.serving import served


class Asked:
    """A witness that follows the log, where it listens, and what it was alarmed by."""

    def __init__(self, folder: Path) -> None:
        self.one = Witness(folder)
        self.one.begin("witness.example/w1")
        self.one.trust(LOG.verifier)
        self.alarms: list[str] = []
        self.port = 0

    def ask(self, body: Request | bytes) -> int:
        """The status of the answer."""
        raw = body if isinstance(body, bytes) else str(body).encode()
        url = f"http://127.0.0.1:{self.port}/add-checkpoint"
        try:
            with urlopen(HttpRequest(url, raw, method="POST"), timeout=10) as answer:
                return int(answer.status)
        except HTTPError as error:
            return error.code


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Asked]:
    """One that listens."""
    witness = Asked(tmp_path / "witness")
    with served(witness_app(witness.one, witness.alarms.append)) as witness.port:
        yield witness


def test_a_hundred_logs_that_were_set_back_or_forked_are_refused(asked: Asked) -> None:
    honest = leaves(60)
    assert asked.ask(Logged(honest).request(0)) == 200
    for seed in range(100):
        dice = random.Random(seed)
        changed = dice.randrange(60)
        forked = [*honest[:changed], leaf_hash(b"another"), *honest[changed + 1 :]]
        more = leaves(dice.randint(1, 40), "more")
        wrong = (
            Logged(honest).request(0, dice.randrange(1, 60)),
            Logged(forked).request(60),
            Logged([*forked, *more]).request(60),
        )[seed % 3]
        assert asked.ask(wrong) == (422 if seed % 3 == 2 else 409), seed
        assert len(asked.alarms) == seed + 1
    last = asked.one.last(LOG.name)
    assert last and (last.size, last.root) == (60, root(60, of_leaves(honest)))
    assert asked.ask(Logged([*honest, *leaves(5, "more")]).request(60)) == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"\xff\xfe", 400),
        (b"old 0\n\n", 403),
        (b"old 0\n" + b"A" * 43 + b"=\n\nnote", 403),
        (b"x" * (1 << 17), 413),
    ],
)
def test_what_isnt_a_request_is_refused(asked: Asked, body: bytes, status: int) -> None:
    assert asked.ask(body) == status
    assert asked.alarms == []


def test_who_sends_slowly_isnt_waited_for(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(witnessing, "_SECONDS", 0.2)
    with socket.create_connection(("127.0.0.1", asked.port), timeout=10) as slow:
        slow.sendall(b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 500\r\n\r\nold")
        assert slow.recv(100).startswith(b"HTTP/1.1 408 ")
    assert asked.ask(Logged(leaves(3)).request(0)) == 200
