"""How answers look: tables in Danish, JSON and CSV for machines, progress on stderr."""

import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

Row = Mapping[str, Any]
_DENMARK = ZoneInfo("Europe/Copenhagen")


class Format(StrEnum):
    """Ways to print an answer."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


# A pipe has no width of its own.
out = Console(width=None if sys.stdout.isatty() else 160)
err = Console(stderr=True)


def progress_bar() -> Progress:
    """A bar for long work. It goes to stderr, so that stdout holds nothing but the answer."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=err,
    )


@contextmanager
def counted(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar of its own for one piece of work; tell what it gives how much is done."""
    with progress_bar() as bar:
        task = bar.add_task(what, total=total or 1)
        yield lambda done: bar.update(task, completed=done)
        bar.update(task, completed=total or 1)


def plain(value: Any) -> Any:
    """A value as JSON has it: exact decimals as numbers, times and ids as text."""
    match value:
        case Decimal():
            return float(value)
        case datetime() | date():
            return value.isoformat()
        case UUID():
            return str(value)
        case StrEnum():
            return value.value
        case Mapping():
            return {str(key): plain(each) for key, each in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(each) for each in value]
        case _:
            return value


def print_json(answer: Any) -> None:
    """One JSON document on stdout."""
    json.dump(plain(answer), sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def print_csv(rows: Sequence[Row], columns: Sequence[str]) -> None:
    """Semicolons, decimal commas and a byte order mark: opens right in a Danish spreadsheet."""
    sys.stdout.write("\ufeff")
    writer = csv.writer(sys.stdout, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row.get(column)) for column in columns])


def _cell(value: Any) -> str:
    text = danish(value, empty="")
    # A spreadsheet would run what begins so.
    return f"'{text}" if text.startswith(("=", "+", "@", "\t")) else text


def print_table(title: str, headings: Mapping[str, str], rows: Iterable[Row]) -> None:
    """A table with Danish headings; `headings` maps columns to them."""
    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
    for heading in headings.values():
        table.add_column(heading)
    for row in rows:
        table.add_row(*(danish(row.get(column)) for column in headings))
    out.print(table)


def danish(value: Any, empty: str = "–") -> str:
    """A value as a Danish reader writes it."""
    match value:
        case None:
            return empty
        case bool():
            return "ja" if value else "nej"
        case Decimal() | float():
            return f"{value:.2f}".replace(".", ",")
        case datetime():
            return value.astimezone(_DENMARK).strftime("%d.%m.%Y %H.%M")
        case date():
            return value.strftime("%d.%m.%Y")
        case Mapping():
            return ", ".join(f"{key}: {danish(each)}" for key, each in value.items()) or empty
        case list() | tuple():
            return ", ".join(danish(each) for each in value) or empty
        case _:
            return str(value)
