"""`roedtraad token`: who may send, ask and command."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

import typer

from services.cli.options import FormatOption
from services.cli.show import Format, err, print_json, print_rows
from services.edge.patterns import is_source
from services.municipalities import code_of
from services.root import open_app
from services.settings import Settings
from services.tokens import ALL, Token, Tokens

REFUSED = 2
_PATTERN = re.compile(r"(course|mentor|team|\*)(\.[a-z*-]+)?")
token = typer.Typer(help="Adgang for fagsystemer og læsere (access tokens).", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Name the commands."""
    app.add_typer(token, name="token")


def _or_all(text: str) -> str:
    return text if text == ALL else code_of(text)


@token.command()
def create(
    municipality: Annotated[
        str,
        typer.Option(
            callback=_or_all, help="Kommunens navn eller kode, eller all (name, code, or all)."
        ),
    ],
    source_prefix: Annotated[
        str | None, typer.Option(help="Må sende hændelser med source herunder (may send these).")
    ] = None,
    events: Annotated[
        list[str] | None, typer.Option(help="Kun disse hændelser, fx 'course.*' (only these).")
    ] = None,
    read: Annotated[bool, typer.Option("--read", help="Må læse overblik (may ask views).")] = False,
    decide: Annotated[
        bool, typer.Option("--decide", help="Må træffe afgørelser (may give commands).")
    ] = False,
    read_only: Annotated[bool, typer.Option("--read-only", help="Må kun læse.")] = False,
    ttl: Annotated[int | None, typer.Option(min=1, help="Gælder så mange dage (days).")] = None,
    label: Annotated[str, typer.Option(help="Hvad den bruges til (what it is for).")] = "",
    format_: FormatOption = Format.TABLE,
) -> None:
    """Lav en adgang; den vises én gang. (Make a token; it is shown once.)"""
    _check(municipality, source_prefix, events, read_only=read_only, writes=decide)
    if not (source_prefix or read or read_only or decide):
        err.print("Giv mindst én ret (give at least one right): --source-prefix, --read, --decide.")
        raise typer.Exit(REFUSED)
    now = datetime.now(UTC)
    with open_app(Settings()) as app:
        made, secret = Tokens(app.server.pool).create(
            municipality=municipality,
            now=now,
            label=label,
            source_prefix=source_prefix,
            events=events or (),
            may_read=read or read_only,
            may_decide=decide,
            expires_at=now + timedelta(days=ttl) if ttl else None,
        )
    if format_ is Format.JSON:
        print_json(_row(made) | {"token": secret})
        return
    err.print("Vises kun denne ene gang (shown only this once):")
    typer.echo(secret)


@token.command(name="list")
def list_(format_: FormatOption = Format.TABLE) -> None:
    """Vis adgange uden deres hemmelighed. (List the tokens, without their secrets.)"""
    with open_app(Settings()) as app:
        rows = [_row(each) for each in Tokens(app.server.pool).all()]
    headings = {
        "id": "Id",
        "label": "Til",
        "municipality": "Kommune",
        "source_prefix": "Må sende fra",
        "events": "Hændelser",
        "may_read": "Må læse",
        "may_decide": "Må afgøre",
        "expires_at": "Udløber",
        "revoked_at": "Trukket tilbage",
    }
    print_rows("Adgange", headings, rows, format_)


@token.command()
def revoke(id_: Annotated[UUID, typer.Argument(metavar="ID")]) -> None:
    """Træk en adgang tilbage; det virker inden for få sekunder. (Revoke a token.)"""
    with open_app(Settings()) as app:
        if not Tokens(app.server.pool).revoke(id_, datetime.now(UTC)):
            err.print("Ingen gældende adgang har det id (no valid token has that id).")
            raise typer.Exit(REFUSED)


def _check(
    municipality: str,
    prefix: str | None,
    events: list[str] | None,
    *,
    read_only: bool,
    writes: bool,
) -> None:
    if municipality == ALL and not read_only:
        raise typer.BadParameter("for alle kommuner kun med --read-only", param_hint="municipality")
    if read_only and (prefix or writes):
        raise typer.BadParameter(
            "udelukker (excludes) --source-prefix og --decide", param_hint="--read-only"
        )
    if prefix is not None and (not is_source(prefix) or prefix.startswith("urn:roedtraad:")):
        raise typer.BadParameter(
            "en absolut URI, fx https://sagssystem.example (an absolute URI)",
            param_hint="--source-prefix",
        )
    for pattern in events or ():
        if not _PATTERN.fullmatch(pattern):
            raise typer.BadParameter("fx course.* eller mentor.left", param_hint="--events")


def _row(made: Token) -> dict[str, object]:
    return {name: getattr(made, name) for name in made.__struct_fields__}
