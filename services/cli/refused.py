"""`roedtraad refused`: what could not be taken in and why, sent again when it was mended."""

import os
import sys
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from services.audit.access.looking import Seen
from services.cli.looking import PurposeOption, look
from services.cli.options import FormatOption, Limit, MunicipalityOption, stores_of
from services.cli.show import Format, err, out, print_json, print_rows
from services.municipalities import name_of
from services.rendering import danish
from services.root import App, open_app
from services.settings import Settings
from services.store.municipality import Municipality
from services.store.refused import Kept, Refusals

REFUSED = 2
_SHOWN = 100  # in a table, of each municipality
refused = typer.Typer(
    help="Afviste hændelser: se hvorfor, ret, send igen (refused events).", no_args_is_help=True
)
Id = Annotated[int, typer.Argument(metavar="ID", min=1, help="Nummeret fra refused list.")]
Ids = Annotated[list[int] | None, typer.Argument(metavar="[ID]…", help="Numrene fra refused list.")]
All = Annotated[bool, typer.Option("--all", help="Alle (all of them).")]
Found = list[tuple[Municipality, Refusals, Kept]]


def add_to(app: typer.Typer) -> None:
    """Name the commands."""
    app.add_typer(refused, name="refused")


@refused.command(name="list")
def list_(
    municipality: MunicipalityOption = None,
    limit: Limit = None,
    format_: FormatOption = Format.TABLE,
    purpose: PurposeOption = None,
) -> None:
    """Vis, hvad der er afvist i 30 dage, og hvorfor. (List what was refused, and why.)

    En tabel viser 100 fra hver kommune; --limit flere (a table shows 100 of each municipality).
    """
    settings = Settings()
    most = limit or (_SHOWN if format_ is Format.TABLE else None)
    with open_app(settings) as app:
        stores = stores_of(app, municipality)
        found = _kept(stores, limit=most)
        rows = _rows(found, settings)
        _look(stores, found)
    headings = {
        "id": "Nr.",
        "municipality": "Kommune",
        "received_at": "Modtaget",
        "sender": "Afsender",
        "event_id": "Hændelse",
        "line": "Linje",
        "title": "Hvad",
        "detail": "Hvorfor",
        "stored_at": "Siden gemt",
        "expires_at": "Slettes",
    }
    print_rows("Afviste hændelser", headings, rows, format_)
    if most and any(
        count == most for count in Counter(row["municipality"] for row in rows).values()
    ):
        err.print("Der kan være flere (there may be more): --limit, --format csv", soft_wrap=True)
    if rows and format_ is Format.TABLE:
        err.print("Hvert felt for sig (each field): roedtraad refused show ID", soft_wrap=True)


@refused.command()
def show(
    id_: Id,
    municipality: MunicipalityOption = None,
    event: Annotated[
        str | None,
        typer.Option(
            "--event",
            metavar="FILE",
            help="Skriv også hændelsen, som den blev sendt, i en ny fil, kun ejeren kan læse;"
            " - er standard output (write the event as well; it may hold personal data).",
        ),
    ] = None,
    format_: FormatOption = Format.TABLE,
    purpose: PurposeOption = None,
) -> None:
    """Vis, hvad der er galt, felt for felt. (Show what is wrong, field by field.)"""
    settings = Settings()
    with open_app(settings) as app:
        stores = stores_of(app, municipality)
        [one] = _these(stores, [id_], everything=False)
        [row] = _rows([one], settings)
        _look(stores, [one])
    if event is not None:
        _write(one[2].refused.event, event)
        if event == "-":
            return
    if format_ is not Format.TABLE:
        print_json(row)
        return
    for name in (
        "municipality",
        "received_at",
        "sender",
        "source",
        "event_id",
        "line",
        "stored_at",
    ):
        if row[name] is not None:
            out.print(f"{_NAMES[name]}: {danish(row[name])}", soft_wrap=True)
    out.print(f"{row['title']}. {row['detail']}", soft_wrap=True)
    for flaw in row["problem"]["errors"]:
        out.print(f"  {flaw['pointer'] or '/'}: {flaw['detail']}", soft_wrap=True)


@refused.command()
def retry(
    ids: Ids = None,
    everything: All = False,
    mended: Annotated[
        Path | None,
        typer.Option(
            help="Filen med hændelsen, rettet; til ét nummer (the event, mended; of one number)."
        ),
    ] = None,
    municipality: MunicipalityOption = None,
) -> None:
    """Send igen, som det er gemt eller rettet. (Send again, as it was kept or mended.)

    Afsenderens rettigheder gælder stadig (the sender's rights still hold).
    """
    if mended is not None and (everything or len(ids or ()) != 1):
        message = "hører til ét nummer (goes with one number)"
        raise typer.BadParameter(message, param_hint="--mended")
    text = mended.read_bytes() if mended is not None else None
    settings = Settings()
    with open_app(settings) as app:
        found = _these(stores_of(app, municipality), ids or [], everything=everything)
        if text is not None:
            answers = _again(app, found, {found[0][2].id: text}, settings)
        else:
            answers = _again(app, found, {}, settings)
    err.print(
        f"{answers['stored']} gemt (stored), {answers['duplicate']} kendt i forvejen (duplicate), "
        f"{answers['conflict'] + answers['refused']} afvist igen (refused again)."
    )
    if answers["refused"] or answers["conflict"]:
        raise typer.Exit(REFUSED)


