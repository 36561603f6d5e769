"""Proofs as files, verified by the stand-alone verifier; and cosignatures over real HTTP."""

import base64
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
import uvicorn
from psycopg.sql import SQL, Identifier

from services.audit.proof import standalone
from services.audit.proof.cosigning import Cosigning, CosigningError, cosign_last
from services.audit.proof.entries import EVENTS
from services.audit.proof.log import Log
from services.audit.proof.notes import cosigned_at, read_note
from services.audit.proof.proving import (
    NotInTheLogError,
    consistency,
    inclusion,
    inclusion_at,
)
from services.audit.proof.signing_keys import SigningKeys
from services.audit.proof.witness import Witness
from services.audit.proof.witness_at import WitnessAt, read_witnesses
from services.audit.proof.witnessing import witness_app
from services.store.keys import Keyring
from services.store.municipality import Municipality
from services.store.server import Server
from tests.conftest import Clock
from tests.services.audit.test_log import NAME, advance, fill, notes_of


@pytest.fixture
def log(municipality: Municipality, keyring: Keyring, clock: Clock) -> Log:
    """A log with two checkpoints, of 300 and of 520."""
    one = Log(municipality, EVENTS, NAME, SigningKeys(keyring.folder, municipality.code))
    for writer, many in (("a", 300), ("b", 220)):
        fill(municipality, many, writer)
        advance(one, clock)
    return one


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
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(witness_app(one, shouts.append), log_config=None))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield WitnessAt(f"http://127.0.0.1:{bound.getsockname()[1]}", key)
        server.should_exit = True
        thread.join()


def verdict(tmp_path: Path, text: str, log: Log, *seen: str) -> dict[str, object]:
    """What the verifier says of a proof."""
    path = tmp_path / "proof"
    path.write_text(text)
    return standalone.judged(str(path), str(log.first_key()), seen)


@pytest.mark.parametrize("position", [1, 256, 257, 300, 520])
def test_an_event_is_proved_to_be_in_the_log(
    municipality: Municipality, log: Log, tmp_path: Path, position: int
) -> None:
    proof = inclusion(municipality, EVENTS, position)
    told = verdict(tmp_path, proof, log)
    assert (told["verdict"], told["index"], told["size"]) == ("right", position - 1, 520)
    extra = proof.split("\n")[1].removeprefix("extra ")
    entry = base64.b64decode(extra)
    other = base64.b64encode(entry.replace(b'"version":', b'"version":1')).decode()
    assert verdict(tmp_path, proof.replace(extra, other), log)["verdict"] == "wrong"
    moved = proof.replace(f"index {position - 1}\n", f"index {position}\n")
    assert verdict(tmp_path, moved, log)["verdict"] == "wrong"


def test_an_event_is_proved_by_its_index_also_where_positions_have_gaps(
    municipality: Municipality, log: Log, tmp_path: Path
) -> None:
    assert inclusion_at(municipality, EVENTS, 300) == inclusion(municipality, EVENTS, 301)
    table = Identifier(municipality.schema, "events")
    with municipality.transaction() as cursor:
        cursor.execute(
            SQL(
                "UPDATE {} SET notification_id = notification_id + 30 WHERE notification_id > 500"
            ).format(table)
        )
        cursor.execute(SQL("DELETE FROM {} WHERE notification_id = 270").format(table))
    for index in (0, 255, 256, 268, 270, 499):
        told = verdict(tmp_path, inclusion_at(municipality, EVENTS, index), log)
        assert (told["verdict"], told["index"]) == ("right", index)
    for index in (269, 520, 999_999):
        with pytest.raises(NotInTheLogError):
            inclusion_at(municipality, EVENTS, index)


def test_nothing_is_proved_by_a_checkpoint_that_isnt_signed(
    municipality: Municipality, log: Log
) -> None:
    table = Identifier(municipality.schema, "log_checkpoints")
    with municipality.transaction() as cursor:
        cursor.execute(SQL("UPDATE {} SET note = replace(note, '520', '519')").format(table))
    with pytest.raises(NotInTheLogError):
        inclusion(municipality, EVENTS, 7)
    with pytest.raises(NotInTheLogError):
        consistency(municipality, EVENTS, 300)


