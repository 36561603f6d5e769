"""Numbers that were stored before they were looked up link the courses of a citizen afterwards."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from psycopg.sql import SQL
from typer.testing import CliRunner

from domain.events.course import IdentityLinked
from services import linking_citizens
from services.cli.main import app
from services.linking_citizens import Linked, link_citizens
from services.store.citizens import Citizens
from services.store.keys import Keyring
from services.store.municipality import Municipality
from services.store.server import Server
from tests.conftest import Clock
from tests.services.store.sending import intake
from tests.services.store.test_same_citizen import CPR, OTHER, citizens, corrected, ours, unlinked


class CutOffError(Exception):
    """Somebody pulled the plug."""


def nobody(done: int, of: int) -> None:
    """Nobody wants to know."""


@pytest.fixture
def old(municipality: Municipality, monkeypatch: pytest.MonkeyPatch) -> Municipality:
    """A log of the time when nobody was looked up: one citizen in three courses (in the last by a
    correction), another in one, and a course without a number."""
    with monkeypatch.context() as before:
        before.setattr(Citizens, "_follow", lambda *_: None)
        municipality.append(
            [
                intake("ev-1", "c-1", cpr=CPR),
                intake("ev-2", "c-2", cpr=OTHER),
                intake("ev-3", "c-3"),
                intake("ev-4", "c-4", cpr=CPR.replace("-", "")),
                intake("ev-5", "c-5", cpr=OTHER),
                corrected("ev-6", "c-5", "ev-5", cpr=CPR),
            ]
        )
    with municipality.transaction() as cursor:
        cursor.execute(SQL("DELETE FROM {}.citizens_looked_up").format(SQL(municipality.schema)))
    assert ours(municipality) == []
    return municipality


def test_courses_of_one_citizen_are_linked_by_our_own_events_as_new_ones_are(
    old: Municipality,
) -> None:
    told: list[tuple[int, int]] = []
    end = old.head().position
    assert old.citizens_looked_up() is None
    # Five numbers are told, and two courses are linked to the first.
    assert link_citizens(old, lambda *done: told.append(done)) == Linked(5, 2)
    assert citizens(old) == [{"c-1", "c-4", "c-5"}]
    assert told[-1] == (end, end)
    first: UUID | None = old.find("course", "c-1")
    for event in ours(old):
        assert isinstance(event.fact, IdentityLinked)
        assert (event.originator_id, event.fact.basis) == (first, "cpr")
        assert event.causation is None
    # Whoever comes now is linked to them, since they are found.
    old.append([intake("ev-7", "c-7", cpr=CPR)])
    assert citizens(old) == [{"c-1", "c-4", "c-5", "c-7"}]


def test_done_again_it_says_nothing_again(old: Municipality) -> None:
    link_citizens(old, nobody)
    said = len(ours(old))
    assert link_citizens(old, nobody) == Linked()
    assert link_citizens(old, nobody, anew=True) == Linked()
    assert len(ours(old)) == said == 2


def test_what_somebody_has_parted_stays_parted(
    old: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(Citizens, "_follow", lambda *_: None)
        old.append([unlinked("ev-8", "c-1", "c-4")])
    link_citizens(old, nobody)
    assert citizens(old) == [{"c-1", "c-5"}]


def test_cut_off_it_goes_on_where_it_was(
    old: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linking_citizens, "AT_A_TIME", 2)

    def cut_off(done: int, of: int) -> None:
        raise CutOffError

    with pytest.raises(CutOffError):
        link_citizens(old, cut_off)
    [_, second, *_] = old.read_from(0, 10)
    assert old.citizens_looked_up() == second.position
    # Two of the five were looked up before; of those, no two are one citizen's.
    assert link_citizens(old, nobody) == Linked(3, 2)
    assert citizens(old) == [{"c-1", "c-4", "c-5"}]


def test_whoever_was_erased_is_found_no_more(old: Municipality, server: Server) -> None:
    with server.pool.connection() as connection:
        connection.execute("DELETE FROM keys_0860.subject_keys WHERE subject = %s", (course(old),))
    old._parts.keys.forget([course(old)])
    assert link_citizens(old, nobody) == Linked(4, 1)
    assert citizens(old) == [{"c-4", "c-5"}]


def course(store: Municipality) -> UUID:
    """The first course."""
    found = store.find("course", "c-1")
    assert found is not None
    return found


def test_a_log_that_begins_now_has_nothing_to_be_looked_up(municipality: Municipality) -> None:
    assert municipality.citizens_looked_up() == 0


def test_the_command_tells_what_it_did(
    old: Municipality, database_url: str, keyring: Keyring, tmp_path: Path, clock: Clock
) -> None:
    clock.now = datetime.now(UTC)
    environment = {
        "DATABASE_URL": database_url,
        "ROEDTRAAD_HOME": str(tmp_path),
        "ROEDTRAAD_KEYS": str(keyring.folder),
    }
    for told in ("5 numre slået op", "0 numre slået op"):
        done = CliRunner().invoke(app, ["citizens", "link"], env=environment)
        assert (done.exit_code, told in done.stderr) == (0, True), done.output
