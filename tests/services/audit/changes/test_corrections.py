"""Corrections stay visible: what stood and stands, who changed it, when, why, and which figures."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from services.cli.main import app
from services.store.municipality import Municipality
from tests.services.audit.course_story import CODE
from tests.services.store.sending import intake, sent

Told = tuple[Municipality, dict[str, str]]
Json = dict[str, Any]


@pytest.fixture
def told(course_told: Told) -> Told:
    """A municipality of one course, and how commands find it."""
    return course_told


def run(told: Told, *words: str) -> Result:
    asked = ("audit", "corrections", *words)
    result = CliRunner().invoke(app, asked, env=told[1], catch_exceptions=False)
    assert result.exit_code == 0, result.stderr
    return result


def corrections(told: Told, *words: str) -> list[Json]:
    return [json.loads(line) for line in run(told, *words, "--format", "json").stdout.splitlines()]


def test_who_corrected_what_when_and_why_stands_beside_what_stood_before(told: Told) -> None:
    corrected, retracted = corrections(told, "c-1", "--no-figures")
    assert corrected["correction"]["id"] == "ev-5" and corrected["original"]["id"] == "ev-2"
    assert corrected["correction"]["actor"]["person"]["id"] == "k-02"
    assert corrected["correction"]["recorded_at"].startswith("2026-02-05T08:00:00")
    assert (corrected["reason"], corrected["holds"]) == ("wrong-person", True)
    changed = {one["field"]: (one["before"], one["after"]) for one in corrected["changed"]}
    assert set(changed) == {"actor", "mentor", "from"}
    assert changed["from"] == ("2026-01-15", "2026-01-19")
    assert retracted["retracted"] and retracted["original"]["id"] == "ev-4"
    assert corrected["figures"] is None


def test_the_figures_that_it_changed_are_told_before_and_after(told: Told) -> None:
    # On 20 January m-30 had one citizen as first told, and m-31 nobody.
    corrected, retracted = corrections(told, "c-1", "--as-of", "2026-01-20")
    rows = [f for f in corrected["figures"] if (f["view"], f["by"]) == ("caseload", "mentor")]
    assert {figure["column"] for figure in rows} == {None}  # the one's row went, the other's came
    had, has = (
        {f["row"]["mentor"]["id"]: f[side]["participants_now"] for f in rows if f[side]}
        for side in ("before", "after")
    )
    assert (had, has) == ({"m-30": 1}, {"m-31": 1})
    matches = [f for f in corrected["figures"] if (f["view"], f["by"]) == ("matching", "match")]
    assert {figure["column"]: figure["after"] for figure in matches}["match_from"] == "2026-01-19"
    # The chemistry that never was stood in the list of matches.
    gone = {f["column"]: (f["before"], f["after"]) for f in retracted["figures"]}
    assert gone["chemistry_citizen"] == ("good", None)


def test_before_the_match_began_anew_the_first_mentor_had_the_citizen(told: Told) -> None:
    corrected, _ = corrections(told, "c-1", "--as-of", "2026-01-16")
    matches = [f for f in corrected["figures"] if (f["view"], f["by"]) == ("matching", "match")]
    mentor = next(figure for figure in matches if figure["column"] == "mentor")
    assert (mentor["before"]["id"], mentor["after"]["id"]) == ("m-30", "m-31")


def test_of_a_municipality_all_are_told_in_the_order_in_which_they_came(told: Told) -> None:
    assert [one["correction"]["id"] for one in corrections(told, CODE)] == ["ev-5", "ev-6"]
    assert corrections(told, CODE, "--known-at", "2026-02-05")[-1]["correction"]["id"] == "ev-5"


def test_a_table_shows_them_in_danish(told: Told) -> None:
    shown = run(told, "c-1").stdout
    for word in ("mentor m-30 → m-31", "forkert person", "trukket tilbage", "Tal, som de ændrede"):
        assert word in shown


def test_of_a_survey_nobody_is_told_who_answered_what(municipality: Municipality) -> None:
    from services.audit.changes.corrections import all_corrections, corrected  # noqa: PLC0415
    from services.audit.replaying.past import Past  # noqa: PLC0415

    answers = {"barrier-lack-of-time": "high-degree"}
    said: Json = {"survey": {"id": "round-1"}, "answers": answers}
    at = "2026-01-12T09:00:00+01:00"
    new = {
        **said,
        "answers": {"barrier-lack-of-time": "not-at-all"},
        "actor": {"function": "system"},
    }
    replacement = {"type": "dk.roedtraad.mentor.survey-answered.v1", "time": at, "data": new}
    fields: Json = {"corrects": {"id": "s-1"}, "reason": "typing-error", "replacement": replacement}
    municipality.append(
        [
            intake("ev-1", "c-1"),
            sent("s-1", "mentor.survey-answered.v1", "m-31", at, **said),
            sent("s-2", "mentor.event-corrected.v1", "m-31", at, **fields),
        ]
    )
    past = Past(municipality)
    [one] = all_corrections(past, corrected(past))
    assert one.is_withheld
    assert "answers" not in {changed.field for changed in one.changed}
