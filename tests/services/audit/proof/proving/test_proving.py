"""Proofs as files, verified by the stand-alone verifier."""

import base64
from pathlib import Path

import pytest
from psycopg.sql import SQL, Identifier

from services.audit.proof.entries import EVENTS
from services.audit.proof.log import Log
from services.audit.proof.proving import NotInTheLogError, consistency, inclusion, inclusion_at
from services.store.municipality import Municipality
from tests.services.audit.proof.signed_log import notes_of, verdict


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
    for seen in ((), (late,)):
        told = verdict(tmp_path, proof, log, *seen)
        assert (told["verdict"], "checkpoint 300" in str(told["why"])) == ("unreadable", True)
    shorter = "\n".join(proof.split("\n")[:1] + proof.split("\n")[2:])
    assert verdict(tmp_path, shorter, log, early)["verdict"] == "wrong"
    begun = str(consistency(municipality, EVENTS, 0))
    assert verdict(tmp_path, begun, log)["verdict"] == "right", "all goes on from nothing"
    same = str(consistency(municipality, EVENTS, 520))
    assert verdict(tmp_path, same, log, late)["verdict"] == "right"
