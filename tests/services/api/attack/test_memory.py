"""What a process holds at most, whatever is sent to it."""

import gzip
import json
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.services.api.attack.conftest import Attacked, attacking
from tests.services.api.attack.wire import NAME, Answer, check_problem, chunked
from tests.services.api.sending import BATCH, event
from tests.soaking import SOAK

_MOST = 50  # MB
_CLIENTS = 4
_PART = 1 if SOAK else 8  # of the largest that a batch may be


def _batches() -> list[bytes]:
    """Each as large as a batch may be, in bytes or in events (or a part of it), and all wrong."""
    fields = b",".join(b'"f%d":1' % n for n in range(150))
    note = json.dumps(event("ev-large", data={"note": NAME * 8000})).encode()
    deep = b'{"a":' * 700 + b"1" + b"}" * 700
    texts = [b"{}", b'{"data":{' + fields + b"}}", note, deep]
    most = [min(10_000, 16_000_000 // (len(text) + 1)) // _PART for text in texts]
    return [
        *(b"[" + b",".join([text] * n) + b"]" for text, n in zip(texts, most, strict=True)),
        b"[" * (16_000_000 // _PART),
        b"[" + b"1" * (16_000_000 // _PART) + b"]",
        b'["' + b"\\u0000" * (2_600_000 // _PART) + b'"]',
        b"[" + b"{}," * (5_000_000 // _PART) + b"{}]",
    ]


def _heavy(attacked: Attacked) -> None:
    """All that is large, from several clients at once."""
    bomb = gzip.compress(b" " * 100_000_000, compresslevel=1)
    kind = {"Content_Type": BATCH, "Transfer_Encoding": "chunked"}
    endless = [b"x" * 1_000_000] * (100 // _PART + 17)

    def batch(body: bytes) -> Answer | None:
        return attacked.post(body, BATCH)

    with ThreadPoolExecutor(_CLIENTS) as clients:
        for answer in clients.map(batch, _batches()):
            assert answer is not None and answer.status in (207, 400, 413), answer
        list(clients.map(batch, [bomb] * _CLIENTS))
        sent = [chunked(endless) for _ in range(_CLIENTS)]
        for answer in clients.map(lambda p: attacked.told(attacked.head(**kind), p), sent):
            check_problem(answer, 413)
    heads = [attacked.head()[:-2] + b"X: " + b"x" * 60_000 for _ in range(200)]
    held = [socket.create_connection(("127.0.0.1", attacked.served.port)) for _ in heads]
    for one, head in zip(held, heads, strict=True):
        one.sendall(head)
    for one in held:
        one.close()


@pytest.mark.soak
def test_memory_never_grows_by_fifty_megabytes_from_a_cold_start_by_all_that_is_large(
    postgres: str,
) -> None:
    with attacking(postgres) as attacked:
        attacked.check_well()
        cold = attacked.rss()
        for _ in range(3 if SOAK else 1):
            _heavy(attacked)
        grown, most = attacked.rss() - cold, attacked.peak() - cold
        attacked.check_well()
    assert grown < _MOST
    assert most < _MOST
