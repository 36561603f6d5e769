"""One receiver, and the requests to it: signed (Standard Webhooks), without following anywhere.

A connection is kept for what comes next. Nothing that a receiver says is kept but its status.
"""

import contextlib
import hashlib
import math
import socket
import ssl
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import NamedTuple
from uuid import UUID

import structlog
from standardwebhooks import Webhook as Signer

from services.webhooks.addresses import ForbiddenAddressError, Network, Target, looked_up

CONTENT_TYPE = "application/cloudevents+json"
_SECONDS = 10.0  # to connect, and between two things that are heard
_MOST_ADDRESSES = 4  # of one host that are tried
_LONGEST = 64 * 1024  # bytes of an answer that are read so that the connection can be kept
_LONGEST_PAUSE = 86_400.0  # seconds that a receiver may ask us to wait

log = structlog.get_logger()


class Answer(NamedTuple):
    """What a receiver said: its status, or in one word why it said nothing.

    `pause` is how many seconds it asks us to wait (`Retry-After`).
    """

    status: int | None = None
    trouble: str = ""
    pause: float = 0.0

    @property
    def is_taken(self) -> bool:
        """Whether it has it."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """Whether nothing should be sent there any more."""
        return self.status == 410

    @property
    def is_refused(self) -> bool:
        """Whether it doesn't want this: later it won't either."""
        return self.status is not None and 300 <= self.status < 500 and self.status not in _LATER

    @property
    def told(self) -> str:
        """For whoever looks: `200`, `timeout`, `not-public` …"""
        return self.trouble or str(self.status)


_LATER = (408, 425, 429)


def message_id(webhook: UUID, source: str, id_: str) -> str:
    """The webhook-id of an event to one receiver: the same however often it is sent."""
    told = "\x1f".join((str(webhook), source, id_))
    return f"msg_{hashlib.sha256(told.encode()).hexdigest()[:32]}"


def signed(secrets: Sequence[str], id_: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers of a request, by https://www.standardwebhooks.com: a signature by each secret."""
    text = body.decode()
    return {
        "content-type": CONTENT_TYPE,
        "user-agent": "roedtraad-webhooks/1",
        "webhook-id": id_,
        "webhook-timestamp": str(math.floor(at.timestamp())),
        "webhook-signature": " ".join(Signer(one).sign(id_, at, text) for one in secrets),
    }


class Receiver:
    """Sends to one address. `abandon` may be called from another thread."""

    def __init__(self, target: Target, allowed: Iterable[Network]) -> None:
        self._target = target
        self._connection = _Connection(target, tuple(allowed))

    def post(self, headers: dict[str, str], body: bytes) -> Answer:
        """Send it; never raises."""
        is_new = self._connection.sock is None
        try:
            return self._posted(headers, body)
        except (ConnectionError, HTTPException):
            # One that was kept may have been hung up meanwhile.
            if is_new or self._connection.is_abandoned:
                return Answer(trouble="no-answer")
        except Exception as error:
            return Answer(trouble=_trouble(error))
        try:
            return self._posted(headers, body)
        except Exception as error:
            return Answer(trouble=_trouble(error))

    def _posted(self, headers: dict[str, str], body: bytes) -> Answer:
        try:
            self._connection.go_on()
            self._connection.request("POST", self._target.path, body=body, headers=headers)
            with self._connection.getresponse() as response:
                response.read(_LONGEST)
                answer = Answer(response.status, pause=_pause(response))
                if not response.isclosed():
                    self._connection.close()
                return answer
        except BaseException:
            self._connection.close()
            raise

    def abandon(self) -> None:
        """Wait for nothing more that it says, and send it nothing."""
        self._connection.abandon()

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


class _Connection(HTTPConnection):
    """To an address that was looked at; a certificate must be the host's."""

    def __init__(self, target: Target, allowed: tuple[Network, ...]) -> None:
        super().__init__(target.host, target.port, timeout=_SECONDS)
        self.default_port = 443 if target.is_secure else 80  # which isn't named to the host
        self._wanted = target
        self._allowed = allowed
        self.is_abandoned = False

    def connect(self) -> None:
        """Raises OSError, ForbiddenAddressError."""
        addresses = looked_up(self._wanted, self._allowed)
        self.go_on()
        self.sock = sock = self._connected(addresses[:_MOST_ADDRESSES])
        # Else a body waits for the head before it to be acknowledged: 40 ms.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._wanted.is_secure:
            # Shaken hands with only where `abandon` can find it.
            self.sock = secure = _tls().wrap_socket(
                sock, server_hostname=self._wanted.host, do_handshake_on_connect=False
            )
            self.go_on()
            secure.do_handshake()
        self.go_on()

    def _connected(self, addresses: list[str]) -> socket.socket:
        """To the first that answers."""
        for address in addresses[:-1]:
            with contextlib.suppress(OSError):
                return socket.create_connection((address, self._wanted.port), _SECONDS)
            self.go_on()
        return socket.create_connection((addresses[-1], self._wanted.port), _SECONDS)

    def go_on(self) -> None:
        """Raises ConnectionAbortedError where nobody waits for it any more."""
        if self.is_abandoned:
            raise ConnectionAbortedError

    def abandon(self) -> None:
        """Hang up: what is under way ends at its next step."""
        # The flag first: a connection that isn't seen here yet sees the flag.
        self.is_abandoned = True
        if (sock := self.sock) is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _pause(response: HTTPResponse) -> float:
    """The seconds of Retry-After: a number, or a time."""
    told = response.headers.get("retry-after", "").strip()
    try:
        seconds = (
            float(told)
            if told.isdigit()
            else (parsedate_to_datetime(told) - datetime.now(UTC)).total_seconds()
        )
    except (ValueError, TypeError, OverflowError):
        return 0.0
    return min(max(0.0, seconds), _LONGEST_PAUSE)


def _trouble(error: Exception) -> str:
    match error:
        case ForbiddenAddressError():
            return error.reason
        case ssl.SSLError():
            return "certificate"
        case TimeoutError():
            return "timeout"
        case socket.gaierror() | UnicodeError():
            return "unknown-host"
        case ConnectionRefusedError():
            return "refused"
        case OSError() | HTTPException():
            return "no-answer"
        case _:
            log.error("a webhook couldn't be sent", kind=type(error).__name__)
            return "fault"
