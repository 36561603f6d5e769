"""Whose data a stored event holds (*hvem det handler om*): the course or staff member whose stream
it is in, and the people and courses that it names."""

from collections.abc import Iterator
from functools import cache
from typing import Any
from uuid import UUID

from domain.envelope import Recorded
from domain.events.base import Fact
from domain.events.codec import decode_fact
from domain.events.common import EventCorrected
from domain.fields import Many, Marker, Plain, Reference, fields_of

_SOMEBODYS = ("course.", "mentor.")


def whose(event: Recorded) -> set[UUID]:
    """The internal ids of courses and people; nobody's is what is told of the team alone."""
    found = set(_named(event.fact))
    if event.topic.startswith(_SOMEBODYS):
        found.add(event.originator_id)
    return found


def _named(fact: Fact) -> Iterator[UUID]:
    for attribute, mark in _marked(type(fact)):
        if (value := getattr(fact, attribute)) is not None:
            yield from _of(mark, value)
    if isinstance(fact, EventCorrected):
        new = fact.replacement
        yield from _named(decode_fact(new.type, new.data))


@cache
def _marked(type_: type[Fact]) -> tuple[tuple[str, Marker], ...]:
    """The fields that may name somebody."""
    kinds = (Reference, Many, Plain)
    return tuple((f.attribute, f.marker) for f in fields_of(type_) if isinstance(f.marker, kinds))


def _of(mark: Marker, value: Any) -> Iterator[UUID]:
    match mark:
        case Reference(to="person" | "course"):
            yield value
        case Reference(to="actor") if value.id is not None:
            yield value.id
        case Many(of=of):
            for one in value:
                yield from _of(of, one)
        case Plain(kind="follow-up") if value.about is not None:
            yield value.about
        case _:
            return
