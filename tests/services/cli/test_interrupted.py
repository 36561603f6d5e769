"""At the terminal: whoever ends a command with Ctrl-C is told what was done, and shown no trace."""

import sys
from collections.abc import Sequence
from typing import Any

import pytest

from services.cli import start
from services.projector import prepare
from services.rebuilding import rebuild_all
from services.store.municipality import Municipality
from services.store.server import Server
from tests.services.cli.terminal import Terminal
from tests.services.store.sending import intake


def test_a_rebuild_that_is_ended_says_whose_tables_were_exchanged(
    terminal: Terminal, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = server.municipality("0851")
    prepare(other)
    other.append([intake("ev-1", "c-1")])

    def ended_after_one(stores: Sequence[Municipality], progress: Any, ended: Any) -> None:
        [first] = [store for store in stores if store.code == "0851"]
        rebuild_all(first)
        ended(first)
        raise KeyboardInterrupt

    monkeypatch.setattr("services.cli.projections.rebuild_several", ended_after_one)
    code, answer, said = terminal.run("projections", "rebuild")
    assert (code, answer) == (130, "")
    assert "Bygget om (rebuilt): Aalborg. De øvrige 1 står" in said
    assert "Traceback" not in said


def test_who_is_quicker_than_the_program_is_shown_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    class Impatient:
        """Whoever presses Ctrl-C while the program is read."""

        def find_spec(self, name: str, *_: object) -> None:
            if name == "services.cli.main":
                raise KeyboardInterrupt

    monkeypatch.delitem(sys.modules, "services.cli.main", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Impatient(), *sys.meta_path])
    with pytest.raises(SystemExit) as ended:
        start.main()
    assert ended.value.code == 130
