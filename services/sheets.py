"""CSV that opens right in a Danish spreadsheet: dates are dates, numbers numbers, ids text."""

import csv
import io
import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.rendering import DENMARK, Month, Row, danish

_RUNS = re.compile(r"[=+@\t\r\n\uff1d\uff0b\uff20]|-(?!\d+(,\d+)?\Z)")
"""What a spreadsheet would run as a formula begins so; a negative number is none."""

_KEPT = re.compile(r"(?=.{1,12}\Z)(?:0|-?[1-9][0-9]{0,10}|-?(?:0|[1-9][0-9]*),[0-9]*[1-9])")
"""A number that a spreadsheet shows as it is written, eleven digits at most."""

_MONTH = (
    "(?:januar|january|jan|februar|february|feb|marts|march|mar|april|apr|maj|may|juni|june|jun"
    "|juli|july|jul|august|aug|september|sept|sep|oktober|okt|october|oct|november|nov"
    "|december|dec)"
)
_WEEKDAY = "(?:(?:man|tirs|ons|tors|fre|lør|søn)(?:dag)?)"
_SIGN = r"[\d\s.,:/'%+()\-]"
_READ = re.compile(
    r"(?=\D*\d)(?:"
    rf"(?!.*,\s){_SIGN}+"  # a number, a date, a time, a fraction, a percentage; no list of numbers
    rf"|(?=[^\de]*\d){_SIGN}+e(?=\D*\d){_SIGN}+"  # 1e5 is 100000
    rf"|{_SIGN}+(?:[ap]m|\s[ap])"  # 5 pm
    rf"|{_WEEKDAY}?{_SIGN}*{_MONTH}{_SIGN}*{_WEEKDAY}?|{_WEEKDAY}{_SIGN}+"  # MAR1, 1-feb
    rf"|{_SIGN}*(?:kr\.?|[€$£]){_SIGN}*"
    r"|\d+-\d+-\d+t[\d:.,]+z?"
    r")|sand|falsk|true|false|#[A-ZÆØÅ0-9/]+[!?]?",
    re.IGNORECASE,
)
"""Text that a spreadsheet may take for something else, and write in another way."""


def as_csv(
    rows: Sequence[Row],
    columns: Sequence[str],
    headings: Sequence[str] | None = None,
    *,
    kept: bool = False,
) -> str:
    """Semicolons, decimal commas, ISO dates and a byte order mark.

    The columns' names stand on top, unless they are given `headings`. What a spreadsheet would
    run is marked as text always; with `kept`, for people, also what it would change.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(headings or columns)
    for row in rows:
        writer.writerow([_cell(row.get(column), kept=kept) for column in columns])
    return "\ufeff" + text.getvalue()


def _cell(value: Any, *, kept: bool) -> str:
    match value:
        case datetime():
            return f"{value.astimezone(DENMARK):%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
        case Month():
            return str(value)
        case int() | float() | Decimal() | UUID():
            return danish(value)
    text = danish(value, empty="")
    if kept and _READ.fullmatch(text.strip()) and not _KEPT.fullmatch(text):
        return f'="{text}"'
    return f"'{text}" if _RUNS.match(text) else text
