"""How a view's answer is printed: its rows, the events behind them, what its columns are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import groupby

from domain.calendar import day_of
from domain.values import Period
from services.cli.show import (
    Format,
    err,
    print_json,
    print_lines,
    print_table,
    print_text,
)
from services.municipalities import name_of
from services.rendering import Row, danish, of_all
from services.sheets import as_csv
from services.view_list.events import event_columns, one_sheet
from services.view_list.shape import Column, Level, View
from services.view_list.units import unit_in
from services.views import Answered
from services.wording import Wording, as_sheet, in_language, in_words
from services.words import Words


@dataclass(frozen=True)
class Printed:
    """The way that was asked for: a table in a language, or CSV in a wording of its own."""

    format: Format
    language: str
    words: Wording | None = None

    @property
    def wording(self) -> Wording:
        """What CSV is written in: the language unless said."""
        return self.words or Wording(self.language)

    @property
    def spoken(self) -> str:
        """The language of its sentences: that of the wording where CSV is written in words."""
        worded = self.format is Format.CSV and self.wording is not Wording.CODES
        return self.wording if worded else self.language


def give(
    answer: Answered,
    title: str,
    shown: Sequence[Column],
    columns: Sequence[Column],
    printed: Printed,
) -> None:
    """Print an answer the way that was asked for: a table has what is `shown`, CSV the columns."""
    match printed.format:
        case Format.JSON:
            print_json(answer.as_dict())
        case Format.CSV:
            print_text(as_sheet(answer.rows, columns, printed.wording))
        case Format.TABLE:
            language = printed.language
            several = list(in_language(shown, columns, language))
            told = (in_words(row, several, language, on_screen=True) for row in answer.rows)
            headings = {column.name: column.heading.say(language) for column in several}
            print_table(title, headings, told)


def told_of_staleness(answer: Answered) -> None:
    """Say beside it why an answer isn't what the log holds, where it isn't."""
    for reason in answer.stale_because:
        err.print(f"{reason.da} ({reason.en})", soft_wrap=True)


def told_of_the_future(as_of: datetime | None, known_at: datetime | None) -> None:
    """Say beside it that a question is about days to come: nobody knows yet what they bring."""
    today = day_of(datetime.now(UTC))
    for asked, option, means in ((as_of, "--as-of", _WAS_TRUE), (known_at, "--known-at", _KNEW)):
        if asked is not None and day_of(asked) > today:
            err.print(
                f"{option} er i fremtiden: {means.da} (in the future: {means.en}).", soft_wrap=True
            )


_WAS_TRUE = Words(
    "svaret er, som det bliver, hvis intet nyt kommer til",
    "the answer is what it will be if nothing new comes",
)
_KNEW = Words("alt, hvad der er kendt nu, er med", "all that is known now counts")


def told_of_more(cursor: str) -> None:
    """Say that a list goes on, and how to have the rest."""
    err.print(
        f"Der er flere rækker: spørg igen med --cursor {cursor} (there are more rows).",
        soft_wrap=True,
    )


def none_meets(title: str, where: Sequence[str], language: str) -> str:
    """That nothing is left of a list by what was asked for: no word of whether all is well."""
    none = Words("ingen rækker opfylder", "no rows meet").say(language)
    return f"{title}: {none} {', '.join(where)}."


def positions(answer: Answered) -> list[int]:
    """The position of each municipality."""
    told = answer.position
    return list(told.values()) if isinstance(told, dict) else [told or 0]


def circumstances(
    municipality: str | None,
    days: Period | None,
    as_of: datetime | None,
    known_at: datetime | None,
    language: str,
) -> str:
    """What a title says of the question: whose, of which days, as of when, known when."""
    told = [] if municipality is None else [name_of(municipality)]
    if days is not None:
        told.append(in_the_period(days, language))
    if as_of is not None:
        told.append(f"{Words('pr.', 'as of').say(language)} {danish(as_of)}")
    if known_at is not None:
        told.append(f"{Words('som kendt', 'as known').say(language)} {danish(known_at)}")
    return "".join(f", {one}" for one in told)


def of_a_page(answer: Answered, language: str) -> str:
    """How many rows a page has of how many; nothing where it is all."""
    if answer.total is None or answer.total <= len(answer.rows):
        return ""
    rows = Words("rækker", "rows").say(language)
    return f", {of_all(len(answer.rows), answer.total, language)} {rows}"


def in_the_period(days: Period, language: str) -> str:
    """A period as people say it: from its first day to its last, if it has one."""
    last = None if days.to is None else days.to - timedelta(days=1)
    during = Words("i perioden", "in the period").say(language)
    return f"{during} {danish(days.from_)}–{danish(last, empty='')}"


def period_of(rows: Sequence[Row], level: Level) -> Period | None:
    """The period that a level reckons with where nobody gives one; none where rows differ in it."""
    if "period" not in level.accepts or not {"since", "until"} <= set(level.names):
        return None
    found = {(row["since"], row["until"]) for row in rows}
    if len(found) != 1:
        return None
    since, until = found.pop()
    return Period(since, until) if since and until and since < until else None


def give_events(answer: Answered, title: str, level: Level, printed: Printed) -> None:
    """Print the events behind an answer; a table has them by row. CSV has how figures are made in
    the same sheet."""
    if printed.format is Format.CSV:
        print_text(as_sheet(*one_sheet(level, answer.rows, answer.figures or ()), printed.wording))
        return
    behind = Words("hændelserne bag", "the events behind").say(printed.language)
    columns = event_columns(level, answer.rows)
    known = {column.name: column for column in columns}
    told = [name for name in _KEYS if any(row.get(name) is not None for row in answer.rows)]
    shown = [known[name] for name in (*told, *_EVENT) if name in known]
    if printed.format is Format.TABLE:
        print_lines(_reckoned(answer, level, printed.language))
    give(answer, f"{title}: {behind}", shown, columns, printed)


def _reckoned(answer: Answered, level: Level, language: str) -> Iterator[str]:
    """How each row's figures are made: a line each, under what the events' table calls the row."""
    headings = {column.name: column.heading.say(language) for column in level.columns}
    keys = [column for column in level.columns if column.name in level.keys]
    for place, several in groupby(answer.figures or (), key=partial(_place, keys, language)):
        yield ", ".join(place)
        yield from (f"  {headings[one['column']]}: {one[language]}" for one in several)
        yield ""


def _place(keys: Sequence[Column], language: str, figure: Row) -> list[str]:
    """The row's number, and the keys that people know it by."""
    said = in_words(figure, keys, language, on_screen=True)
    names = dict.fromkeys([*_KEYS, *(key.name for key in keys if not key.is_internal)])
    return [danish(said[name]) for name in names if said.get(name) is not None]


_KEYS = ("row", "municipality", "mentor_id", "caseworker_id", "course_id", "person_id")
_EVENT = ["time", "event", "actor_function", "actor_id", "source", "id", "position", "amended_by"]


def give_columns(view: View, level: Level, format_: Format, language: str) -> None:
    """Print what a view's columns are: their meaning, unit and source."""
    rows = [column.described(language) for column in level.columns]
    headings = {
        "column": Words("Kolonne", "Column"),
        "heading": Words("Overskrift", "Heading"),
        "meaning": Words("Betydning", "Meaning"),
        "unit": Words("Enhed", "Unit"),
        "source": Words("Kilde", "Source"),
    }
    named = {name: words.say(language) for name, words in headings.items()}
    if format_ is Format.JSON:
        print_json({"rows": rows})
        return
    told = [row | {"unit": unit_in(row["unit"] or "", language)} for row in rows]
    if format_ is Format.CSV:
        print_text(as_csv(told, list(named), list(named.values()), kept=True))
    else:
        print_table(f"{view.title.say(language)}, {level.of.say(language)}", named, told)
