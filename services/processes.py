"""All roles at once: a process each, kept running, and gone when their owner is."""

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

from services.root import App
from services.settings import Settings

_PROJECT = Path(__file__).resolve().parents[1]
_SECONDS_TO_STOP = 10.0
_STEADY = 60.0  # seconds after which a role is taken to have run well
_TROUBLED = 3  # failures in a row


@dataclass
class Role:
    """One role's process. It is started again when it ends, later and later if it keeps ending."""

    name: str
    environment: dict[str, str]
    log: IO[bytes]
    tell: Callable[[str], None]
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    not_before: float = 0.0
    failures: int = 0

    def keep(self) -> None:
        """Start it if it isn't running and its time has come."""
        if self.process is not None and self.process.poll() is None:
            return
        now = time.monotonic()
        if now < self.not_before:
            return
        if self.process is not None:
            self.failures = self.failures + 1 if now - self.started < _STEADY else 1
            if self.failures == _TROUBLED:
                self.tell(f"{self.name}: {self.log.name}")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "services.cli", "serve", self.name],
            cwd=_PROJECT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
        )
        self.started = now
        self.not_before = now + 0.5 * 2 ** min(self.failures, 6)

    def stop(self) -> None:
        """Ask it to end, and see to it that it does."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(_SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Processes:
    """The roles of one installation, watched from a thread of the owner's."""

    def __init__(self, roles: list[Role]) -> None:
        self._roles = roles
        self._stop = threading.Event()
        self._started = threading.Event()
        # Children die with the thread that started them: this one lasts as long as the owner.
        self._thread = threading.Thread(target=self._watch, name="roles", daemon=True)

    def _watch(self) -> None:
        while not self._stop.is_set():
            for role in self._roles:
                # A process that can't be started now (no memory, no handles) can be later.
                with contextlib.suppress(OSError):
                    role.keep()
            self._started.set()
            self._stop.wait(0.5)

    def __enter__(self) -> "Processes":
        self._thread.start()
        self._started.wait()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()
        for role in self._roles:
            role.stop()
            role.log.close()


@contextmanager
def running(
    app: App, names: tuple[str, ...], tell: Callable[[str], None] = lambda troubled: None
) -> Iterator[Processes]:
    """Run these roles beside the caller; their logs lie in the home's folder `log`.

    `tell` is called with a role and its log when the role has failed several times in a row.
    """
    environment = os.environ | _environment(app.settings) | {"DATABASE_URL": app.database_url}
    if app.temporal_address:
        environment["TEMPORAL_ADDRESS"] = app.temporal_address
    folder = app.settings.home / "log"
    folder.mkdir(parents=True, exist_ok=True)
    roles = [Role(name, environment, (folder / f"{name}.log").open("ab"), tell) for name in names]
    with Processes(roles) as processes:
        yield processes


def _environment(settings: Settings) -> dict[str, str]:
    mail = {"ROEDTRAAD_SMTP_URL": settings.smtp_url, "ROEDTRAAD_MAIL_FROM": settings.mail_from}
    return {name: value for name, value in mail.items() if value} | {
        "ROEDTRAAD_HOME": str(settings.home),
        "ROEDTRAAD_KEYS": str(settings.keys_folder),
        "ROEDTRAAD_API_PORT": str(settings.api_port),
        "ROEDTRAAD_LOG_NAME": settings.log_name,
        "ROEDTRAAD_WITNESSES": settings.witnesses,
        "ROEDTRAAD_OWNER": str(os.getpid()),
    }
