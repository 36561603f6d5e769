"""What the store notes of its events as it takes them in: nothing else is ever signed."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.sql import SQL, Identifier

from services.audit.proof.entries import envelope, event_entry, stored_leaves
from services.audit.proof.incoming import SetBackError, StrangeEventError
from services.audit.proof.log import Log
from services.audit.proof.notes import read_checkpoint, read_note
from services.audit.proof.tree import leaf_hash, of_leaves, root
from services.store.mapper import State, encode_state
from services.store.municipality import Municipality
from tests.conftest import Clock
from tests.services.audit.proof.signed_log import (
    advance,
    fill,
    forget_notes,
    in_the_database,
    leaves_of,
    notes_of,
)


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


def test_what_the_store_noted_of_its_events_is_gone_when_the_log_has_it(
    municipality: Municipality, log: Log, clock: Clock
) -> None:
    fill(municipality, 5, "a")
    fill(municipality, 5, "b")
    assert noted(municipality) == 2
    assert log.advance(clock()) == 10
    assert noted(municipality) == 1, "the last, to which the next is bound"


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
