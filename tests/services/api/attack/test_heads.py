"""Heads, chunks and trailers that are hardly HTTP: read in one way only, or refused."""

from typing import Any

import pytest

from tests.services.api.attack.conftest import Attacked
from tests.services.api.attack.wire import NAME, check_problem, chunked, head, sent
from tests.services.api.sending import BATCH, STRUCTURED

_SMUGGLED = b"GET /v1/caseload HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize("headers", [10_000, 1000])
def test_thousands_of_headers_are_too_many(attacked: Attacked, headers: int) -> None:
    more = {f"X_{n}": NAME * 10 for n in range(headers)}
    check_problem(attacked.get("/v1/caseload", **more), 431)


def test_a_header_of_a_megabyte_is_too_large(attacked: Attacked) -> None:
    check_problem(attacked.get("/v1/caseload", Accept="x" * 1_000_000), 431)
    check_problem(attacked.told(head(Authorization="x" * 1_000_000)), 431)
    check_problem(attacked.get("/v1/caseload?" + "x" * 1_000_000), 431)
    check_problem(attacked.get("/" + "x" * 1_000_000), 431)


def test_trailers_without_end_are_cut_off(attacked: Attacked) -> None:
    begun = attacked.head(Content_Type=BATCH, Transfer_Encoding="chunked") + b"2\r\n[]\r\n0\r\n"
    before = attacked.rss()
    check_problem(attacked.told(begun, [b"X: " + b"x" * 60_000 + b"\r\n"] * 2000), 431)
    check_problem(attacked.told(begun + b"X: ", [b"x" * 60_000] * 2000), 431)
    assert attacked.rss() - before < 50


def test_a_trailer_is_no_header(attacked: Attacked) -> None:
    kind: dict[str, Any] = {"Content_Type": "application/json", "Transfer_Encoding": "chunked"}
    body = b"".join(chunked([sent("ev-trailer")]))[:-2]
    trailer = b"ce-id: x\r\ncontent-encoding: gzip\r\nauthorization: Bearer x\r\n\r\n"
    answer = attacked.told(attacked.head(**kind) + body + trailer)
    assert answer is not None and answer.status == 201, answer
    anonymous = head(**kind) + body + f"Authorization: Bearer {attacked.secret}\r\n\r\n".encode()
    check_problem(attacked.told(anonymous), 401)


@pytest.mark.parametrize(
    "lines",
    [
        "Content-Length: 4\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 4",
        "Content-Length: 4\r\nContent-Length: 5",
        "Content-Length: 4, 5",
        "Content-Length: -1",
        "Content-Length: +4",
        "Content-Length: 0x4",
        "Content-Length: 4 4",
        "Content-Length: ",
        f"Content-Length: {'9' * 40}",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "Transfer-Encoding: chunked, gzip",
        "Transfer-Encoding : chunked",
        "Content-Length : 4",
        "Transfer-Encoding\x0b: chunked",
        "X: y\nTransfer-Encoding: chunked",
        "X: y\rTransfer-Encoding: chunked",
        " Transfer-Encoding: chunked",
        "X: a\0b",
        "no colon",
        ": no name",
    ],
)
def test_a_head_that_two_readers_could_read_differently_is_refused_and_hung_up_on(
    attacked: Attacked, lines: str
) -> None:
    begun = attacked.head(Content_Type=BATCH)[:-2] + lines.encode() + b"\r\n\r\n"
    with attacked.connect() as connection:
        connection.send(begun + b"4\r\n[{}]\r\n0\r\n\r\n" + _SMUGGLED)
        check_problem(connection.answer(), 400)
        assert connection.answer() is None


@pytest.mark.parametrize(
    "body",
    [
        b"x\r\n",
        b"-1\r\n",
        b"0x2\r\n[]\r\n0\r\n\r\n",
        b"ffffffffffffffffff\r\n[]",
        b"2\r\n[]]]\r\n0\r\n\r\n",
        b"2;\n[]\r\n0\r\n\r\n",
        b"\r\n\r\n",
        b"2\n[]\n0\n\n",
        b" 2\r\n[]\r\n0\r\n\r\n",
    ],
)
def test_chunks_that_are_none_are_refused_and_hung_up_on(attacked: Attacked, body: bytes) -> None:
    begun = attacked.head(Content_Type=BATCH, Transfer_Encoding="chunked")
    with attacked.connect() as connection:
        connection.send(begun + body + _SMUGGLED)
        check_problem(connection.answer(), 400)
        assert connection.answer() is None


def test_chunks_of_one_byte_each_with_long_extensions_are_read_as_what_they_hold(
    attacked: Attacked,
) -> None:
    begun = attacked.head(Content_Type=STRUCTURED, Transfer_Encoding="chunked")
    chunks = (b"1;" + b"x" * 1000 + b"\r\n%c\r\n" % byte for byte in sent("ev-chunks"))
    answer = attacked.told(begun, [*chunks, b"0\r\n\r\n"])
    assert answer is not None and answer.status == 201, answer


@pytest.mark.parametrize(
    "line",
    [
        b"GET /healthz HTTP/9.9",
        b"GET /healthz HTTP/1.1 HTTP/1.1",
        b"get /healthz HTTP/1.1",
        b"TESTESEN /healthz HTTP/1.1",
        b"GET healthz HTTP/1.1",
        b"GET  HTTP/1.1",
        b"GET * HTTP/1.1",
        b"OPTIONS * HTTP/1.1",
        b"CONNECT example.com:443 HTTP/1.1",
        b"GET /h\xc3\xa6 HTTP/1.1",
        b"GET /\0 HTTP/1.1",
        b"PRI * HTTP/2.0",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\0" * 1000,
        b"\xff" * 1000,
    ],
)
def test_a_first_line_that_is_none_is_a_problem_document_too(
    attacked: Attacked, line: bytes
) -> None:
    with attacked.connect() as connection:
        connection.send(line + b"\r\nHost: x\r\n\r\n")
        check_problem(connection.answer(), 400, 404, 405)
