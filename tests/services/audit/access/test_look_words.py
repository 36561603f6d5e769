"""The citizen is told in Danish words what somebody saw."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.audit.access.look_words import functions_in_words, told, what_in_words
from services.audit.access.looked import Looked
from services.audit.access.looking import Private, Record
from services.view_list.all import VIEWS
from tests.services.cli.reads import READS


@pytest.mark.parametrize("command", READS)
def test_each_command_that_reads_has_words(command: str) -> None:
    what = f"roedtraad {command}"
    words = what_in_words(what, {"view": "worklist"} if command == "query" else {})
    assert words.da and "roedtraad" not in words.da and "roedtraad" not in words.en


@pytest.mark.parametrize("view", VIEWS)
def test_each_view_is_called_what_it_is_called(view: str) -> None:
    title = VIEWS[view].title
    assert what_in_words(f"GET /v1/{view}", {}) == title
    assert what_in_words("GET /v1/views/{view}", {"view": view}) == title
    assert what_in_words("roedtraad query", {"view": view}) == title
    behind = [
        what_in_words(f"GET /v1/{view}/explain", {}),
        what_in_words("GET /v1/views/{view}/explain", {"view": view}),
        what_in_words("roedtraad query", {"view": view, "explain": True}),
    ]
    assert {words.da for words in behind} == {f"{title.da}: hændelserne bag"}


def test_decisions_functions_and_what_has_no_words() -> None:
    assert what_in_words("POST /v1/courses/{id}/close", {}).da == "Afgørelse i forløbet"
    assert what_in_words("roedtraad course", {"next": True}).da == "Det næste i forløbet"
    assert what_in_words("GET /v1/new", {}).da == "GET /v1/new"
    assert (
        functions_in_words(("caseworker", "operator"), "da") == "sagsbehandler, drift af systemet"
    )
    assert functions_in_words((), "da") is None


def test_what_a_look_was_for_is_said_in_one_language_and_nothing_where_nobody_said_it() -> None:
    def purpose(what: str, said: str | None, language: str = "da") -> Any:
        record = Record(what, "", (), 1, (), "")
        private = Private(purpose=said, user="amalie")
        return told(Looked(1, datetime(2026, 1, 12, tzinfo=UTC), record, private), {}, language)

    letter = "Dagligt brev (daily letter)"
    assert purpose("digest", letter)["purpose"] == "Dagligt brev"
    assert purpose("digest", letter, "en")["purpose"] == "Daily letter"
    export = "roedtraad audit export"
    assert purpose(export, export)["purpose"] is None
    assert purpose(export, "Halvårskontrol")["purpose"] == "Halvårskontrol"
