"""Requests written byte by byte, as no client library would, and what is answered to them."""

import json
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from email.parser import BytesParser
from typing import Any, BinaryIO, Self

from tests.services.api.sending import event

NAME = "Test Testesen"
PERSONAL = ("Testesen", "010190")
"""Stand in whatever is sent; they may be neither answered nor logged."""


@dataclass(frozen=True)
class Answer:
    """One response. The names of its headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """What it holds."""
        return json.loads(self.body)


class Connection:
    """One connection, to be written to and read from by hand."""

    def __init__(self, port: int, patience: float = 60) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=patience)
        self._answers: BinaryIO = self._socket.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._answers.close()
        self._socket.close()

    def send(self, parts: bytes | Iterable[bytes]) -> None:
        """Write it all, unless the other end hangs up meanwhile: it has answered by then."""
        try:
            for part in [parts] if isinstance(parts, bytes) else parts:
                self._socket.sendall(part)
        except ConnectionError:
            return

    def half_close(self) -> None:
        """Say that nothing more will be sent."""
        self._socket.shutdown(socket.SHUT_WR)

    def answer(self) -> Answer | None:
        """The next answer, but for 100 Continue; None where the other end has hung up."""
        try:
            line = self._answers.readline()
            if not line:
                return None
            status = int(line.split()[1])
            fields = b"".join(iter(self._answers.readline, b"\r\n"))
        except ConnectionError:
            return None
        if status == 100:
            return self.answer()
        headers = {k.lower(): v for k, v in BytesParser().parsebytes(fields).items()}
        return Answer(status, headers, self._body(headers))

    def head_answer(self) -> Answer:
        """The answer to HEAD, which has no body; the connection ends with it."""
        status, _, fields = self._answers.read().partition(b"\r\n")
        assert fields.endswith(b"\r\n\r\n")
        headers = {k.lower(): v for k, v in BytesParser().parsebytes(fields).items()}
        return Answer(int(status.split()[1]), headers, b"")

    def _body(self, headers: dict[str, str]) -> bytes:
        if "content-length" in headers:
            return self._answers.read(int(headers["content-length"]))
        whole = b""
        while size := int(self._answers.readline(), 16):
            whole += self._answers.read(size)
            self._answers.readline()
        self._answers.readline()
        return whole


def head(
    method: str = "POST", path: str = "/v1/events", *, version: str = "1.1", **headers: Any
) -> bytes:
    """The head of a request; in the names of its headers `_` stands for `-`."""
    lines = [f"{method} {path} HTTP/{version}", "Host: x"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def chunked(parts: Iterable[bytes]) -> Iterable[bytes]:
    """A body in chunks, and its end."""
    for part in parts:
        yield f"{len(part):x}\r\n".encode() + part + b"\r\n"
    yield b"0\r\n\r\n"


def sent(id_: str) -> bytes:
    """An event of that id."""
    return json.dumps(event(id_)).encode()


def check_problem(answer: Answer | None, *statuses: int) -> dict[str, Any]:
    """A problem document with one of these statuses that repeats nothing personal."""
    assert answer is not None, "hung up without an answer"
    assert answer.status in statuses, answer
    assert answer.headers["content-type"] == "application/problem+json", answer
    found: dict[str, Any] = answer.json()
    assert found["status"] == answer.status
    assert found["type"].startswith("/problems/") and found["title"] and found["detail"]
    assert all(set(error) == {"pointer", "code", "detail"} for error in found.get("errors", []))
    text = answer.body.decode()
    assert not any(name in text for name in (*PERSONAL, "Traceback", "Error("))
    return found
