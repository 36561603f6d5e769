"""`roedtraad citizens`: who is the same citizen (*samme borger*) in several courses."""

from typing import Annotated

import typer

from services.cli.options import MunicipalityOption, stores_of
from services.cli.show import counted, err
from services.linking_citizens import link_citizens
from services.municipalities import name_of
from services.root import open_app
from services.settings import Settings
from services.store.municipality import Municipality

citizens = typer.Typer(help="Samme borger i flere forløb (same citizen).", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Name the commands."""
    app.add_typer(citizens, name="citizens")


@citizens.callback()
def _several() -> None:
    """There may be more than one command."""


@citizens.command()
def link(
    municipality: MunicipalityOption = None,
    anew: Annotated[
        bool, typer.Option("--anew", help="Forfra, ikke hvor den slap (from the beginning).")
    ] = False,
) -> None:
    """Slå CPR-numre op, der er gemt, før opslaget fandtes. (Look up numbers stored before it.)

    Kan afbrydes og køres igen. (Can be cut off and run again.)
    """
    with open_app(Settings()) as app:
        for store in stores_of(app, municipality):
            _link(store, anew=anew)


def _link(store: Municipality, *, anew: bool) -> None:
    name = name_of(store.code)
    with counted(name, store.head().position) as tell:
        found = link_citizens(store, lambda done, _: tell(done), anew=anew)
    err.print(
        f"{name}: {found.numbers} numre slået op (numbers looked up),"
        f" {found.said} sammenkoblinger (events of links)."
    )
