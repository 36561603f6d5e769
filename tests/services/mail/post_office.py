"""A mail server in a test's hands: what it took, and what it is to answer next."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


class PostOffice:
    """Takes letters. `to_rcpt` and `to_data` are its next answers, each given once."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, EmailMessage]] = []
        self.to_rcpt: list[str] = []
        self.to_data: list[str] = []
        self.senders: list[str] = []
        self.address = ""

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.to_rcpt:
            return self.to_rcpt.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.to_data:
            return self.to_data.pop(0)
        self.senders.append(envelope.mail_from)
        message = message_from_bytes(envelope.content, policy=default)
        self.taken.extend((receiver, message) for receiver in envelope.rcpt_tos)
        return "250 OK"


@contextmanager
def post_office(
    tls: ssl.SSLContext | None = None, password: str | None = None
) -> Iterator[PostOffice]:
    """One at work; with TLS it takes nothing before STARTTLS, with a password nothing without."""
    office = PostOffice()

    def let_in(server: Any, session: Any, envelope: Any, mechanism: str, told: Any) -> AuthResult:
        right = (told.login, told.password) == (b"rt", (password or "").encode())
        return AuthResult(success=right, handled=right)  # else the server is to say no

    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    controller = Controller(
        office,
        hostname="127.0.0.1",
        port=port,
        tls_context=tls,
        require_starttls=tls is not None,
        auth_required=password is not None,
        authenticator=let_in,
    )
    controller.start()
    office.address = f"smtp://127.0.0.1:{port}"
    try:
        yield office
    finally:
        controller.stop()
