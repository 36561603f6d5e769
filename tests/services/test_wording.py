"""Answers in words: what a coordinator reads in a sheet and on a screen."""

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from services.cli.answers import Printed
from services.cli.show import Format
from services.explaining import COLUMNS as EVENT_NAMES
from services.rendering import Month, danish, plain
from services.view_list.events import event_columns
from services.view_list.shape import Column
from services.view_list.timeline import COLUMNS
from services.views import VIEWS
from services.wording import Wording, as_sheet, in_language, in_words

ID = UUID("00000000-0000-0000-0000-000000000001")
GRANTS = VIEWS["grants"].levels["grant"]
BARRIERS = VIEWS["barriers"].levels["question"]
WORKLIST = VIEWS["worklist"].levels["follow-up"]
MONTHS = VIEWS["caseload"].levels["month"]


def sheet(row: dict[str, Any], columns: Any, wording: Wording = Wording.DA) -> dict[str, str]:
    """The one row by its headings. A heading that stands twice would lose a column."""
    text = as_sheet([row], columns, wording).removeprefix("\ufeff")
    [told] = csv.DictReader(io.StringIO(text), delimiter=";")
    return told


def sheets() -> list[tuple[str, list[Column]]]:
    """All that can be had as a sheet."""
    found = [("timeline", list(COLUMNS))]
    for view in VIEWS.values():
        for by, level in view.levels.items():
            found.append((f"{view.name} {by}", list(level.columns)))
            keys = {"row_id" if name == "id" else name for name in level.keys}
            beside = {f"{name}_id" for name in keys} & set(level.names)
            explained = dict.fromkeys(("row", "municipality", *keys, *beside, *EVENT_NAMES))
            found.append((f"{view.name} {by} explained", event_columns(level, [explained])))
    return found


@pytest.mark.parametrize("language", ["da", "en"])
def test_no_two_headings_of_a_sheet_are_the_same(language: str) -> None:
    for name, columns in sheets():
        head = as_sheet([], columns, Wording(language)).removeprefix("\ufeff").strip().split(";")
        dropped = [column for column in columns if column.in_english or column.for_programs]
        assert len(head) == len(columns) - len(dropped), name
        assert len(set(head)) == len(head), (name, head)


def test_a_sheet_has_danish_headings_and_danish_words_for_codes() -> None:
    row = dict.fromkeys(GRANTS.names) | {
        "course": ID,
        "course_id": "c-1",
        "kind": "mentor-hours",
        "state": "runs-out",
        "boundary_crossing": False,
    }
    told = sheet(row, GRANTS.columns)
    assert (told["Forløb, internt id"], told["Forløb"]) == (str(ID), "c-1")
    assert told["Status"] == "udløber inden for seks uger"
    assert told["Uden myndighed"] == "nej"
    english = sheet(row, GRANTS.columns, Wording.EN)
    assert (english["Course"], english["State"]) == ("c-1", "runs-out")
    assert english["Boundary crossing"] == "no"
    codes = sheet(row, GRANTS.columns, Wording.CODES)
    assert list(codes) == GRANTS.names
    assert (codes["course_id"], codes["state"]) == ("c-1", "runs-out")


def test_internal_ids_come_last_in_a_sheet_and_senders_ids_where_machines_have_those() -> None:
    head = list(sheet(dict.fromkeys(GRANTS.names), GRANTS.columns))
    assert head[:4] == ["Kommune", "Kommunekode", "Forløb", "Bevilling"]
    internal = ["Forløb, internt id", "Ansøger, internt id", "Beslutter, internt id"]
    assert head[-3:] == internal
    for name, columns in sheets():
        told = list(sheet({}, columns))
        ids = [
            heading for heading in told if heading.endswith(", internt id") or heading == "Strøm"
        ]
        assert told[len(told) - len(ids) :] == ids, name


def test_a_sheet_is_of_one_language_and_that_of_machines_of_both() -> None:
    row = dict.fromkeys(WORKLIST.names) | {"why": "Ingen mentor.", "why_english": "No mentor."}
    danish_sheet, english = sheet(row, WORKLIST.columns), sheet(row, WORKLIST.columns, Wording.EN)
    assert danish_sheet["Hvad og hvorfor"] == "Ingen mentor."
    assert not [heading for heading in danish_sheet if "engelsk" in heading]
    assert "No mentor." not in danish_sheet.values()
    assert english["What and why"] == "No mentor." and "Ingen mentor." not in english.values()
    codes = sheet(row, WORKLIST.columns, Wording.CODES)
    assert (codes["why"], codes["why_english"]) == ("Ingen mentor.", "No mentor.")


