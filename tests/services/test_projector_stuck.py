"""What the database refuses of one municipality is that one's: the others are followed."""

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from structlog.testing import capture_logs

from services.freshness import freshness
from services.projector import prepare
from services.store.municipality import Municipality
from services.store.server import Server
from tests.conftest import Clock
from tests.services.projecting import following, reflected, until
from tests.services.store.sending import intake

# One is broken before the sound one's turn comes, and two after.
SOUND = "0860"
BROKEN = {
    "0851": "ALTER TABLE m0851.intakes RENAME TO mislaid",
    "0861": "REVOKE ALL ON SCHEMA m0861 FROM roedtraad_m0861",
    "0999": "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE 'full' USING ERRCODE = 'disk_full'; END $$;"
    " CREATE TRIGGER full_disk BEFORE UPDATE ON m0999.tracking EXECUTE FUNCTION full_disk()",
}
MENDED = (
    "ALTER TABLE m0851.mislaid RENAME TO intakes",
    "GRANT ALL ON SCHEMA m0861 TO roedtraad_m0861",
    "DROP TRIGGER full_disk ON m0999.tracking",
)
WRONG = [("0851", "UndefinedTable"), ("0861", "InsufficientPrivilege"), ("0999", "DiskFull")]


def test_errors_of_some_municipalities_are_told_once_and_the_others_are_followed(
    server: Server,
    municipality: Municipality,
    database_url: str,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.projector._POLL", 0.1)
    clock.now = datetime.now(UTC)
    stores = {SOUND: municipality, **{code: server.municipality(code) for code in BROKEN}}
    for store in stores.values():
        prepare(store)
        store.append([intake("ev-1", "c-1")])
    _run(database_url, *BROKEN.values())
    with capture_logs() as told, following(server):
        for n in range(2, 5):
            stores[SOUND].append([intake(f"ev-{n}", "c-1")])
            reflected(stores[SOUND], seconds=10)
        until(lambda: len(_errors(told)) >= len(BROKEN))
        time.sleep(0.5)  # each is tried again
        assert _errors(told) == WRONG
        late = clock.now + timedelta(seconds=10)
        stale = {code: freshness(stores[code], late).stale for code in (SOUND, "0851", "0999")}
        assert stale == {SOUND: False, "0851": True, "0999": True}
        _run(database_url, *MENDED)
        for store in stores.values():
            reflected(store, seconds=10)
    assert _errors(told) == WRONG
    assert [one["event"] for one in told if one["log_level"] == "info"] == ["projected-again"] * 3


def _run(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as admin:
        for statement in statements:
            admin.execute(statement.encode())


def _errors(told: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Of which municipalities they were told, and their kinds."""
    wrong = [one for one in told if one["log_level"] != "info"]
    return sorted((one["municipality"], type(one["exc_info"]).__name__) for one in wrong)
