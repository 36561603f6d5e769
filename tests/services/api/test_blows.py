"""Whatever is sent, and whatever is gone: a clear answer, never an error of ours."""

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.root import App
from services.store.municipality import Municipality
from services.store.server import Server
from services.tokens import Tokens
from tests.conftest import Clock
from tests.services.api.sending import BATCH, SOURCE, STRUCTURED, event, grant, send
from tests.services.api.serving import serving
from tests.soaking import runs

_PROJECT = Path(__file__).resolve().parents[3]
_KINDS = st.sampled_from([STRUCTURED, BATCH, "application/json", "text/plain", "é;charset=x"])
_HEADERS = st.dictionaries(
    st.sampled_from(["ce-id", "ce-source", "ce-type", "if-match", "idempotency-key"]),
    st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=20),
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
_NEARLY = st.builds(
    lambda name, value: json.dumps(event("ev-1") | {name: value}).encode(),
    st.sampled_from([*event("ev-1"), "sequence", "subjectsource", "correlationid"]),
    _JSON,
)
_BODIES = st.binary(max_size=200) | _NEARLY | _NEARLY.map(lambda raw: b"[" + raw + b"]")


@pytest.mark.soak
@settings(
    max_examples=runs(75, 7500),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(body=_BODIES, kind=_KINDS, headers=_HEADERS)
async def test_no_bytes_bring_an_error_of_ours(
    client: httpx.AsyncClient, body: bytes, kind: str, headers: dict[str, str]
) -> None:
    sent = {name.encode(): value.encode("latin-1") for name, value in headers.items()}
    sent[b"content-type"] = kind.encode("latin-1")
    for path in ("/v1/events", "/v1/courses/c-1/grants"):
        answer = await client.post(path, content=body, headers=sent)
        assert answer.status_code < 500, answer.text
        assert answer.json()


@pytest.mark.soak
@settings(
    max_examples=runs(30, 3000),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    path=st.text(max_size=30),
    values=st.lists(
        st.tuples(
            st.sampled_from(["as_of", "known_at", "municipality", "format", "source", "x"]),
            st.text(max_size=20) | st.datetimes().map(str) | st.dates().map(str),
        ),
        max_size=3,
    ),
)
async def test_no_question_brings_an_error_of_ours(
    client: httpx.AsyncClient, path: str, values: list[tuple[str, str]]
) -> None:
    for url in (f"/v1/courses/{quote(path, safe='')}", "/v1/supervision"):
        answer = await client.get(url, params=tuple(values))
        assert answer.status_code < 500, answer.text


async def test_a_database_without_connections_is_said_to_be_busy_and_told_again_later(
    client: httpx.AsyncClient, server: Server, tokens: Tokens, clock: Clock
) -> None:
    assert (await send(client, event("ev-1"))).status_code == 201
    _, other = tokens.create(municipality="0860", now=clock(), may_read=True)
    server.pool.close()
    unseen = {"authorization": f"Bearer {other}"}
    for answer in (
        await send(client, event("ev-2")),
        await client.get("/v1/caseload"),
        await client.get("/v1/caseload", headers=unseen),
        await client.get("/readyz"),
    ):
        assert answer.status_code == 503
        assert answer.headers["retry-after"]
        assert answer.json()["type"] == "/problems/busy"
    assert (await client.get("/healthz")).status_code == 200
    assert (await client.get("/metrics")).status_code == 200


async def test_a_fault_of_ours_is_told_without_what_was_sent(
    client: httpx.AsyncClient,
    municipality: Municipality,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with municipality.transaction() as cursor:
        cursor.execute(f"DROP TABLE {municipality.schema}.receipts")
    answer = await send(client, event("ev-77", subject="c-Testesen"))
    assert answer.status_code == 500
    assert answer.json()["type"] == "/problems/internal"
    told = answer.text + caplog.text + "".join(capsys.readouterr())
    assert "request-failed" in told
    assert "ev-77" not in told and "Testesen" not in told and "Traceback" not in told


@pytest.fixture
def running(app: App) -> Iterator[tuple[str, Path]]:
    """A process of its own that serves the interface: its address and its log."""
    with serving(app) as served:
        yield served.address, served.log


async def test_a_real_process_answers_large_and_broken_senders_and_ends_in_order(
    running: tuple[str, Path], secret: str
) -> None:
    address, log = running
    headers = {"authorization": f"Bearer {secret}", "content-type": STRUCTURED}
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=20) as client:
        assert (await send(client, event("ev-1"))).status_code == 201
        large = await send(client, event("ev-2", data={"note": "x" * 2_000_000}))
        assert large.status_code == 413
        assert (await send(client, event("ev-1"))).json()["status"] == "duplicate"
        many = await asyncio.gather(*(send(client, event("ev-3")) for _ in range(8)))
        assert sorted(answer.status_code for answer in many) == [200] * 7 + [201]
        decided = await client.post(
            "/v1/courses/c-1/grants?source=" + SOURCE,
            json=grant(),
            headers={"idempotency-key": "k-1", "if-match": "*", "content-type": "application/json"},
        )
        assert decided.status_code == 201
        assert (await client.get("/v1/courses/c-1?source=" + SOURCE)).status_code == 200
    with socket.create_connection(("127.0.0.1", httpx.URL(address).port or 0)) as half:
        half.sendall(b"POST /v1/events HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n{")
    deadline = time.monotonic() + 10  # a request is logged after its answer has gone
    while '"route": "/v1/courses/{id}"' not in (told := log.read_text()):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)
    for secretive in (secret, "sagssystem", "c-1", "ev-1", "Testesen", "Traceback"):
        assert secretive not in told
