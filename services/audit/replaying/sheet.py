"""A folded state as fields (*tilstandens felter*): what stands in it, thing by thing.

A state is taken apart as it is: nothing is reckoned here. A thing stands in a part of the state
(`matches`, `grants`) and is known by its sender's reference, or by that of the event that told it.
"""

from collections.abc import Iterator
from datetime import date, datetime
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from msgspec import NODEFAULT, Struct

from domain.calendar import ALWAYS
from domain.cooperation import Cooperation, GoalVersion
from domain.grants import Grant
from domain.matches import Match
from domain.raised import FollowUp
from domain.spells import Spell
from domain.supervision import Session
from domain.values import Actor, FollowUpKey, Period, Ref


class Place(NamedTuple):
    """Where a thing stands: its part of the state, and what it is known by there."""

    part: str
    thing: Any = None  # a reference, a day, a follow-up's key, a person with a function


Sheet = dict[Place, Any]
"""What stands in a state, by its place."""

VALUE = "value"
_LEFT_OUT = frozenset({"amendments"})  # told beside the events that they amend
_ONE_VALUE = frozenset({str, int, bool, date, datetime, UUID, Ref, Actor, FollowUpKey, Fraction})
_KNOWN_BY: dict[type, str] = {
    Match: "match",
    GoalVersion: "goal",
    Session: "session",
    Spell: "begun_by",
    Grant: "grant",
    FollowUp: "key",
}
_BESIDE = frozenset({"order", "ref"})  # they say where something stands, not what it is


def sheet_of(state: Struct) -> Sheet:
    """All that stands in a state of a course, a mentor or a team."""
    return dict(_parts(state))


def _parts(state: Struct) -> Iterator[tuple[Place, Any]]:
    for name in state.__struct_fields__:
        value = getattr(state, name)
        if isinstance(value, Cooperation):
            yield from _parts(value)
        elif name not in _LEFT_OUT and value:
            yield from _things(name, value)


def _things(part: str, value: Any) -> Iterator[tuple[Place, Any]]:
    match value:
        case tuple():
            for one in value:
                yield Place(part, _known_by(one)), one
        case dict():
            for key, one in value.items():
                if isinstance(one, tuple):
                    for step in one:
                        yield Place(part, (*key, step.ref)), step
                else:
                    yield Place(part, key), one
        case _:
            yield Place(part), value


def _known_by(one: Any) -> Any:
    """What tells a thing from the others of its part."""
    return getattr(one, _KNOWN_BY.get(type(one), "ref"))


def fields_of_thing(thing: Any) -> dict[str, Any]:
    """What a thing says, field by field; what is one value by itself is called `value`.

    What is unknown is left out, such as a beginning before all that is told.
    """
    found: dict[str, Any] = {}
    _tell(found, thing, "")
    return found


def _tell(found: dict[str, Any], value: Any, name: str) -> None:
    kind = type(value)
    if kind in _ONE_VALUE:
        found[name or VALUE] = value
    elif kind is Period:
        if value.from_ != ALWAYS:
            found[_within(name, "from")] = value.from_
        if value.to is not None:
            found[_within(name, "to")] = value.to
    elif issubclass(kind, Struct):
        for attribute, own, default in _told_of(kind):
            said = getattr(value, attribute)
            if said is not None and (default is NODEFAULT or said != default):
                _tell(found, said, _within(name, own))
    elif kind is tuple and value and isinstance(value[0], Struct):
        for number, one in enumerate(value, 1):
            _tell(found, one, _within(name, str(number)) if len(value) > 1 else name)
    elif value is not None and value != () and value != frozenset() and value != {}:
        found[name or VALUE] = value


@cache
def _told_of(type_: type[Struct]) -> list[tuple[str, str, Any]]:
    """The fields of a thing that say what it is: attribute, name, and what it is if unsaid."""
    beside = _BESIDE | {_KNOWN_BY.get(type_)}
    return [
        (f.name, "" if f.name == VALUE else f.name.rstrip("_"), f.default)
        for f in msgspec.structs.fields(type_)
        if f.name not in beside
    ]


def _within(name: str, own: str) -> str:
    return f"{name}.{own}" if name and own else name or own
