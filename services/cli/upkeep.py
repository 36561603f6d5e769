"""`roedtraad schema`: for vendors."""

from difflib import get_close_matches
from typing import Annotated

import typer

from services.cli.show import err, print_json
from services.edge.models import PREFIX, TYPES
from services.edge.schemas import all_schemas, schema_of

REFUSED = 2
_SHOWN = 5  # names of the many that there are


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
        near = get_close_matches(topic, known, n=_SHOWN, cutoff=0.4)
        some = ", ".join(near or known[:_SHOWN])
        told = "Nærmeste (nearest)" if near else "Kendte (known), blandt andre (among others)"
        err.print(f"Ukendt hændelse (unknown event). {told}: {some}", soft_wrap=True)
        raise typer.Exit(REFUSED)
    print_json(schema_of(found[-1]))
