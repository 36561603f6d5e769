"""Which key signs a log, and what is trusted when keys are replaced, set back or lost."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from services.audit.proof.entries import ACCESS, EVENTS
from services.audit.proof.incoming import KeysSetBackError
from services.audit.proof.log import Log
from services.audit.proof.notes import NoteError, read_note, read_verifier, signed_by
from services.audit.proof.signer import LogSigner
from services.audit.proof.signing_keys import LogKey, SigningKeys, known_keys, trusted_keys
from services.store.keys import Keyring, MissingKeyError
from services.store.municipality import Municipality
from services.store.server import Server
from tests.conftest import Clock
from tests.services.audit.proof.signed_log import NAME, advance, fill, in_the_database, notes_of


def test_each_checkpoint_is_signed_by_the_key_of_its_time(
    municipality: Municipality, log: Log, clock: Clock
) -> None:
    fill(municipality, 3, "old")
    advance(log, clock)
    second = log.rotate()
    fill(municipality, 3, "new")
    advance(log, clock)
    with municipality.transaction() as cursor:
        first, again = known_keys(cursor, municipality.schema, EVENTS)
    assert (again, again.number, again.since) == (second, 2, 3)
    before, after = map(read_note, notes_of(municipality))
    assert signed_by(before, [first.verifier, again.verifier]) == [first.verifier]
    assert signed_by(after, [first.verifier, again.verifier]) == [again.verifier]


def test_a_key_that_was_replaced_signs_no_more_though_the_database_says_so(
    server: Server, municipality: Municipality, log: Log, clock: Clock
) -> None:
    fill(municipality, 3, "old")
    advance(log, clock)
    second = rotated_and_set_back(municipality, log)
    fill(municipality, 3, "new")
    with pytest.raises(KeysSetBackError):
        log.advance(clock())
    with pytest.raises(KeysSetBackError):
        log.rotate()
    assert "nøgle nr. 2" in (log.trouble() or "")
    with capture_logs() as said:
        signer = LogSigner(server, NAME, clock)
        signer.sign_once()
        signer.sign_once()
    told = [one["event"] for one in said if one["log_level"] == "error"]
    assert told == ["log-keys-set-back"], "once, and aloud"
    assert len(notes_of(municipality)) == 1
    log.accept(lambda accepted: None)
    assert advance(log, clock) == 3
    with municipality.transaction() as cursor:
        first, again = known_keys(cursor, municipality.schema, EVENTS)
    assert again.verifier == second.verifier, "the same that had taken over before"
    assert trusted_keys(first.verifier, [first, again]) == [first, again]
    last = read_note(notes_of(municipality)[-1])
    assert signed_by(last, [first.verifier, again.verifier]) == [again.verifier]


def test_keys_that_are_gone_altogether_are_missed(
    municipality: Municipality, log: Log, clock: Clock
) -> None:
    fill(municipality, 3, "old")
    advance(log, clock)
    in_the_database(municipality, "TRUNCATE log_keys")
    fill(municipality, 3, "new")
    with pytest.raises(KeysSetBackError):
        log.advance(clock())
    log.accept(lambda accepted: None)
    assert advance(log, clock) == 3
    with municipality.transaction() as cursor:
        assert [key.number for key in known_keys(cursor, municipality.schema, EVENTS)] == [1]


def test_what_was_remembered_before_keys_were_is_still_read(
    municipality: Municipality, log: Log, clock: Clock, keyring: Keyring
) -> None:
    fill(municipality, 3, "old")
    advance(log, clock)
    memory = SigningKeys(keyring.folder, municipality.code).memory(EVENTS)
    found = memory.read()
    assert found and found.key == 1
    older = memory.path.read_text().rsplit(" ", 1)[0]
    memory.path.write_text(f"{older}\n")
    assert memory.read() == found._replace(key=0)
    fill(municipality, 3, "new")
    assert advance(log, clock) == 3
    again = memory.read()
    assert again and again.key == 1


def test_a_key_is_trusted_because_the_one_before_it_named_it(
    municipality: Municipality, log: Log, clock: Clock
) -> None:
    fill(municipality, 1)
    advance(log, clock)
    log.rotate()
    log.rotate()
    with municipality.transaction() as cursor:
        keys = known_keys(cursor, municipality.schema, EVENTS)
    assert trusted_keys(keys[0].verifier, keys) == keys
    assert trusted_keys(keys[1].verifier, keys) == keys[1:]
    slipped_in = [keys[0], keys[2]]
    with pytest.raises(NoteError, match="ikke indsat af den før"):
        trusted_keys(keys[0].verifier, slipped_in)
    moved = [keys[0], keys[1]._replace(since=0), keys[2]]
    with pytest.raises(NoteError, match="ikke indsat af den før"):
        trusted_keys(keys[0].verifier, moved)
    other = read_verifier("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    with pytest.raises(NoteError, match="aldrig haft"):
        trusted_keys(other, keys)


def test_a_lost_signing_key_is_said_and_never_made_anew(
    municipality: Municipality, log: Log, clock: Clock, keyring: Keyring
) -> None:
    fill(municipality, 1, "a")
    advance(log, clock)
    key = Path(keyring.folder) / f"{municipality.code}.log-1.key"
    fill(municipality, 1, "b")
    kept = key.read_bytes()
    key.unlink()
    with pytest.raises(MissingKeyError):
        log.advance(clock())
    key.write_bytes(bytes(32))
    with pytest.raises(MissingKeyError, match="ikke den, som databasen kender"):
        log.advance(clock())
    key.write_bytes(kept)
    assert log.advance(clock()) == 1


def rotated_and_set_back(municipality: Municipality, log: Log) -> LogKey:
    """A second key, of which the database knows nothing any more."""
    in_the_database(municipality, "CREATE TABLE old_keys AS TABLE log_keys")
    second = log.rotate()
    in_the_database(municipality, "TRUNCATE log_keys", "INSERT INTO log_keys TABLE old_keys")
    return second


def test_where_the_memory_is_gone_a_key_that_was_replaced_signs_no_more(
    municipality: Municipality, log: Log, clock: Clock, keyring: Keyring
) -> None:
    fill(municipality, 3, "a")
    advance(log, clock)
    second = rotated_and_set_back(municipality, log)
    SigningKeys(keyring.folder, municipality.code).memory(EVENTS).path.unlink()
    log.accept(lambda accepted: None)
    with municipality.transaction() as cursor:
        assert known_keys(cursor, municipality.schema, EVENTS)[-1].verifier == second.verifier


def test_both_keys_can_be_rotated_before_anything_is_signed(
    municipality: Municipality, log: Log, clock: Clock, keyring: Keyring
) -> None:
    access = Log(municipality, ACCESS, NAME, SigningKeys(keyring.folder, municipality.code))
    assert log.trouble() is None, "asking makes no key"
    assert SigningKeys(keyring.folder, municipality.code).newest() == 0
    assert [log.rotate().number, access.rotate().number] == [2, 2]
    fill(municipality, 3, "a")
    assert advance(log, clock) == 3
