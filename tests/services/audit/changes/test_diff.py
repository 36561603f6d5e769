"""What changed between two moments, in what was known and in what was true, and by which events."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from services.cli.main import app
from services.store.municipality import Municipality

Told = tuple[Municipality, dict[str, str]]
Changes = dict[tuple[str, str], tuple[Any, Any, list[str]]]


@pytest.fixture
def told(course_told: Told) -> Told:
    """A municipality of one course, and how commands find it."""
    return course_told


def run(told: Told, *words: str) -> Result:
    return CliRunner().invoke(app, ("audit", "diff", *words), env=told[1], catch_exceptions=False)


def changes(told: Told, *words: str) -> Changes:
    """Before, after and by which events, by part and field; of the one course."""
    result = run(told, *words, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return {
        (change["part"], change["field"]): (
            _id(change["before"]),
            _id(change["after"]),
            [by["id"] for by in change["by"]],
        )
        for line in result.stdout.splitlines()
        for change in json.loads(line)["changes"]
    }


def _id(value: Any) -> Any:
    return value["id"] if isinstance(value, dict) and "uuid" in value else value


def test_a_correction_changes_what_was_known_of_a_match_and_nothing_else(told: Told) -> None:
    assert changes(told, "2026-02-04", "2026-02-05") == {
        ("matches", "mentor"): ("m-30", "m-31", ["ev-5"]),
        ("matches", "days.from"): ("2026-01-15", "2026-01-19", ["ev-5"]),
    }


def test_what_is_retracted_was_known_before_and_is_not_any_more(told: Told) -> None:
    assert changes(told, "2026-02-05", "2026-02-06") == {
        ("chemistry", "at"): ("2026-01-20T10:00:00+01:00", None, ["ev-6"]),
        ("chemistry", "mentor"): ("m-31", None, ["ev-6"]),
        ("chemistry", "asked"): ("citizen", None, ["ev-6"]),
    }


def test_what_came_and_went_in_between_is_no_difference(told: Told) -> None:
    found = changes(told, "2026-02-02", "2026-02-06")
    assert "chemistry" not in {part for part, _ in found}
    # The match was told, and told anew: both events made it what it is.
    assert found["matches", "mentor"] == (None, "m-31", ["ev-2", "ev-5"])
    assert changes(told, "2026-02-06", "2026-02-07") == {}


def test_of_what_was_known_only_what_had_begun_then_is_compared(told: Told) -> None:
    found = changes(told, "2026-02-02", "2026-02-06", "--as-of", "2026-01-16")
    assert {part for part, _ in found} == {"matches"}  # the work was on the 20th


def test_what_came_true_is_told_by_when_it_happened_and_what_time_alone_made_of_it(
    told: Told,
) -> None:
    decided = changes(told, "2026-01-13", "2026-01-16", "--true", "--course", "c-1")
    assert decided["matches", "days.from"] == (None, "2026-01-19", ["ev-2"])
    assert ("in_force", "mentor") not in decided
    began = changes(told, "2026-01-18", "2026-01-19", "--true")
    assert set(began) == {("in_force", "match"), ("in_force", "mentor")}
    _, [mentor], by = began["in_force", "mentor"]
    assert (mentor["id"], by) == ("m-31", [])


def test_a_table_shows_before_and_after_in_danish(told: Told) -> None:
    shown = run(told, "2026-02-04", "2026-02-05").stdout
    assert "Hvad vi kom til at vide" in shown
    for word in ("Forløb c-1", "Match match-1", "m-30", "m-31", "rettelse ev-5"):
        assert word in shown
    assert run(told, "2026-02-05", "2026-02-04").exit_code == 2
    both = ("2026-02-04", "2026-02-05", "--true", "--as-of", "2026-02-04")
    assert run(told, *both).exit_code == 2
