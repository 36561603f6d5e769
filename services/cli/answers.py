"""How a view's answer is printed: its rows, the events behind them, what its columns are."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from domain import codes
from domain.events.registry import REGISTRY
from domain.values import Period
from services.cli.show import Format, err, print_csv, print_json, print_rows, print_table
from services.explaining import COLUMNS
from services.municipalities import name_of
from services.rendering import danish
from services.view_list.shape import Level, View
from services.views import Answered, Row
from services.words import Words

EVENT_NAMES = {type_.NAME: type_.danish() for type_ in REGISTRY}
"""What events are called in Danish."""


def give(
    answer: Answered,
    title: str,
    headings: dict[str, str],
    format_: Format,
    columns: Sequence[str],
    terms: Mapping[str, Mapping[str, str]],
) -> None:
    """Print an answer the way that was asked for.

    A table has the columns of `headings`, with `terms` as words for codes; CSV has `columns`.
    """
    if answer.parked:
        err.print(
            f"{answer.parked} strømme mangler i svaret: roedtraad projections parked"
            " (streams are missing from the answer).",
            soft_wrap=True,
        )
    match format_:
        case Format.JSON:
            print_json(answer.as_dict())
        case Format.CSV:
            print_csv(answer.rows, columns)
        case Format.TABLE:
            print_table(title, headings, (_in_words(row, terms) for row in answer.rows))


def _in_words(row: Row, terms: Mapping[str, Mapping[str, str]]) -> Row:
    return row | {name: _words(row[name], words) for name, words in terms.items()}


def _words(value: Any, words: Mapping[str, str]) -> Any:
    """A code, or several, in Danish."""
    if isinstance(value, list | tuple):
        return [words.get(one, one) for one in value]
    if isinstance(value, Mapping):
        return {words.get(code, code): count for code, count in value.items()}
    return words.get(value, value)


def told_of_more(cursor: str) -> None:
    """Say that a list goes on, and how to have the rest."""
    err.print(
        f"Der er flere rækker: spørg igen med --cursor {cursor} (there are more rows).",
        soft_wrap=True,
    )


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
        told.append(f"{danish(days.from_)}-{danish(days.to)}")
    if as_of is not None:
        told.append(f"{Words('pr.', 'as of').say(language)} {danish(as_of)}")
    if known_at is not None:
        told.append(f"{Words('som kendt', 'as known').say(language)} {danish(known_at)}")
    return "".join(f", {one}" for one in told)


def give_events(answer: Answered, title: str, format_: Format, language: str) -> None:
    """Print the events behind an answer; a table has them by row, with their Danish names."""
    rows = answer.rows
    title = f"{title}: {Words('hændelserne bag', 'the events behind').say(language)}"
    if format_ is Format.TABLE:
        terms = {"event": EVENT_NAMES, "actor_function": codes.functions.danish}
        rows = [_in_words(row, terms if language == "da" else {}) for row in rows]
        known = {k: v for k, v in _KEYS.items() if any(row.get(k) is not None for row in rows)}
        shown = {name: words.say(language) for name, words in (known | _EVENT).items()}
        print_table(title, shown, rows)
        return
    names = list(dict.fromkeys(name for row in rows for name in row))
    give(answer, title, {}, format_, names or list(COLUMNS), {})


_KEYS = {
    "row": Words("Række", "Row"),
    "municipality": Words("Kommune", "Municipality"),
    "mentor_id": Words("Mentor", "Mentor"),
    "caseworker_id": Words("Sagsbehandler", "Caseworker"),
    "course_id": Words("Forløb", "Course"),
    "person_id": Words("Person", "Person"),
}
_EVENT = {
    "time": Words("Hvornår", "When"),
    "event": Words("Hvad", "What"),
    "actor_function": Words("Hvem", "Who"),
    "actor_id": Words("Id", "Id"),
    "source": Words("Kilde", "Source"),
    "id": Words("Hændelsens id", "Event's id"),
    "position": Words("Position", "Position"),
    "amended_by": Words("Rettet af", "Amended by"),
}


def give_columns(view: View, level: Level, format_: Format, language: str) -> None:
    """Print what a view's columns are: their meaning, unit and source."""
    rows = [
        {
            "column": column.name,
            "heading": column.heading.say(language),
            "meaning": column.meaning.say(language),
            "unit": column.unit,
            "source": column.source or None,
        }
        for column in level.columns
    ]
    headings = {
        "column": Words("Kolonne", "Column"),
        "heading": Words("Overskrift", "Heading"),
        "meaning": Words("Betydning", "Meaning"),
        "unit": Words("Enhed", "Unit"),
        "source": Words("Kilde", "Source"),
    }
    title = f"{view.title.say(language)}, {level.of.say(language)}"
    print_rows(
        title, {name: words.say(language) for name, words in headings.items()}, rows, format_
    )
