"""At the terminal: what isn't as the log has it is said beside the answer, never in it."""

import csv
import io
import json
from collections.abc import Sequence

import psycopg
import pytest

from services.freshness import stale_because
from services.store.municipality import Municipality
from services.views import bring_up_to_date
from tests.services.cli.terminal import Terminal
from tests.services.test_projector_parked import BROKEN, poison, tell

_ONE = ("--municipality", "0860")


def test_tables_that_lack_what_is_asked_for_are_told_of_with_what_mends_them(
    terminal: Terminal, database_url: str
) -> None:
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute("ALTER TABLE m0860.matches RENAME COLUMN from_day TO since_day")
    code, answer, said = terminal.run("query", "caseload", *_ONE)
    assert (code, answer) == (2, "")
    assert "anden udgave" in said and "projections rebuild" in said
    assert terminal.run("projections", "rebuild", *_ONE)[0] == 0
    code, answer, said = terminal.run("query", "caseload", *_ONE)
    assert (code, said) == (0, "") and "Hjørring" in answer


@pytest.mark.parametrize("format_", ["table", "csv", "json"])
def test_an_answer_from_tables_of_another_edition_says_so_beside_it(
    terminal: Terminal, municipality: Municipality, monkeypatch: pytest.MonkeyPatch, format_: str
) -> None:
    asked = ("query", "caseload", *_ONE, "--format", format_)
    _, answer, said = terminal.run(*asked)
    assert said == ""

    def refill(stores: Sequence[Municipality]) -> None:
        bring_up_to_date(stores)
        with municipality.transaction() as cursor:
            cursor.execute("UPDATE m0860.definition SET fingerprint = 'of another edition'")

    # Another edition rebuilds the tables just before they are asked.
    monkeypatch.setattr("services.cli.query.bring_up_to_date", refill)
    code, then, said = terminal.run(*asked)
    [reason] = stale_because(0, 0, True)
    assert (code, said) == (0, f"{reason.da} ({reason.en})\n")
    if format_ == "json":
        told, before = json.loads(then), json.loads(answer)
        assert told["stale_because"] == [reason._asdict()]
        assert told["rows"] == before["rows"]
    else:
        assert then == answer


def test_a_sheet_in_which_something_is_missing_says_so_beside_it(
    terminal: Terminal, municipality: Municipality, database_url: str
) -> None:
    asked = ("query", "caseload", *_ONE, "--format", "csv")
    tell(municipality)
    poison(database_url, BROKEN)
    code, sheet, said = terminal.run(*asked)
    assert code == 0 and sheet.startswith("\ufeffKommune;")
    [reason] = stale_because(0, 1, False)
    assert said == f"{reason.da} ({reason.en})\n" and "1 parkeret" in said
    assert all(len(row) > 1 for row in csv.reader(io.StringIO(sheet), delimiter=";"))
