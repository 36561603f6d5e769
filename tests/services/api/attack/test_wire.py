"""Requests that are hardly HTTP: each has an end, an answer, and no effect beyond its own."""

import json
import socket
from typing import Any

import pytest

from services.api.guard import LARGEST_HEADERS
from tests.services.api.attack.conftest import Attacked
from tests.services.api.attack.wire import NAME, check_problem, chunked, head
from tests.services.api.sending import BATCH, CASEWORKER, STRUCTURED, event

_SMUGGLED = b"GET /v1/caseload HTTP/1.1\r\nHost: x\r\n\r\n"


def sent(id_: str) -> bytes:
    return json.dumps(event(id_)).encode()


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


def test_http_1_0_is_answered_and_hung_up_on(attacked: Attacked) -> None:
    with attacked.connect() as connection:
        connection.send(b"GET /healthz HTTP/1.0\r\n\r\n")
        answer = connection.answer()
        assert answer is not None and answer.status == 200
        assert connection.answer() is None
    body = sent("ev-1.0")
    kind: dict[str, Any] = {"Content_Type": STRUCTURED, "Content_Length": len(body)}
    answer = attacked.told(attacked.head(version="1.0", **kind), body)
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


@pytest.mark.parametrize("method", ["HEAD", "TRACE", "OPTIONS", "DELETE", "PUT", "PROPFIND"])
def test_a_method_that_is_not_ours_is_refused_with_those_that_are(
    attacked: Attacked, method: str
) -> None:
    with attacked.connect() as connection:
        connection.send(attacked.head(method, Connection="close"))
        if method == "HEAD":
            assert connection.head_answer().status == 405
        else:
            answer = connection.answer()
            check_problem(answer, 405)
            assert answer is not None and answer.headers["allow"] == "POST"


def test_an_absolute_address_is_answered_for_its_path_whatever_its_host(
    attacked: Attacked,
) -> None:
    for host in ("http://x", "http://evil.example:99", "https://user:pass@x"):
        answer = attacked.get(f"{host}/v1/views")
        assert answer is not None and answer.status == 200, answer


@pytest.mark.parametrize("host", [None, "", "a, b", "évil", "x" * 1000, "x\r\nHost: y"])
def test_the_host_that_is_named_makes_no_difference(attacked: Attacked, host: str | None) -> None:
    lines = b"" if host is None else b"Host: " + host.encode() + b"\r\n"
    begun = b"GET /healthz HTTP/1.1\r\n" + lines + b"Connection: close\r\n\r\n"
    answer = attacked.told(begun)
    assert answer is not None and answer.status in (200, 400), answer
    if answer.status == 400:
        check_problem(answer, 400)


@pytest.mark.parametrize(
    "id_",
    [
        *("%00", "%ff", "..%2f..%2fetc%2fpasswd", "../../etc/passwd", "%2e%2e", "%", "%zz"),
        *("%25%30%30", "%ED%A0%80", "%F0%9F%99%82", "a" * 10_000, "%2F", "", "//", "%5c", ";"),
        *("%0d%0aX:%20y", "Testesen", "010190-1234", "next", "null", "'%20OR%201=1--"),
        *("c-1%23", "c-1%3fas_of=x"),
    ],
)
def test_an_id_in_a_path_is_unknown_whatever_stands_in_it(attacked: Attacked, id_: str) -> None:
    for path in ("/v1/courses/{}", "/v1/courses/{}/next", "/v1/views/{}", "/v1/views/{}/explain"):
        check_problem(attacked.get(path.format(id_)), 404, 405, 422)
    for path in ("/v1/schemas/{}", "/docs/{}"):
        check_problem(attacked.get(path.format(id_)), 404)
    body = json.dumps({"actor": CASEWORKER}).encode()
    command = {"Idempotency_Key": "k-1", "If_Match": "*"}
    for path in ("/v1/courses/{}/grants", "/v1/follow-ups/{}/snooze"):
        answer = attacked.post(body, "application/json", path.format(id_), **command)
        check_problem(answer, 404, 405)


