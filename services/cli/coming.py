"""`roedtraad course ID --next`: what is next on a course, why, and with whom."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from domain import codes
from services.cli.answers import Printed
from services.cli.listing import listed
from services.cli.looking import look
from services.cli.show import Format, err, out, print_json, print_lines, print_text
from services.coming import COLUMNS, COMING_STAGES, asked, coming
from services.follow_ups import Engine
from services.following.streams import Streams
from services.municipalities import name_of
from services.rendering import danish
from services.root import App
from services.rule_words import basis_of
from services.store.municipality import Municipality
from services.wording import as_sheet
from services.words import Words
from workflows.messages import course_subject

_HEADINGS = (
    Words("Frist", "Due"),
    Words("Trin", "Stage"),
    Words("Regelsæt", "Rules"),
    Words("Hos", "With"),
)
_TITLE = Words("Det næste i forløb", "What is next on course")
_FROM_LOG = Words("Svaret er regnet ud af loggen.", "The answer is worked out from the log.")
_OVER = Words(
    "Forløbet er slut, og intet i det er åbent.", "The course is over, and nothing of it is open."
)
_NOTHING = Words("Intet er åbent, og intet kommer.", "Nothing is open, and nothing is coming.")
_TAKEN_OVER = Words("overtaget af", "taken over by")
_ABOUT = Words("om", "about")
_FROM = Words("Regnet fra", "Counted from")
_RESTS_ON = Words("grundlag", "basis")


def show_next(app: App, store: Municipality, stream: UUID, id_: str, printed: Printed) -> None:
    """Print what is next on a course. Where no workflow answers, that is said on stderr, and the
    answer is what the engine works out from the log; nothing is written."""
    language = printed.language
    known = Streams(store).now()
    subject = course_subject(known.course(stream))  # linked courses are followed as one
    answer = asyncio.run(asked(app.settings, store.code, subject, known.position))
    found = coming(Engine(app.server), store, subject, answer, datetime.now(UTC))
    look([store], {store.code: found.seen(stream)})
    over = found.reached.finished and not found.rows
    if found.silence is not None and not over:
        err.print(f"{found.silence.say(language)} {_FROM_LOG.say(language)}")
    match printed.format:
        case Format.JSON:
            print_json(found.as_dict())
        case Format.CSV:
            print_text(as_sheet(found.rows, COLUMNS, printed.wording))
        case Format.TABLE if not found.rows:
            out.print((_OVER if over else _NOTHING).say(language))
        case Format.TABLE:
            out.print(f"{_TITLE.say(language)} {id_}, {name_of(store.code)}\n")
            headings = [heading.say(language) for heading in _HEADINGS]
            told = [_in_words(row, language) for row in found.rows]
            print_lines(listed(headings, told, out.width))


def _in_words(row: Mapping[str, Any], language: str) -> tuple[list[str], str]:
    """Its line in columns, and under it what and why, and what the number of days rests on."""
    rule, stage, why = row["rule"], row["stage"], row["why_english"]
    if language == "da":
        rule, stage, why = codes.rules.danish[rule], COMING_STAGES[stage], row["why"]
    cells = [danish(row["due_on"]), stage, f"{row['pack']} {row['edition']}", _with(row, language)]
    below = (
        f"{rule[:1].upper()}{rule[1:]}. {why} {_FROM.say(language)} {danish(row['since'])};"
        f" {_RESTS_ON.say(language)}: {basis_of(row['basis'], language)}."
    )
    return cells, below


def _with(row: Mapping[str, Any], language: str) -> str:
    """The function and the person that have it, or will, and about whom; the citizen isn't said."""
    function = row["addressed_to"]
    if language == "da":
        function = codes.functions.danish.get(function, function)
    to = _TAKEN_OVER.say(language) if row["taken_over"] else function
    about = f", {_ABOUT.say(language)} {row['about_id']}" if row["about_id"] else ""
    return f"{to} {row['person_id'] or ''}".rstrip() + about
