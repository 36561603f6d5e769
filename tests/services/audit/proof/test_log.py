"""A municipality's log of events: tree, checkpoints and keys, in a real database."""

from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import Cursor
from psycopg.sql import SQL, Identifier
from structlog.testing import capture_logs

from services.audit.access.looking import Asking
from services.audit.access.looks import Looks
from services.audit.proof.entries import ACCESS, EVENTS, envelope, event_entry, stored_leaves
from services.audit.proof.incoming import (
    KeysSetBackError,
    MemoryGoneError,
    SetBackError,
    StrangeEventError,
)
from services.audit.proof.log import A_CHECKPOINT, Log
from services.audit.proof.notes import (
    NoteError,
    read_checkpoint,
    read_note,
    read_verifier,
    signed_by,
)
from services.audit.proof.signer import LogSigner
from services.audit.proof.signing_keys import LogKey, SigningKeys, known_keys, trusted_keys
from services.audit.proof.tiles import WIDTH, Edge, Tiles
from services.audit.proof.tree import (
    consistency_proof,
    inclusion_proof,
    is_consistent,
    is_included,
    leaf_hash,
    of_leaves,
    root,
)
from services.store.keys import Keyring, MissingKeyError
from services.store.mapper import State, encode_state
from services.store.municipality import Municipality
from services.store.server import Server
from tests.conftest import Clock
from tests.services.mixed import mixed

NAME = "roedtraad.dk"


@pytest.fixture
def log(municipality: Municipality, keyring: Keyring) -> Log:
    """The log of events of a municipality without any."""
    return Log(municipality, EVENTS, NAME, SigningKeys(keyring.folder, municipality.code))


def fill(municipality: Municipality, many: int, writer: str = "a") -> None:
    """Store so many events without data of citizens who could be linked by events of ours."""
    events = (each for each in mixed(writer) if not each.topic.startswith("course.intake"))
    municipality.append(list(islice(events, many)))


def advance(log: Log, clock: Clock) -> int:
    """Bring the log to its end; how many leaves were added."""
    added = 0
    while some := log.advance(clock()):
        added += some
    return added


def leaves_of(municipality: Municipality) -> list[bytes]:
    """The leaves, worked out from the events table alone."""
    with municipality.transaction() as cursor:
        rows = event_rows(cursor, municipality.schema)
    assert all(envelope(state) for _, _, _, state, _ in rows)
    return [leaf_hash(event_entry(*row)) for row in rows]


def event_rows(cursor: Cursor[Any], schema: str) -> list[tuple[UUID, int, str, bytes, datetime]]:
    """Stream, version, name, state and time of recording of each event, in commit order."""
    return cursor.execute(
        SQL(
            "SELECT originator_id, originator_version, topic, state, recorded_at FROM {}"
            " ORDER BY notification_id"
        ).format(Identifier(schema, "events"))
    ).fetchall()


def notes_of(municipality: Municipality) -> list[str]:
    """The checkpoints, the smallest first."""
    table = Identifier(municipality.schema, "log_checkpoints")
    with municipality.transaction() as cursor:
        rows = cursor.execute(SQL("SELECT note FROM {} ORDER BY size").format(table))
        return [row[0] for row in rows]


def test_the_signed_root_is_that_of_the_events(
    municipality: Municipality, log: Log, clock: Clock
) -> None:
    sizes = [1, 2, WIDTH - 3, 1, WIDTH, 700]
    for n, many in enumerate(sizes):
        fill(municipality, many, f"w{n}")
        assert advance(log, clock) == many
        assert advance(log, clock) == 0
    leaves = leaves_of(municipality)
    node = of_leaves(leaves)
    signed = [read_checkpoint(read_note(note).text) for note in notes_of(municipality)]
    assert [each.size for each in signed] == [1, 3, 256, 257, 513, 1213]
    assert [each.root for each in signed] == [root(each.size, node) for each in signed]
    assert {each.origin for each in signed} == {"roedtraad.dk/0860/events"}


def test_a_root_is_signed_for_each_thousand_events(
    municipality: Municipality, log: Log, clock: Clock
) -> None:
    fill(municipality, 2 * A_CHECKPOINT + 1)
    assert log.advance(clock()) == 2 * A_CHECKPOINT + 1, "in one transaction"
    signed = [read_checkpoint(read_note(note).text) for note in notes_of(municipality)]
    assert [each.size for each in signed] == [1000, 2000, 2001]
    assert signed[0].root == root(1000, of_leaves(leaves_of(municipality)))


