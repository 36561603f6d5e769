"""A sheet opens right in a Danish spreadsheet, and runs nothing of what somebody sent."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from services.rendering import Month, as_csv


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
        (0.5, "0,50"),
        (Decimal("-1234.5"), "-1234,50"),
        ("-12", "-12"),
        ("-12,5", "-12,5"),
        (None, ""),
        (True, "ja"),
        (date(2026, 3, 1), "01.03.2026"),
        (datetime(2026, 7, 1, 8, tzinfo=UTC), "01.07.2026 10.00"),
        (Month(date(2026, 3, 1)), "2026-03"),
        (["a", "b"], "a, b"),
        ("Sct. Hans = god", "Sct. Hans = god"),
        ("a-1", "a-1"),
    ],
)
def test_a_value_is_written_as_a_danish_reader_writes_it(value: Any, cell: str) -> None:
    assert _cell(value) == cell


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+45 12 34",
        "@SUM(A1)",
        "\t=1+1",
        "\r=1+1",
        "-1+1",
        "-2+3+cmd|' /C calc'!A0",
        "-SUM(A1)",
        "-",
        "--1",
        "-1\n",
        "-12,",
        "-1.5",
    ],
)
def test_text_that_a_spreadsheet_would_run_is_text(text: str) -> None:
    assert _cell(text) == f"'{text}"
    assert _cell([text, "b"]) == f"'{text}, b"


def _cell(value: Any) -> str:
    """What a reader of CSV finds."""
    sheet = io.StringIO(as_csv([{"a": value, "b": "x"}], ["a", "b"]), newline="")
    _, [cell, _] = csv.reader(sheet, delimiter=";")
    return cell
