"""From what was sent to what is stored: ids become internal, personal fields become ciphertext.

A translator is made once for each event type from its annotations. An event's data are walked again
only where an id or a key wasn't at hand: a batch's are fetched together between the two walks.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any, Protocol
from uuid import UUID

import msgspec

from domain.events.base import WIRE_PREFIX, Fact
from domain.events.registry import REGISTRY
from domain.events.team import PersonAssigned
from domain.fields import Items, Many, Marker, Plain, Reference, Sealed, Under, fields_of

Json = Any
Op = Callable[[Json, "Context"], Json]


class Lookup(Protocol):
    """Where a walk gets ids and ciphertext from."""

    def identity(self, kind: str, source: str, id: str) -> UUID:
        """The internal id of a person or course."""
        ...

    def seal(self, subject: UUID, field: str, plain: str) -> str:
        """Ciphertext under that person's key."""
        ...


class Context:
    """One event on its way: its stream, the source its references default to, its people."""

    __slots__ = ("data", "lookup", "source", "stream", "type")

    def __init__(self, lookup: Lookup, stream: UUID, type_: type[Fact], source: str) -> None:
        self.lookup = lookup
        self.stream = stream
        self.type = type_
        self.source = source
        self.data: dict[str, Json] = {}

    def person(self, value: Json) -> UUID:
        """The internal id of a person who is referred to."""
        return self.lookup.identity("person", value.get("source", self.source), value["id"])

    def subject(self, under: Under) -> UUID:
        """Whom a sealed field describes."""
        if under is Under.SPEAKER:
            speaker = self.data.get("on_behalf_of") or self.data["actor"]
            return self.person(speaker) if "id" in speaker else self.stream
        if under is Under.STAFF and self.type is PersonAssigned:
            return self.person(self.data["person"])
        return self.stream

    def seal(self, under: Under, field: str, value: Json) -> str:
        """Ciphertext of a field; what isn't text is sealed as JSON."""
        plain = value if isinstance(value, str) else msgspec.json.encode(value).decode()
        return self.lookup.seal(self.subject(under), field, plain)


def translate(
    lookup: Lookup, stream: UUID, topic: str, source: str, data: dict[str, Json]
) -> dict[str, Json]:
    """The stored form of an event's data."""
    context = Context(lookup, stream, REGISTRY.type_of(topic), source)
    return _walk(context, data)


def _walk(context: Context, data: dict[str, Json]) -> dict[str, Json]:
    context.data = data
    found = dict(data)
    for name, op in _ops(context.type):
        if name in data:
            found[name] = op(data[name], context)
    return found


@cache
def _ops(type_: type[Fact]) -> list[tuple[str, Op]]:
    found = {field.name: _op(field.name, field.marker) for field in fields_of(type_)}
    return [(name, op) for name, op in found.items() if op is not None]


def _op(field: str, mark: Marker) -> Op | None:
    """How to translate a value that is marked so; None where it is stored as it is sent."""
    match mark:
        case Sealed(under=under):
            return lambda value, c: c.seal(under, field, value)
        case Items():
            return lambda value, c: [_item(field, item, c) for item in value]
        case Many(of=of):
            each = _reference(of)
            return lambda value, c: [each(item, c) for item in value]
        case Reference():
            return _reference(mark)
        case Plain(kind="replacement"):
            return _replacement
        case _:
            return None


def _reference(mark: Reference) -> Op:
    match mark.to:
        case "actor":
            return _actor
        case "person" | "course" as kind:
            return lambda value, c: c.lookup.identity(
                kind, value.get("source", c.source), value["id"]
            )
        case _:
            return lambda value, c: {"source": c.source, **value}


def _item(field: str, item: Json, context: Context) -> Json:
    if "text" not in item:
        return item
    return {**item, "text": context.seal(Under.STAFF, f"{field}.text", item["text"])}


def _actor(value: Json, context: Context) -> Json:
    if "id" not in value:
        return {"function": value["function"]}
    named = value.get("source", context.source)
    person = context.lookup.identity("person", named, value["id"])
    return {"function": value["function"], "id": person}


def _replacement(value: Json, context: Context) -> Json:
    """A whole event of its own; its references default to the original's source."""
    topic = value["type"].removeprefix(WIRE_PREFIX)
    source = context.data["corrects"].get("source", context.source)
    inner = Context(context.lookup, context.stream, REGISTRY.type_of(topic), source)
    time = datetime.fromisoformat(value["time"]).astimezone(UTC)
    return {"type": topic, "time": time.isoformat(), "data": _walk(inner, value["data"])}
