"""`roedtraad projections`: the tables that the views are asked from."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from services.audit.access.looking import Seen, whose
from services.builders import ready
from services.cli.looking import PurposeOption, look
from services.cli.options import FormatOption, MunicipalityOption, stores_of
from services.cli.query import ViewName
from services.cli.show import Format, err, print_rows, progress_bar
from services.freshness import freshness
from services.municipalities import name_of
from services.projector import catch_up, prepare
from services.rebuilding import rebuild_several
from services.retrying import retry
from services.root import open_app
from services.settings import Settings
from services.store.municipality import Municipality
from services.tables import parked_in, tables_of

FAILED = 1
_ALL_BUT = 0.99
projections = typer.Typer(help="Overblikkenes tabeller (the views' tables).", no_args_is_help=True)
_PLACE = {"municipality": "Kommune", "municipality_code": "Kode"}


def add_to(app: typer.Typer) -> None:
    """Name the commands."""
    app.add_typer(projections, name="projections")


def _place(store: Municipality) -> dict[str, str]:
    return {"municipality": name_of(store.code), "municipality_code": store.code}


@projections.command("list")
def list_(municipality: MunicipalityOption = None, format_: FormatOption = Format.TABLE) -> None:
    """Tabellerne, og de hændelser, der giver rækker. (The tables, and what fills them.)"""
    counts: Counter[str] = Counter()
    with open_app(Settings()) as app:
        for store in stores_of(app, municipality):
            prepare(store)
            catch_up(store)
            counts.update({one.name: one.rows for one in tables_of(store)})
            told = {one.name: one.events for one in tables_of(store)}
    rows = [{"table": name, "rows": counts[name], "events": told[name]} for name in counts]
    headings = {"table": "Tabel", "rows": "Rækker", "events": "Hændelser"}
    print_rows("Overblikkenes tabeller", headings, rows, format_)


@projections.command()
def lag(municipality: MunicipalityOption = None, format_: FormatOption = Format.TABLE) -> None:
    """Hvor langt er tabellerne bag loggen? (How far are the tables behind the log?)"""
    with open_app(Settings()) as app:
        stores = stores_of(app, municipality)
        for store in stores:
            ready(store)
        _print_standing(stores, format_)


def _print_standing(stores: Sequence[Municipality], format_: Format) -> None:
    """How far the tables of these have come."""
    rows = []
    for store in stores:
        one = freshness(store, datetime.now(UTC))
        rows.append(
            _place(store)
            | {
                "position": one.position,
                "head": one.head,
                "age_seconds": round(one.age_seconds, 3),
                "parked": one.parked.streams,
                "other_edition": one.other_edition,
                "up_to_date": one.up_to_date,
            }
        )
    headings = _PLACE | {
        "position": "Position",
        "head": "Loggens sidste",
        "age_seconds": "Bagud i sekunder",
        "parked": "Parkerede",
        "other_edition": "Anden udgaves",
        "up_to_date": "Ajour",
    }
    print_rows("Tabellernes position", headings, rows, format_)


@projections.command()
def parked(
    municipality: MunicipalityOption = None,
    format_: FormatOption = Format.TABLE,
    purpose: PurposeOption = None,
) -> None:
    """Forløb m.m., der venter på en fejl. (Streams that wait since an event can't be projected.)"""
    rows = []
    with open_app(Settings()) as app:
        stores, seen = stores_of(app, municipality), {}
        for store in stores:
            ready(store)
            found = [_place(store) | one for one in parked_in(store)]
            seen[store.code] = Seen(len(found), whose(found, ["stream"]))
            rows += found
        look(stores, seen)
    headings = _PLACE | {
        "stream": "Strøm",
        "position": "Fra position",
        "event": "Hændelse",
        "error": "Fejl",
        "since": "Siden",
        "attempts": "Forsøg",
        "waiting": "Hændelser, der venter",
    }
    print_rows("Parkeret", headings, rows, format_)


@projections.command("retry")
def retry_(municipality: MunicipalityOption = None) -> None:
    """Prøv det parkerede igen, efter en rettelse. (Try what is parked again, after a fix.)"""
    done = left = 0
    with open_app(Settings()) as app:
        for store in stores_of(app, municipality):
            prepare(store)
            now, still = retry(store)
            done, left = done + now, left + still
    err.print(f"{done} indhentet (in the tables now), {left} venter stadig (still wait).")
    if left:
        raise typer.Exit(FAILED)


@projections.command()
def rebuild(
    view: Annotated[
        ViewName | None, typer.Argument(help="Et overblik; alle, hvis udeladt (all if left out).")
    ] = None,
    municipality: MunicipalityOption = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Byg tabellerne op af loggen på ny, ved siden af de gamle. (Rebuild from the log.)"""
    if view is not None:
        err.print(
            f"{view.value} deler tabeller med andre overblik, så alle bygges, på én gang. "
            "(It shares tables with other views, so all are built, at once.)",
            soft_wrap=True,
        )
    with open_app(Settings()) as app:
        stores = stores_of(app, municipality)
        _rebuild(stores)
        _print_standing(stores, format_)


def _rebuild(stores: Sequence[Municipality]) -> None:
    """With a bar for each municipality, which is full when its tables are in place. Who ends it
    before is told whose are."""
    heads = {store.code: store.head().position or 1 for store in stores}
    done: list[Municipality] = []
    with progress_bar() as bar:
        tasks = {code: bar.add_task(name_of(code), total=head) for code, head in heads.items()}

        def progress(store: Municipality, events: int) -> None:
            # Indexes follow, and the exchange.
            bar.update(tasks[store.code], completed=min(events, heads[store.code] * _ALL_BUT))

        def ended(store: Municipality) -> None:
            bar.update(tasks[store.code], completed=heads[store.code])
            done.append(store)

        try:
            rebuild_several(stores, progress, ended)
        except BaseException:
            bar.stop()
            _tell_what_stands(done, stores)
            raise


def _tell_what_stands(done: Sequence[Municipality], stores: Sequence[Municipality]) -> None:
    """Whose tables were exchanged before it ended; those of the others are as they were."""
    built = ", ".join(name_of(store.code) for store in done) or "ingen (none)"
    err.print(
        f"Standset. Bygget om (rebuilt): {built}. De øvrige {len(stores) - len(done)} står, som de"
        " stod (the others are as they were).",
        soft_wrap=True,
    )
