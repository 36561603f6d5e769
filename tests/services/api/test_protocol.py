"""What comes before a request has an end: heads without one, and senders who never finish one."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from services.api import protocol

_WHOLE = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"


async def _greeting(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture
async def port(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    """A server that waits for half a second, not twenty."""
    monkeypatch.setattr(protocol, "SECONDS", 0.5)
    config = uvicorn.Config(
        _greeting,
        http=protocol.BoundedProtocol,
        lifespan="off",
        log_config=None,
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        running = asyncio.create_task(server.serve(sockets=[listening]))
        yield listening.getsockname()[1]
        server.should_exit = True
        await running


async def answered(port: int, *parts: bytes) -> bytes:
    """All that is answered to what is sent, until the server hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    async with asyncio.timeout(20):
        try:
            for part in parts:
                writer.write(part)
                await writer.drain()
            return await reader.read()
        except ConnectionError:
            return b"cut"
        finally:
            writer.close()


@pytest.mark.parametrize("more", [b"x" * 1000, b"x-1: 1\r\n" * 100])
async def test_a_head_that_does_not_end_is_cut_off(port: int, more: bytes) -> None:
    begun = b"GET / HTTP/1.1\r\nhost: x\r\nx-0: "
    told = await answered(port, begun, *[more] * 100_000)
    assert told == b"cut" or told.startswith(b"HTTP/1.1 431 ")


async def test_a_head_that_is_too_large_gets_a_problem_document(port: int) -> None:
    told = await answered(port, b"GET / HTTP/1.1\r\nx: " + b"x" * (protocol.LARGEST_HEAD + 1))
    assert told.startswith(b"HTTP/1.1 431 ")
    assert b"application/problem+json" in told and b'"limit":' in told


@pytest.mark.parametrize("begun", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nhost:"])
async def test_whoever_does_not_finish_a_head_is_not_waited_for(port: int, begun: bytes) -> None:
    assert (await answered(port, begun)).startswith(b"HTTP/1.1 408 ")


async def test_a_second_head_is_not_waited_for_either_and_the_first_is_answered(port: int) -> None:
    told = await answered(port, _WHOLE + b"GET /")
    assert told.startswith(b"HTTP/1.1 204 ") and b"HTTP/1.1 408 " in told


async def test_a_connection_rests_between_requests(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(2):
        writer.write(_WHOLE)
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 204 ")
        await asyncio.sleep(0.7)
    writer.close()
