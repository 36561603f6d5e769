"""`roedtraad query`: a view's answer, the events behind it, or what its columns are."""

from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from typing import Annotated

import typer

from services.cli.answers import (
    Printed,
    circumstances,
    give,
    give_columns,
    give_events,
    none_meets,
    of_a_page,
    period_of,
    positions,
    told_of_more,
    told_of_staleness,
    told_of_the_future,
)
from services.cli.looking import PurposeOption, look, searching
from services.cli.options import (
    REFUSED,
    SEVERAL_HAVE_IT,
    AsOf,
    By,
    CursorOption,
    FormatOption,
    From,
    KnownAt,
    Limit,
    MunicipalityOption,
    OnlyCourse,
    To,
    WordsOption,
    instant,
    period,
    stores_of,
)
from services.cli.show import Format, err, out, print_lines
from services.cli.worklist import lines
from services.narrowing import AskedWrongError
from services.root import open_app
from services.settings import Settings
from services.views import VIEWS, AmbiguousError, ask, bring_up_to_date, level_of

ViewName = StrEnum("ViewName", {name.upper().replace("-", "_"): name for name in VIEWS})  # type: ignore[misc]


def add_to(app: typer.Typer) -> None:
    """Name the command."""
    app.command()(query)


def query(
    view: Annotated[ViewName, typer.Argument(help="Hvilket overblik (which view).")],
    municipality: MunicipalityOption = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    by: By = None,
    from_: From = None,
    to: To = None,
    course: OnlyCourse = None,
    where: Annotated[
        list[str] | None,
        typer.Option(
            "--where",
            metavar="KOLONNE=VÆRDI",
            help="Kun rækker, hvor det gælder; også <= og >= (only rows for which it holds).",
        ),
    ] = None,
    limit: Limit = None,
    cursor: CursorOption = None,
    explain: Annotated[
        bool,
        typer.Option("--explain", help="I stedet hændelserne bag (the events behind instead)."),
    ] = False,
    columns: Annotated[
        bool,
        typer.Option("--columns", help="I stedet hvad kolonnerne er (what the columns are)."),
    ] = False,
    format_: FormatOption = Format.TABLE,
    words: WordsOption = None,
    purpose: PurposeOption = None,
) -> None:
    """Spørg et overblik. (Ask a view.)"""
    settings, asked = Settings(), VIEWS[view.value]
    moment, known = instant(as_of, "--as-of"), instant(known_at, "--known-at")
    days = period(from_, to)
    try:
        level = level_of(asked, by)
        if columns:
            give_columns(asked, level, format_, settings.lang)
            return
        with open_app(settings) as app:
            stores = stores_of(app, municipality)
            bring_up_to_date(stores)
            with searching(stores):
                answer = ask(
                    asked,
                    stores,
                    by=by,
                    as_of=moment,
                    known_at=known,
                    period=days,
                    course=course,
                    where=where or (),
                    explained=explain,
                    limit=limit,
                    cursor=cursor,
                    now=datetime.now(UTC),
                )
            look(stores, answer.seen)
    except AmbiguousError:
        err.print(SEVERAL_HAVE_IT)
        raise typer.Exit(REFUSED) from None
    except AskedWrongError as error:
        option = {"period": "--from"}.get(error.parameter, f"--{error.parameter}")
        raise typer.BadParameter(
            f"{error.words.da} ({error.words.en})", param_hint=option
        ) from None
    if known is not None and not any(positions(answer)):
        err.print("Intet var modtaget da (nothing had been received by then).")
    told_of_staleness(answer)
    told_of_the_future(moment, known)
    title = asked.title.say(settings.lang)
    if level is not asked.levels[asked.default]:
        title = f"{title}, {level.of.say(settings.lang)}"
    as_listed = view.value == "worklist" and level.keys == ["id"] and format_ is Format.TABLE
    named = None if as_listed and not explain else municipality  # a list names it by itself
    days = days or (None if explain else period_of(answer.rows, level))
    title += circumstances(named, days, moment, known, settings.lang)
    if not (as_listed or explain):
        title += of_a_page(answer, settings.lang)
    if answer.next is not None and format_ is not Format.JSON:
        told_of_more(answer.next)
    printed = Printed(format_, settings.lang, words)
    if explain:
        give_events(answer, title, level, printed)
    elif where and not answer.rows and format_ is Format.TABLE:
        print_lines([none_meets(title, where, settings.lang)])
    elif as_listed:
        begun, more = cursor is not None, answer.next is not None
        page = partial(lines, begun=begun, more=more, total=answer.total)
        print_lines(page(title, answer.rows, settings.lang, out.width))
    else:
        shown = list(level.shown)
        if municipality is not None and len(shown) > 1:  # it is the same in every row
            shown = [column for column in shown if column.name != "municipality"]
        give(answer, title, shown, level.columns, printed)
