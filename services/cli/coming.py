"""`roedtraad course ID --next`: what is next on a course and why, by its workflow or the log."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from domain import codes
from domain.follow_ups import why
from services.cli.listing import listed
from services.cli.show import Format, err, out, print_csv, print_json, print_lines
from services.municipalities import name_of
from services.rendering import danish
from services.root import App
from services.rule_words import basis_of
from services.store.municipality import Municipality
from services.view_list.worklist import STAGES
from services.words import Words
from workflows.messages import COMING, Due, Next, course_subject

_HEADINGS = (
    Words("Frist", "Due"),
    Words("Trin", "Stage"),
    Words("Hos", "With"),
    Words("Regelsæt", "Rules"),
)
_COLUMNS = (
    "due_on",
    "stage",
    "rule",
    "why",
    "why_english",
    "addressed_to",
    "since",
    "anchor",
    "pack",
    "edition",
    "basis",
)
_TITLE = Words("Det næste i forløb", "What is next on course")
_FROM_LOG = Words("Svaret er regnet ud af loggen.", "The answer is worked out from the log.")
_OVER = Words(
    "Forløbet er slut, og intet i det er åbent.", "The course is over, and nothing of it is open."
)
_NOTHING = Words("Intet er åbent, og intet kommer.", "Nothing is open, and nothing is coming.")
_STAGES = {**STAGES, COMING: "kommer"}


def show_next(
    app: App, store: Municipality, stream: UUID, id_: str, format_: Format, language: str
) -> None:
    """Print what is next on a course. Where no workflow answers, that is said on stderr, and the
    answer is what the engine works out from the log; nothing is written."""
    reached, silence = _reached(app, store, stream)
    rows = [_row(due) for due in reached.due]
    over = reached.finished and not rows
    if silence is not None and not over:
        err.print(f"{silence.say(language)} {_FROM_LOG.say(language)}")
    match format_:
        case Format.JSON:
            print_json(
                {
                    "answered_by": "workflow" if silence is None else "log",
                    "position": reached.position,
                    "wake_at": reached.wake_at,
                    "finished": reached.finished,
                    "rows": rows,
                }
            )
        case Format.CSV:
            print_csv(rows, _COLUMNS)
        case Format.TABLE if not rows:
            out.print((_OVER if over else _NOTHING).say(language))
        case Format.TABLE:
            out.print(f"{_TITLE.say(language)} {id_}, {name_of(store.code)}\n")
            headings = [heading.say(language) for heading in _HEADINGS]
            told = [_in_words(row, language) for row in rows]
            print_lines(listed(headings, told, out.width))


def _reached(app: App, store: Municipality, stream: UUID) -> tuple[Next, Words | None]:
    """Where it stands, and why its workflow didn't say so; None where it did."""
    from services.embedded.temporal import running_at
    from services.follow_ups import Engine
    from services.following.asking import NoAnswerError, ask
    from services.following.streams import Streams

    settings = app.settings
    address = settings.temporal_address or running_at(settings.home)
    known = Streams(store).now()
    subject = course_subject(known.course(stream))  # linked courses are followed as one
    try:
        asked = ask(address, settings.keys_folder, store.code, subject, known.position)
        return asyncio.run(asked), None
    except NoAnswerError as error:
        return Engine(app.server).next(store.code, subject, datetime.now(UTC)), error.words


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


def _in_words(row: Mapping[str, Any], language: str) -> tuple[list[str], str]:
    """Its line in columns, and under it what and why, and what the number of days rests on."""
    rule, stage, to, why = row["rule"], row["stage"], row["addressed_to"], row["why_english"]
    if language == "da":
        rule, stage, why = codes.rules.danish[rule], _STAGES[stage], row["why"]
        to = codes.functions.danish[to]
    from_ = Words("Regnet fra", "Counted from").say(language)
    rests_on = Words("grundlag", "basis").say(language)
    cells = [danish(row["due_on"]), stage, to, f"{row['pack']} {row['edition']}"]
    below = (
        f"{rule[:1].upper()}{rule[1:]}. {why} {from_} {danish(row['since'])};"
        f" {rests_on}: {basis_of(row['basis'], language)}."
    )
    return cells, below
