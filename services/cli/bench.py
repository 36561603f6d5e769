"""`roedtraad bench`: our way beside the stock library's and the raw limit."""

from typing import Annotated, Any

import psycopg
import typer

from bench.machine import machine
from bench.measure import COLUMNS, Row, run, turns
from bench.measures import MEASURES
from bench.scratch import scratch
from bench.workload import make_workload
from services.cli.query import FormatOption
from services.cli.show import Format, err, print_csv, print_json, print_table, progress_bar
from services.root import open_app
from services.settings import Settings

REFUSED = 2
_HEADINGS = {
    "measure": "Mål",
    "unit": "Enhed",
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
        list[str] | None, typer.Argument(help=f"Alle, hvis udeladt: {', '.join(MEASURES)}.")
    ] = None,
    format_: FormatOption = Format.TABLE,
    rounds: Annotated[int, typer.Option(min=1, help="Runder, der tæller (that count).")] = 5,
    events: Annotated[int, typer.Option(min=10, help="Hændelser (events).")] = 15_000,
) -> None:
    """Mål hastigheder i en database for sig selv. (Measure speeds in a database of its own.)"""
    names = list(dict.fromkeys(measures or MEASURES))
    if unknown := [name for name in names if name not in MEASURES]:
        err.print(
            f"Ukendt mål (unknown measure): {', '.join(unknown)}. "
            f"Kendte (known): {', '.join(MEASURES)}",
        )
        raise typer.Exit(REFUSED)
    with open_app(Settings()) as app:
        try:
            rows = _run(app.database_url, names, rounds, events)
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


def _run(url: str, names: list[str], rounds: int, events: int) -> list[Row]:
    with scratch(url) as place, progress_bar() as bar:
        making = bar.add_task("Hændelser (events)", total=None)
        workload = make_workload(
            place.folder / "files", events, lambda n, of: bar.update(making, completed=n, total=of)
        )
        rows = []
        for name in names:
            task = bar.add_task(f"{name}: klargøres (preparing)", total=turns(rounds) + 1)

            def before(peer: str, name: str = name, task: Any = task) -> None:
                bar.update(task, advance=1, description=f"{name}: {peer}")

            rows.append(run(MEASURES[name], place, workload, rounds=rounds, progress=before))
            bar.update(task, completed=turns(rounds) + 1, description=name)
        return rows


def _readable(row: Row) -> Row:
    """Rates as whole numbers, ratios with three figures that count; each with its min and max."""
    shown = {name: _spread(row, name, _whole) for name in ("ours", "stock", "limit")}
    ratios = {name: _spread(row, name, _ratio) for name in ("ratio_to_stock", "ratio_to_limit")}
    return row | shown | ratios


def _spread(row: Row, name: str, say: Any) -> str:
    return f"{say(row[name])} ({say(row[f'{name}_min'])}–{say(row[f'{name}_max'])})"


def _whole(value: float) -> str:
    return f"{value:,.0f}".replace(",", ".")


def _ratio(value: float) -> str:
    return f"{value:.3g}".replace(".", ",")
