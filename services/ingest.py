"""Files of events: newline-delimited CloudEvents, in large transactions, resumable after a kill.

How far a file has come is committed with its events. An import that was cut off goes on where it
was; one that came to its end can be run again, and finds everything known already. Refused lines
are kept with their reason in a file that only its owner can read.
"""

import fcntl
import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from psycopg import Cursor
from psycopg.sql import SQL, Identifier

from services.collecting import no_collecting
from services.edge.incoming import Incoming
from services.edge.parse import parse_event
from services.edge.problems import Problem, conflict
from services.embedded.home import private_folder
from services.store.municipality import Municipality
from services.store.receipts import Receipt

LINES_A_TRANSACTION = 2000
BYTES_A_TRANSACTION = 16 * 1024 * 1024
LONGEST_LINE = 1024 * 1024  # bytes; no event may be that long


@dataclass
class Outcome:
    """What became of a file's lines."""

    counts: Counter[str] = field(default_factory=Counter)
    refused: Path | None = None
    resumed_at: int = 0  # lines done by an earlier run that was cut off


@dataclass(frozen=True)
class Chunk:
    """Some lines of a file, numbered from `first` (1 = the file's first), ending at `end` bytes."""

    first: int
    lines: list[bytes]
    end: int


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
    mark = _Mark(municipality, digest)
    with _Refused(_refused_path(refused_folder / municipality.code, path, digest)) as kept:
        return _ingest(municipality, path, mark, kept, progress)


def _ingest(
    municipality: Municipality,
    path: Path,
    mark: "_Mark",
    kept: "_Refused",
    progress: Callable[[int], None],
) -> Outcome:
    lines, start = mark.read()
    kept.begin_after(lines)
    outcome = Outcome(resumed_at=lines)
    for chunk in _chunks(path, lines, start):
        with no_collecting():
            facts, problems = _parse(chunk, municipality)

        def finish(
            cursor: Cursor[Any],
            receipts: list[Receipt],
            chunk: Chunk = chunk,
            numbers: Iterable[int] = facts,
            problems: dict[int, Problem] = problems,
        ) -> None:
            conflicts = {
                n: conflict(r.source, r.id)
                for n, r in zip(numbers, receipts, strict=True)
                if r.status == "conflict"
            }
            # Before the commit, so that a kill between the two leaves no line unaccounted for.
            kept.keep(chunk, problems | conflicts)
            mark.move(cursor, chunk)

        with no_collecting():
            receipts = municipality.append(list(facts.values()), finish)
        outcome.counts.update(receipt.status for receipt in receipts)
        outcome.counts["refused"] += len(problems)
        progress(chunk.end)
    mark.clear()
    outcome.refused = kept.path if kept.holds_any else None
    return outcome


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
            if len(taken) == LINES_A_TRANSACTION or size >= BYTES_A_TRANSACTION:
                yield Chunk(lines + 1, taken, file.tell())
                lines += len(taken)
                taken, size = [], 0
        if taken:
            yield Chunk(lines + 1, taken, file.tell())


def _lines(file: BinaryIO) -> Iterator[bytes]:
    while line := file.readline(LONGEST_LINE):
        rest = line
        while not rest.endswith(b"\n") and (rest := file.readline(LONGEST_LINE)):
            pass  # what lies beyond the longest line is too large whatever it says
        yield line


def _parse(
    chunk: Chunk, municipality: Municipality
) -> tuple[dict[int, Incoming], dict[int, Problem]]:
    """Events and problems by line number; blank lines are neither."""
    facts: dict[int, Incoming] = {}
    problems: dict[int, Problem] = {}
    now = municipality.clock()
    for number, line in enumerate(chunk.lines, chunk.first):
        if not line.strip():
            continue
        parsed = parse_event(line, municipality=municipality.code, now=now)
        if isinstance(parsed, Problem):
            problems[number] = parsed
        else:
            facts[number] = parsed
    return facts, problems


class _Mark:
    """How far a file has come, in the municipality's table `imports`."""

    def __init__(self, municipality: Municipality, file: bytes) -> None:
        self._municipality = municipality
        self._file = file
        self._table = SQL("{}.imports").format(Identifier(municipality.schema))

    def read(self) -> tuple[int, int]:
        """Lines and bytes that an import that was cut off has done."""
        select = SQL("SELECT lines, bytes FROM {} WHERE file = %s").format(self._table)
        with self._municipality.transaction() as cursor:
            return cursor.execute(select, (self._file,)).fetchone() or (0, 0)

    def move(self, cursor: Cursor[Any], chunk: Chunk) -> None:
        """Note the end of a chunk, in the transaction that stores it."""
        upsert = SQL(
            "INSERT INTO {} (file, lines, bytes) VALUES (%s, %s, %s) ON CONFLICT (file)"
            " DO UPDATE SET lines = excluded.lines, bytes = excluded.bytes"
        ).format(self._table)
        cursor.execute(upsert, (self._file, chunk.first + len(chunk.lines) - 1, chunk.end))

    def clear(self) -> None:
        """The file is done."""
        delete = SQL("DELETE FROM {} WHERE file = %s").format(self._table)
        with self._municipality.transaction() as cursor:
            cursor.execute(delete, (self._file,))


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

    def keep(self, chunk: Chunk, problems: dict[int, Problem]) -> None:
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
