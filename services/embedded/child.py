"""Starting a server as a child that can't outlive its keeper, and stopping it."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from services.embedded.home import Account

_PR_SET_PDEATHSIG = 1
_LOG_LIMIT = 10_000_000
_libc = ctypes.CDLL(None, use_errno=True)


def environment() -> dict[str, str]:
    """Return what a server sees of the environment: none of the caller's settings or secrets."""
    return {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def spawn(
    arguments: Sequence[str | Path],
    *,
    account: Account,
    folder: Path,
    log: Path,
    on_death: signal.Signals,
) -> subprocess.Popen[bytes]:
    """Start a program in `folder` as `account`; it gets `on_death` when this process dies.

    Must be called by the main thread: the kernel sends the signal when the starting *thread* ends.
    """
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
    with open(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "wb") as output:
        return subprocess.Popen(
            [os.fspath(argument) for argument in arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=folder,
            env=environment(),
            umask=0o077,
            # Its own group, so that a Ctrl-C or a kill of the caller's group doesn't reach it.
            process_group=0,
            user=None if account.is_me else account.uid,
            group=None if account.is_me else account.gid,
            extra_groups=None if account.is_me else [],
            # A change of user clears the setting, and this runs after that change. The keeper has
            # one thread, so forking is safe.
            preexec_fn=dies_with(os.getpid(), on_death),  # noqa: PLW1509
        )


def run(
    arguments: Sequence[str | Path],
    *,
    account: Account,
    folder: Path,
    log: Path,
    stdin: bytes = b"",
) -> bool:
    """Run a program to its end as `account`, its output into `log`; return whether it went well."""
    with open(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "wb") as output:
        done = subprocess.run(
            [os.fspath(argument) for argument in arguments],
            input=stdin,
            stdout=output,
            stderr=output,
            cwd=folder,
            env=environment(),
            umask=0o077,
            user=None if account.is_me else account.uid,
            group=None if account.is_me else account.gid,
            extra_groups=None if account.is_me else [],
            preexec_fn=dies_with(os.getpid(), signal.SIGKILL),
            check=False,
        )
    return done.returncode == 0


def stop(process: subprocess.Popen[bytes], gently: signal.Signals, seconds: float) -> None:
    """Ask a server to stop, and kill it when it hasn't after so many seconds."""
    if process.poll() is None:
        process.send_signal(gently)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def processes_in(folder: Path, program: Path) -> list[int]:
    """Return the processes of a program whose working folder is `folder`: a server's own.

    Somebody who looks around there with a shell is none of them.
    """
    wanted = os.path.realpath(folder)
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                # A program that was updated under a running server is `... (deleted)`.
                runs = Path(os.readlink(f"/proc/{entry}/exe").removesuffix(" (deleted)")).name
                if runs == program.name and os.readlink(f"/proc/{entry}/cwd") == wanted:
                    found.append(int(entry))
            except OSError:  # gone meanwhile, or another user's
                continue
    return found


def clear_out(folder: Path, program: Path, politely: signal.Signals, seconds: float = 10.0) -> None:
    """End what an earlier keeper's server left running in `folder`; kill it after so many seconds.

    Only the holder of the keeper's lock may call this: then whatever runs there is an orphan.
    """
    politeness = time.monotonic() + seconds
    sent: set[int] = set()
    while remaining := processes_in(folder, program):
        late = time.monotonic() > politeness
        for pid in remaining:
            if late or pid not in sent:
                try:
                    os.kill(pid, signal.SIGKILL if late else politely)
                except ProcessLookupError:
                    continue
                sent.add(pid)
        time.sleep(0.05)


def dies_with(parent: int, on_death: signal.Signals) -> Callable[[], None]:
    """Return what has the kernel send this process a signal when `parent` is gone, however it went.

    Called in the child; it ends the child where the parent went before the kernel was told.
    """

    def set_death_signal() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(on_death), 0, 0, 0)
        if os.getppid() != parent:  # it died before the signal was set
            os._exit(1)

    return set_death_signal
