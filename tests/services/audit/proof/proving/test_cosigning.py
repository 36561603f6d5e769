"""Cosignatures over real HTTP: each checkpoint is shown to each witness until it has cosigned."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from psycopg.sql import SQL, Identifier
from structlog.testing import capture_logs

from services.audit.access.looking import Asking
from services.audit.access.looks import Looks
from services.audit.proof import standalone
from services.audit.proof.bundle import write_bundle
from services.audit.proof.cosigning import Cosigning, CosigningError, cosign_next
from services.audit.proof.entries import ACCESS, EVENTS
from services.audit.proof.log import Log
from services.audit.proof.notes import Checkpoint, Note, cosigned_at, read_note, sign
from services.audit.proof.proving import consistency, inclusion
from services.audit.proof.signing_keys import SigningKeys
from services.audit.proof.tiles import Tiles
from services.audit.proof.tree import root
from services.audit.proof.witness import RefusedError, Witness
from services.audit.proof.witness_at import WitnessAt, read_witnesses
from services.audit.proof.witnessing import witness_app
from services.store.keys import Keyring
from services.store.municipality import Municipality
from services.store.server import Server
from tests.conftest import Clock
from tests.services.audit.proof.serving import served
from tests.services.audit.proof.signed_log import NAME, advance, fill, notes_of, verdict


@pytest.fixture
def shouts() -> list[str]:
    """What the witness was alarmed by."""
    return []


@pytest.fixture
def witness(tmp_path: Path, log: Log, shouts: list[str]) -> Iterator[WitnessAt]:
    """A witness that follows the log, over HTTP."""
    one = Witness(tmp_path / "witness")
    key = one.begin("witness.example/w1")
    one.trust(log.first_key())
    with served(witness_app(one, shouts.append)) as port:
        yield WitnessAt(f"http://127.0.0.1:{port}", key)


def test_each_checkpoint_is_cosigned_once_and_in_turn(
    municipality: Municipality, log: Log, witness: WitnessAt, clock: Clock, tmp_path: Path
) -> None:
    assert cosign_next(municipality, EVENTS, witness)
    assert cosigned(municipality, witness) == [True, False]
    assert cosign_next(municipality, EVENTS, witness)
    assert not cosign_next(municipality, EVENTS, witness)
    fill(municipality, 5, "c")
    advance(log, clock)
    assert cosign_next(municipality, EVENTS, witness)
    path = tmp_path / "proof"
    path.write_text(inclusion(municipality, EVENTS, 7))
    key, asked = str(log.first_key()), [str(witness.key)]
    told = standalone.judged(str(path), key, witnesses=asked)
    assert [each["size"] for each in told["witnesses"] if each["checked"]] == [525]
    path.write_text(inclusion(municipality, EVENTS, 7).partition("\N{EM DASH} witness.")[0])
    told = standalone.judged(str(path), key, witnesses=asked)
    assert (told["verdict"], "ikke bevidnet" in told["why"]) == ("wrong", True)
    assert cosigned(municipality, witness) == [True, True, True]


def cosigned(municipality: Municipality, witness: WitnessAt) -> list[bool]:
    """Which of the checkpoints a witness has cosigned."""
    notes = map(read_note, notes_of(municipality))
    return [cosigned_at(note, witness.key) is not None for note in notes]


def test_a_bundle_has_its_newest_checkpoint_cosigned_before_it_is_written(
    municipality: Municipality, log: Log, witness: WitnessAt, clock: Clock, tmp_path: Path
) -> None:
    path, key = tmp_path / "bundle.ndjson", str(log.first_key())

    def told(cosigned: Callable[[], None] = lambda: None) -> dict[str, Any]:
        with path.open("wb") as out:
            write_bundle(municipality, log, out, clock(), cosigned=cosigned)
        return standalone.judged(str(path), key, witnesses=[str(witness.key)])

    def cosign() -> None:
        while cosign_next(municipality, EVENTS, witness):
            pass

    assert (told()["verdict"], told()["index"]) == ("wrong", 0), "it has seen nothing"
    fill(municipality, 5, "c")
    assert told(cosign)["verdict"] == "right"
    fill(municipality, 5, "d")
    late = told()
    assert (late["verdict"], late["index"]) == ("wrong", 525)
    assert "ikke bevidnet" in late["why"]


def test_a_witness_that_is_long_behind_is_shown_the_last_checkpoints(
    municipality: Municipality,
    log: Log,
    witness: WitnessAt,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.audit.proof.cosigning._SHOWN", 1)
    assert cosign_next(municipality, EVENTS, witness)
    assert not cosign_next(municipality, EVENTS, witness)
    assert cosigned(municipality, witness) == [False, True]


def test_a_witness_that_was_given_a_later_key_is_shown_what_that_has_signed(
    municipality: Municipality, log: Log, clock: Clock, witness: WitnessAt, tmp_path: Path
) -> None:
    second = log.rotate()
    fill(municipality, 5, "c")
    advance(log, clock)
    (tmp_path / "witness" / "logs").write_text(f"{second.verifier} 0\n")
    assert cosign_next(municipality, EVENTS, witness)
    assert cosigned(municipality, witness) == [False, False, True]


def test_an_old_checkpoint_that_was_cosigned_alarms_nobody_who_sends_it_again(
    municipality: Municipality, log: Log, witness: WitnessAt, shouts: list[str], tmp_path: Path
) -> None:
    """A log's bundle has all its checkpoints: anybody may send one."""
    first = consistency(municipality, EVENTS, 0, 300)
    while cosign_next(municipality, EVENTS, witness):
        pass
    for old in (0, 300, 520):
        with pytest.raises(RefusedError) as told:
            Witness(tmp_path / "witness").add(first._replace(old=old), 1)
        assert not told.value.is_alarm
    assert shouts == []


