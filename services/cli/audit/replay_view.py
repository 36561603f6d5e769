"""What a view said then, by tables that are made of the events up to a position."""

import json
import sys
from datetime import datetime
from typing import Any, NamedTuple

import typer

from services.audit.access.looking import Seen, whose
from services.audit.changes.rebuilt import as_known_at
from services.audit.replaying.past import Past
from services.cli.answers import Printed, circumstances, give
from services.cli.audit.asked import Asked, Way
from services.cli.looking import look
from services.cli.show import Format, counted, err
from services.listing import besides, with_months, with_senders_ids
from services.municipalities import name_of
from services.rendering import plain
from services.view_list.shape import Level, View
from services.views import Answered
from services.words import Words

NOTHING_YET = Words("Intet var modtaget da", "nothing had been received by then")


class ViewAsked(NamedTuple):
    """Which view, divided how, as of and as known when."""

    view: View
    level: Level
    as_of: datetime
    known_at: datetime | None


def replay_view(asked: Asked, past: Past, then: ViewAsked, way: Way, language: str) -> None:
    """A view's answer then: a table, or as JSON a line a row."""
    rows = _rows(asked, past, then)
    if not past.position:
        err.print(f"{NOTHING_YET.da} ({NOTHING_YET.en}).")
    if way is Way.JSON:
        for row in rows:
            json.dump(plain(row), sys.stdout, ensure_ascii=False, separators=(",", ":"))
            sys.stdout.write("\n")
        return
    title = f"{then.view.title.say(language)}, {then.level.of.say(language)}"
    title += circumstances(past.store.code, None, then.as_of, then.known_at, language)
    shown = [one for one in then.level.shown if one.name != "municipality"] or then.level.shown
    answer = Answered(rows, past.position, 0)
    give(answer, title, list(shown), then.level.columns, Printed(Format.TABLE, language))


def _rows(asked: Asked, past: Past, then: ViewAsked) -> list[dict[str, Any]]:
    """The rows, once it is recorded that they are told; none where nothing was received, since
    nothing known isn't the same as a figure of 0."""
    level, store = then.level, past.store
    if asked.course is not None and "course" not in level.accepts:
        raise typer.BadParameter("spørges ikke om ét forløb (isn't asked of one course).")
    if asked.course is None and level.needs_course:
        raise typer.BadParameter("angiv et forløb (give a course).")
    rows: list[dict[str, Any]] = []
    if past.position:
        narrow: dict[str, Any] = {"streams": [asked.course]} if asked.course else {}
        with (
            counted(name_of(store.code), past.position) as tell,
            as_known_at(store, past.position, tell) as beside,
        ):
            connection = beside.cursor.connection
            found = level.ask(connection, beside.rebuilt, as_of=then.as_of, **narrow)
            rows = list(found.rows)
    named = list(besides(level).values())
    look([store], {store.code: Seen(len(rows), whose(rows, named) | asked.whose)})
    return with_senders_ids(store, with_months(rows, level), named)
