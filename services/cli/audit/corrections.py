"""`roedtraad audit corrections`: what was corrected or retracted, and which figures it changed."""

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import typer

from services.audit.access.looking import Seen
from services.audit.access.named import named_in
from services.audit.changes.corrections import (
    Correction,
    all_corrections,
    corrected,
    corrections_in,
)
from services.audit.changes.corrections_told import correction_as_json
from services.audit.changes.figures import Figure, figures_changed
from services.audit.replaying.past import Past, position_at
from services.audit.replaying.telling import Reader
from services.cli.audit.asked import (
    Asked,
    CourseOrMunicipality,
    SourceOption,
    Way,
    WayOption,
    asked_about,
)
from services.cli.audit.corrected import (
    FIGURES,
    HEADINGS,
    OF_FIGURES,
    TITLE,
    correction_row,
    figure_row,
)
from services.cli.looking import PurposeOption, look
from services.cli.options import AsOf, KnownAt, MunicipalityOption, instant
from services.cli.show import counted, print_table
from services.municipalities import name_of
from services.root import open_app
from services.settings import Settings
from services.views import VIEWS, bring_up_to_date
from services.words import Words

Row = dict[str, Any]
_IN_ENGLISH = "_english"
_LEVELS = sum(len(view.levels) for view in VIEWS.values())


def add_to(app: typer.Typer) -> None:
    """Name the command."""
    app.command()(corrections)


def corrections(
    what: CourseOrMunicipality,
    figures: Annotated[
        bool | None,
        typer.Option(
            "--figures/--no-figures",
            help="De tal, som hver rettelse ændrede (the figures that each changed).",
        ),
    ] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    municipality: MunicipalityOption = None,
    source: SourceOption = None,
    format_: WayOption = Way.TEXT,
    purpose: PurposeOption = None,
) -> None:
    """Rettelser: hvad der stod, hvad der står, hvem, hvornår og hvorfor. (Corrections.)"""
    settings = Settings()
    moment = instant(as_of, "--as-of") or datetime.now(UTC)
    with open_app(settings) as app:
        asked = asked_about(app, what, municipality, source)
        known = position_at(asked.store, instant(known_at, "--known-at"))
        past = Past(asked.store, asked.streams, known)
        found = _found(asked, past)
        wanted = figures if figures is not None else asked.course is not None
        changed = _changed(asked, found, moment) if wanted else {}
        events = [event for one in found for event in one.thread.events]
        people = named_in(events, past.same) | _named(changed) | asked.whose
        look([asked.store], {asked.store.code: Seen(len(found), people)})
        names = asked.store.references(people)
    reader = Reader(names)
    if format_ is Way.JSON:
        for one in found:
            told = changed.get(one.amendment.position)
            _line(correction_as_json(one, told, asked.store.code, reader))
        return
    title = f"{TITLE.say(settings.lang)}, {name_of(asked.store.code)}"
    rows = [correction_row(one, reader, settings.lang) for one in found]
    _table(title, HEADINGS, rows, settings.lang)
    if wanted:
        rows = [
            figure_row(one, figure, names, settings.lang)
            for one in found
            for figure in changed.get(one.amendment.position, ())
            if not figure.column.endswith(_IN_ENGLISH) or settings.lang == "en"
        ]
        _table(FIGURES.say(settings.lang), OF_FIGURES, rows, settings.lang)


def _found(asked: Asked, past: Past) -> list[Correction]:
    if asked.course is None:
        streams = corrected(past)
        with counted(name_of(past.store.code), len(streams)) as tell:
            return all_corrections(past, streams, tell)
    return list(corrections_in(past.course(asked.course)))


def _changed(asked: Asked, found: list[Correction], moment: datetime) -> Mapping[int, list[Figure]]:
    """The figures that each changed, by its position; none that tell who answered what."""
    bring_up_to_date([asked.store])
    told: dict[int, list[Figure]] = {}
    with counted(FIGURES.da, len(found) * _LEVELS) as tell:
        for number, one in enumerate(found):
            if one.is_withheld:
                continue
            done = [number * _LEVELS]

            def advance(_: str, done: list[int] = done) -> None:
                done[0] += 1
                tell(done[0])

            courses = [one.thread.stream] if one.thread.kind == "course" else []
            position = one.amendment.position
            told[position] = list(figures_changed(asked.store, position, moment, courses, advance))
    return told


def _named(changed: Mapping[int, list[Figure]]) -> set[UUID]:
    """Whom figures are of."""
    return {
        value
        for several in changed.values()
        for figure in several
        for value in (*figure.row.values(), figure.before, figure.after)
        if isinstance(value, UUID)
    }


def _table(title: str, headings: Mapping[str, Words], rows: list[Row], language: str) -> None:
    print_table(title, {name: words.say(language) for name, words in headings.items()}, rows)


def _line(told: Row) -> None:
    json.dump(told, sys.stdout, ensure_ascii=False, separators=(",", ":"))
    sys.stdout.write("\n")
