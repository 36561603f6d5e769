"""How answers look: tables in Danish, JSON and CSV for machines, progress on stderr."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

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

from services.rendering import Row, as_csv, danish, plain
from services.root import App
from services.store.datastore import others

DISPATCHER = "dispatcher"


class Format(StrEnum):
    """Ways to print an answer."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


# A pipe has no width of its own.
out = Console(width=None if sys.stdout.isatty() else 160, markup=False, highlight=False)
err = Console(stderr=True, markup=False, highlight=False)


def progress_bar() -> Progress:
    """A bar for long work. It goes to stderr, so that stdout holds nothing but the answer."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
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


def print_json(answer: Any) -> None:
    """One JSON document on stdout."""
    json.dump(plain(answer), sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def tell_if_nobody_follows(app: App) -> None:
    """Say on stderr that follow-ups wait where no dispatcher is up."""
    if DISPATCHER not in others(app.server.pool):
        err.print(
            "Det virker på opfølgningerne, når `roedtraad up` kører"
            " (it takes effect on follow-ups when `roedtraad up` runs).",
            soft_wrap=True,
        )


def print_lines(lines: Iterable[str]) -> None:
    """Text that is wrapped already."""
    for line in lines:
        out.print(line, soft_wrap=True)


def print_text(text: str) -> None:
    """What is written already, as it stands."""
    sys.stdout.write(text)


def print_csv(rows: Sequence[Row], columns: Sequence[str]) -> None:
    """A table that opens right in a Danish spreadsheet."""
    sys.stdout.write(as_csv(rows, columns))


def print_rows(
    title: str, headings: Mapping[str, str], rows: Sequence[Row], format_: Format
) -> None:
    """Rows that are no view's answer, the way that was asked for."""
    match format_:
        case Format.JSON:
            print_json({"rows": rows})
        case Format.CSV:
            print_csv(rows, list(headings))
        case Format.TABLE:
            print_table(title, headings, rows)


def print_table(title: str, headings: Mapping[str, str], rows: Iterable[Row]) -> None:
    """A table with Danish headings; `headings` maps columns to them.

    Where the window is too narrow for its words, each row has its columns below each other.
    """
    cells = [[danish(row.get(column)) for column in headings] for row in rows]
    if not cells:
        out.print(f"{title}: intet at vise (nothing to show).")
    elif _fits(list(headings.values()), cells):
        table = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
        widths = _narrowest(list(headings.values()), cells)
        for n, (heading, width) in enumerate(zip(headings.values(), widths, strict=True)):
            table.add_column(heading, no_wrap=n == 0, overflow="fold", min_width=width)
        for row in cells:
            table.add_row(*row)
        out.print(table)
    else:
        out.print(title, style="bold")
        for row in cells:
            out.print(_below_each_other(list(headings.values()), row))


def _fits(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether no word would have to be broken; the first column is never wrapped at all."""
    edges = 3 * len(headings) + 1
    return sum(_narrowest(headings, rows)) + edges <= out.width


def _narrowest(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """How narrow each column may be: the first as its widest line, others as their longest word."""
    first, *others = zip(headings, *rows, strict=True)
    widest = max(len(line) for cell in first for line in cell.splitlines() or [""])
    words = [max(len(word) for cell in column for word in cell.split(" ")) for column in others]
    return [widest, *words]


def _below_each_other(headings: Sequence[str], row: Sequence[str]) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for heading, cell in zip(headings, row, strict=True):
        grid.add_row(heading, cell)
    grid.add_row("", "")
    return grid