def test_proofs_come_from_the_tiles(municipality: Municipality, log: Log, clock: Clock) -> None:
    fill(municipality, 600)
    advance(log, clock)
    leaves = leaves_of(municipality)
    of_events = of_leaves(leaves)
    with municipality.transaction() as cursor:
        node = Tiles(cursor, municipality.schema, EVENTS).node
        for size in (1, 255, 256, 257, 511, 512, 600):
            assert root(size, node) == root(size, of_events)
        for index in (0, 255, 256, 599):
            proof = inclusion_proof(index, 600, node)
            assert is_included(leaves[index], index, 600, proof, root(600, of_events))
        for old in (1, 256, 300):
            proof = consistency_proof(old, 600, node)
            assert is_consistent(old, 600, root(old, of_events), root(600, of_events), proof)


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


def test_an_event_that_the_store_didnt_take_in_is_never_signed(
    municipality: Municipality, log: Log, clock: Clock
) -> None:
    fill(municipality, 5)
    table = Identifier(municipality.schema, "events")
    with municipality.transaction() as cursor:
        cursor.execute(
            SQL(
                "INSERT INTO {0} (originator_id, originator_version, topic, state, recorded_at)"
                " SELECT originator_id, 900, topic,"
                " convert_to(replace(convert_from(state, 'UTF8'), 'ev-a-4', 'ev-a-x'), 'UTF8'),"
                " recorded_at FROM {0} ORDER BY notification_id DESC LIMIT 1"
            ).format(table)
        )
    assert log.advance(clock()) == 5, "all that came before it"
    with pytest.raises(StrangeEventError) as told:
        log.advance(clock())
    with municipality.transaction() as cursor:
        cursor.execute(SQL("DELETE FROM {} WHERE originator_version = 900").format(table))
    fill(municipality, 1, "b")
    assert told.value.position == 6
    assert advance(log, clock) == 1