@pytest.mark.parametrize(
    "query",
    [
        "as_of=%ff",
        "as_of=\xff\xfe",
        "as_of=%00",
        "as_of=%ED%A0%80",
        "as_of=2026-01-12T24:00:00Z",
        "as_of=9999-12-31T23:59:60Z",
        "as_of=0000-00-00",
        "as_of=10000-01-01",
        "as_of=2026-01-01T00:00:00.0000000001Z&as_of=x",
        "municipality=%00",
        "municipality=%F0%9F%99%82",
        "limit=1e400",
        "limit=" + "9" * 10_000,
        "after=" + "9" * 4000,
        "after=-0.5",
        "cursor=%00",
        "cursor=" + "A" * 9000,
        "where=%00",
        "where=%3D%3D%3D",
        "where=mentors%3D" + "9" * 5000,
        "where=mentors%3E%3D%ff",
        "by=%00",
        "course=%00",
        "from=%00&to=%ff",
        "from=0001-01-01&to=9999-12-31",
        "Testesen=010190-1234",
        "%00=%00",
        "=",
        "&".join(["where=a%3Db"] * 2500),
        "&".join(f"p{n}=1" for n in range(3000)),
        "x[" * 5000,
    ],
)
def test_a_query_that_is_none_is_refused_by_the_parameters_name(
    attacked: Attacked, query: str
) -> None:
    assert len(query) < LARGEST_HEADERS
    check_problem(attacked.get(f"/v1/caseload?{query}"), 400, 404)


@pytest.mark.parametrize(
    "header",
    [
        {"Authorization": "Bearer \xff\xfe"},
        {"Authorization": "Bearer " + "a.b.c"},
        {"Authorization": "Bearer " + "e30." * 2},
        {"Authorization": "Bearer " + "x" * 30_000},
        {"Authorization": "Basic dGVzdA=="},
        {"Authorization": "Bearer"},
        {"Authorization": "\x7f"},
    ],
)
def test_whatever_is_shown_as_a_token_is_none(attacked: Attacked, header: dict[str, str]) -> None:
    answer = attacked.told(head("GET", "/v1/caseload", **header))
    check_problem(answer, 400, 401, 429)


@pytest.mark.parametrize("language", ["en;q=nan", "en;q=1e999", "en;q=-1", "\xff", ",;q=," * 5000])
def test_the_language_that_is_asked_for_may_be_any(attacked: Attacked, language: str) -> None:
    check_problem(attacked.get("/v1/nothing", Accept_Language=language), 404)


@pytest.mark.parametrize("name", ["If_Match", "Idempotency_Key"])
@pytest.mark.parametrize("value", ["\xff", "", '"' + "9" * 5000 + '"', "010190-1234"])
def test_a_commands_headers_are_named_when_they_are_nonsense(
    attacked: Attacked, name: str, value: str
) -> None:
    headers = {"Idempotency_Key": "k-1", "If_Match": "*"} | {name: value}
    answer = attacked.post(b"{}", "application/json", "/v1/courses/c-1/grants", **headers)
    [error] = check_problem(answer, 400)["errors"]
    assert error["pointer"] == "/" + name.lower().replace("_", "-")


def test_who_is_told_to_continue_and_does_not_is_answered_for_what_came(
    attacked: Attacked,
) -> None:
    kind: dict[str, Any] = {"Content_Type": STRUCTURED, "Expect": "100-continue"}
    check_problem(attacked.told(attacked.head(**kind, Content_Length=0)), 400)
    check_problem(attacked.told(attacked.head(**kind, Content_Length=10**9)), 413)
    body = sent("ev-continue")
    with attacked.connect() as connection:
        connection.send(attacked.head(**kind, Content_Length=len(body)))
        connection.send(body)
        answer = connection.answer()
    assert answer is not None and answer.status == 201, answer
    with attacked.connect() as connection:
        connection.send(attacked.head(**kind, Content_Length=len(body)))  # and is gone
    check_problem(attacked.told(attacked.head(Expect="Testesen", Content_Length=0)), 415, 417)