def test_sentences_on_the_screen_are_in_the_language_that_is_asked_for() -> None:
    shown = VIEWS["contradictions"].levels["contradiction"]
    told = {
        language: [one.name for one in in_language(shown.shown, shown.columns, language)]
        for language in ("da", "en")
    }
    assert "what" in told["da"] and "what_en" not in told["da"]
    assert "what_en" in told["en"] and "what" not in told["en"]


@pytest.mark.parametrize(
    ("id_", "told"),
    [
        ("follow-up-3f2a91c07d1e4b0f", "3f2a91c0"),
        ("follow-up-004512997d1e4b0f", "follow-up-004512997d1e4b0f"),  # 451299 in a spreadsheet
        ("follow-up-12e451297d1e4b0f", "follow-up-12e451297d1e4b0f"),  # too large for one
    ],
)
def test_a_sheet_has_the_id_that_commands_take_and_a_spreadsheet_leaves_alone(
    id_: str, told: str
) -> None:
    row = dict.fromkeys(WORKLIST.names) | {"id": id_}
    assert sheet(row, WORKLIST.columns)["Id"] == told
    assert sheet(row, WORKLIST.columns, Wording.CODES)["id"] == id_


def test_who_says_what_of_which_responsibility_is_told_in_danish() -> None:
    said = {"mentor_says": "both", "caseworker_says": None, "reading": "one-sided"}
    two = [{"responsibility": one, **said} for one in ("system-guide", "crisis-contact")]
    course = VIEWS["role-clarity"].levels["course"]
    told = sheet(dict.fromkeys(course.names) | {"divisions": two}, course.columns)["Fordeling"]
    says = "mentor siger: begge, sagsbehandler siger: –, læses: ensidig"
    assert told == (
        f"ansvar: systemguide, {says}; ansvar: den, der ringes til, når problemer opstår, {says}"
    )
    team = VIEWS["role-clarity"].levels["team"]
    counted = {"system-guide": {"agreed": 2, "gap": 1}, "crisis-contact": {"agreed": 3}}
    row = dict.fromkeys(team.names) | {"responsibilities": counted}
    assert sheet(row, team.columns)["Ansvarsområder"] == (
        "systemguide: enige: 2, hul: 1; den, der ringes til, når problemer opstår: enige: 3"
    )


def test_attempts_in_vain_are_told_by_outcome_in_danish() -> None:
    of_all = VIEWS["activities"].levels["municipality"]
    row = dict.fromkeys(of_all.names) | {
        "attempts_by_outcome": {"cancelled-by-citizen": 64, "no-answer": 61}
    }
    told = sheet(row, of_all.columns)["Forgæves efter udfald"]
    assert told == "afbud: 64, intet svar: 61"
    assert sheet(row, of_all.columns, Wording.CODES)["attempts_by_outcome"] == (
        "cancelled-by-citizen: 64, no-answer: 61"
    )


def test_people_read_amounts_in_kroner_and_programs_in_oere() -> None:
    row = dict.fromkeys(GRANTS.names) | {"amount_oere": 2_550_050}
    assert sheet(row, GRANTS.columns)["Beløb, kr."] == "25500,50"
    assert sheet(row, GRANTS.columns, Wording.EN)["Amount, DKK"] == "25500,50"
    assert sheet(row, GRANTS.columns, Wording.CODES)["amount_oere"] == "2550050"
    assert in_words(row, GRANTS.columns, "da", on_screen=True)["amount_oere"] == Decimal("25500.5")
    nothing = dict.fromkeys(GRANTS.names)
    assert sheet(nothing, GRANTS.columns)["Beløb, kr."] == ""


def test_what_an_event_says_is_told_in_words_to_people_and_by_its_fields_to_programs() -> None:
    row = {
        "details": {"kind": "mentor-hours", "period": {"to": date(2026, 7, 20)}},
        "told": "mentorstøtte, til og med 19.07.2026",
    }
    told = sheet(row, COLUMNS)
    assert told["Nærmere"] == "mentorstøtte, til og med 19.07.2026"
    assert "Detaljer" not in told and "mentor-hours" not in "".join(told.values())
    assert "mentor-hours" in sheet(row, COLUMNS, Wording.CODES)["details"]


