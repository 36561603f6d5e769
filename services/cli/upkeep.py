"""`roedtraad schema`: for vendors."""

from difflib import get_close_matches
from typing import Annotated

import typer

from services.cli.show import err, print_json
from services.edge.models import PREFIX, TYPES
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
    if event is None:
        print_json(all_schemas())
        return
    topic = event.removeprefix(PREFIX)
    known = [*TYPES.values()]
    # Without a version it is the newest.
    found = [each for each in known if topic in (each, each.rpartition(".v")[0])]
    if not found:
        near = ", ".join(get_close_matches(topic, known, n=5, cutoff=0.4) or known)
        err.print(f"Ukendt hændelse (unknown event). Nærmeste (nearest): {near}")
        raise typer.Exit(REFUSED)
    print_json(schema_of(found[-1]))
