"""The columns of the events behind an answer's rows; they are of any view, so of none."""

from collections.abc import Sequence

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
    )
}
"""By name, what is told of an event."""


def event_columns(level: Level, rows: Sequence[Row]) -> list[Column]:
    """The columns of these events: those that any has, a row's keys as the level calls them."""
    keys = {column.name: column for column in level.columns}
    names = dict.fromkeys(name for row in rows for name in row) or dict.fromkeys(COLUMNS)
    return [EVENT.get(name) or keys[name] for name in names]
