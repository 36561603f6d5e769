"""`roedtraad schema`: for vendors."""

from typing import Annotated

import typer

from services.cli.show import err, print_json
from services.edge.schemas import all_schemas, schema_of

REFUSED = 2


def add_to(app: typer.Typer) -> None:
    """Name the command."""
    app.command()(schema)


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
