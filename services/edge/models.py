"""A model of the sent `data` for each event of the registry, made from its declaration."""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from pydantic import BaseModel

from domain.events.base import Fact
from domain.events.common import Amendment, FollowUpEvent
from domain.events.registry import REGISTRY
from domain.fields import CodeMap, Field, Items, Many, Plain, Reference, fields_of
from services.edge.wire import model, wire_type

PREFIX = "dk.roedtraad."
TYPES: dict[str, str] = {PREFIX + topic: topic for topic in REGISTRY.topics()}
"""The `type` of a CloudEvent to the topic that the store knows."""


class Form(NamedTuple):
    """What the edge knows of an event type."""

    event: type[Fact]
    model: type[BaseModel]
    validate: Callable[[Any], Any]  # raises ValidationError
    fields: dict[str, Field]  # by name as sent
    stream: str  # course, mentor or team
    sendable: bool  # else it is written here only
    replaceable: bool  # may stand in an earlier event's place
    amends: str | None  # the field that names the event to correct or retract
    joint: bool  # whether other municipalities may share it


@cache
def form_of(topic: str) -> Form:
    """The form of a topic. Raises UnknownEventError."""
    event = REGISTRY.type_of(topic)
    fields = {field.name: field for field in fields_of(event)}
    made = _model_of(event)
    return Form(
        event=event,
        model=made,
        validate=made.__pydantic_validator__.validate_python,
        fields=fields,
        stream=event.NAME.split(".", 1)[0],
        sendable=bool(event.SENT_BY),
        replaceable=not issubclass(event, Amendment | FollowUpEvent),
        amends=next((name for name in ("corrects", "retracts") if name in fields), None),
        joint="joint" in fields,
    )


def _model_of(event: type[Fact], *, partial: bool = False) -> type[BaseModel]:
    fields = {
        f.attribute: (wire_type(f.marker), f.required and not partial) for f in fields_of(event)
    }
    return model(event.__name__, **fields)


@cache
def partial_model(event: type[Fact]) -> type[BaseModel]:
    """The same, with every field optional: for what is right in an event that is wrong."""
    return _model_of(event, partial=True)


def tag_at(field: Field | None) -> int | None:
    """Where pydantic's path to a fault in the field holds an actor's function: no key of JSON."""
    match field and field.marker:
        case Reference("actor"):
            return 1
        case Many(Reference("actor")):
            return 2
        case _:
            return None


def count_of(field: Field | None) -> int | None:
    """How many elements the field has, if that is given."""
    return field.marker.count if field and isinstance(field.marker, Items) else None


def keys_of(field: Field | None) -> tuple[str, ...]:
    """The keys that an object of codes may have."""
    return field.marker.of.codes if field and isinstance(field.marker, CodeMap) else ()


_NAMES = {
    "period": ("from", "to"),
    "joint": ("id", "municipalities"),
    "follow-up": ("rule", "anchor", "cycle", "about"),
    "replacement": ("type", "time", "data"),
}


def names_in(field: Field, depth: int) -> tuple[str, ...]:
    """The names of the fields of the objects in a field; `depth` 1 is the outermost's."""
    match field.marker:
        case Reference("actor") | Many(Reference("actor")):
            return ("function", "source", "id")
        case Items():
            return ("code", "text")
        case Plain(kind) if kind in _NAMES and depth == 1:
            return _NAMES[kind]
        case _:
            return ("source", "id")