def test_a_log_that_was_set_back_and_goes_on_alarms_its_witness(
    municipality: Municipality, log: Log, witness: WitnessAt, shouts: list[str], keyring: Keyring
) -> None:
    while cosign_next(municipality, EVENTS, witness):
        pass
    signer = SigningKeys(keyring.folder, municipality.code).signer(log.origin, 1)
    table = Identifier(municipality.schema, "log_checkpoints")
    with municipality.transaction() as cursor:  # an old dump, and signed anew
        tiles = Tiles(cursor, municipality.schema, EVENTS)
        text = str(Checkpoint(log.origin, 400, root(400, tiles.node)))
        cursor.execute(SQL("DELETE FROM {} WHERE size > 300").format(table))
        cursor.execute(
            SQL("INSERT INTO {} VALUES ('events', 400, %b, now())").format(table),
            (str(Note(text, (sign(text, signer),))),),
        )
    with pytest.raises(CosigningError) as told:
        cosign_next(municipality, EVENTS, witness)
    assert told.value.refused
    assert len(shouts) == 1
    assert "kortere" in shouts[0]


def test_an_alarm_is_cleared_up_by_a_proof_that_the_log_goes_on_from_what_was_kept(
    municipality: Municipality, log: Log, witness: WitnessAt, tmp_path: Path
) -> None:
    one = Witness(tmp_path / "witness")
    one.add(consistency(municipality, EVENTS, 0), 1)  # begun when the log had 520
    with pytest.raises(RefusedError) as told:
        one.add(consistency(municipality, EVENTS, 0, 300), 1)
    assert told.value.is_alarm
    [kept] = (tmp_path / "witness" / "evidence").iterdir()
    seen = kept.read_text().split("\n\n", 1)[1]
    growth = str(consistency(municipality, EVENTS, 300))
    assert verdict(tmp_path, growth, log, seen)["verdict"] == "right"


def test_that_a_witness_doesnt_follow_a_log_is_told_once_and_is_no_error(
    server: Server, municipality: Municipality, log: Log, witness: WitnessAt, clock: Clock
) -> None:
    Looks(server.pool).record(Asking(what="roedtraad course", user="bo"), [municipality], {})
    access = Log(municipality, ACCESS, NAME, SigningKeys(server.keys_folder, municipality.code))
    advance(access, clock)
    with capture_logs() as said:
        cosigning = Cosigning(server, (witness,))
        cosigning.ask(witness)
        cosigning.ask(witness)
    [told] = said
    assert (told["event"], told["log_level"], told["log"]) == (
        *("witness-follows-not", "info"),
        ACCESS,
    )


def test_a_witness_that_is_away_is_asked_again(municipality: Municipality, log: Log) -> None:
    away = WitnessAt("http://127.0.0.1:9", log.first_key()._replace(kind=4))
    with pytest.raises(CosigningError) as told:
        cosign_next(municipality, EVENTS, away)
    assert not told.value.refused


@contextmanager
def dripping(begun: bytes) -> Iterator[int]:
    """The port of somebody who answers each in turn, a byte now and then and never to the end."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        over = threading.Event()

        def drip() -> None:
            while not over.is_set():
                with suppress(OSError):
                    connection, _ = server.accept()
                    with connection:
                        connection.sendall(begun)
                        while not over.wait(0.02):
                            connection.sendall(b"H")

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            over.set()
            thread.join(10)


@pytest.mark.parametrize("status", [b"", b"200 OK", b"409 Conflict"])
def test_a_witness_that_sends_a_byte_now_and_then_is_hung_up_on(
    municipality: Municipality, log: Log, monkeypatch: pytest.MonkeyPatch, status: bytes
) -> None:
    monkeypatch.setattr("services.audit.proof.cosigning._IN_ALL", 0.3)
    begun = b"HTTP/1.1 %b\r\nContent-Length: 99999\r\n\r\n" % status if status else b""
    with dripping(begun) as port:
        slow = WitnessAt(f"http://127.0.0.1:{port}", log.first_key()._replace(kind=4))
        with pytest.raises(CosigningError) as told:
            cosign_next(municipality, EVENTS, slow)
    assert not told.value.refused


def test_one_witness_that_takes_its_time_keeps_no_other_waiting(
    server: Server,
    municipality: Municipality,
    log: Log,
    witness: WitnessAt,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.audit.proof.cosigning._PAUSE", 0.02)
    monkeypatch.setattr("services.audit.proof.cosigning._IN_ALL", 60.0)
    with ExitStack() as cosigning, dripping(b"") as port:
        slow = WitnessAt(f"http://127.0.0.1:{port}", log.first_key()._replace(kind=4))
        cosigning.enter_context(Cosigning(server, (slow, witness)))
        until = time.monotonic() + 30
        while cosigned_at(read_note(notes_of(municipality)[-1]), witness.key) is None:
            assert time.monotonic() < until
            time.sleep(0.02)


def test_witnesses_are_set_as_address_and_key(tmp_path: Path) -> None:
    key = Witness(tmp_path).begin("witness.example/w1")
    assert read_witnesses(f"https://w.example/ {key}") == (WitnessAt("https://w.example", key),)
    assert read_witnesses("") == ()
    for wrong in ("https://w.example", f"ftp://w.example {key}", "https://w.example no+key"):
        with pytest.raises(ValueError, match="øgle"):
            read_witnesses(wrong)
