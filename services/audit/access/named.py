"""Whom events speak of (*hvem det handler om*): people and courses by their internal ids."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from operator import attrgetter
from typing import Any
from uuid import UUID

from domain.envelope import Recorded
from domain.events.base import Fact
from domain.events.common import EventCorrected
from domain.fields import Many, Plain, Reference, fields_of
from services.audit.replaying.says import replacement_of
from services.store.municipality import Municipality

Names = Mapping[UUID, tuple[str, str]]
"""What senders call people and courses: source and id."""
_Read = Callable[[Fact], Any]
_PEOPLE = ("person", "course")


def named_in(events: Iterable[Recorded], same: Mapping[UUID, UUID] | None = None) -> set[UUID]:
    """All whom events speak of, and the ids that they are read as."""
    found: set[UUID] = set()
    for event in events:
        found.add(event.originator_id)
        found.update(_in_fact(event.fact))
        if isinstance(event.fact, EventCorrected) and (new := replacement_of(event)) is not None:
            found.update(_in_fact(new))
    if same:
        found.update([same[one] for one in found if one in same])
    return found


def names_in(
    store: Municipality, events: Iterable[Recorded], same: Mapping[UUID, UUID] | None = None
) -> Names:
    """What senders call all whom events speak of, by whichever id they are read as."""
    return store.references(named_in(events, same))


def _in_fact(fact: Fact) -> Iterator[UUID]:
    one, several, actors, lists = _readers(type(fact))
    yield from (id_ for read in one if (id_ := read(fact)) is not None)
    yield from (actor.id for read in actors if (actor := read(fact)) is not None and actor.id)
    for read in several:
        yield from read(fact)
    for read in lists:
        yield from (actor.id for actor in read(fact) if actor.id)


@cache
def _readers(type_: type[Fact]) -> tuple[list[_Read], list[_Read], list[_Read], list[_Read]]:
    """What reads the fields that hold a person or course, several, an actor, and several."""
    one: list[_Read] = []
    several: list[_Read] = []
    actors: list[_Read] = []
    lists: list[_Read] = []
    for field in fields_of(type_):
        read = attrgetter(field.attribute)
        match field.marker:
            case Reference(to) if to in _PEOPLE:
                one.append(read)
            case Reference("actor"):
                actors.append(read)
            case Many(Reference("actor")):
                lists.append(read)
            case Many(_):
                several.append(read)
            case Plain("follow-up"):
                one.append(attrgetter(f"{field.attribute}.about"))
    return one, several, actors, lists
