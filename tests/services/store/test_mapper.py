"""Rows of the log are read by many threads: those of the interface, and of a rebuild."""

import subprocess
import sys
from pathlib import Path

from tests.domain.good_data import GOOD

_PROJECT = Path(__file__).resolve().parents[3]


def test_threads_that_read_the_first_event_of_a_kind_at_once_bring_nothing_down() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.services.store.at_once"],
        cwd=_PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.split() == [str(len(GOOD))] * 8
