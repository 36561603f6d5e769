"""A figure in a view explained: what it is, how it is made, the events behind, and the rules."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import typer

from domain.adoptions import rule_book
from domain.calendar import day_of
from domain.rule_packs import RulePack
from domain.team import Adoption, fold_team
from services.audit.access.looking import together
from services.audit.replaying.past import Past, position_at
from services.cli.answers import Printed, circumstances, give_events, told_of_staleness
from services.cli.audit.asked import Way
from services.cli.looking import look, searching
from services.cli.options import instant, period, stores_of
from services.cli.show import Format, print_json, print_lines
from services.municipalities import name_of
from services.narrowing import AskedWrongError
from services.rendering import danish
from services.root import open_app
from services.settings import Settings
from services.store.municipality import Municipality
from services.view_list.shape import Column, Level
from services.view_list.sources import source_in
from services.views import VIEWS, Answered, ask, bring_up_to_date, level_of
from services.words import Words

Row = dict[str, Any]
_BY_RULES = frozenset({"grants", "worklist"})
"""The views in which a rule pack decides something: a limit, or what is due."""
_RULES = Words("Regelsæt, der gjaldt", "Rule pack in force")
_SOURCE = Words("Kilde", "Source")
_FROM = Words("fra", "from")
_ROW = Words("Række", "Row")


class FigureAsked(NamedTuple):
    """Which figure: of which view, level, rows and column, of when."""

    view: str
    by: str | None
    where: tuple[str, ...]
    column: str | None
    from_: str | None
    to: str | None
    course: str | None
    as_of: str | None
    known_at: str | None
    municipality: str | None


class _Found(NamedTuple):
    rows: Answered
    behind: Answered
    rules: list[Row]


def explain_figure(settings: Settings, asked: FigureAsked, way: Way) -> None:
    """Print what is behind a figure, or behind all of the rows."""
    view = VIEWS[asked.view]
    try:
        level = level_of(view, asked.by)
        column = _column(level, asked.column)
        found = _found(settings, asked)
    except AskedWrongError as error:
        raise typer.BadParameter(
            f"{error.words.da} ({error.words.en})", param_hint=f"--{error.parameter}"
        ) from None
    told_of_staleness(found.behind)
    shown = [name for name in (*level.keys, asked.column) if name]
    if way is Way.JSON:
        print_json(
            {
                "view": asked.view,
                "by": asked.by or view.default,
                "column": column.described(settings.lang) if column else None,
                "rows": found.rows.rows,
                "figures": [one for one in found.behind.figures or () if _is_of(one, asked.column)],
                "events": found.behind.rows,
                "position": found.behind.position,
                "rules": found.rules,
            }
        )
        return
    title = f"{view.title.say(settings.lang)}, {level.of.say(settings.lang)}"
    moment, known = instant(asked.as_of, "--as-of"), instant(asked.known_at, "--known-at")
    title += circumstances(asked.municipality, None, moment, known, settings.lang)
    print_lines(_head(level, column, shown, found.rows.rows, settings.lang))
    figures = [one for one in found.behind.figures or () if _is_of(one, asked.column)]
    behind = Answered(**{**vars(found.behind), "figures": figures})
    give_events(behind, title, level, Printed(Format.TABLE, settings.lang))
    print_lines(_rules(found.rules, settings.lang))


def _column(level: Level, name: str | None) -> Column | None:
    if name is None:
        return None
    by_name = {column.name: column for column in level.columns}
    if name not in by_name:
        known = ", ".join(by_name)
        words = Words(f"ingen kolonne hedder {name}: {known}", f"no column is called {name}")
        raise AskedWrongError("column", words)
    return by_name[name]


def _found(settings: Settings, asked: FigureAsked) -> _Found:
    view, now = VIEWS[asked.view], datetime.now(UTC)
    moment, known = instant(asked.as_of, "--as-of"), instant(asked.known_at, "--known-at")
    with open_app(settings) as app:
        stores = stores_of(app, asked.municipality)
        bring_up_to_date(stores)

        def put(*, explained: bool) -> Answered:
            return ask(
                view,
                stores,
                by=asked.by,
                as_of=moment or now,
                known_at=known,
                period=period(asked.from_, asked.to),
                course=asked.course,
                where=asked.where,
                explained=explained,
                now=now,
            )

        with searching(stores):
            rows, behind = put(explained=False), put(explained=True)
        look(stores, together(rows.seen, behind.seen))
        rules = [
            told
            for store in (stores if asked.view in _BY_RULES else ())
            for told in _pack(store, moment or now, known)
        ]
    return _Found(rows, behind, rules)


def _pack(store: Municipality, moment: datetime, known: datetime | None) -> Iterator[Row]:
    """The pack that held on the day, as it was known."""
    past, stream = Past(store, position=position_at(store, known)), store.team()
    adoptions = fold_team(past.thread("team", stream).events).adoptions if stream else ()
    book, _ = rule_book(adoptions)
    pack = book.on(day_of(moment))
    if pack is not None:
        adoption = _adopted(pack, adoptions)
        yield {
            "municipality": name_of(store.code),
            "pack": pack.pack,
            "edition": pack.edition,
            "from": pack.period.from_,
            "to": pack.period.to,
            "adopted_by": adoption.ref.id if adoption else None,
            "sha256": adoption.sha256 if adoption else None,
        }


def _adopted(pack: RulePack, adoptions: tuple[Adoption, ...]) -> Adoption | None:
    named = [a for a in adoptions if (a.pack, a.edition) == (pack.pack, pack.edition)]
    return named[-1] if named else None


def _is_of(figure: Row, column: str | None) -> bool:
    return column is None or figure["column"] == column


def _head(
    level: Level, column: Column | None, shown: list[str], rows: list[Row], language: str
) -> Iterator[str]:
    """What the figure is, and what it says in each row."""
    if column is not None:
        yield f"{column.heading.say(language)}: {column.meaning.say(language)}"
        if column.source:
            yield f"{_SOURCE.say(language)}: {source_in(column.source, language)}"
    names = {one.name: one for one in level.columns}
    for number, row in enumerate(rows, 1):
        told = ", ".join(
            f"{names[name].heading.say(language)} {danish(row.get(f'{name}_id', row[name]))}"
            for name in shown
        )
        yield f"{_ROW.say(language)} {number}: {told or row['municipality']}"
    yield ""


def _rules(rules: list[Row], language: str) -> Iterator[str]:
    for one in rules:
        adopted = f" · {one['adopted_by']}" if one["adopted_by"] else ""
        yield (
            f"{_RULES.say(language)}, {one['municipality']}: {one['pack']} {one['edition']},"
            f" {_FROM.say(language)} {danish(one['from'])}{adopted}"
        )
