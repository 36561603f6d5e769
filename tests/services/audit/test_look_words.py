"""The citizen is told in Danish words what somebody saw."""

import pytest

from services.audit.access.look_words import functions_in_words, what_in_words
from services.view_list.all import VIEWS
from tests.services.cli.test_looks import READS


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