@refused.command()
def forget(
    ids: Ids = None, everything: All = False, municipality: MunicipalityOption = None
) -> None:
    """Slet før de 30 dage er gået. (Delete before the 30 days are over.)"""
    with open_app(Settings()) as app:
        found = _these(stores_of(app, municipality), ids or [], everything=everything)
        for store, refusals, kept in found:
            with store.transaction() as cursor:
                refusals.forget(cursor, [kept.id])
    err.print(f"{len(found)} slettet (deleted).")


_NAMES = {
    "municipality": "Kommune (municipality)",
    "received_at": "Modtaget (received)",
    "sender": "Afsender (sender)",
    "source": "Kilde (source)",
    "event_id": "Hændelsens id (event's id)",
    "line": "Linje (line)",
    "stored_at": "Siden gemt (stored since)",
}


def _look(stores: list[Municipality], found: Found) -> None:
    """Record it. Whose data was sent isn't known of what was refused."""
    rows = Counter(store.code for store, _, _ in found)
    look(stores, {code: Seen(count) for code, count in rows.items()})


def _kept(
    stores: list[Municipality], ids: Iterable[int] | None = None, limit: int | None = None
) -> Found:
    found: Found = []
    for store in stores:
        refusals = Refusals(store.key, store.schema)
        with store.transaction() as cursor:
            refusals.expire(cursor, store.clock())
            several = refusals.read(cursor, store.clock(), ids=ids, limit=limit)
        found += [(store, refusals, kept) for kept in several]
    return found


def _these(stores: list[Municipality], ids: list[int], *, everything: bool) -> Found:
    """Those of these numbers, each in one municipality; or all. Exits with 2 where one is not."""
    if everything is bool(ids):
        message = "angiv numre eller --all (give numbers, or --all)"
        raise typer.BadParameter(message, param_hint="ID")
    found = _kept(stores, ids or None)
    for id_ in ids:
        count = sum(kept.id == id_ for _, _, kept in found)
        if count != 1:
            err.print(
                f"Intet afvist har nummer {id_} (nothing refused has that number)."
                if not count
                else f"Flere kommuner har et nummer {id_}: angiv --municipality (several have)."
            )
            raise typer.Exit(REFUSED)
    return found


def _again(app: App, found: Found, mended: dict[int, bytes], settings: Settings) -> Counter[str]:
    from services.refused import AT_A_TIME, retry, senders_rights
    from services.store.writing import utc_now
    from services.tokens import Tokens

    rights = senders_rights(Tokens(app.server).all(), utc_now())
    counts: Counter[str] = Counter()
    for code in dict.fromkeys(store.code for store, _, _ in found):
        own = [one for one in found if one[0].code == code]
        store, refusals, _ = own[0]
        for first in range(0, len(own), AT_A_TIME):
            several = [kept for _, _, kept in own[first : first + AT_A_TIME]]
            for id_, answer in retry(store, refusals, several, rights, mended).items():
                counts[answer.status] += 1
                if answer.problem is not None:
                    why = answer.problem.as_dict(settings.lang)["detail"]
                    err.print(f"{name_of(code)} {id_}: {why}", soft_wrap=True)
    return counts


def _rows(found: Found, settings: Settings) -> list[dict[str, Any]]:
    """With what has been stored since, one question a municipality."""
    from services.refused import since_stored

    since: dict[tuple[str, int], datetime] = {}
    for store in {id(each[0]): each[0] for each in found}.values():
        own = [kept for of, _, kept in found if of is store]
        with store.transaction() as cursor:
            known = since_stored(store, cursor, own)
        since |= {(store.code, number): at for number, at in known.items()}
    return [_row(one, settings, since.get((one[0].code, one[2].id))) for one in found]


def _row(
    one: tuple[Municipality, Refusals, Kept], settings: Settings, stored_at: datetime | None
) -> dict[str, Any]:
    from services.refused import told

    store, _, kept = one
    row = told(kept, settings.lang, stored_at)
    return row | {
        "municipality": name_of(store.code),
        "municipality_code": store.code,
        "sender": kept.refused.sender.prefix if kept.refused.sender else None,
        "title": row["problem"]["title"],
        "detail": row["problem"]["detail"],
    }


def _write(event: bytes | None, to: str) -> None:
    """Exits with 2 where it was too large to be kept."""
    if event is None:
        err.print("Hændelsen var for stor til at blive gemt (it was too large to be kept).")
        raise typer.Exit(REFUSED)
    if to == "-":
        sys.stdout.buffer.write(event.rstrip(b"\n") + b"\n")
    else:
        handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(event.rstrip(b"\n") + b"\n")
    err.print(
        "Hændelsen kan rumme personoplysninger; slet den, når den er rettet."
        " (It may hold personal data; delete it when it is mended.)",
        soft_wrap=True,
    )
