"""How answers look: tables in Danish, JSON and CSV for machines, progress on stderr."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from rich.cells import cell_len
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

from services.rendering import Row, danish, plain
from services.root import App
from services.sheets import as_csv
from services.store.datastore import others

DISPATCHER = "dispatcher"


class Format(StrEnum):
    """Ways to print an answer."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


class Pipe(Console):
    """An output that has no edge: text is wrapped at its width, a table takes what it needs."""


def _stdout() -> Console:
    """A window has a width, and so has whatever is told one by COLUMNS."""
    if sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdigit():
        return Console(markup=False, highlight=False)
    return Pipe(width=160, markup=False, highlight=False)


out = _stdout()
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


@contextmanager
def counted_as_told(what: str) -> Iterator[Callable[[int, int], None]]:
    """The same, where how much there is to do is told with how much is done."""
    with progress_bar() as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


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
    """A table that opens right in a Danish spreadsheet; for scripts, under the names of JSON."""
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
    named = list(headings.values())
    if not cells:
        out.print(f"{title}: intet at vise (nothing to show).")
    elif widths := _widths(named, cells):
        out.print(_table(title, named, widths, cells), crop=False)
    else:
        out.print(title, style="bold")
        for row in cells:
            out.print(_below_each_other(named, row))


def _table(
    title: str, headings: Sequence[str], widths: Sequence[int], rows: Sequence[Sequence[str]]
) -> Table:
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        header_style="bold",
        width=sum(widths) + _edges(headings),
    )
    for n, (heading, width) in enumerate(zip(headings, widths, strict=True)):
        table.add_column(heading, no_wrap=n == 0, overflow="fold", width=width)
    for row in rows:
        table.add_row(*row)
    return table


def _edges(headings: Sequence[str]) -> int:
    """A border and a blank on each side of every column, the borders between them shared."""
    return 3 * len(headings) + 1


def _widths(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """How wide each column is; none where a word would have to be broken.

    The first column is never wrapped at all; others are as their longest word at least. Room
    beyond that goes to the narrow columns first, so that it is the long ones that are wrapped.
    """
    columns = list(zip(headings, *rows, strict=True))
    lines = [_longest(column, str.splitlines) for column in columns]
    narrow = [lines[0], *(_longest(column, str.split) for column in columns[1:])]
    room = out.width - _edges(headings)
    if isinstance(out, Pipe):
        room = max(room, sum(narrow))
    if sum(narrow) > room:
        return []
    found = narrow
    for most in range(max(lines) + 1):
        wider = [max(least, min(line, most)) for least, line in zip(narrow, lines, strict=True)]
        if sum(wider) > room:
            break
        found = wider
    return found


def _longest(cells: Iterable[str], parts: Callable[[str], list[str]]) -> int:
    return max((cell_len(part) for cell in cells for part in parts(cell)), default=0)


def _below_each_other(headings: Sequence[str], row: Sequence[str]) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for heading, cell in zip(headings, row, strict=True):
        grid.add_row(heading, cell)
    grid.add_row("", "")
    return grid
