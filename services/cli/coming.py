"""`roedtraad course ID --next`: what is next on a course and why, by its workflow or the log."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from domain import codes
from domain.follow_ups import why
from services.cli.show import Format, err, print_csv, print_json, print_table
from services.municipalities import name_of
from services.root import App
from services.store.municipality import Municipality
from services.view_list import STAGES
from services.words import Words
from workflows.messages import COMING, Due, Next, course_subject

_HEADINGS = {
    "due_on": Words("Frist", "Due"),
    "stage": Words("Trin", "Stage"),
    "rule": Words("Opfølgning", "Follow-up"),
    "why": Words("Hvad og hvorfor", "What and why"),
    "addressed_to": Words("Hos", "With"),
    "since": Words("Regnet fra", "Counted from"),
    "pack": Words("Regelsæt", "Rules"),
    "basis": Words("Grundlag", "Basis"),
}
_TITLE = Words("Det næste i forløb", "What is next on course")
_FROM_LOG = Words("Svaret er regnet ud af loggen.", "The answer is worked out from the log.")
_OVER = Words(
    "Forløbet er slut, og intet i det er åbent.", "The course is over, and nothing of it is open."
)
_NOTHING = Words("Intet er åbent, og intet kommer.", "Nothing is open, and nothing is coming.")
_STAGES = STAGES | {COMING: "kommer"}


def show_next(
    app: App, store: Municipality, stream: UUID, id_: str, format_: Format, language: str
) -> None:
    """Print what is next on a course. Where no workflow answers, that is said on stderr, and the
    answer is what the engine works out from the log; nothing is written."""
    reached, by_workflow = _reached(app, store, stream, language)
    rows = [_row(due) for due in reached.due]
    match format_:
        case Format.JSON:
            print_json(
                {
                    "answered_by": "workflow" if by_workflow else "log",
                    "position": reached.position,
                    "wake_at": reached.wake_at,
                    "finished": reached.finished,
                    "rows": rows,
                }
            )
        case Format.CSV:
            print_csv(rows, [*_HEADINGS, "edition", "anchor", "why_english"])
        case Format.TABLE:
            title = f"{_TITLE.say(language)} {id_}, {name_of(store.code)}"
            headings = {name: words.say(language) for name, words in _HEADINGS.items()}
            print_table(title, headings, (_in_words(row, language) for row in rows))
            if not rows:
                err.print((_OVER if reached.finished else _NOTHING).say(language))


def _reached(app: App, store: Municipality, stream: UUID, language: str) -> tuple[Next, bool]:
    """Where it stands, and whether its workflow said so."""
    from services.embedded.temporal import running_at
    from services.follow_ups import Engine
    from services.following.asking import NoAnswerError, ask
    from services.following.streams import Streams

    settings = app.settings
    address = settings.temporal_address or running_at(settings.home)
    known = Streams(store).now()
    subject = course_subject(known.course(stream))  # linked courses are followed as one
    try:
        return asyncio.run(
            ask(address, settings.keys_folder, store.code, subject, known.position)
        ), True
    except NoAnswerError as error:
        err.print(f"{error.words.say(language)} {_FROM_LOG.say(language)}")
        return Engine(app.server).next(store.code, subject, datetime.now(UTC)), False


def _row(due: Due) -> dict[str, Any]:
    days = (date.fromisoformat(due.due_on) - date.fromisoformat(due.since)).days
    danish, english = why(due.rule, days)
    return {
        "due_on": date.fromisoformat(due.due_on),
        "stage": due.stage,
        "rule": due.rule,
        "why": danish,
        "why_english": english,
        "addressed_to": due.addressed_to,
        "since": date.fromisoformat(due.since),
        "anchor": due.anchor,
        "pack": due.pack,
        "edition": due.edition,
        "basis": due.basis,
    }


def _in_words(row: Mapping[str, Any], language: str) -> dict[str, Any]:
    shown = {**row, "pack": f"{row['pack']} {row['edition']}"}
    if language != "da":
        return {**shown, "why": row["why_english"]}
    return {
        **shown,
        "rule": codes.rules.danish[row["rule"]],
        "stage": _STAGES[row["stage"]],
        "addressed_to": codes.functions.danish[row["addressed_to"]],
    }
