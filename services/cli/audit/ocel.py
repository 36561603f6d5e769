"""`roedtraad audit ocel`: the history as other programs read it."""

import tempfile
from datetime import UTC, datetime
from typing import NoReturn

import typer

from services.audit.exports.ocel import write_ocel
from services.audit.replaying.past import Past, position_at
from services.cli.audit.whole import OutFile, whole_file
from services.cli.looking import PurposeOption, look_at_all
from services.cli.options import REFUSED, AsOf, KnownAt, OneMunicipality, instant, stores_of
from services.cli.show import counted, err
from services.municipalities import name_of
from services.root import open_app
from services.settings import Settings


def add_to(audit: typer.Typer) -> None:
    """Name the command."""
    audit.command()(ocel)


def ocel(
    file: OutFile,
    municipality: OneMunicipality,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    purpose: PurposeOption = None,
) -> None:
    """Skriv historien til process mining: OCEL 2.0, JSON. (Write it for process mining.)

    Uden det forseglede: kun interne id'er og koder. (Nothing sealed: internal ids and codes.)
    """
    moment = instant(as_of, "--as-of") or datetime.now(UTC)
    known = instant(known_at, "--known-at")
    with open_app(Settings()) as app:
        for store in stores_of(app, municipality) or nothing_there():
            look_at_all(store)
            past = Past(store, position=position_at(store, known))
            with (
                counted(name_of(store.code), past.events()) as tell,
                whole_file(file) as out,
                tempfile.TemporaryFile(dir=file.parent) as aside,
            ):
                written = write_ocel(past, out, aside, moment, tell)
            events, objects = (f"{many:,}".replace(",", ".") for many in written)
            told = f"{events} hændelser (events), {objects} objekter (objects)"
            err.print(f"{file}: {told}", soft_wrap=True)


def nothing_there() -> NoReturn:
    """That there is nothing of the municipality was told."""
    raise typer.Exit(REFUSED)
