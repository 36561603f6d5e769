"""What an event says in clear: codes, days, minutes, and who. What is sealed stays sealed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from domain.envelope import Recorded
from domain.events.base import Fact
from domain.events.codec import decode_fact
from domain.events.common import EventCorrected, FollowUpEvent
from domain.fields import Items, Sealed, fields_of
from domain.values import Actor, Joint, Period, Ref
from services.store.municipality import Municipality

Row = dict[str, Any]

_COMMON = frozenset(field.name for field in fields_of(Fact))


def with_details(store: Municipality, rows: Sequence[Row]) -> list[Row]:
    """A timeline's rows, each with `details`: the clear fields of its event by their names, people
    as their senders know them. Amendments and follow-ups' events have none, since their own
    columns tell them."""
    facts = {
        event.position: event
        for stream in {row["stream"] for row in rows}
        for event in store.read_stream(stream)
    }
    told = [_details(facts.get(row["position"]), row["event"]) for row in rows]
    names = store.references({id_ for details in told for id_ in _people(details.values())})
    return [
        row | {"details": named(details, names)} for row, details in zip(rows, told, strict=True)
    ]


def _details(event: Recorded | None, name: str) -> Row:
    """The clear fields of an event, or of the one that a correction brings."""
    if event is None:
        return {}
    fact = event.fact
    if isinstance(fact, EventCorrected) and name != fact.NAME:
        fact = decode_fact(fact.replacement.type, fact.replacement.data)
    return {} if name != fact.NAME else clear_fields(fact)


def clear_fields(fact: Fact) -> Row:
    """Its own fields without those that are sealed; of qualities the codes."""
    if isinstance(fact, FollowUpEvent | EventCorrected):
        return {}
    found: Row = {}
    for field in fields_of(type(fact)):
        value = getattr(fact, field.attribute)
        if field.name in _COMMON or isinstance(field.marker, Sealed) or value in (None, (), {}):
            continue
        if isinstance(field.marker, Items):
            value = [item.code for item in value]
        found[field.name] = value
    return found


def _people(values: Iterable[Any]) -> Iterable[UUID]:
    for value in values:
        match value:
            case UUID():
                yield value
            case Actor(id=UUID() as id_):
                yield id_
            case list() | tuple():
                yield from _people(value)


def named(value: Any, names: Mapping[UUID, tuple[str, str]]) -> Any:
    """With people and things by the ids of their senders; a person who was erased has none."""
    match value:
        case UUID():
            return names[value][1] if value in names else None
        case Actor():
            return {"function": value.function, "id": named(value.id, names)}
        case Ref():
            return value.id
        case Period():
            return {"from": value.from_, "to": value.to}
        case Joint():
            return {"id": value.id, "municipalities": list(value.municipalities)}
        case Mapping():
            return {key: named(each, names) for key, each in value.items()}
        case list() | tuple():
            return [named(each, names) for each in value]
        case _:
            return value