def test_requests_sent_at_once_on_one_connection_are_answered_in_their_order(
    attacked: Attacked,
) -> None:
    kinds = [("/healthz", 200), ("/v1/nothing", 404), ("/v1/caseload", 200)] * 100
    with attacked.connect() as connection:
        connection.send([attacked.head("GET", path) for path, _ in kinds])
        for path, status in kinds:
            answer = connection.answer()
            assert answer is not None and answer.status == status, path
    bodies = [sent(f"ev-pipe-{n}") for n in range(20)]
    with attacked.connect() as connection:
        for body in bodies:
            kind: dict[str, Any] = {"Content_Type": STRUCTURED, "Content_Length": len(body)}
            connection.send(attacked.head(**kind) + body)
        receipts = [answer.json() for _ in bodies if (answer := connection.answer())]
    assert [each["id"] for each in receipts] == [f"ev-pipe-{n}" for n in range(20)]


def test_nonsense_after_a_request_hangs_up_and_the_request_has_its_effect_once(
    attacked: Attacked,
) -> None:
    body = sent("ev-then-nonsense")
    kind: dict[str, Any] = {"Content_Type": STRUCTURED, "Content_Length": len(body)}
    with attacked.connect() as connection:
        connection.send(attacked.head(**kind) + body + b"\0\0 nonsense Testesen\r\n\r\n")
        while connection.answer() is not None:
            pass
    answer = attacked.post(body)
    assert answer is not None and answer.status in (200, 201), answer


def test_who_closes_their_half_is_stored_once_and_told_so_when_they_ask_again(
    attacked: Attacked,
) -> None:
    body = sent("ev-half")
    kind: dict[str, Any] = {"Content_Type": STRUCTURED, "Content_Length": len(body)}
    with attacked.connect() as connection:
        connection.send(attacked.head(**kind) + body)
        connection.half_close()
        answer = connection.answer()
        assert answer is None or answer.status == 201
    with attacked.connect() as connection:
        connection.send(attacked.head(**kind) + body[:10])
        connection.half_close()
        connection.answer()
    again = attacked.post(body)
    assert again is not None and again.status in (200, 201), again


@pytest.mark.parametrize("upgrade", ["h2c", "websocket", "TLS/1.0"])
def test_another_protocol_is_not_taken_up_and_the_connection_goes_on(
    attacked: Attacked, upgrade: str
) -> None:
    """Java's own client asks for h2c with its first request."""
    asked = {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": upgrade, "HTTP2_Settings": "AAMA"}
    with attacked.connect() as connection:
        for n in range(3):
            body = sent(f"ev-{upgrade[:3]}-{n}")
            kind: dict[str, Any] = {"Content_Type": STRUCTURED, "Content_Length": len(body)}
            connection.send(attacked.head(**kind, **asked))
            connection.send(body)
            answer = connection.answer()
            assert answer is not None and answer.status == 201, answer
            connection.send(attacked.head("GET", "/v1/views", **asked))
            answer = connection.answer()
            assert answer is not None and answer.status == 200, answer


def test_five_hundred_idle_and_a_hundred_slow_connections_keep_nobody_waiting(
    attacked: Attacked,
) -> None:
    held: list[socket.socket] = []
    try:
        for n in range(600):
            held.append(one := socket.create_connection(("127.0.0.1", attacked.served.port)))
            if n >= 500:
                one.sendall(attacked.head(Content_Length=100)[: 20 + n])
        answer = attacked.post(sent("ev-beside-idle"))
        assert answer is not None and answer.status == 201, answer
        answer = attacked.get("/readyz")
        assert answer is not None and answer.status == 200
    finally:
        for one in held:
            one.close()
