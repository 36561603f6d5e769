"""`roedtraad audit replay`: a course, or a whole municipality, told anew from its events alone."""

import json
import sys
from datetime import UTC, datetime
from itertools import islice
from typing import Annotated, Any

import typer

from services.audit.access.looking import Seen
from services.audit.access.named import named_in, names_in
from services.audit.replaying.past import Past, Thread, position_at
from services.audit.replaying.replay import end_of, replayed
from services.audit.replaying.says import opened
from services.audit.replaying.telling import Reader, end_as_json, step_as_json
from services.cli.audit.asked import (
    Asked,
    CourseOrMunicipality,
    SourceOption,
    Way,
    WayOption,
    asked_about,
    mentor_of,
)
from services.cli.audit.replay_view import NOTHING_YET, ViewAsked, replay_view
from services.cli.audit.replayed import end_line, end_lines, head_lines, step_lines
from services.cli.looking import PurposeOption, look, look_at_all
from services.cli.options import AsOf, By, KnownAt, MunicipalityOption, instant, stores_of
from services.cli.query import ViewName
from services.cli.show import counted, err, out, print_lines
from services.municipalities import name_of
from services.narrowing import AskedWrongError
from services.root import open_app
from services.settings import Settings
from services.view_list.shape import Level
from services.views import VIEWS, level_of

_AT_ONCE = 200  # streams whose people are looked up together


def add_to(app: typer.Typer) -> None:
    """Name the command."""
    app.command()(replay)


def replay(
    what: CourseOrMunicipality,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    step: Annotated[
        bool, typer.Option("--step", help="Trin for trin: hvad hver hændelse ændrede (each event).")
    ] = False,
    open_: Annotated[
        bool, typer.Option("--open", help="Åbn det forseglede (open what is sealed).")
    ] = False,
    view: Annotated[
        ViewName | None,
        typer.Option("--view", help="Overblikkets svar, gjort af hændelser (the view's answer)."),
    ] = None,
    by: By = None,
    mentor: Annotated[
        bool, typer.Option("--mentor", help="Id'et er en mentors (the id is a mentor's).")
    ] = False,
    municipality: MunicipalityOption = None,
    source: SourceOption = None,
    format_: WayOption = Way.TEXT,
    purpose: PurposeOption = None,
) -> None:
    """Genskab et forløb af dets hændelser alene. (Rebuild a course from its events alone.)"""
    settings = Settings()
    moment = instant(as_of, "--as-of") or datetime.now(UTC)
    known = instant(known_at, "--known-at")
    with open_app(settings) as app:
        if mentor:
            asked = mentor_of(stores_of(app, municipality), what, source)
        else:
            asked = asked_about(app, what, municipality, source)
        _check(asked, step=step, open_=open_, view=view is not None, by=by is not None)
        past = Past(asked.store, asked.streams, position_at(asked.store, known))
        if view is not None:
            then = ViewAsked(VIEWS[view.value], _level(view.value, by), moment, known)
            replay_view(asked, past, then, Way(format_), settings.lang)
        elif asked.mentor is not None:
            thread = past.mentor(asked.mentor)
            _thread(
                asked, past, thread, moment, Way(format_), settings.lang, step=step, open_=open_
            )
        elif asked.course is not None:
            thread = past.course(asked.course)
            _thread(
                asked, past, thread, moment, Way(format_), settings.lang, step=step, open_=open_
            )
        else:
            _all(past, moment, Way(format_), settings.lang)


def _check(asked: Asked, *, step: bool, open_: bool, view: bool, by: bool) -> None:
    """What is asked of one's events is asked of nothing else."""
    if view and asked.mentor is not None:
        raise typer.BadParameter("spørges ikke om en mentor (isn't asked of a mentor).")
    alone = (asked.course is not None or asked.mentor is not None) and not view
    for option, given in (("--step", step), ("--open", open_)):
        if given and not alone:
            message = "kan kun bruges om et forløbs eller en mentors hændelser (of one's events)."
            raise typer.BadParameter(message, param_hint=option)
    if by and not view:
        raise typer.BadParameter("hører sammen med --view (goes with it).", param_hint="--by")


def _level(view: str, by: str | None) -> Level:
    try:
        return level_of(VIEWS[view], by)
    except AskedWrongError as error:
        message = f"{error.words.da} ({error.words.en})"
        raise typer.BadParameter(message, param_hint="--by") from None


def _all(past: Past, moment: datetime, way: Way, language: str) -> None:
    """Where each stream ends, a line each."""
    look_at_all(past.store)
    name, total = name_of(past.store.code), past.events()
    if not total:
        err.print(f"{NOTHING_YET.da} ({NOTHING_YET.en}).")
    with counted(name, total) as tell:
        threads = past.all()
        while several := list(islice(threads, _AT_ONCE)):
            ends = [end_of(thread, past.same, moment, past.position) for thread, _ in several]
            told = (event for thread, _ in several for event in thread.events)
            reader = Reader(names_in(past.store, told, past.same))
            for end in ends:
                if way is Way.JSON:
                    _line(end_as_json(end, reader, past.store.code))
                else:
                    print_lines([end_line(end, reader, name, language)])
            tell(several[-1][1])


def _thread(
    asked: Asked,
    past: Past,
    thread: Thread,
    moment: datetime,
    way: Way,
    language: str,
    *,
    step: bool,
    open_: bool,
) -> None:
    taken, end = replayed(thread, past.same, moment, past.position, each=step)
    people = named_in(thread.events, past.same) | asked.whose
    look([past.store], {past.store.code: Seen(len(thread.events), people)})
    reader = Reader(
        past.store.references(people),
        opened(past.store, thread.events) if open_ else {},
    )
    if way is Way.JSON:
        for number, one in enumerate(taken, 1):
            _line(step_as_json(number, one, reader))
        _line({"end": end_as_json(end, reader, past.store.code)})
        return
    print_lines(head_lines(end, reader, name_of(past.store.code), language, out.width))
    for number, one in enumerate(taken, 1):
        print_lines(step_lines(number, one, reader, language, out.width))
    print_lines(end_lines(end, reader, language, out.width))


def _line(told: Any) -> None:
    json.dump(told, sys.stdout, ensure_ascii=False, separators=(",", ":"))
    sys.stdout.write("\n")
