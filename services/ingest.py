"""Files of events: newline-delimited CloudEvents, in large transactions, resumable after a kill.

How far a file has come is committed with its events. An import that was cut off goes on where it
was; one that came to its end can be run again, and finds everything known already. Refused lines
are kept with their reason: sealed in the database, from where they are sent again, and, to be read
beside the file, in one that only its owner can read.
"""

import fcntl
import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from services import importing
from services.embedded.home import private_folder
from services.importing import LONGEST_LINE, Importer, Problems
from services.store.imports import Chunk, Imports
from services.store.municipality import Municipality
from services.store.refused import KEPT

BYTES_A_TRANSACTION = 16 * 1024 * 1024


@dataclass
class Outcome:
    """What became of a file's lines."""

    counts: Counter[str] = field(default_factory=Counter)
    refused: Path | None = None
    resumed_at: int = 0  # lines done by an earlier run that was cut off


def ingest_file(
    municipality: Municipality,
    path: Path,
    refused_folder: Path,
    progress: Callable[[int], None] = lambda done: None,
) -> Outcome:
    """Store a file's events; `progress` is told how many bytes are done.

    Raises OSError when the file can't be read, StoreBusyError when the writer lock isn't to be had.
    """
    digest = fingerprint(path)
    folder = refused_folder / municipality.code
    with _Refused(_refused_path(folder, path, digest)) as kept:
        _forget_old(folder, municipality.clock() - KEPT, but=kept.path)
        return _ingest(municipality, path, digest, kept, progress)


def _ingest(
    municipality: Municipality,
    path: Path,
    digest: bytes,
    kept: "_Refused",
    progress: Callable[[int], None],
) -> Outcome:
    imports = Imports(municipality.schema)
    with municipality.transaction() as cursor:
        mark = imports.begin(cursor, digest, None, municipality.clock())
    kept.begin_after(mark.lines)
    outcome = Outcome(resumed_at=mark.lines)
    importer = Importer(municipality, digest, beside=kept.keep)
    for chunk in _chunks(path, mark.lines, mark.bytes):
        outcome.counts += importer.take(chunk)
        progress(chunk.end)
    with municipality.transaction() as cursor:
        imports.clear(cursor, digest)
    outcome.refused = kept.path if kept.holds_any else None
    return outcome


def _forget_old(folder: Path, before: datetime, but: Path) -> None:
    """Remove files of refused lines that were kept long enough."""
    for path in folder.glob("*.refused.jsonl"):
        with suppress(FileNotFoundError):  # who else imports may have been first
            if path != but and path.stat().st_mtime < before.timestamp():
                path.unlink()


def _refused_path(folder: Path, path: Path, digest: bytes) -> Path:
    """Named by content too: deliveries have the same name every day."""
    stem = path.name.encode()[:150].decode(errors="ignore")
    return folder / f"{stem}.{digest.hex()[:12]}.refused.jsonl"


def fingerprint(path: Path) -> bytes:
    """SHA-256 of a file's content: what an import that was cut off is recognised by."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _chunks(path: Path, lines: int, start: int) -> Iterator[Chunk]:
    """The file's lines from `start` bytes on, some at a time."""
    with path.open("rb") as file:
        file.seek(start)
        taken: list[bytes] = []
        size = 0
        for line in _lines(file):
            taken.append(line)
            size += len(line)
            if len(taken) == importing.LINES_A_TRANSACTION or size >= BYTES_A_TRANSACTION:
                end = file.tell()
                yield Chunk(lines + 1, taken, start, end)
                lines, start = lines + len(taken), end
                taken, size = [], 0
        if taken:
            yield Chunk(lines + 1, taken, start, file.tell())


def _lines(file: BinaryIO) -> Iterator[bytes]:
    while line := file.readline(LONGEST_LINE):
        rest = line
        while not rest.endswith(b"\n") and (rest := file.readline(LONGEST_LINE)):
            pass  # what lies beyond the longest line is too large whatever it says
        yield line


class _Refused:
    """The file that keeps refused lines, each with its number and its problem document.

    It is locked while it is written: who takes in the same file at the same time waits.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._first = self._end = 0

    def __enter__(self) -> "_Refused":
        self.path.parent.parent.mkdir(parents=True, exist_ok=True)
        private_folder(self.path.parent.parent)
        private_folder(self.path.parent)
        while True:
            self._file = os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
            fcntl.flock(self._file, fcntl.LOCK_EX)
            if self.path.exists() and self.path.samefile(f"/proc/self/fd/{self._file.fileno()}"):
                return self
            self._file.close()  # who had it before us removed it

    def __exit__(self, *_: object) -> None:
        if not self.holds_any:
            self.path.unlink()
        self._file.close()

    @property
    def holds_any(self) -> bool:
        """Whether any line is kept."""
        return os.fstat(self._file.fileno()).st_size > 0

    def begin_after(self, lines: int) -> None:
        """Keep what an import that was cut off has kept of the lines that it has done."""
        while line := self._file.readline():
            if _number(line) is None or (_number(line) or 0) > lines:
                self._file.seek(-len(line), os.SEEK_CUR)
                break
        self._end = self._file.tell()
        self._file.truncate()
        self._first = lines + 1

    def keep(self, chunk: Chunk, problems: Problems) -> None:
        """Write a chunk's refused lines; the same chunk again replaces them."""
        if chunk.first != self._first:
            self._first, self._end = chunk.first, self._file.tell()
        self._file.seek(self._end)
        self._file.truncate()
        for number, problem in sorted(problems.items()):
            line = chunk.lines[number - chunk.first]
            kept = {"line": number, "problem": problem.as_dict(), "event": _text(line)}
            if len(line) == LONGEST_LINE:
                kept["cut"] = True
            self._file.write(msgspec.json.encode(kept) + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())


def _number(line: bytes) -> int | None:
    """The number of a kept line; None of one that was only half written."""
    try:
        return int(msgspec.json.decode(line)["line"])
    except (msgspec.DecodeError, KeyError, TypeError):
        return None


def _text(line: bytes) -> str:
    # Latin-1 loses no byte of what isn't UTF-8.
    try:
        return line.decode().rstrip("\n")
    except UnicodeDecodeError:
        return line.decode("latin-1").rstrip("\n")
