"""`roedtraad projections`, `schema`: for those who keep it running, and vendors."""

from typing import Annotated

import typer

from projections import tracking
from services.cli.options import FormatOption, MunicipalityOption, stores_of
from services.cli.show import Format, counted, err, print_json, print_rows
from services.edge.schemas import all_schemas, schema_of
from services.municipalities import name_of
from services.projector import prepare
from services.rebuilding import rebuild_all
from services.root import open_app
from services.settings import Settings

REFUSED = 2
projections = typer.Typer(help="Overblikkenes tabeller (the views' tables).", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Name the commands."""
    app.command()(schema)
    app.add_typer(projections, name="projections")


def schema(
    event: Annotated[
        str | None, typer.Argument(help="Fx course.mentor-matched.v1; alle, hvis udeladt.")
    ] = None,
) -> None:
    """Vis hændelsernes JSON Schema. (Print the events' JSON Schemas.)"""
    schemas = all_schemas()
    if event is None:
        print_json(schemas)
    elif event in schemas:
        print_json(schema_of(event))
    else:
        err.print(f"Ukendt hændelse (unknown event). Kendte (known): {', '.join(schemas)}")
        raise typer.Exit(REFUSED)


@projections.command()
def lag(municipality: MunicipalityOption = None, format_: FormatOption = Format.TABLE) -> None:
    """Hvor langt er tabellerne bag loggen? (How far are the tables behind the log?)"""
    rows = []
    with open_app(Settings()) as app:
        for store in stores_of(app, municipality):
            prepare(store)
            with store.transaction() as cursor:
                reached = tracking.reached(cursor, store.schema)
                head = store.log_recorder.head(cursor)
            rows.append(
                {
                    "municipality": name_of(store.code),
                    "municipality_code": store.code,
                    "position": reached.position,
                    "head": head.position,
                    "up_to_date": reached.position == head.position,
                }
            )
    headings = {
        "municipality": "Kommune",
        "municipality_code": "Kode",
        "position": "Position",
        "head": "Loggens sidste",
        "up_to_date": "Ajour",
    }
    print_rows("Tabellernes position", headings, rows, format_)


@projections.command()
def rebuild(municipality: MunicipalityOption = None) -> None:
    """Byg tabellerne op af loggen på ny. (Rebuild the tables from the log.)"""
    with open_app(Settings()) as app:
        for store in stores_of(app, municipality):
            with counted(name_of(store.code), store.head().position) as done:
                rebuild_all(store, done)
