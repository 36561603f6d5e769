"""The events that are measured with: files such as the demo's, as case systems would send them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from services.demo import generate

LAST_DAY = date(2026, 3, 31)  # always the same bytes
_FIRST_HAS = 14_000  # events of the first municipality, and of all, at full scale
_ALL_HAVE = 90_000


@dataclass(frozen=True)
class Source:
    """One file: the events of one system of the municipality `code`."""

    code: str
    path: Path


@dataclass(frozen=True)
class Workload:
    """Files of one or more municipalities, `events` lines in all; how many `courses` to follow."""

    files: tuple[Source, ...]
    events: int
    courses: int

    @property
    def codes(self) -> list[str]:
        """The municipalities in it."""
        return sorted({source.code for source in self.files})

    def lines(self) -> Iterator[bytes]:
        """All lines, file by file."""
        for source in self.files:
            with source.path.open("rb") as file:
                yield from file


def make_workload(
    folder: Path,
    events: int,
    courses: int = 30,
    progress: Callable[[int, int], None] | None = None,
) -> Workload:
    """Generate the demo's files and keep the first so many events of as few municipalities."""
    scale = max(0.05, min(1.0, events / _FIRST_HAS), events / _ALL_HAVE)
    kept: list[Source] = []
    left = events
    for path in generate(folder, last_day=LAST_DAY, scale=scale, progress=progress):
        lines = path.read_bytes().splitlines(keepends=True)[:left]
        if lines:
            path.write_bytes(b"".join(lines))
            kept.append(Source(path.name[:4], path))
            left -= len(lines)
        else:
            path.unlink()
    return Workload(tuple(kept), events - left, courses)