def test_what_was_changed_since_cant_be_proved(municipality: Municipality, log: Log) -> None:
    table = Identifier(municipality.schema, "events")
    with municipality.transaction() as cursor:
        cursor.execute(
            SQL("UPDATE {} SET topic = topic || 'x' WHERE notification_id = 7").format(table)
        )
    with pytest.raises(NotInTheLogError):
        inclusion(municipality, EVENTS, 7)
    with pytest.raises(NotInTheLogError):
        inclusion(municipality, EVENTS, 521)


def test_a_log_is_proved_to_go_on(municipality: Municipality, log: Log, tmp_path: Path) -> None:
    early, late = notes_of(municipality)
    proof = str(consistency(municipality, EVENTS, 300))
    told = verdict(tmp_path, proof, log, early)
    assert (told["verdict"], told["goes_on_from"], told["size"]) == ("right", 300, 520)
    assert verdict(tmp_path, proof, log)["verdict"] == "wrong", "of what was seen nothing is known"
    assert verdict(tmp_path, proof, log, late)["verdict"] == "wrong"
    shorter = "\n".join(proof.split("\n")[:1] + proof.split("\n")[2:])
    assert verdict(tmp_path, shorter, log, early)["verdict"] == "wrong"
    same = str(consistency(municipality, EVENTS, 520))
    assert verdict(tmp_path, same, log, late)["verdict"] == "right"


def test_the_last_checkpoint_is_cosigned_once(
    municipality: Municipality, log: Log, witness: WitnessAt, clock: Clock, tmp_path: Path
) -> None:
    assert cosign_last(municipality, EVENTS, witness)
    assert not cosign_last(municipality, EVENTS, witness)
    fill(municipality, 5, "c")
    advance(log, clock)
    assert cosign_last(municipality, EVENTS, witness)
    path = tmp_path / "proof"
    path.write_text(inclusion(municipality, EVENTS, 7))
    key, asked = str(log.first_key()), [str(witness.key)]
    told = standalone.judged(str(path), key, witnesses=asked)
    assert [each["size"] for each in told["witnesses"] if each["checked"]] == [525]
    path.write_text(inclusion(municipality, EVENTS, 7).partition("\N{EM DASH} witness.")[0])
    told = standalone.judged(str(path), key, witnesses=asked)
    assert (told["verdict"], "ikke bevidnet" in told["why"]) == ("wrong", True)
    cosigned = [cosigned_at(read_note(note), witness.key) for note in notes_of(municipality)]
    assert [at is not None for at in cosigned] == [False, True, True]


def test_a_witness_that_saw_more_refuses_and_is_alarmed(
    municipality: Municipality, log: Log, witness: WitnessAt, shouts: list[str], tmp_path: Path
) -> None:
    assert cosign_last(municipality, EVENTS, witness)
    with municipality.transaction() as cursor:  # an old dump
        cursor.execute(
            SQL("DELETE FROM {} WHERE size > 300").format(
                Identifier(municipality.schema, "log_checkpoints")
            )
        )
    with pytest.raises(CosigningError) as told:
        cosign_last(municipality, EVENTS, witness)
    assert told.value.refused
    assert len(shouts) == 1
    assert "kortere" in shouts[0]


def test_a_witness_that_is_away_is_asked_again(municipality: Municipality, log: Log) -> None:
    away = WitnessAt("http://127.0.0.1:9", log.first_key()._replace(kind=4))
    with pytest.raises(CosigningError) as told:
        cosign_last(municipality, EVENTS, away)
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

        thread = threading.Thread(target=drip)
        thread.start()
        yield server.getsockname()[1]
        over.set()
        thread.join()


@pytest.mark.parametrize("status", [b"", b"200 OK", b"409 Conflict"])
def test_a_witness_that_sends_a_byte_now_and_then_is_hung_up_on(
    municipality: Municipality, log: Log, monkeypatch: pytest.MonkeyPatch, status: bytes
) -> None:
    monkeypatch.setattr("services.audit.proof.cosigning._IN_ALL", 0.3)
    begun = b"HTTP/1.1 %b\r\nContent-Length: 99999\r\n\r\n" % status if status else b""
    with dripping(begun) as port:
        slow = WitnessAt(f"http://127.0.0.1:{port}", log.first_key()._replace(kind=4))
        with pytest.raises(CosigningError) as told:
            cosign_last(municipality, EVENTS, slow)
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
