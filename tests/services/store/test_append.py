"""What is stored, in which order, and what the sender is told."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from eventsourcing.persistence import ProgrammingError

from domain.envelope import Recorded
from domain.events.course import IntakeRegistered
from services.store.entries import Decided
from services.store.keys import Keyring, MissingKeyError
from services.store.municipality import Municipality, StoreBusyError
from services.store.server import Server
from services.store.unreadable import UnreadableEventError
from services.store.writing import VersionConflictError
from tests.conftest import Clock
from tests.services.store.sending import SOURCE, intake, sent


def everything(municipality: Municipality) -> list[Recorded]:
    return municipality.read_from(0, 10_000)


def test_a_fact_is_stored_and_read_back_with_both_its_times(
    municipality: Municipality, clock: Clock
) -> None:
    [receipt] = municipality.append([intake("ev-1", "c-1")])
    assert (receipt.status, receipt.version) == ("stored", 1)
    [event] = municipality.read_stream(receipt.stream)
    assert isinstance(event.fact, IntakeRegistered)
    assert event.position == receipt.position
    assert event.occurred_at == datetime(2026, 1, 12, 8, 0, tzinfo=UTC)
    assert event.recorded_at == receipt.recorded_at == clock.now
    assert (event.source, event.source_id) == (SOURCE, "ev-1")


def test_the_same_event_again_gets_its_first_receipt_and_no_effect(
    municipality: Municipality,
) -> None:
    [first] = municipality.append([intake("ev-1", "c-1")])
    [again] = municipality.append([intake("ev-1", "c-1")])
    assert again.status == "duplicate"
    assert (again.position, again.recorded_at) == (first.position, first.recorded_at)
    assert len(everything(municipality)) == 1


def test_the_same_event_twice_in_one_batch_is_stored_once(municipality: Municipality) -> None:
    receipts = municipality.append([intake("ev-1", "c-1"), intake("ev-1", "c-1")])
    assert [r.status for r in receipts] == ["stored", "duplicate"]
    assert len(everything(municipality)) == 1


def test_other_content_under_a_known_id_is_a_conflict_and_the_first_stays(
    municipality: Municipality,
) -> None:
    municipality.append([intake("ev-1", "c-1")])
    receipts = municipality.append([intake("ev-1", "c-2"), intake("ev-2", "c-2")])
    assert [r.status for r in receipts] == ["conflict", "stored"]
    assert [e.source_id for e in everything(municipality)] == ["ev-1", "ev-2"]


def test_events_of_a_batch_keep_their_order_and_their_streams_count_from_one(
    municipality: Municipality,
) -> None:
    ids = [f"ev-{n}" for n in range(200)]
    receipts = municipality.append([intake(id, f"c-{n % 7}") for n, id in enumerate(ids)])
    events = everything(municipality)
    assert [e.source_id for e in events] == ids
    assert [e.position for e in events] == sorted(r.position for r in receipts)
    for stream in {r.stream for r in receipts}:
        versions = [e.originator_version for e in events if e.originator_id == stream]
        assert versions == list(range(1, len(versions) + 1))


def test_a_stream_goes_on_counting_whoever_has_written_to_it_meanwhile(
    municipality: Municipality, keyring: Keyring
) -> None:
    with Server(municipality.database_url, keyring) as server:
        beside = server.municipality(municipality.code)
        versions = [
            store.append([intake(f"ev-{n}", "c-1")])[0].version
            for n, store in enumerate([municipality, municipality, beside, municipality, beside])
        ]
    assert versions == [1, 2, 3, 4, 5]


def test_a_stream_goes_on_counting_after_what_was_rolled_back(municipality: Municipality) -> None:
    [first] = municipality.append([intake("ev-1", "c-1")])

    def fail(*_: object) -> None:
        raise KeyError("as it is committed")

    with pytest.raises(KeyError, match="as it is committed"):
        municipality.append([intake("ev-2", "c-1")], fail)
    [again] = municipality.append([intake("ev-3", "c-1")])
    assert (first.version, again.version) == (1, 2)


def test_recorded_at_runs_with_position_even_when_the_clock_runs_backwards(
    municipality: Municipality, clock: Clock
) -> None:
    for n in range(5):
        municipality.append([intake(f"ev-{n}-{m}", "c-1") for m in range(3)])
        clock.now -= timedelta(minutes=1)
    times = [e.recorded_at for e in everything(municipality)]
    assert times == sorted(set(times)) and len(times) == 15


def test_known_at_finds_the_position_that_holds_what_was_known(
    municipality: Municipality, clock: Clock
) -> None:
    [first] = municipality.append([intake("ev-1", "c-1")])
    clock.now += timedelta(hours=1)
    municipality.append([intake("ev-2", "c-1")])
    at = municipality.log_recorder.position_at
    assert at(first.recorded_at - timedelta(microseconds=1)) == 0
    assert at(first.recorded_at) == first.position
    assert at(clock.now) == municipality.head().position


def test_eight_writers_leave_no_gap_that_a_tailing_reader_could_miss(
    municipality: Municipality,
) -> None:
    seen: list[int] = []
    done = threading.Event()

    def tail() -> None:
        while True:
            last = done.is_set()
            seen.extend(e.position for e in municipality.read_from(seen[-1] if seen else 0, 1000))
            if last:
                return

    reader = threading.Thread(target=tail, daemon=True)
    reader.start()
    try:
        with ThreadPoolExecutor(8) as pool:
            jobs = [
                pool.submit(municipality.append, [intake(f"ev-{n}", f"c-{n % 5}")])
                for n in range(160)
            ]
            for job in jobs:
                job.result()
    finally:
        done.set()
        reader.join(60)
    assert seen == [e.position for e in everything(municipality)] and len(seen) == 160


def test_the_same_event_from_eight_sides_at_once_has_one_effect(
    municipality: Municipality,
) -> None:
    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(municipality.append, [intake("ev-1", "c-1")]) for _ in range(16)]
        receipts = [job.result()[0] for job in jobs]
    assert sorted(r.status for r in receipts) == ["duplicate"] * 15 + ["stored"]
    assert len({r.position for r in receipts}) == 1


def test_a_connection_cut_before_the_commit_is_tried_again(
    municipality: Municipality, database_url: str
) -> None:
    cuts = iter([True, False])

    def cut(cursor: "psycopg.Cursor[object]", receipts: object) -> None:
        if next(cuts):
            pid = cursor.connection.info.backend_pid
            with psycopg.connect(database_url, autocommit=True) as admin:
                admin.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
            cursor.execute("SELECT 1")

    [receipt] = municipality.append([intake("ev-1", "c-1")], cut)
    assert receipt.status == "stored"
    assert len(everything(municipality)) == 1


def test_a_connection_that_died_while_nobody_used_it_is_not_given_to_anybody(
    municipality: Municipality, database_url: str
) -> None:
    municipality.append([intake("ev-1", "c-1")])
    with psycopg.connect(database_url, autocommit=True) as admin:
        ended = admin.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchall()
    assert ended
    assert len(everything(municipality)) == 1


def test_a_writer_that_waits_too_long_is_told_so_and_nothing_is_written(
    municipality: Municipality, database_url: str
) -> None:
    municipality.log_recorder.locking[0] = b"SET LOCAL lock_timeout = '100ms'"
    with psycopg.connect(database_url) as other:
        other.execute(
            "SELECT pg_advisory_lock(hashtextextended(%s, 0))", (f"{municipality.schema}.events",)
        )
        with pytest.raises(StoreBusyError):
            municipality.append([intake("ev-1", "c-1")])
    assert everything(municipality) == []


def test_a_decision_needs_the_version_it_was_made_on(municipality: Municipality) -> None:
    [receipt] = municipality.append([intake("ev-1", "c-1")])
    [event] = municipality.read_stream(receipt.stream)
    decided = Decided(id="k-1", fact=event.fact, body=b"asked")
    with pytest.raises(VersionConflictError):
        municipality.decide(receipt.stream, [decided], expected_version=0)
    [stored] = municipality.decide(receipt.stream, [decided], expected_version=1)
    assert (stored.status, stored.version, stored.source) == ("stored", 2, "urn:roedtraad:0860")
    # A retry whose first answer was lost gets that answer, though the stream has moved on.
    [again] = municipality.decide(receipt.stream, [decided], expected_version=1)
    assert (again.status, again.position) == ("duplicate", stored.position)
    own = municipality.read_stream(receipt.stream)[-1]
    assert own.occurred_at == own.recorded_at


def test_what_a_decision_brings_about_is_written_with_it_or_not_at_all(
    municipality: Municipality,
) -> None:
    told = [intake("ev-1", "c-1"), intake("ev-2", "c-2")]
    one, other = (receipt.stream for receipt in municipality.append(told))
    fact = municipality.read_stream(one)[0].fact

    def decided(id_: str, asked: bytes) -> list[Decided]:
        cause = Decided(id=id_, fact=fact, body=asked)
        effect = Decided(id=f"beside-{id_}", fact=fact, body=asked, causation=id_)
        return [cause, effect]

    municipality.decide(one, decided("k-1", b"asked")[:1], expected_version=1)
    [known] = municipality.decide(other, decided("k-1", b"something else"), expected_version=1)
    assert (known.status, known.stream) == ("conflict", one)
    assert len(municipality.read_stream(other)) == 1
    for status in ("stored", "duplicate"):
        receipts = municipality.decide(other, decided("k-2", b"asked"), expected_version=1)
        assert [(r.status, r.version) for r in receipts] == [(status, 2), (status, 3)]


def test_a_name_that_is_not_in_the_catalogue_is_never_resolved(
    municipality: Municipality, database_url: str
) -> None:
    [receipt] = municipality.append([intake("ev-1", "c-1")])
    with psycopg.connect(database_url) as admin:
        admin.execute("UPDATE m0860.events SET topic = 'os:system'")
    with pytest.raises(UnreadableEventError):
        municipality.read_stream(receipt.stream)


def test_a_restart_finds_everything_and_ids_stay(
    municipality: Municipality, database_url: str, keyring: Keyring
) -> None:
    [receipt] = municipality.append([intake("ev-1", "c-1")])
    with Server(database_url, keyring) as restarted:
        store = restarted.municipality("0860")
        assert store.find("course", "c-1") == receipt.stream
        [again] = store.append([intake("ev-1", "c-1")])
        assert again.status == "duplicate"
        [more] = store.append(
            [sent("ev-2", "course.closed.v1", "c-1", to="2026-01-20", reason="job")]
        )
        assert (more.stream, more.version) == (receipt.stream, 2)


@pytest.mark.parametrize("key", [None, bytes(32)], ids=["lost", "another"])
def test_a_lost_or_another_key_than_the_databases_own_is_refused_before_anything_is_written(
    municipality: Municipality, database_url: str, keyring: Keyring, key: bytes | None
) -> None:
    municipality.append([intake("ev-1", "c-1")])
    path = keyring.folder / "0860.key"
    path.unlink()
    if key is not None:
        path.write_bytes(key)
    with Server(database_url, keyring) as other, pytest.raises(MissingKeyError):
        other.municipality("0860")
    assert path.exists() == (key is not None)


@pytest.mark.parametrize("note", [None, "En bemærkning."], ids=["nothing sealed", "a note"])
def test_what_a_transaction_made_is_forgotten_when_it_is_rolled_back(
    municipality: Municipality, database_url: str, keyring: Keyring, note: str | None
) -> None:
    """The subject is the actor too, so its new id is asked for twice in the transaction."""
    more = {"note": note} if note else {}
    left = sent(
        "ev-1",
        "mentor.left.v1",
        "m-77",
        actor={"id": "m-77", "function": "mentor"},
        to="2026-01-12",
        reason="resigned",
        **more,
    )

    def fail(cursor: object, receipts: object) -> None:
        raise RuntimeError("before the commit")

    with pytest.raises(RuntimeError):
        municipality.append([left], fail)
    [receipt] = municipality.append([left])
    assert receipt.status == "stored"
    with Server(database_url, keyring) as restarted:
        assert restarted.municipality("0860").find("person", "m-77") == receipt.stream


def test_opening_a_store_waits_for_no_reader(
    municipality: Municipality, database_url: str, keyring: Keyring
) -> None:
    municipality.append([intake("ev-1", "c-1")])
    with psycopg.connect(database_url) as reader:
        reader.execute("SELECT count(*) FROM m0860.events")  # its lock lasts until the commit
        with Server(database_url, keyring) as another, ThreadPoolExecutor(1) as pool:
            opened = pool.submit(another.municipality, "0860")
            try:
                assert len(everything(opened.result(timeout=15))) == 1
            finally:
                reader.rollback()


def test_municipalities_stand_apart(server: Server) -> None:
    server.municipality("0860").append([intake("ev-1", "c-1")])
    other = server.municipality("0851")
    assert everything(other) == []
    assert other.find("course", "c-1") is None
    [receipt] = other.append([intake("ev-1", "c-1")])
    assert receipt.status == "stored"
    with pytest.raises(ProgrammingError, match="permission denied"), other.transaction() as cursor:
        cursor.execute("SELECT 1 FROM m0860.events")
    with pytest.raises(ProgrammingError, match="permission denied"), other.transaction() as cursor:
        cursor.execute("SELECT 1 FROM keys_0851.subject_keys")
