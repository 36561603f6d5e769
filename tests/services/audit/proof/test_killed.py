"""Signers that are killed at any step, while eight write: the log is whole, and goes on."""

import multiprocessing
import random
import time
from itertools import count
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Event, Thread

import pytest

from services.audit.proof.bundle import write_bundle
from services.audit.proof.entries import EVENTS
from services.audit.proof.log import Log
from services.audit.proof.notes import read_checkpoint, read_note
from services.audit.proof.signing_keys import SigningKeys
from services.audit.proof.standalone import judged
from services.audit.proof.tree import of_leaves, root
from services.store.keys import Keyring
from services.store.municipality import Municipality
from tests.conftest import Clock
from tests.services.audit.proof.signed_log import NAME, advance, fill, leaves_of, notes_of
from tests.services.audit.proof.signing_process import sign
from tests.soaking import runs

WRITERS, AT_ONCE = 8, 2


def ended_with(one: BaseProcess) -> None:
    """Kill it, and wait until it is gone."""
    one.kill()
    one.join(60)


@pytest.mark.soak
def test_signers_that_are_killed_leave_each_event_in_the_log_once_and_in_order(
    municipality: Municipality, keyring: Keyring, clock: Clock, tmp_path: Path, database_url: str
) -> None:
    """Two at a time, of which one is killed and another begun, some tenths of a second apart."""
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["tests.services.audit.proof.signing_process"])
    dice, ended = random.Random(6), Event()

    def write(number: int) -> None:
        for turn in count():
            if ended.is_set():
                return
            fill(municipality, 3, f"w{number}-{turn}")
            time.sleep(0.05)

    def begun() -> BaseProcess:
        one = processes.Process(target=sign, args=(database_url, keyring.folder, NAME), daemon=True)
        one.start()
        return one

    # Whatever fails here, nothing that goes on for ever may be waited for as the run ends.
    writers = [Thread(target=write, args=(number,), daemon=True) for number in range(WRITERS)]
    for each in writers:
        each.start()
    signers = [begun() for _ in range(AT_ONCE)]
    try:
        for _ in range(runs(10, 300)):
            time.sleep(dice.uniform(0.1, 0.6))
            ended_with(signers.pop(0))
            signers.append(begun())
    finally:
        ended.set()
        for one in signers:
            ended_with(one)
        for each in writers:
            each.join(60)

    before = len(notes_of(municipality))
    log = Log(municipality, EVENTS, NAME, SigningKeys(keyring.folder, municipality.code))
    assert before > 1, "they signed something"
    assert log.trouble() is None
    advance(log, clock)
    node = of_leaves(leaves := leaves_of(municipality))
    signed = [read_checkpoint(read_note(note).text) for note in notes_of(municipality)]
    assert [each.root for each in signed] == [root(each.size, node) for each in signed]
    assert signed[-1].size == len(leaves)
    path = tmp_path / "bundle.ndjson"
    with path.open("wb") as out:
        write_bundle(municipality, log, out, clock())
    told = judged(str(path), str(log.first_key()))
    assert (told["verdict"], told["entries"]) == ("right", len(leaves))
