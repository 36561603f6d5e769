"""Connections that are used as few use them: each request has its own answer and effect."""

import socket
from typing import Any

import pytest

from tests.services.api.attack.conftest import Attacked
from tests.services.api.attack.wire import check_problem, sent
from tests.services.api.sending import STRUCTURED


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
