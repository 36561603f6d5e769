"""Looks are deleted when they have been kept long enough, but never before their log is signed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from eventsourcing.persistence import OperationalError

from services.audit.access.looking import Asking
from services.audit.access.looks import Looks
from services.audit.access.pruning import kept_since, prune
from services.audit.proof.bundle import write_bundle
from services.audit.proof.entries import ACCESS, moment
from services.audit.proof.incoming import StrangeLookError
from services.audit.proof.log import Log
from services.audit.proof.signer import LogSigner, sign_all
from services.audit.proof.signing_keys import SigningKeys
from services.audit.proof.standalone import judged
from services.store.keys import Keyring
from services.store.municipality import Municipality
from services.store.server import Server
from tests.conftest import Clock
from tests.services.audit.access.reading import locked, looks

ASKING = Asking(what="GET /v1/worklist", user="amalie", functions=("operator",))
PRUNING = Asking(what="prune", user="signer", functions=("system",))
NAME = "roedtraad.dk"


def look(server: Server, municipality: Municipality, times: int = 1) -> None:
    for _ in range(times):
        Looks(server.pool).record(ASKING, [municipality], {})


def test_two_years_before_is_the_beginning_of_a_day_in_denmark() -> None:
    now = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
    assert kept_since(now, 24) == datetime(2024, 11, 25, 23, 0, tzinfo=UTC)
    assert kept_since(now, 6) == datetime(2026, 5, 25, 22, 0, tzinfo=UTC)  # summer time
    leap = datetime(2024, 2, 29, 12, 0, tzinfo=UTC)
    assert kept_since(leap, 12) == datetime(2023, 2, 27, 23, 0, tzinfo=UTC)
    assert kept_since(datetime(2026, 1, 12, tzinfo=UTC), 1).month == 12  # 11 December begins then


def test_what_is_old_and_signed_is_deleted_and_the_log_goes_on(
    server: Server, municipality: Municipality, keyring: Keyring, clock: Clock
) -> None:
    log = Log(municipality, ACCESS, NAME, SigningKeys(keyring.folder, municipality.code))
    look(server, municipality, 3)
    assert log.advance(clock()) == 3
    look(server, municipality)  # as old, but not signed yet
    before = clock.now + timedelta(days=1)
    assert prune(Looks(server.pool), municipality, PRUNING, before) == (3, 3)
    unsigned, told = looks(municipality)
    assert (unsigned.id, unsigned.record.what) == (4, "GET /v1/worklist")
    what = f"prune 3 through id 3 from before {moment(before)}"
    assert (told.record.what, told.private.user) == (what, "signer")
    assert log.advance(clock()) == 2
    with municipality.transaction() as cursor:
        assert log.end(cursor).size == 5


def test_the_log_verifies_when_looks_were_pruned_and_tells_where_one_was_changed(
    server: Server, municipality: Municipality, keyring: Keyring, clock: Clock, tmp_path: Path
) -> None:
    log = Log(municipality, ACCESS, NAME, SigningKeys(keyring.folder, municipality.code))
    look(server, municipality, 5)
    clock.now += timedelta(days=1)
    look(server, municipality, 2)
    log.advance(clock())
    assert prune(Looks(server.pool), municipality, PRUNING, clock.now) == (5, 5)
    # Five are gone and two are left; the eighth tells of the pruning.
    told = verdict(municipality, log, tmp_path, clock)
    assert (told["verdict"], told["entries"], told["pruned"]) == ("right", 8, 5)
    changed = looks(municipality)[1].raw.replace(b"operator", b"nobodies")
    with psycopg.connect(municipality.database_url) as admin:
        admin.execute("UPDATE m0860.looks SET record = %s WHERE id = 7", (changed,))
    told = verdict(municipality, log, tmp_path, clock)
    assert (told["verdict"], told["index"]) == ("wrong", 6)


def verdict(store: Municipality, log: Log, folder: Path, clock: Clock) -> dict[str, Any]:
    """What the stand-alone verifier says of the log as it is exported now."""
    path = folder / "bundle.ndjson"
    with path.open("wb") as out:
        write_bundle(store, log, out, clock())
    return judged(str(path))


def test_what_is_to_be_kept_is_kept_and_what_came_after_it_too(
    server: Server, municipality: Municipality, clock: Clock
) -> None:
    look(server, municipality, 2)
    young = clock.now
    clock.now += timedelta(days=1)
    look(server, municipality)
    clock.now = young  # a clock that was set back: the look is after one that is kept
    look(server, municipality)
    sign_all(server, municipality, NAME, clock)
    assert prune(Looks(server.pool), municipality, PRUNING, young + timedelta(hours=1)) == (2, 2)
    assert [one.id for one in looks(municipality)][:2] == [3, 4]
    assert prune(Looks(server.pool), municipality, PRUNING, young) == (0, 0)
    assert len(looks(municipality)) == 3  # nothing to delete isn't recorded


def test_where_it_can_not_be_recorded_nothing_is_deleted(
    server: Server, municipality: Municipality, clock: Clock
) -> None:
    look(server, municipality)
    sign_all(server, municipality, NAME, clock)
    before = clock.now + timedelta(days=1)
    with locked(municipality), pytest.raises(OperationalError):
        prune(Looks(server.pool), municipality, PRUNING, before)
    assert len(looks(municipality)) == 1


def test_the_signer_prunes_once_a_day(
    server: Server, municipality: Municipality, clock: Clock
) -> None:
    look(server, municipality)
    clock.now += timedelta(days=400)
    signer = LogSigner(server, NAME, clock, kept_months=12)
    signer.sign_once()
    [told] = looks(municipality)
    assert told.record.what.startswith("prune 1 through id 1 from before ")
    signer.sign_once()
    assert len(looks(municipality)) == 1


def test_looks_that_somebody_deletes_arent_called_pruned(
    server: Server, municipality: Municipality, keyring: Keyring, clock: Clock, tmp_path: Path
) -> None:
    log = Log(municipality, ACCESS, NAME, SigningKeys(keyring.folder, municipality.code))
    look(server, municipality, 3)
    clock.now += timedelta(days=1)
    look(server, municipality, 4)
    log.advance(clock())
    prune(Looks(server.pool), municipality, PRUNING, clock.now)
    log.advance(clock())
    with psycopg.connect(municipality.database_url) as admin:
        admin.execute("DELETE FROM m0860.looks WHERE id = 4")
    told = verdict(municipality, log, tmp_path, clock)
    assert (told["verdict"], told["index"]) == ("wrong", 3), "a record tells of three"


def test_a_record_that_somebody_puts_in_excuses_no_deletion(
    server: Server, municipality: Municipality, keyring: Keyring, clock: Clock, tmp_path: Path
) -> None:
    log = Log(municipality, ACCESS, NAME, SigningKeys(keyring.folder, municipality.code))
    look(server, municipality, 7)
    log.advance(clock())
    forged = b'{"what":"prune 3 through id 3","by":"x","functions":["system"],"rows":3,"whose":[]}'
    with psycopg.connect(municipality.database_url) as admin:
        admin.execute("DELETE FROM m0860.looks WHERE id <= 3")
        admin.execute(
            "INSERT INTO m0860.looks (at, record, subjects) VALUES (now(), %s, '{}')", (forged,)
        )
    told = verdict(municipality, log, tmp_path, clock)
    assert (told["verdict"], told["index"]) == ("wrong", 0)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE m0860.looks SET at = at - interval '3 years' WHERE id = 2",
        "UPDATE m0860.looks SET record = overlay(record placing 'caseload' from 18) WHERE id = 2",
        "UPDATE m0860.looks SET record = record || ' '::bytea WHERE id = 2",
        "UPDATE m0860.looks SET record = 'nothing' WHERE id = 2",
    ],
)
def test_a_look_that_was_changed_or_put_in_is_never_signed(
    server: Server, municipality: Municipality, keyring: Keyring, clock: Clock, change: str
) -> None:
    """Also one that would say that others were deleted in time."""
    log = Log(municipality, ACCESS, NAME, SigningKeys(keyring.folder, municipality.code))
    look(server, municipality, 3)
    with psycopg.connect(municipality.database_url) as admin:
        admin.execute(change)
    assert log.advance(clock()) == 1, "what came before it"
    with pytest.raises(StrangeLookError, match=r"nr\. 2 "):
        log.advance(clock())
    assert "nr. 2 " in (log.trouble() or "")
