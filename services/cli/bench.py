"""`roedtraad bench`: our way beside the stock library's and the raw limit."""

from typing import TYPE_CHECKING, Annotated, Any

import psycopg
import typer

from bench.names import NAMES
from services.cli.options import FormatOption
from services.cli.show import Format, err, print_csv, print_json, print_table, progress_bar
from services.root import open_app
from services.settings import Settings

if TYPE_CHECKING:
    from bench.measure import Row

REFUSED = 2
_WHOLE_FROM = 100
_HEADINGS = {
    "measure": "Mål",
    "unit": "Enhed (↑ meget, ↓ lidt er bedst)",
    "ours": "Vores (fra–til)",
    "stock": "Biblioteket",
    "limit": "Grænsen",
    "ratio_to_stock": "Gange biblioteket",
    "ratio_to_limit": "Af grænsen",
}


def add_to(app: typer.Typer) -> None:
    """Name the command."""
    app.command()(bench)


def bench(
    measures: Annotated[
        list[str] | None, typer.Argument(help=f"Alle, hvis udeladt: {', '.join(NAMES)}.")
    ] = None,
    format_: FormatOption = Format.TABLE,
    rounds: Annotated[int, typer.Option(min=1, help="Runder, der tæller (that count).")] = 5,
    warm_up: Annotated[
        int, typer.Option(min=0, help="Runder først, der ikke tæller (first, that don't count).")
    ] = 1,
    events: Annotated[int, typer.Option(min=10, help="Hændelser (events).")] = 15_000,
    courses: Annotated[
        int, typer.Option(min=1, help="Forløb, der følges, i hver runde (courses followed).")
    ] = 30,
) -> None:
    """Mål i databaser og på en Temporal for sig selv. (Measure on databases of its own.)"""
    names = list(dict.fromkeys(measures or NAMES))
    if unknown := [name for name in names if name not in NAMES]:
        err.print(
            f"Ukendt mål (unknown measure): {', '.join(unknown)}. "
            f"Kendte (known): {', '.join(NAMES)}",
        )
        raise typer.Exit(REFUSED)
    from bench.machine import machine
    from bench.measure import COLUMNS

    with open_app(Settings()) as app:
        try:
            rows = _run(app.database_url, names, (rounds, warm_up), (events, courses))
        except psycopg.errors.InsufficientPrivilege:
            err.print(
                "Brugeren i DATABASE_URL må ikke oprette databaser og roller (CREATEDB, CREATEROLE)"
                " (may not create databases and roles).",
            )
            raise typer.Exit(REFUSED) from None
        on = machine(app.database_url)
    match format_:
        case Format.JSON:
            print_json({"rows": rows, "machine": on})
        case Format.CSV:
            print_csv(rows, COLUMNS)
        case Format.TABLE:
            print_table("Hastigheder", _HEADINGS, [_readable(row) for row in rows])
            err.print(", ".join(f"{name} {value}" for name, value in on.items()))


def _run(
    url: str, names: list[str], counts: tuple[int, int], sizes: tuple[int, int]
) -> "list[Row]":
    from bench.measure import run, turns
    from bench.measures import MEASURES
    from bench.scratch import scratch
    from bench.workload import make_workload

    rounds, warm_up = counts
    every = turns(rounds, warm_up) + 1
    with scratch(url) as place, progress_bar() as bar:
        making = bar.add_task("Hændelser (events)", total=None)
        workload = make_workload(
            place.folder / "files", *sizes, lambda n, of: bar.update(making, completed=n, total=of)
        )
        rows: list[Row] = []
        for name in names:
            task = bar.add_task(f"{name}: klargøres (preparing)", total=every)

            def before(peer: str, name: str = name, task: Any = task) -> None:
                bar.update(task, advance=1, description=f"{name}: {peer}")

            rows += run(
                MEASURES[name], place, workload, rounds=rounds, warm_up=warm_up, progress=before
            )
            bar.update(task, completed=every, description=name)
        return rows


def _readable(row: "Row") -> "Row":
    """Large numbers whole, small ones with three figures that count; each with its min and max."""
    numbers = ("ours", "stock", "limit", "ratio_to_stock", "ratio_to_limit")
    arrow = "↑" if row["better"] == "higher" else "↓"
    return row | {name: _spread(row, name) for name in numbers} | {"unit": f"{row['unit']} {arrow}"}


def _spread(row: "Row", name: str) -> str:
    return f"{_say(row[name])} ({_say(row[f'{name}_min'])}–{_say(row[f'{name}_max'])})"


def _say(value: float) -> str:
    if value >= _WHOLE_FROM:
        return f"{value:,.0f}".replace(",", ".")
    return f"{value:.3g}".replace(".", ",")
