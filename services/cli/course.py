"""`roedtraad course`: a course's timeline, or what is next on it."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import typer

from domain import codes
from services.audit.access.looking import Seen, together
from services.cli.answers import Printed, give, told_of_staleness, told_of_the_future
from services.cli.event_words import event_words
from services.cli.follow_up_words import follow_up_words
from services.cli.looking import PurposeOption, look, searching
from services.cli.options import (
    REFUSED,
    SEVERAL_HAVE_IT,
    AsOf,
    FormatOption,
    KnownAt,
    MunicipalityOption,
    WordsOption,
    instant,
    stores_of,
)
from services.cli.show import Format, err
from services.municipalities import name_of
from services.root import open_app
from services.settings import Settings
from services.store.municipality import Municipality
from services.view_list.events import EVENT_NAMES
from services.view_list.timeline import COLUMNS
from services.views import ask_timeline, bring_up_to_date
from services.words import Words


def add_to(app: typer.Typer) -> None:
    """Name the command."""
    app.command()(course)


def course(
    id_: Annotated[
        str, typer.Argument(metavar="ID", help="Forløbets id, fagsystemets eller vores.")
    ],
    municipality: MunicipalityOption = None,
    source: Annotated[str | None, typer.Option(help="Det fagsystem, hvis id det er.")] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    next_: Annotated[
        bool,
        typer.Option("--next", help="I stedet det næste, og hvorfor (what is next instead)."),
    ] = False,
    format_: FormatOption = Format.TABLE,
    words: WordsOption = None,
    purpose: PurposeOption = None,
) -> None:
    """Vis et forløbs tidslinje. (Show a course's timeline.)"""
    settings = Settings()
    if next_ and (as_of or known_at):
        message = "Det næste er altid regnet fra nu (what is next is always as of now)."
        raise typer.BadParameter(message, param_hint="--next")
    moment, known = instant(as_of, "--as-of"), instant(known_at, "--known-at")
    printed = Printed(format_, settings.lang, words)
    with open_app(settings) as app:
        stores = stores_of(app, municipality)
        with searching(stores):
            store, stream = _the_one(stores, id_, source)
            if next_:
                from services.cli.coming import show_next

                show_next(app, store, stream, id_, printed)
                return
            bring_up_to_date([store])
            now = datetime.now(UTC)
            answer = ask_timeline(store, [stream], as_of=moment, known_at=known, now=now)
        rows = [_readable(store, row, printed.spoken) for row in answer.rows]
        look([store], answer.seen)
    answer = replace(answer, rows=rows)
    title = Words("Forløb", "Course").say(settings.lang)
    title = f"{title} {id_}, {name_of(store.code)}"
    columns = {column.name: column for column in COLUMNS}
    shown = [columns[name] for name in _SHOWN]
    told_of_staleness(answer)
    told_of_the_future(moment, known)
    give(answer, title, shown, COLUMNS, printed)


def _the_one(stores: list[Municipality], id_: str, source: str | None) -> tuple[Municipality, UUID]:
    """The course of that id. Exits where there is none, or several municipalities have it."""
    found = _find(stores, id_, source)
    if len(found) == 1:
        return found[0]
    look(stores, together(*({store.code: Seen(0, [one])} for store, one in found)))
    err.print(SEVERAL_HAVE_IT if found else "Intet forløb har det id (no course has that id).")
    raise typer.Exit(REFUSED)


def _find(
    stores: list[Municipality], id_: str, source: str | None
) -> list[tuple[Municipality, UUID]]:
    found = []
    for store in stores:
        stream = store.find("course", id_, source)
        if stream is None:
            try:
                stream = UUID(id_)
            except ValueError:
                continue
            if not store.read_stream(stream):
                continue
        found.append((store, stream))
    return found


_SHOWN = ("time", "what", "who", "status", "told")


def _details(row: dict[str, Any], note: str | None, language: str) -> tuple[str | None, ...]:
    return (event_words(row, language), follow_up_words(row, language), note)


def _readable(store: Municipality, row: dict[str, Any], language: str) -> dict[str, Any]:
    """A line with words for a reader: ids as their senders know them, notes opened."""
    named = row.get("behalf_id") or row.get("actor_id") or ""
    note = store.open([("note", row["note"])]).get(("note", row["note"])) if row["note"] else None
    function = row["behalf_function"] or row["actor_function"]
    function = codes.functions.danish[function] if language == "da" else function
    return row | {
        "what": EVENT_NAMES[row["event"]] if language == "da" else row["event"],
        "who": f"{function} {named}".rstrip(),
        "note": note,
        "told": "; ".join(one for one in _details(row, note, language) if one) or None,
    }
