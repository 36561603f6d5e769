"""`roedtraad audit keys`, `rotate` and `sign`: the keys of the logs, and their last checkpoints."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Annotated

import typer

from services.audit.access.looks import Looks
from services.audit.proof.accepting import LONGEST_REASON
from services.audit.proof.accepting import accept as accept_log
from services.audit.proof.entries import ACCESS, EVENTS
from services.audit.proof.incoming import NotGenuineError
from services.audit.proof.signer import logs_of, sign_all
from services.audit.proof.signing_keys import known_keys
from services.audit.proof.standing import standings
from services.cli.looking import user_name
from services.cli.options import FormatOption, MunicipalityOption, OneMunicipality, stores_of
from services.cli.show import Format, err, print_rows, progress_bar
from services.municipalities import name_of
from services.root import App, open_app
from services.settings import Settings
from services.store.municipality import Municipality
from services.store.writing import utc_now

FAILED = 1


def add_to(audit: typer.Typer) -> None:
    """Name the commands."""
    audit.command()(keys)
    audit.command()(sign)
    audit.command()(rotate)


def keys(municipality: MunicipalityOption = None, format_: FormatOption = Format.TABLE) -> None:
    """Vis loggenes offentlige nøgler; gem dem et andet sted. (Show the logs' public keys.)

    En kontrol begynder med en nøgle, som revisor har fået før. (Verifying begins with a key that
    the auditor got before, by another way than the data.)
    """
    with open_app(Settings()) as app:
        rows = [row for store in stores_of(app, municipality) for row in _keys(store)]
    headings = {
        "municipality": "Kommune",
        "log": "Log",
        "number": "Nr.",
        "since": "Fra størrelse",
        "vkey": "Nøgle",
    }
    print_rows("Loggenes nøgler", headings, rows, format_)


def _keys(store: Municipality) -> list[dict[str, object]]:
    with store.transaction() as cursor:
        return [
            {
                "municipality": name_of(store.code),
                "log": log,
                "number": key.number,
                "since": key.since,
                "vkey": str(key.verifier),
            }
            for log in (EVENTS, ACCESS)
            for key in known_keys(cursor, store.schema, log)
        ]


def sign(
    municipality: MunicipalityOption = None,
    accept: Annotated[
        bool,
        typer.Option(
            "--accept",
            help="Gå videre fra det, databasen har nu, fx efter en genskabt sikkerhedskopi, hvor "
            "loggen ellers står stille. (Go on from what the database holds now.)",
        ),
    ] = False,
    reason: Annotated[
        str | None,
        typer.Option(
            "--reason",
            help="Hvorfor; står i klartekst i adgangsloggen, så skriv ingen navne. "
            "(Why; stands in clear in the log of who looked, so write no names.)",
        ),
    ] = None,
) -> None:
    """Underskriv nu, hvad loggene mangler, og sig, hvordan de står. (Sign now what they lack.)

    `roedtraad up` gør det selv hvert fjerde sekund (does so by itself).
    """
    why = _reason(accept, reason)
    troubled = False
    with open_app(Settings()) as app, progress_bar() as bar:
        for store in stores_of(app, municipality):
            task = bar.add_task(name_of(store.code), total=None)
            _sign(app, store, partial(bar.advance, task))
            if why is not None:
                _accept(app, store, why)
                _sign(app, store, partial(bar.advance, task))
            troubled = not _tell(app, store) or troubled
            bar.update(task, total=1, completed=1)
    if troubled:
        raise typer.Exit(FAILED)


def _sign(app: App, store: Municipality, tell: Callable[[int], None]) -> None:
    with suppress(NotGenuineError):  # told of below
        sign_all(app.server, store, app.settings.log_name, utc_now, tell)


def _tell(app: App, store: Municipality) -> bool:
    """Say how a municipality's logs stand; whether nothing stops them."""
    is_right = True
    for each, standing in zip(
        logs_of(app.server, store, app.settings.log_name),
        standings(store, utc_now()),
        strict=True,
    ):
        of = f"{name_of(store.code)}: {each.log}"
        err.print(f"{of}: {standing.signed} underskrevet (signed)", soft_wrap=True)
        if stops := each.trouble():
            err.print(f"{of}: {stops}", style="red", soft_wrap=True)
            is_right = False
    return is_right


def _reason(accept: bool, reason: str | None) -> str | None:
    """Why what the database holds is accepted; None where it isn't."""
    if accept != (reason is not None):
        raise typer.BadParameter("--accept og --reason hører sammen (go together)")
    if reason is None:
        return None
    told = reason.strip()
    if not 0 < len(told) <= LONGEST_REASON or not told.isprintable():
        raise typer.BadParameter(f"--reason: 1–{LONGEST_REASON} tegn på en linje (on one line)")
    return told


def _accept(app: App, store: Municipality, reason: str) -> None:
    """Let the logs go on that stand still, and say from what."""
    for each in logs_of(app.server, store, app.settings.log_name):
        of = f"{name_of(store.code)}: {each.log}"
        if each.trouble() is None:
            err.print(f"{of}: står ikke stille; intet er godtaget (nothing accepted)")
        else:
            found = accept_log(Looks(app.server.pool), store, each, user_name(), reason)
            told = f"{found.before.size if found.before else '?'} → {found.after.size}"
            err.print(f"{of}: godtaget (accepted): {told}", soft_wrap=True)


def rotate(municipality: OneMunicipality, format_: FormatOption = Format.TABLE) -> None:
    """Lad en ny nøgle underskrive fra nu af. (Let a new key sign from now on.)

    Den gamle nøgle indsætter den nye, og det, den selv har underskrevet, kan stadig kontrolleres.
    (The old key names the new one; what it has signed can still be verified.)
    """
    settings = Settings()
    with open_app(settings) as app:
        for store in stores_of(app, municipality):
            try:
                for log in logs_of(app.server, store, settings.log_name):
                    log.rotate()
            except NotGenuineError as error:
                err.print(f"{name_of(store.code)}: {error}", style="red", soft_wrap=True)
                raise typer.Exit(FAILED) from None
    keys(municipality, format_)
