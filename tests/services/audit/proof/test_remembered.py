"""What the signer remembers of a log beside the database: one that was set back, or whose memory is
gone, is signed no further until somebody has looked into it."""

import pytest
from structlog.testing import capture_logs

from services.audit.access.looking import Asking
from services.audit.access.looks import Looks
from services.audit.proof.entries import ACCESS, EVENTS
from services.audit.proof.incoming import MemoryGoneError, SetBackError
from services.audit.proof.log import Log
from services.audit.proof.signer import LogSigner
from services.audit.proof.signing_keys import SigningKeys
from services.audit.proof.tiles import Edge, Tiles
from services.store.keys import Keyring
from services.store.municipality import Municipality
from services.store.server import Server
from tests.conftest import Clock
from tests.services.audit.proof.signed_log import (
    NAME,
    advance,
    fill,
    forget_notes,
    in_the_database,
    leaves_of,
    notes_of,
)


def test_a_log_that_was_set_back_is_signed_no_further(
    municipality: Municipality, log: Log, clock: Clock
) -> None:
    fill(municipality, 3, "a")
    advance(log, clock)
    tables = ("events", "receipts", "log_tiles", "log_checkpoints", "log_ends", "log_incoming")
    in_the_database(municipality, *(f"CREATE TABLE old_{t} AS TABLE {t}" for t in tables))
    fill(municipality, 3, "b")
    advance(log, clock)
    back = [f"TRUNCATE {t}; INSERT INTO {t} TABLE old_{t}" for t in tables]
    in_the_database(municipality, *"; ".join(back).split("; "))
    with pytest.raises(SetBackError):
        log.advance(clock())
    fill(municipality, 9, "c")
    with pytest.raises(SetBackError):
        log.advance(clock())
    log.accept(lambda accepted: None)
    assert advance(log, clock) == 9


def test_a_tree_that_was_worked_out_anew_is_signed_no_further(
    municipality: Municipality, log: Log, clock: Clock
) -> None:
    """The signer's key is lent to nobody: of what it signs next, all that it has signed is part."""
    fill(municipality, 300, "a")
    advance(log, clock)
    in_the_database(
        municipality,
        "UPDATE events SET topic = topic || 'x' WHERE notification_id = 290",
        "DELETE FROM log_checkpoints",
    )
    edge = Edge(0, {})
    for position, leaf in enumerate(leaves_of(municipality), 1):
        edge.add(leaf, position)
    with municipality.transaction() as cursor:
        Tiles(cursor, municipality.schema, EVENTS).write(edge.written())
    fill(municipality, 3, "b")
    with pytest.raises(SetBackError):
        log.advance(clock())
    assert "sat tilbage eller ændret" in (log.trouble() or "")


def test_what_stops_one_municipalitys_log_of_events_stops_no_other(
    server: Server, municipality: Municipality, log: Log, clock: Clock, keyring: Keyring
) -> None:
    other = server.municipality("0751")
    for store in (municipality, other):
        fill(store, 3, "a")
        Looks(server.pool).record(Asking(what="roedtraad course", user="bo"), [store], {})
    forget_notes(municipality)
    in_the_database(
        municipality,
        "DELETE FROM receipts",
        "UPDATE events SET topic = topic || 'x' WHERE notification_id = 1",
    )
    LogSigner(server, NAME, clock).sign_once()
    assert [note.split("\n")[:2] for note in notes_of(municipality)] == [
        ["roedtraad.dk/0860/access", "1"]
    ]
    assert len(notes_of(other)) == 2
    assert "plads 1" in (log.trouble() or "")
    SigningKeys(keyring.folder, municipality.code).memory(EVENTS).path.write_text("?")
    assert log.trouble()


def test_a_crash_before_it_is_remembered_holds_nothing_up(
    municipality: Municipality, log: Log, clock: Clock, keyring: Keyring
) -> None:
    fill(municipality, 300, "a")
    advance(log, clock)
    memory = SigningKeys(keyring.folder, municipality.code).memory(EVENTS)
    before = memory.read()
    assert before and (before.size, before.position) == (300, 300)
    fill(municipality, 300, "b")
    advance(log, clock)
    memory.write(before)
    fill(municipality, 1, "c")
    assert advance(log, clock) == 1
    assert memory.path.stat().st_mode & 0o777 == 0o600


def test_a_log_whose_memory_is_gone_is_signed_no_further(
    server: Server, municipality: Municipality, log: Log, clock: Clock, keyring: Keyring
) -> None:
    """Else whoever can delete the file could cut the log's end off, or begin it anew."""
    access = Log(municipality, ACCESS, NAME, SigningKeys(keyring.folder, municipality.code))
    fill(municipality, 3, "a")
    advance(log, clock)
    assert (log.trouble(), access.trouble()) == (None, None), "nobody has looked yet"
    memory = SigningKeys(keyring.folder, municipality.code).memory(EVENTS)
    memory.path.unlink()
    for further in ((), ("TRUNCATE log_tiles, log_checkpoints, log_ends, log_keys, log_incoming",)):
        in_the_database(municipality, *further)
        fill(municipality, 3, f"b{len(further)}")
        assert "0860.log-events.signed" in (log.trouble() or "")
        with pytest.raises(MemoryGoneError):
            log.advance(clock())
        with pytest.raises(MemoryGoneError):
            log.rotate()
    assert log.has_signed()
    with capture_logs() as said:
        LogSigner(server, NAME, clock).sign_once()
    assert [one["event"] for one in said if one["log_level"] == "error"] == ["log-memory-gone"]
    assert log.accept(lambda accepted: None).before is None
    assert advance(log, clock) == 9


def test_a_checkpoint_that_was_deleted_is_missed(
    municipality: Municipality, log: Log, clock: Clock
) -> None:
    fill(municipality, 3, "a")
    advance(log, clock)
    before = notes_of(municipality)
    in_the_database(municipality, "DELETE FROM log_checkpoints")
    assert "størrelse 3" in (log.trouble() or "")
    log.accept(lambda accepted: None)
    assert notes_of(municipality) == before
    assert log.trouble() is None