def test_ids_that_a_spreadsheet_would_change_are_kept_in_words_and_bare_in_codes() -> None:
    row = dict.fromkeys(GRANTS.names) | {"municipality_code": "0860", "course_id": "1-2"}
    told, codes = sheet(row, GRANTS.columns), sheet(row, GRANTS.columns, Wording.CODES)
    assert (told["Kommunekode"], told["Forløb"]) == ('="0860"', '="1-2"')
    assert (codes["municipality_code"], codes["course_id"]) == ("0860", "1-2")


def test_a_band_has_a_dash_for_readers_and_is_a_code_to_machines() -> None:
    """A spreadsheet makes the fourteenth of October of 10-14."""
    row = dict.fromkeys(MONTHS.names) | {"band": "10-14"}
    assert sheet(row, MONTHS.columns)["Interval i perioden"] == "10–14"
    assert sheet(row, MONTHS.columns, Wording.EN)["Band in the period"] == "10–14"
    assert sheet(row, MONTHS.columns, Wording.CODES)["band"] == "10-14"
    assert in_words(row, MONTHS.shown, "da", on_screen=True)["band"] == "10–14"
    assert in_words(row | {"band": "<10"}, MONTHS.shown, "da")["band"] == "under 10"


def test_a_figure_withheld_and_one_never_asked_for_are_told_apart() -> None:
    nothing = dict.fromkeys(BARRIERS.names) | {"question": "barrier-lack-of-time"}
    hidden, never = nothing | {"withheld": True}, nothing | {"withheld": False}
    told = sheet(hidden, BARRIERS.columns)
    assert (told["Barriere"], told["Svar"]) == ("mangel på tid", "skjult (< 5)")
    assert sheet(never, BARRIERS.columns)["Svar"] == ""
    assert sheet(hidden, BARRIERS.columns, Wording.EN)["Answers"] == "withheld (< 5)"
    assert sheet(hidden, BARRIERS.columns, Wording.CODES)["answered"] == ""
    on_screen = [in_words(row, BARRIERS.shown, "da") for row in (hidden, never)]
    assert [danish(row["share_much"]) for row in on_screen] == ["skjult (< 5)", "–"]
    known = never | {"answered": 5, "share_much": Decimal("40.00")}
    assert sheet(known, BARRIERS.columns)["Svar"] == "5"


def test_a_month_is_a_month_to_machines_and_to_readers() -> None:
    row = dict.fromkeys(MONTHS.names) | {"month": Month(date(2026, 3, 1))}
    assert plain(row)["month"] == "2026-03"
    assert sheet(row, MONTHS.columns)["Måned"] == "2026-03"
    assert sheet(row, MONTHS.columns, Wording.CODES)["month"] == "2026-03"
    assert sheet(row, MONTHS.columns, Wording.EN)["Month"] == "2026-03"
    assert in_words(row, MONTHS.shown, "da", on_screen=True)["month"] == "marts 2026"
    assert in_words(row, MONTHS.shown, "en", on_screen=True)["month"] == "March 2026"


def test_on_the_screen_a_grant_is_called_by_its_id_and_in_a_sheet_by_its_source_too() -> None:
    row = dict.fromkeys(GRANTS.names) | {"continued_by": ["https://sagssystem.example b-2"]}
    assert in_words(row, GRANTS.shown, "da", on_screen=True)["continued_by"] == ["b-2"]
    assert sheet(row, GRANTS.columns)["Fortsættes af"] == "https://sagssystem.example b-2"


@pytest.mark.parametrize(
    ("printed", "spoken"),
    [
        (Printed(Format.CSV, "da", Wording.EN), "en"),
        (Printed(Format.CSV, "en", Wording.DA), "da"),
        (Printed(Format.CSV, "en", Wording.CODES), "en"),
        (Printed(Format.CSV, "da"), "da"),
        (Printed(Format.TABLE, "da", Wording.EN), "da"),  # words are what CSV is written in
    ],
)
def test_sentences_in_a_sheet_are_in_the_language_of_its_headings(
    printed: Printed, spoken: str
) -> None:
    assert printed.spoken == spoken
