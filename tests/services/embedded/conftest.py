"""A home that the servers' account can reach, and commands that need the servers."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.services.embedded.command import Command, gone_within, processes_of


@pytest.fixture
def home() -> Iterator[Path]:
    """Give an empty home, and see to it that the test leaves no process there."""
    # pytest's own folder is closed to other users, so root's servers (nobody) couldn't reach it.
    folder = Path(tempfile.mkdtemp(prefix="rt-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder / "home"
    clean = gone_within(5, folder)
    for process in processes_of(folder).values():
        process.kill()
    shutil.rmtree(folder)
    assert clean


@pytest.fixture
def command(home: Path) -> Iterator[Callable[..., Command]]:
    """Give a way to start commands that stay in the home's servers until they are let go."""
    commands: list[Command] = []

    def start(folder: Path = home, *, temporal: bool = False) -> Command:
        started = Command(folder, temporal=temporal)
        commands.append(started)
        return started

    yield start
    for each in commands:
        each.leave()


@pytest.fixture(scope="session")
def reachable_python() -> str:
    """Give a Python that every user can run: this one may lie below root's own folder."""
    candidates = [sys.executable, getattr(sys, "_base_executable", ""), "/usr/bin/python3"]
    for candidate in candidates:
        test = [candidate, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
        try:
            if subprocess.run(test, user="nobody", extra_groups=[], check=False).returncode == 0:
                return candidate
        except OSError:
            continue
    raise AssertionError(f"none of {candidates} is a Python >= 3.11 that every user can run")
