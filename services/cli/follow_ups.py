"""`roedtraad follow-ups`: what is due, and setting the engine going again from the store."""

import asyncio

import typer

from services.cli.query import FormatOption, MunicipalityOption, ViewName, query, stores_of
from services.cli.show import Format, err
from services.root import App, open_app
from services.settings import Settings
from services.store.municipality import Municipality

follow_ups = typer.Typer(help="Opfølgninger (what is due).", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Name the commands."""
    app.add_typer(follow_ups, name="follow-ups")


@follow_ups.command(name="list")
def list_(municipality: MunicipalityOption = None, format_: FormatOption = Format.TABLE) -> None:
    """Opfølgninger, der er åbne nu. (The follow-ups that are open now.)"""
    query(ViewName("worklist"), municipality, format_=format_)


@follow_ups.command()
def reconcile(municipality: MunicipalityOption = None) -> None:
    """Sæt alle opfølgninger i gang igen ud fra loggen. (Start them all again from the log.)"""
    with open_app(Settings(), temporal=True) as app:
        told = asyncio.run(_reconcile(app, stores_of(app, municipality)))
    err.print(f"{told} forløb og team er vækket (were woken).")


async def _reconcile(app: App, stores: list[Municipality]) -> int:
    from services.dispatcher import reconcile as wake
    from services.following.connecting import connect

    assert app.temporal_address is not None
    client = await connect(app.temporal_address, app.settings.keys_folder)
    return sum([await wake(store, client) for store in stores])
