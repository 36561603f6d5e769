"""A sheet opens right in a Danish spreadsheet, and runs nothing of what somebody sent."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.rendering import Month
from services.sheets import as_csv


def test_a_sheet_has_a_mark_semicolons_and_decimal_commas() -> None:
    rows: list[dict[str, Any]] = [
        {"hours": Decimal("1.5"), "who": "Åse; Ole"},
        {"hours": Decimal("-0.25"), "who": None},
    ]
    assert as_csv(rows, ["who", "hours"]) == ('\ufeffwho;hours\r\n"Åse; Ole";1,50\r\n;-0,25\r\n')
    assert as_csv(rows[:1], ["hours"], ["Timer"]) == "\ufeffTimer\r\n1,50\r\n"


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (12, "12"),
        (-7, "-7"),
        (123456789012345, "123456789012345"),
        (0.5, "0,50"),
        (Decimal("-1234.5"), "-1234,50"),
        (None, ""),
        (True, "ja"),
        (date(2026, 3, 1), "2026-03-01"),
        (datetime(2026, 7, 1, 8, 4, tzinfo=UTC), "2026-07-01 10:04"),  # by clocks in Denmark
        (Month(date(2026, 3, 1)), "2026-03"),
        (["a", "b"], "a, b"),
        ([], ""),
    ],
)
def test_a_date_a_time_and_a_number_are_written_as_danish_spreadsheets_read_them(
    value: Any, cell: str
) -> None:
    assert _cell(value) == _cell(value, kept=True) == cell


@pytest.mark.parametrize(
    "text",
    [
        *("007", "0860", "-0", "1e5", "12E-3", "1 e5", "12345678901234567890", "123456789012"),
        *("1-2", "1/2", "1.2", "1.234", "12-31-99", "2026-03-01", "2026-07-01T10:00", "1 1/2"),
        *("10:30", "10.30", "5 pm", "10%", "(5)", "5-", "1,", "1,50", "1.000,5", " 7", "\u00a0007"),
        *("1-feb", "1. februar 2026", "marts 2026", "MAR1", "SEP-2", "dec12", "okt 12"),
        *(
            "1e 4",
            "1e6-",
            "3,maj",
            "mandag 3-6",
            "4kr.-",
            "9 : 7am",
            "dec/46 fredag",
            "1-pm",
            "9+kr.",
            "kr 10",
            "10 kr.",
            "€5",
            "5€",
            "true",
            "FALSK",
            "#N/A",
            "#REF!",
            "+45 12 34 56 78",
        ),
    ],
)
def test_text_that_a_spreadsheet_would_write_in_another_way_is_kept_for_people(text: str) -> None:
    assert _cell(text, kept=True) == f'="{text}"'
    assert _cell([text], kept=True) == f'="{text}"'
    assert _cell(text) == (f"'{text}" if text[0] == "+" else text)


@pytest.mark.parametrize(
    "text",
    [
        *("0", "4711", "-12", "-12,5", "0,25", "12345678901", "c-1", "m-34", "medarb-781", "b-2"),
        *(
            "3f2a91c0",
            "10–14",
            "under 10",
            "1, 2",
            "e5",
            "12e",
            "7a",
            "a1",
            "t3",
            "0x1f",
            "1d5",
            "Sct. Hans = god",
        ),
        *("marts", "5 mentorer", "1 af 2", "Mark 5", "a-1", "de-mo", "07b", "1_000"),
        "00000000-0000-0000-0000-0000000000a1",
    ],
)
def test_other_text_stands_as_it_is(text: str) -> None:
    assert _cell(text) == _cell(text, kept=True) == text


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "@SUM(A1)",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        "\uff1d1+1",
        '="007"&A1',
        "-2+3+cmd|' /C calc'!A0",
        "+cmd|' /C calc'!A0",
        "-SUM(A1)",
        "-",
        "--",
    ],
)
@pytest.mark.parametrize("kept", [True, False])
def test_text_that_a_spreadsheet_would_run_is_text(text: str, kept: bool) -> None:
    assert _cell(text, kept=kept) == f"'{text}"
    assert _cell([text, "b"], kept=kept) == f"'{text}, b"


@pytest.mark.parametrize("text", ["+45 12 34", "-1+1", "--1", "-1\n", "-12,", "-1.5"])
def test_what_is_run_or_changed_is_text_to_programs_too(text: str) -> None:
    assert _cell(text) == f"'{text}"
    assert _cell(text, kept=True) == f'="{text}"'


def _cell(value: Any, *, kept: bool = False) -> str:
    """What a reader of CSV finds."""
    rows = [{"a": value, "b": "x"}]
    sheet = io.StringIO(as_csv(rows, ["a", "b"], kept=kept), newline="")
    _, [cell, _] = csv.reader(sheet, delimiter=";")
    return cell


@given(st.text(alphabet="=\"'+-@&|()!ABCabe017 .,:/\t\n", max_size=12))
def test_no_text_becomes_more_than_a_constant_whatever_it_is_made_of(text: str) -> None:
    cell = _cell(text, kept=True)
    if cell.startswith("=") or cell[:1] in {"+", "@", "\t", "\r", "\n"}:
        assert cell == f'="{text}"' and '"' not in text
    elif cell.startswith("-"):
        assert cell.replace(",", "", 1)[1:].isdigit()
