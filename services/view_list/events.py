"""The columns of what is behind an answer's rows; they are of any view, so of none."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from operator import itemgetter

from domain import codes
from domain.events.registry import REGISTRY
from services.explaining import COLUMNS, Row
from services.view_list.shape import Column, Level, titled

EVENT_NAMES = {type_.NAME: type_.danish() for type_ in REGISTRY}
"""What events are called in Danish."""

EVENT = {
    column.name: column
    for column in (
        titled("row", "Række", "Row"),
        titled("row_id", "Rækkens id", "Row's id", unit="id"),
        titled("time", "Hvornår", "When"),
        titled("recorded_at", "Modtaget", "Recorded"),
        titled("position", "Position", "Position"),
        titled("event", "Hændelse", "Event", terms=EVENT_NAMES),
        titled("source", "Kilde", "Source"),
        titled("id", "Hændelsens id", "Event's id"),
        titled("stream", "Strøm", "Stream", unit="internal id"),
        titled("actor_function", "Hvem", "Who", terms=codes.functions.danish),
        titled("actor", "Aktør", "Actor", unit="person"),
        titled("actor_id", "Aktør", "Actor"),
        titled("amends", "Ændrer", "Amends"),
        titled("amended_by", "Rettet af", "Amended by"),
        titled("course", "Forløb", "Course", unit="course"),
        titled("course_id", "Forløb", "Course"),
        titled("person", "Person", "Person", unit="person"),
        titled("person_id", "Person", "Person"),
        titled("column", "Tal", "Figure"),
        titled("da", "Regnestykke", "Reckoning", in_english="en"),
        titled("en", "Regnestykke", "Reckoning"),
    )
}
"""By name, what is told of an event, and of how a figure is made."""


def event_columns(level: Level, rows: Sequence[Row]) -> list[Column]:
    """The columns of these events, or of how figures are made: those that any has, a row's keys and
    figures as the level calls them."""
    keys = {column.name: column for column in level.columns}
    headings = {column.name: column.heading.da for column in level.columns}
    known = EVENT | {"column": replace(EVENT["column"], terms=headings)}
    names = dict.fromkeys(name for row in rows for name in row) or dict.fromkeys(COLUMNS)
    return [known.get(name) or keys[name] for name in names]


def one_sheet(
    level: Level, events: Sequence[Row], figures: Iterable[Row]
) -> tuple[list[Row], list[Column]]:
    """What is behind rows as one table: of each row how its figures are made, then the events. The
    columns of the former come last."""
    reckoned = list(figures)
    rows = sorted([*reckoned, *events], key=itemgetter("row"))
    return rows, event_columns(level, [*events, *reckoned])