def test_several_may_bring_a_log_on_at_once(
    municipality: Municipality, log: Log, clock: Clock
) -> None:
    fill(municipality, 1)
    advance(log, clock)  # the key is there
    added: list[int] = []
    fill(municipality, 3000, "b")
    threads = [
        Thread(target=lambda: added.append(advance(log, clock)), daemon=True) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(added) == 3000
    last = read_checkpoint(read_note(notes_of(municipality)[-1]).text)
    assert (last.size, last.root) == (3001, root(3001, of_leaves(leaves_of(municipality))))


def test_what_the_store_noted_of_its_events_is_gone_when_the_log_has_it(
    municipality: Municipality, log: Log, clock: Clock
) -> None:
    fill(municipality, 5, "a")
    fill(municipality, 5, "b")
    assert noted(municipality) == 2
    assert log.advance(clock()) == 10
    assert noted(municipality) == 1, "the last, to which the next is bound"


def forget_notes(municipality: Municipality) -> None:
    """Take all notes away."""
    with municipality.transaction() as cursor:
        cursor.execute(
            SQL("DELETE FROM {}").format(Identifier(municipality.schema, "log_incoming"))
        )


def test_of_events_that_are_older_than_the_log_the_leaves_are_worked_out(
    municipality: Municipality, log: Log, clock: Clock
) -> None:
    fill(municipality, 4, "a")
    fill(municipality, 4, "b")
    forget_notes(municipality)  # as of events from before there was a log
    fill(municipality, 4, "c")
    assert log.advance(clock()) == 8, "as far as they are missing"
    assert advance(log, clock) == 4
    last = read_checkpoint(read_note(notes_of(municipality)[-1]).text)
    assert last.root == root(12, of_leaves(leaves_of(municipality)))


def test_events_that_arent_older_are_never_signed_without_their_notes(
    municipality: Municipality, log: Log, clock: Clock
) -> None:
    """Whoever took a note away could have changed its events, and all that is written of them in
    the database: receipts too."""
    fill(municipality, 4, "a")
    advance(log, clock)
    fill(municipality, 4, "b")
    forget_notes(municipality)
    with pytest.raises(StrangeEventError) as told:
        log.advance(clock())
    assert told.value.position == 5
    assert "plads 5" in (log.trouble() or "")
    log.accept(lambda accepted: None)
    fill(municipality, 4, "c")
    assert log.trouble() is None
    assert advance(log, clock) == 8, "after somebody has looked into it"


def in_the_database(municipality: Municipality, *statements: str) -> None:
    """What somebody does who has the whole database in hand."""
    with municipality.transaction() as cursor:
        cursor.execute(SQL("SET search_path TO {}").format(Identifier(municipality.schema)))
        for statement in statements:
            cursor.execute(statement)


def rotated_and_set_back(municipality: Municipality, log: Log) -> LogKey:
    """A second key, of which the database knows nothing any more."""
    in_the_database(municipality, "CREATE TABLE old_keys AS TABLE log_keys")
    second = log.rotate()
    in_the_database(municipality, "TRUNCATE log_keys", "INSERT INTO log_keys TABLE old_keys")
    return second


def test_what_lies_between_two_notes_cant_be_taken_away(
    municipality: Municipality, log: Log, clock: Clock
) -> None:
    fill(municipality, 3, "a")
    advance(log, clock)
    for writer in "bcd":
        fill(municipality, 3, writer)
    in_the_database(
        municipality,
        "DELETE FROM events WHERE notification_id BETWEEN 7 AND 9",
        "DELETE FROM receipts WHERE position BETWEEN 7 AND 9",
        "DELETE FROM log_incoming WHERE after = 6",
        "UPDATE log_incoming SET last = 9 WHERE after = 3",
    )
    assert log.advance(clock()) == 3, "what came before"
    with pytest.raises(StrangeEventError):
        log.advance(clock())


def test_the_first_of_what_isnt_signed_cant_be_taken_away(
    municipality: Municipality, log: Log, clock: Clock
) -> None:
    fill(municipality, 3, "a")
    advance(log, clock)
    for writer in "bc":
        fill(municipality, 3, writer)
    in_the_database(
        municipality,
        "DELETE FROM events WHERE notification_id BETWEEN 4 AND 6",
        "DELETE FROM log_incoming WHERE after = 3",
        "UPDATE log_incoming SET last = 6 WHERE last = 3",
        "UPDATE log_ends SET position = 6",
    )
    with pytest.raises(SetBackError):
        log.advance(clock())
    assert log.trouble()


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


def test_an_event_that_was_changed_before_it_was_signed_is_found_by_its_leaf(
    municipality: Municipality, log: Log, clock: Clock
) -> None:
    fill(municipality, 3)
    true = leaves_of(municipality)
    with municipality.transaction() as cursor:
        cursor.execute(
            SQL("UPDATE {} SET topic = topic || 'x' WHERE notification_id = 2").format(
                Identifier(municipality.schema, "events")
            )
        )
    advance(log, clock)
    last = read_checkpoint(read_note(notes_of(municipality)[-1]).text)
    assert last.root == root(3, of_leaves(true)), "what was committed, not what was made of it"


def test_notes_that_somebody_else_wrote_are_refused(
    municipality: Municipality, log: Log, clock: Clock
) -> None:
    fill(municipality, 3)
    with municipality.transaction() as cursor:
        cursor.execute(
            SQL("UPDATE {} SET leaves = set_byte(leaves, 40, 7)").format(
                Identifier(municipality.schema, "log_incoming")
            )
        )
    with pytest.raises(StrangeEventError):
        log.advance(clock())


def test_events_that_are_gone_keep_nobody_from_storing_others(
    municipality: Municipality, log: Log, clock: Clock
) -> None:
    fill(municipality, 3, "a")
    advance(log, clock)
    fill(municipality, 2, "b")
    with municipality.transaction() as cursor:  # a restore of some tables only
        events = Identifier(municipality.schema, "events")
        cursor.execute(SQL("DELETE FROM {} WHERE notification_id > 3").format(events))
    fill(municipality, 4, "c")
    assert municipality.head().position > 3
    with pytest.raises(StrangeEventError):  # two that came in are missing
        log.advance(clock())


def noted(municipality: Municipality) -> int:
    """How many commits the log hasn't taken in yet."""
    table = Identifier(municipality.schema, "log_incoming")
    with municipality.transaction() as cursor:
        row = cursor.execute(SQL("SELECT count(*) FROM {}").format(table)).fetchone()
    assert row
    return int(row[0])


@given(
    st.lists(
        st.tuples(
            st.uuids(),
            st.integers(1, 10**9),
            st.sampled_from(["course.closed.v1", "team.established.v2"]),
            st.datetimes(timezones=st.just(UTC)),
            st.datetimes(timezones=st.just(UTC)).filter(lambda at: at.year < 9999),
        ),
        max_size=5,
    )
)
def test_what_the_store_notes_is_the_leaf_of_the_entry(
    told: list[tuple[UUID, int, str, datetime, datetime]],
) -> None:
    events = [
        (stream, version, topic, recorded, encode_state(State(stream, at, "urn:x", 'æ"', {})))
        for stream, version, topic, recorded, at in told
    ]
    assert all(envelope(state) for *_, state in events)
    assert stored_leaves(events) == [
        leaf_hash(event_entry(stream, version, topic, state, recorded))
        for stream, version, topic, recorded, state in events
    ]
