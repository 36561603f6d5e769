"""A mailbox of our own: where no mail server is set, letters are kept as files of the home."""

import asyncio
import hashlib
import os
import re
import secrets
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from itertools import islice
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from services.embedded.home import private_folder

_HERE = "127.0.0.1"
_KEPT = 30 * 24 * 3600  # seconds
_END = re.compile(rb"\r?\n\r?\n")  # of the head
_NAME = re.compile(r"<([0-9A-Za-z-]{16,64})@")


@contextmanager
def mailbox(folder: Path) -> Iterator[str]:
    """A mail server on this machine that keeps what it gets in a folder; its address (smtp://…).

    Each letter is a file that its owner alone can read, by its Message-ID: sent again, it takes
    its own place, as in a mail program. What is older than 30 days is let go.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    private_folder(folder)
    listening = socket.create_server((_HERE, 0))
    controller = _Controller(_Keeping(folder), listening)
    controller.start()
    try:
        yield f"smtp://{_HERE}:{controller.port}"
    finally:
        controller.stop()
        listening.close()


def letters(
    folder: Path, most: int | None = None, wanted: Callable[[EmailMessage], bool] | None = None
) -> list[EmailMessage]:
    """What a folder holds, the last one last: all of it, or the last ones whose heads are `wanted`.

    No other's body is taken apart: that takes longer, the longer a letter is.
    """
    files = sorted(folder.glob("*.eml"), key=lambda file: (file.stat().st_mtime_ns, file.name))
    held = (file.read_bytes() for file in reversed(files))
    found = (one for one in held if wanted is None or wanted(_read(_END.split(one, 1)[0])))
    return [_read(one) for one in islice(found, most)][::-1]


def _read(content: bytes) -> EmailMessage:
    return message_from_bytes(content, policy=default)


class _Controller(Controller):
    """Listens on a socket that is bound already, so that its port is known to be free."""

    def __init__(self, handler: "_Keeping", listening: socket.socket) -> None:
        super().__init__(handler, hostname=_HERE, port=listening.getsockname()[1])
        self._listening = listening

    def _create_server(self) -> Awaitable[asyncio.AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self._listening)


class _Keeping:
    """Writes each letter to a file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep it before it is answered for (the name is the library's)."""
        await asyncio.to_thread(self._keep, bytes(envelope.content))
        return "250 OK"

    def _keep(self, content: bytes) -> None:
        path = self._folder / f"{_name(content)}.eml"
        fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        fresh.replace(path)
        self._let_go()

    def _let_go(self) -> None:
        old = time.time() - _KEPT
        for path in self._folder.glob("*.eml"):
            with suppress(FileNotFoundError):  # another letter's thread was first
                if path.stat().st_mtime < old:
                    path.unlink()


def _name(content: bytes) -> str:
    told = message_from_bytes(content, policy=default)["message-id"] or ""
    found = _NAME.match(told)
    return found[1] if found else hashlib.sha256(content).hexdigest()
