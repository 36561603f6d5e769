"""`roedtraad audit diff`: what changed between two moments in what was known, or what was true."""

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Annotated, Any

import typer

from services.audit.access.looking import Seen
from services.audit.access.named import Names, named_in, names_in
from services.audit.changes.differences import Differing, Made, came_true, learned, touched
from services.audit.replaying.past import Past, Thread, position_at
from services.audit.replaying.plain import difference_as_json
from services.audit.replaying.reading import called, field_in_words, thing_in_words, value_in_words
from services.audit.replaying.telling import Reader, event_as_json, unreadable_as_json
from services.audit.replaying.words import KINDS
from services.cli.audit.asked import Asked, SourceOption, course_of
from services.cli.looking import PurposeOption, look, look_at_all
from services.cli.options import AsOf, MunicipalityOption, OnlyCourse, instant, stores_of
from services.cli.show import counted, print_table
from services.following.streams import Streams
from services.municipalities import name_of
from services.rendering import danish
from services.root import App, open_app
from services.settings import Settings
from services.view_list.events import EVENT_NAMES
from services.words import Words

_AT_ONCE = 200


class TableOrJson(StrEnum):
    """How an answer is printed."""

    TABLE = "table"
    JSON = "json"


Row = dict[str, Any]
_HEADINGS = {
    "whose": Words("Hvis", "Whose"),
    "thing": Words("Hvad", "What"),
    "field": Words("Felt", "Field"),
    "before": Words("Før", "Before"),
    "after": Words("Efter", "After"),
    "by": Words("Hændelser", "Events"),
}
_KNOWN = Words("Hvad vi kom til at vide", "What we came to know")
_TRUE = Words("Hvad der kom til at gælde", "What came to be true")
_TIME = Words("tiden gik", "time passed")


def add_to(app: typer.Typer) -> None:
    """Name the command."""
    app.command()(diff)


def diff(
    first: Annotated[str, typer.Argument(metavar="T1", help="Dato eller tid (date or time).")],
    second: Annotated[str, typer.Argument(metavar="T2", help="Dato eller tid (date or time).")],
    course: OnlyCourse = None,
    true: Annotated[
        bool,
        typer.Option(
            "--true/--known", help="Hvad der gjaldt, eller hvad vi vidste (true, or known)."
        ),
    ] = False,
    as_of: AsOf = None,
    municipality: MunicipalityOption = None,
    source: SourceOption = None,
    format_: Annotated[
        TableOrJson, typer.Option("--format", help="table eller json (NDJSON).")
    ] = TableOrJson.TABLE,
    purpose: PurposeOption = None,
) -> None:
    """Hvad er ændret mellem to tidspunkter? (What changed between two moments?)

    Uden --true: i det, vi vidste, med de hændelser, der kom ind (by default in what was known).
    """
    settings = Settings()
    since, until = instant(first, "T1"), instant(second, "T2")
    assert since is not None and until is not None
    if since > until:
        raise typer.BadParameter("T1 skal ligge før T2 (must be before T2).", param_hint="T1")
    if true and as_of is not None:
        message = "--true spørger om to tidspunkter (it is asked of two moments)."
        raise typer.BadParameter(message, param_hint="--as-of")
    with open_app(settings) as app:
        rows: list[Row] = []
        for past, found in _found(app, municipality, course, source, (since, until), as_of, true):
            while several := list(islice(found, _AT_ONCE)):
                told = (event for one in several for event in one.thread.events)
                names = names_in(past.store, told, past.same)
                for one in several:
                    if format_ is TableOrJson.JSON:
                        _line(one, past.store.code, names)
                    else:
                        rows += _rows(one, past.store.code, names, settings.lang)
    if format_ is TableOrJson.TABLE:
        title = (_TRUE if true else _KNOWN).say(settings.lang)
        headings = {name: words.say(settings.lang) for name, words in _HEADINGS.items()}
        print_table(f"{title}, {danish(since)} – {danish(until)}", headings, rows)


def _found(
    app: App,
    municipality: str | None,
    course: str | None,
    source: str | None,
    between: tuple[datetime, datetime],
    as_of: str | None,
    true: bool,
) -> Iterator[tuple[Past, Iterator[Differing]]]:
    """Of each municipality what differs."""
    since, until = between
    moment = instant(as_of, "--as-of")
    stores = stores_of(app, municipality)
    asked = None if course is None else course_of(stores, course, source)
    for store in stores if asked is None else [asked.store]:
        streams = Streams(store)
        if true:
            past = Past(store, streams)
            only = [past.course(asked.course)] if asked and asked.course else None
            threads = _all(past) if only is None else only
            yield past, _recorded(past, asked, came_true(past, since, until, threads))
        else:
            past = Past(store, streams, position_at(store, until))
            position = position_at(store, since) or 0
            only = [past.course(asked.course)] if asked and asked.course else None
            threads = _touched(past, position) if only is None else only
            yield past, _recorded(past, asked, learned(past, position, threads, moment))


def _recorded(past: Past, asked: Asked | None, found: Iterator[Differing]) -> Iterator[Differing]:
    """What differs, once it is recorded: it may be of anybody, unless it is of one course."""
    store = past.store
    if asked is None:
        look_at_all(store)
        return found
    several = list(found)
    people = named_in((event for one in several for event in one.thread.events), past.same)
    look([store], {store.code: Seen(len(several), people | asked.whose)})
    return iter(several)


def _all(past: Past) -> Iterator[Thread]:
    with counted(name_of(past.store.code), past.events()) as tell:
        for thread, done in past.all():
            tell(done)
            yield thread


def _touched(past: Past, since: int) -> Iterator[Thread]:
    streams = touched(past, since)
    with counted(name_of(past.store.code), len(streams)) as tell:
        for thread, done in past.threads(streams):
            tell(done)
            yield thread


def _line(one: Differing, code: str, names: Names) -> None:
    reader = Reader(names)
    told = {
        "municipality": code,
        "kind": one.thread.kind,
        "stream": reader.of(one.thread.stream),
        "unreadable": unreadable_as_json(one.thread),
        "events": [event_as_json(event, reader) for event in one.events],
        "changes": [
            {
                **difference_as_json(made.difference, names),
                "by": [{"source": event.source, "id": event.source_id} for event in made.by],
            }
            for made in one.made
        ],
    }
    json.dump(told, sys.stdout, ensure_ascii=False, separators=(",", ":"))
    sys.stdout.write("\n")


def _rows(one: Differing, code: str, names: Names, language: str) -> Iterator[Row]:
    kind = KINDS[one.thread.kind].say(language)
    stream = value_in_words(one.thread.stream, names, language, {})
    whose = f"{name_of(code)}, {kind}" + (f" {stream}" if one.thread.kind != "team" else "")
    for made in one.made:
        place, _, before, after = made.difference
        yield {
            "whose": whose,
            "thing": thing_in_words(place.part, place.thing, names, language),
            "field": called(made.difference, language) or None,
            "before": field_in_words(made.difference, before, names, language),
            "after": field_in_words(made.difference, after, names, language),
            "by": _by(made, language),
        }


def _by(made: Made, language: str) -> str:
    if not made.by:
        return _TIME.say(language)
    names = EVENT_NAMES if language == "da" else {}
    return "; ".join(f"{names.get(e.fact.NAME, e.fact.NAME)} {e.source_id}" for e in made.by)
