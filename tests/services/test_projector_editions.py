"""Several editions of the program at one database: the projector's own counts."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
import pytest
from structlog.testing import capture_logs

from projections.schema import definition
from services.builders import OtherProgramError
from services.cli.doctor import of_views
from services.projector import catch_up
from services.retrying import retry
from services.store.datastore import others
from services.store.keys import Keyring
from services.store.municipality import Municipality
from services.store.server import Server
from services.views import bring_up_to_date
from tests.services.projecting import following, reflected, until
from tests.services.store.sending import intake

ANOTHER = "of another edition"


def take_over(url: str) -> None:
    """Have the tables be those of another edition, with a column that this one doesn't know."""
    with psycopg.connect(url) as admin:
        admin.execute("ALTER TABLE m0860.timeline ADD COLUMN of_another text")
        admin.execute("UPDATE m0860.definition SET fingerprint = %s", (ANOTHER,))


def made_by(url: str) -> str:
    with psycopg.connect(url) as admin:
        [(fingerprint,)] = admin.execute("SELECT fingerprint FROM m0860.definition").fetchall()
    return str(fingerprint)


def test_commands_leave_tables_to_the_projector_that_runs_and_rebuild_them_where_none_does(
    municipality: Municipality, database_url: str, keyring: Keyring
) -> None:
    municipality.append([intake("ev-1", "c-1")])
    take_over(database_url)
    with Server(database_url, keyring, role="projector") as beside:
        beside.pool.wait()  # until then the database knows of no projector
        for work in (lambda one: bring_up_to_date([one]), catch_up, retry):
            with pytest.raises(OtherProgramError, match="0860"):
                work(municipality)
        assert of_views(municipality)["ok"] is False  # the doctor goes on with the others
        assert made_by(database_url) == ANOTHER
    until(lambda: not others(municipality.pool))  # the database hears a little later who is gone
    bring_up_to_date([municipality])
    assert made_by(database_url) == definition()


def test_a_projector_takes_its_tables_back_once_no_other_projector_runs(
    server: Server,
    municipality: Municipality,
    database_url: str,
    keyring: Keyring,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.projector._POLL", 0.1)
    municipality.append([intake("ev-1", "c-1")])
    with capture_logs() as told, following(server):
        reflected(municipality)
        with Server(database_url, keyring, role="projector") as beside:
            beside.pool.wait()
            take_over(database_url)
            until(lambda: "views-taken-over" in _events(told))
            municipality.append([intake("ev-2", "c-1")])
            time.sleep(0.5)  # it looks several times
            assert made_by(database_url) == ANOTHER
        reflected(municipality, seconds=20)
        assert made_by(database_url) == definition()
        until(lambda: "views-rebuilt" in _events(told))
    assert _events(told) == ["views-taken-over", "views-changed", "views-rebuilt"]


def test_a_projector_makes_all_tables_its_own_as_it_begins_though_another_runs(
    server: Server, municipality: Municipality, database_url: str, keyring: Keyring
) -> None:
    municipality.append([intake("ev-1", "c-1")])
    take_over(database_url)
    with Server(database_url, keyring, role="projector") as beside:
        beside.pool.wait()
        with following(server):
            reflected(municipality, seconds=20)
            assert made_by(database_url) == definition()


def _events(told: Sequence[Mapping[str, Any]]) -> list[str]:
    return [one["event"] for one in told]
