"""`roedtraad audit compare`: the views' tables made of events alone, beside the live ones."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.progress import Progress

from projections.parking import parked
from services.audit.access.looking import Seen
from services.audit.changes.comparing import (
    BY,
    TABLES,
    Differing,
    compare_tables,
    compare_views,
    levels,
)
from services.audit.changes.rebuilt import beside_the_live
from services.builders import ready
from services.cli.audit.asked import Way, WayOption
from services.cli.looking import PurposeOption, look
from services.cli.options import REFUSED, AsOf, MunicipalityOption, instant, stores_of
from services.cli.query import ViewName
from services.cli.show import err, out, print_json, progress_bar
from services.municipalities import name_of
from services.rendering import danish
from services.root import open_app
from services.settings import Settings
from services.store.municipality import Municipality
from services.views import VIEWS
from services.wording import in_words
from services.words import Words

DIFFERENT = 1
Row = dict[str, Any]
_WHAT = {
    "changed": Words("ændret", "changed"),
    "missing": Words("mangler", "missing"),
    "extra": Words("hører ikke til", "doesn't belong"),
}
_EQUAL = Words(
    "{}: ens op til position {}: {} tabeller række for række, {} opdelinger af overblik.",
    "{}: equal up to position {}: {} tables row for row, {} levels of views.",
)
_DIFFERS = Words("{}: {} af rækkerne er ikke, hvad hændelserne siger.", "{}: {} rows differ.")
_PARKED = Words(
    "{}: fra position {} venter noget, som ikke kan læses eller indarbejdes ({} parkeret). Det er"
    " ikke sammenlignet, for det står ingen af stederne: se roedtraad projections parked.",
    "{}: from position {} on something waits that can't be read or brought in ({} parked). It isn't"
    " compared, since it stands in neither: see roedtraad projections parked.",
)
_OTHER = Words(
    "Tabellerne er lavet af en anden udgave: roedtraad projections rebuild.",
    "The tables were made by another release.",
)


def add_to(app: typer.Typer) -> None:
    """Name the command."""
    app.command()(compare)


def compare(
    view: Annotated[
        list[ViewName] | None,
        typer.Option("--view", help="Kun disse overbliks svar; alle, hvis udeladt (these views)."),
    ] = None,
    municipality: MunicipalityOption = None,
    as_of: AsOf = None,
    format_: WayOption = Way.TEXT,
    purpose: PurposeOption = None,
) -> None:
    """Byg alt af hændelserne, og hold det op mod det, der vises. (Rebuild all, and compare.)

    Ender med 1, hvis noget er anderledes (exits with 1 where anything differs). Intet gemmes.
    """
    settings = Settings()
    moment = instant(as_of, "--as-of") or datetime.now(UTC)
    names = [one.value for one in view] if view else list(VIEWS)
    rows: list[Row] = []
    with open_app(settings) as app:
        for store in stores_of(app, municipality):
            if not ready(store):
                err.print(f"{name_of(store.code)}: {_OTHER.say(settings.lang)}", soft_wrap=True)
                raise typer.Exit(REFUSED)
            with progress_bar() as bar:
                rows.append(_compared(store, names, moment, bar))
            look([store], {store.code: _seen(rows[-1])})
            if format_ is Way.TEXT:
                _print(rows[-1], settings.lang)
    if format_ is Way.JSON:
        print_json({"rows": rows})
    if any(row["differing"] for row in rows):
        raise typer.Exit(DIFFERENT)


def _compared(store: Municipality, names: Sequence[str], moment: datetime, bar: Progress) -> Row:
    place = name_of(store.code)
    total = store.head().position or 1
    task = bar.add_task(f"{place}: bygges (building)", total=total)
    with beside_the_live(store, lambda done: bar.update(task, completed=done)) as beside:
        bar.update(task, completed=total)
        looking = bar.add_task(f"{place}: sammenlignes", total=len(TABLES) + levels(names))

        def done(what: str) -> None:
            bar.update(looking, advance=1, description=f"{place}: {what}")

        differing = [
            *compare_tables(beside, done),
            *compare_views(beside, names, moment, done),
        ]
        return {
            "municipality": place,
            "municipality_code": store.code,
            "position": beside.position,
            "tables": len(TABLES),
            "levels": levels(names),
            "as_of": moment,
            "parked": len(waiting := parked(beside.cursor, beside.live.schema)),
            "parked_from": waiting[0].position if waiting else None,
            "differing": [_told(one) for one in differing],
        }


def _seen(row: Row) -> Seen:
    """Whose rows are named because they differ, and who stands in them."""
    told = [one[name] or {} for one in row["differing"] for name in ("row", "live", "rebuilt")]
    whose = {value for each in told for value in each.values() if isinstance(value, UUID)}
    return Seen(len(row["differing"]), whose)


def _told(one: Differing) -> Row:
    """As a machine gets it; bytes as hex."""
    told = one._asdict() | {"columns": list(one.columns)}
    return {
        name: {key: _plain(each) for key, each in value.items()}
        if isinstance(value, dict)
        else value
        for name, value in told.items()
    }


def _plain(value: Any) -> Any:
    return value.hex() if isinstance(value, bytes) else value


def _print(row: Row, language: str) -> None:
    if not row["differing"]:
        told = _EQUAL.say(language)
        place, position = row["municipality"], row["position"]
        out.print(told.format(place, position, row["tables"], row["levels"]), soft_wrap=True)
    if row["parked"]:
        told = _PARKED.say(language)
        place = row["municipality"]
        out.print(told.format(place, row["parked_from"], row["parked"]), soft_wrap=True)
    for one in row["differing"]:
        words = _Words(one["where"], language)
        what, known_by = _WHAT[one["what"]].say(language), words.pairs(one["row"])
        place = f"{row['municipality']}, {one['where']}"
        out.print(_DIFFERS.say(language).format(place, one["rows"]), soft_wrap=True)
        out.print(f"  {what}: {known_by}", soft_wrap=True)
        for name in one["columns"] if one["what"] == "changed" else ():
            live, rebuilt = words.of(name, one["live"]), words.of(name, one["rebuilt"])
            said = Words("efter hændelserne", "by the events").say(language)
            out.print(f"  {words.called(name)}: {live} ({said} {rebuilt})", soft_wrap=True)


class _Words:
    """How what stands in a row is said: that of a view as the view says it, of a table as it is."""

    def __init__(self, where: str, language: str) -> None:
        view, _, by = where.partition(BY)
        level = VIEWS[view].levels[by] if by else None
        self._columns = {one.name: one for one in level.columns} if level else {}
        self._language = language

    def called(self, name: str) -> str:
        """A column's heading."""
        column = self._columns.get(name)
        return name if column is None else column.heading.say(self._language)

    def of(self, name: str, row: Row) -> str:
        """What stands in a column."""
        value, column = row.get(name), self._columns.get(name)
        if column is None or isinstance(value, UUID):
            return danish(value)
        return danish(in_words({name: value}, [column], self._language, on_screen=True)[name])

    def pairs(self, row: Row) -> str:
        """What a row is known by."""
        return ", ".join(f"{self.called(name)} {self.of(name, row)}" for name in row)
