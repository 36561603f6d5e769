"""`roedtraad query` and `roedtraad course`: answers out."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import typer

from domain import codes
from domain.events.registry import REGISTRY
from services.cli.follow_up_words import follow_up_words
from services.cli.show import Format, err, out, print_csv, print_json, print_lines, print_table
from services.cli.worklist import lines
from services.municipalities import name_of
from services.root import App, open_app
from services.settings import Settings
from services.store.municipality import Municipality
from services.view_columns import COLUMNS
from services.views import VIEWS, Answered, Row, ask, ask_timeline, bring_up_to_date
from services.words import Words

REFUSED = 2
_DENMARK = ZoneInfo("Europe/Copenhagen")
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
ViewName = StrEnum("ViewName", {name.upper().replace("-", "_"): name for name in VIEWS})  # type: ignore[misc]

MunicipalityOption = Annotated[
    str | None, typer.Option("--municipality", help="Kommunens kode; alle, hvis udeladt.")
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", help="Hvad der gjaldt da (what was true then): dato eller tid."),
]
KnownAt = Annotated[
    str | None,
    typer.Option("--known-at", help="Hvad vi vidste da (what we knew then): dato eller tid."),
]
FormatOption = Annotated[Format, typer.Option("--format", help="table, json eller csv.")]


def add_to(app: typer.Typer) -> None:
    """Name the commands."""
    app.command()(query)
    app.command()(course)


def query(
    view: Annotated[ViewName, typer.Argument(help="Hvilket overblik (which view).")],
    municipality: MunicipalityOption = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Spørg et overblik. (Ask a view.)"""
    settings = Settings()
    asked = VIEWS[view.value]
    moment, known = instant(as_of, "--as-of"), instant(known_at, "--known-at")
    with open_app(settings) as app:
        stores = stores_of(app, municipality)
        bring_up_to_date(stores)
        answer = ask(asked, stores, as_of=moment, known_at=known, now=datetime.now(UTC))
    title = asked.title.say(settings.lang)
    if view.value == "worklist" and format_ is Format.TABLE:
        print_lines(lines(title, answer.rows, settings.lang, out.width))
        return
    headings = {column: words.say(settings.lang) for column, words in asked.headings.items()}
    if municipality is not None and format_ is Format.TABLE:
        headings.pop("municipality", None)  # it is the same in every row
    terms = asked.terms if settings.lang == "da" else {}
    give(answer, title, headings, format_, asked.columns, terms)


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
) -> None:
    """Vis et forløbs tidslinje. (Show a course's timeline.)"""
    settings = Settings()
    if next_ and (as_of or known_at):
        message = "Det næste er altid regnet fra nu (what is next is always as of now)."
        raise typer.BadParameter(message, param_hint="--next")
    moment, known = instant(as_of, "--as-of"), instant(known_at, "--known-at")
    with open_app(settings) as app:
        found = _find(stores_of(app, municipality), id_, source)
        if len(found) != 1:
            message = (
                "Intet forløb har det id (no course has that id)."
                if not found
                else "Flere kommuner har et forløb med det id: angiv --municipality (several have)."
            )
            err.print(message)
            raise typer.Exit(REFUSED)
        [(store, stream)] = found
        if next_:
            from services.cli.coming import show_next

            show_next(app, store, stream, id_, format_, settings.lang)
            return
        bring_up_to_date([store])
        answer = ask_timeline(store, [stream], as_of=moment, known_at=known, now=datetime.now(UTC))
        rows = [_readable(store, row, settings.lang) for row in answer.rows]
    answer = Answered(rows, answer.position, answer.age_seconds)
    headings = {name: words.say(settings.lang) for name, words in _TIMELINE.items()}
    title = Words("Forløb", "Course").say(settings.lang)
    terms = {"status": _STATUS} if settings.lang == "da" else {}
    title = f"{title} {id_}, {name_of(store.code)}"
    give(answer, title, headings, format_, COLUMNS["timeline"], terms)


def give(
    answer: Answered,
    title: str,
    headings: dict[str, str],
    format_: Format,
    columns: Sequence[str],
    terms: Mapping[str, Mapping[str, str]],
) -> None:
    """Print an answer the way that was asked for.

    A table has the columns of `headings`, with `terms` as words for codes; CSV has `columns`.
    """
    match format_:
        case Format.JSON:
            print_json(answer.as_dict())
        case Format.CSV:
            print_csv(answer.rows, columns)
        case Format.TABLE:
            print_table(title, headings, (_in_words(row, terms) for row in answer.rows))


def _in_words(row: Row, terms: Mapping[str, Mapping[str, str]]) -> Row:
    return row | {name: words.get(row[name], row[name]) for name, words in terms.items()}


def stores_of(app: App, code: str | None) -> list[Municipality]:
    """The municipality of that code, or all that the database knows."""
    if code is None:
        return list(app.server.municipalities())
    name = name_of(code)
    found = [m for m in app.server.municipalities() if m.code == code]
    if not found:
        err.print(f"Ingen hændelser fra {name} (no events from there).")
    return found


def instant(text: str | None, option: str) -> datetime | None:
    """A time, or a date: the end of that day in Denmark."""
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or not _FIRST_YEAR <= at.year <= _LAST_YEAR:
        raise typer.BadParameter(
            "skriv 2026-03-31 eller 2026-03-31T12:00:00+02:00 (a date, or a time with a zone)",
            param_hint=option,
        )
    if len(text) == len("2026-03-31"):
        at = datetime.combine(at.date(), time.max, _DENMARK)
    elif at.tzinfo is None:
        raise typer.BadParameter(
            "tiden mangler zone, fx +02:00 (the time has no zone)", param_hint=option
        )
    return at.astimezone(UTC)


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


_TIMELINE = {
    "time": Words("Hvornår", "When"),
    "what": Words("Hvad", "What"),
    "who": Words("Hvem", "Who"),
    "status": Words("Gælder", "Holds"),
    "told": Words("Nærmere", "Details"),
}
_STATUS = {
    "holds": "ja",
    "corrected": "nej, rettet",
    "retracted": "nej, trukket tilbage",
    "amends": "retter",
    "overruled": "nej, rettet igen",
}
_DANISH = {type_.NAME: type_.danish() for type_ in REGISTRY}


def _readable(store: Municipality, row: dict[str, Any], language: str) -> dict[str, Any]:
    """A line with words for a reader: ids as their senders know them, notes opened."""
    named = row.get("behalf_id") or row.get("actor_id") or ""
    note = store.open([("note", row["note"])]).get(("note", row["note"])) if row["note"] else None
    function = row["behalf_function"] or row["actor_function"]
    function = codes.functions.danish[function] if language == "da" else function
    return row | {
        "what": _DANISH[row["event"]] if language == "da" else row["event"],
        "who": f"{function} {named}".rstrip(),
        "note": note,
        "told": "; ".join(one for one in (follow_up_words(row, language), note) if one) or None,
    }
