"""At the terminal: what can't be asked so is refused with what would be right."""

from datetime import UTC, datetime, timedelta

import psycopg

from domain.calendar import day_of
from services.store.server import Server
from tests.services.cli.terminal import Terminal
from tests.services.store.sending import intake

_ONE = ("--municipality", "0860")


def test_a_course_of_several_municipalities_is_asked_about_in_one_of_them(
    terminal: Terminal, server: Server, database_url: str
) -> None:
    server.municipality("0851").append([intake("ev-1", "c-1")])
    asked = ("query", "matching", "--by", "candidate", "--course", "c-1")
    refused = terminal.run(*asked)
    assert refused == terminal.run("course", "c-1")
    code, answer, said = refused
    assert (code, answer) == (2, "") and "--municipality" in said
    with psycopg.connect(database_url) as admin:  # that both have it was told, twice
        for schema in ("m0851", "m0860"):
            found = admin.execute(f"SELECT count(*) FROM {schema}.looks").fetchall()
            assert found == [(2,)], schema
    assert terminal.run(*asked, *_ONE)[0] == 0
    assert terminal.run("query", "matching", "--by", "candidate", "--course", "c-2")[0] == 2


def test_an_answer_about_the_future_says_what_that_means(terminal: Terminal) -> None:
    asked = ("query", "caseload", *_ONE)
    today = day_of(datetime.now(UTC))
    for option in ("--as-of", "--known-at"):
        for command in (asked, ("course", "c-1", *_ONE)):
            code, _, said = terminal.run(*command, option, str(today + timedelta(days=2)))
            assert code == 0 and f"{option} er i fremtiden" in said
            assert "fremtiden" not in terminal.run(*command, option, str(today))[2]


def test_a_day_that_nobody_can_reckon_with_is_told_the_span(terminal: Terminal) -> None:
    for day in ("0001-01-01", "1899-12-31", "9999-12-31"):
        for option in ("--as-of", "--known-at"):
            code, _, said = terminal.run("query", "caseload", *_ONE, option, day)
            assert code == 2 and "1900–2199" in said
        code, _, said = terminal.run("query", "caseload", "--from", day, "--to", day)
        assert code == 2 and "1900–2199" in said
