"""`roedtraad token`: who may send, ask and command."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import typer

from services.cli.options import FormatOption
from services.cli.show import Format, err, print_json, print_rows
from services.cli.token_options import (
    BindFacts,
    Decide,
    Events,
    Functions,
    Label,
    Municipality,
    Rate,
    Read,
    ReadOnly,
    RequestRate,
    SourcePrefix,
    Ttl,
    Webhooks,
    rights,
)
from services.root import open_app
from services.settings import Settings
from services.tokens import COLUMNS, ClientKnownError, Token, Tokens

REFUSED = 2
token = typer.Typer(help="Adgang for fagsystemer og læsere (access tokens).", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Name the commands."""
    app.add_typer(token, name="token")


@token.command()
def create(
    municipality: Municipality,
    source_prefix: SourcePrefix = None,
    events: Events = None,
    read: Read = False,
    decide: Decide = False,
    webhooks: Webhooks = False,
    read_only: ReadOnly = False,
    functions: Functions = None,
    bind_facts: BindFacts = False,
    rate: Rate = None,
    request_rate: RequestRate = None,
    ttl: Ttl = None,
    label: Label = "",
    format_: FormatOption = Format.TABLE,
) -> None:
    """Lav en nøgle; den vises én gang. (Make an API key; it is shown once.)"""
    asked = rights(
        datetime.now(UTC),
        municipality=municipality,
        source_prefix=source_prefix,
        events=events,
        functions=functions,
        read=read,
        decide=decide,
        webhooks=webhooks,
        read_only=read_only,
        bind_facts=bind_facts,
        rate=rate,
        request_rate=request_rate,
        ttl=ttl,
        label=label,
    )
    with open_app(Settings()) as app:
        made, key = Tokens(app.server).create(**asked)
    if format_ is Format.JSON:
        print_json(_row(made) | {"token": key})
        return
    err.print("Vises kun denne ene gang (shown only this once):")
    typer.echo(key)


@token.command()
def register_client(
    client_id: Annotated[str, typer.Option(help="Klientens id hos udstederen (its id there).")],
    municipality: Municipality,
    issuer: Annotated[
        str | None, typer.Option(help="Udstederen; kan udelades, hvor der er én (the issuer).")
    ] = None,
    source_prefix: SourcePrefix = None,
    events: Events = None,
    read: Read = False,
    decide: Decide = False,
    webhooks: Webhooks = False,
    read_only: ReadOnly = False,
    functions: Functions = None,
    bind_facts: BindFacts = False,
    rate: Rate = None,
    request_rate: RequestRate = None,
    ttl: Ttl = None,
    label: Label = "",
    format_: FormatOption = Format.TABLE,
) -> None:
    """Sig, hvad en OAuth-klient må. (Say what a client of an OAuth issuer may.)"""
    settings = Settings()
    known = _issuer(settings, issuer)
    asked = rights(
        datetime.now(UTC),
        municipality=municipality,
        source_prefix=source_prefix,
        events=events,
        functions=functions,
        read=read,
        decide=decide,
        webhooks=webhooks,
        read_only=read_only,
        bind_facts=bind_facts,
        rate=rate,
        request_rate=request_rate,
        ttl=ttl,
        label=label,
    )
    with open_app(settings) as app:
        try:
            made = Tokens(app.server).register(known, client_id, **asked)
        except ClientKnownError:
            err.print(
                "Klienten er registreret; træk den tilbage først med token revoke."
                " (It is registered; revoke that first.)"
            )
            raise typer.Exit(REFUSED) from None
    if format_ is Format.JSON:
        print_json(_row(made))
    else:
        typer.echo(made.id)


def _issuer(settings: Settings, given: str | None) -> str:
    """One of the issuers that are set."""
    issuers = settings.issuers
    if given is None and len(issuers) == 1:
        return issuers[0]
    if given not in issuers:
        listed = ", ".join(issuers) or "ingen (none)"
        raise typer.BadParameter(
            f"en af dem i ROEDTRAAD_ISSUER (one of those in it): {listed}", param_hint="--issuer"
        )
    return given


@token.command(name="list")
def list_(format_: FormatOption = Format.TABLE) -> None:
    """Vis adgange, aldrig nøgler. (List tokens and clients, never their keys.)"""
    with open_app(Settings()) as app:
        found = Tokens(app.server).all()
    _show(found, format_)


def _show(tokens: Sequence[Token], format_: Format) -> None:
    headings = {
        "id": "Id",
        "label": "Til",
        "client_id": "Klient",
        "issuer": "Udsteder",
        "municipality": "Kommune",
        "source_prefix": "Må sende fra",
        "events": "Hændelser",
        "may_read": "Må læse",
        "may_decide": "Må afgøre",
        "may_forward": "Webhooks",
        "functions": "Kun som",
        "binds_facts": "Også hændelser",
        "events_a_second": "Hændelser/s",
        "requests_a_second": "Forespørgsler/s",
        "expires_at": "Udløber",
        "revoked_at": "Trukket tilbage",
    }
    print_rows("Adgange", headings, [_row(each) for each in tokens], format_)


@token.command()
def whose(format_: FormatOption = Format.TABLE) -> None:
    """Sig, hvis nøglen på standard input er. (Tell whose the key on standard input is.)"""
    with open_app(Settings()) as app:
        found = Tokens(app.server).find(sys.stdin.readline().strip())
    if found is None:
        err.print("Nøglen er ikke lavet her (the key was not made here).")
        raise typer.Exit(REFUSED)
    _show([found], format_)


@token.command()
def revoke(id_: Annotated[UUID, typer.Argument(metavar="ID")]) -> None:
    """Træk en adgang tilbage; det virker inden for få sekunder. (Revoke a token or a client.)"""
    with open_app(Settings()) as app:
        if not Tokens(app.server).revoke(id_, datetime.now(UTC)):
            err.print("Ingen gældende adgang har det id (no valid token has that id).")
            raise typer.Exit(REFUSED)


def _row(made: Token) -> dict[str, object]:
    return {name: getattr(made, name) for name in COLUMNS}
