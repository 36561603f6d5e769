"""A peer's worker process: started, heard, measured and ended."""

import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Condition, Thread

import msgspec

from bench.following.reporting import Report
from bench.following.working import Morning, Orders

_PATIENCE = 300.0
_PROJECT = Path(__file__).parents[2]


class StalledError(Exception):
    """A worker ended, or didn't get done; its last words are in it."""


class Crew:
    """What a worker process tells."""

    def __init__(self, process: subprocess.Popen[bytes], words: Path) -> None:
        self._process = process
        self._words = words
        self._reports: dict[str, list[Report]] = defaultdict(list)
        self._heard = Condition()
        self._reader = Thread(target=self._listen, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    def ready(self) -> None:
        """Wait until it works. Raises StalledError."""
        self.heard_of([""], 1)

    def say(self, what: Orders | Morning) -> None:
        """A line of its input."""
        assert self._process.stdin
        self._process.stdin.write(msgspec.json.encode(what) + b"\n")
        self._process.stdin.flush()

    def reports(self, subject: str) -> list[Report]:
        """All that it told of a subject, the first first."""
        return self._reports[subject]

    def reached(self, subjects: Iterable[str], position: int) -> float:
        """Wait until all are pulled up to a position; when that was. Raises StalledError."""
        return self._until(
            subjects, lambda told: next((r.at for r in told if r.position >= position), None)
        )

    def heard_of(self, subjects: Iterable[str], times: int) -> float:
        """Wait until each was told of so often; when that was. Raises StalledError."""
        return self._until(
            subjects, lambda told: told[times - 1].at if len(told) >= times else None
        )

    def end(self) -> None:
        """End the process, whatever it does, and hear it out."""
        self._process.kill()
        self._reader.join()

    def _until(
        self, subjects: Iterable[str], reached: Callable[[list[Report]], float | None]
    ) -> float:
        waiting, last = set(subjects), 0.0
        deadline = time.monotonic() + _PATIENCE
        with self._heard:
            while True:
                for subject in list(waiting):
                    at = reached(self._reports[subject])
                    if at is not None:
                        waiting.discard(subject)
                        last = max(last, at)
                if not waiting:
                    return last
                if not self._heard.wait(1) and (
                    not self._reader.is_alive() or time.monotonic() > deadline
                ):
                    raise StalledError(self._words.read_text(errors="replace")[-2000:])

    def _listen(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            told = msgspec.json.decode(line, type=Report)
            with self._heard:
                self._reports[told.subject].append(told)
                self._heard.notify()


@contextmanager
def crew(orders: Orders, folder: Path) -> Iterator[Crew]:
    """A worker, as long as the block lasts; its words go to a file in the folder."""
    words = folder / f"{orders.peer}.log"
    command = [sys.executable, "-m", "bench.following.working"]
    with (
        words.open("ab") as file,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=file, cwd=_PROJECT
        ) as process,
    ):
        started = Crew(process, words)
        try:
            started.say(orders)
            yield started
        finally:
            started.end()
