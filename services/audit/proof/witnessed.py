"""What a witness keeps of one log: its last checkpoint, each root that it cosigned, and evidence.

The roots lie in a file of lines of one length, in the order of their sizes, so that one of millions
is found without reading the others: size in 19 digits, root in base64.
"""

import fcntl
import os
import secrets
from base64 import b64encode
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from services.audit.proof.notes import Checkpoint, read_checkpoint, read_note
from services.files import replace_file

_LINE = 19 + 1 + 44 + 1  # bytes


class Witnessed:
    """The files of one log in a witness's folder."""

    def __init__(self, folder: Path, origin: str) -> None:
        self._folder, self._name = folder, short_hash(origin)
        self._last = folder / f"{self._name}.checkpoint"
        self._roots = folder / f"{self._name}.roots"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Whoever looks at the last checkpoint and replaces it does so alone."""
        with (self._folder / f"{self._name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def last(self) -> Checkpoint | None:
        """The last checkpoint that was cosigned, or accepted."""
        if not self._last.exists():
            return None
        return read_checkpoint(read_note(self._last.read_text(encoding="utf-8")).text)

    def knows(self, one: Checkpoint) -> bool | None:
        """Whether a checkpoint that isn't newer than the last one has the root that was cosigned
        at its size; None where none was."""
        last = self.last()
        if last and last.size == one.size:
            return last.root == one.root
        root = _root_at(self._roots, one.size)
        return None if root is None else root == _coded(one)

    def was_given_up(self, one: Checkpoint) -> bool:
        """Whether it was cosigned before another log was accepted in its place."""
        return any(
            _root_at(path, one.size) == _coded(one)
            for path in self._folder.glob(f"{self._name}.*.roots")
        )

    def replace(self, note: str) -> None:
        """Make a note the last checkpoint. The one before it stays known by its root."""
        self._remember()
        replace_file(self._last, note.encode())

    def give_up(self, note: str) -> None:
        """Make a note the last checkpoint, of a log that doesn't go on from the one before it."""
        self._remember()
        if self._last.exists():
            old = self._last.read_text(encoding="utf-8")
            self.keep(old, f"until-{short_hash(old)}")
        if self._roots.exists():
            self._roots.replace(self._folder / f"{self._name}.{secrets.token_hex(4)}.roots")
        replace_file(self._last, note.encode())

    def keep(self, evidence: str, named: str) -> None:
        """Keep evidence; the first that came under that name."""
        folder = self._folder / "evidence"
        folder.mkdir(exist_ok=True)
        path = folder / f"{self._name}-{named}.txt"
        if not path.exists():
            replace_file(path, evidence.encode())

    def _remember(self) -> None:
        """Note the root of the last checkpoint, where a crash hasn't left it noted."""
        last = self.last()
        if last is None:
            return
        with self._roots.open("ab") as file:
            whole = file.tell() // _LINE * _LINE
            file.truncate(whole)  # of a line that was cut off
            if _size_at(self._roots, whole // _LINE - 1) < last.size:
                file.write(f"{last.size:019d} {_coded(last)}\n".encode())
                file.flush()
                os.fsync(file.fileno())


def _coded(one: Checkpoint) -> str:
    return b64encode(one.root).decode()


def _line(path: Path, n: int) -> str:
    with path.open("rb") as file:
        file.seek(n * _LINE)
        return file.read(_LINE).decode("ascii")


def _size_at(path: Path, n: int) -> int:
    """The size in a line; -1 before the first."""
    return int(_line(path, n)[:19]) if n >= 0 else -1


def _root_at(path: Path, size: int) -> str | None:
    """The root at a size, in base64; None where none was noted."""
    many = path.stat().st_size // _LINE if path.exists() else 0
    n = bisect_left(range(many), size, key=lambda n: _size_at(path, n))
    if n == many or _size_at(path, n) != size:
        return None
    return _line(path, n)[20:-1]


def short_hash(text: str) -> str:
    """What a file is named by that is about a text."""
    return sha256(text.encode()).hexdigest()[:16]
