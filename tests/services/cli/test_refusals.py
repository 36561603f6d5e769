"""At the terminal: what can't be asked so is refused with what would be right."""

import psycopg

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
