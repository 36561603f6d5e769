"""Values of a state as machines read them: JSON by names, people and courses with both ids."""

from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any, NamedTuple
from uuid import UUID

from domain.values import Actor, FollowUpKey, Joint, Period, Ref
from services.audit.access.named import Names
from services.audit.replaying.sheet import Place, Sheet, fields_of_thing
from services.audit.replaying.unfolding import Change
from services.rendering import plain

Json = Any
_AS_THEY_ARE = frozenset({str, int, bool, float, type(None)})


class Difference(NamedTuple):
    """A field of a thing, before and after; None where nothing is told."""

    place: Place
    field: str
    before: Any
    after: Any


def differences(change: Change) -> list[Difference]:
    """The fields in which a thing differs."""
    if change.before is None:
        told = fields_of_thing(change.after)
        return [Difference(change.place, name, None, value) for name, value in told.items()]
    before = fields_of_thing(change.before)
    after = fields_of_thing(change.after) if change.after is not None else {}
    names = dict.fromkeys([*before, *after])
    return [
        Difference(change.place, name, before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    ]


def as_json(value: Any, names: Names) -> Json:
    """A value of a state."""
    if type(value) in _AS_THEY_ARE:
        return value
    match value:
        case UUID():
            return {"uuid": str(value), "id": names[value][1] if value in names else None}
        case Ref():
            return {"source": value.source, "id": value.id}
        case datetime() | date():
            return value.isoformat()
        case Actor():
            person = None if value.id is None else as_json(value.id, names)
            return {"function": value.function, "person": person}
        case FollowUpKey():
            return {
                "rule": value.rule,
                "anchor": as_json(value.anchor, names),
                "cycle": value.cycle,
                "about": None if value.about is None else as_json(value.about, names),
            }
        case Period():
            return {"from": plain(value.from_), "to": plain(value.to)}
        case Joint():
            return {"id": value.id, "municipalities": list(value.municipalities)}
        case Fraction():
            return value.numerator if value.denominator == 1 else str(value)
        case frozenset():
            return sorted((as_json(one, names) for one in value), key=str)
        case Mapping():
            return {str(key): as_json(one, names) for key, one in value.items()}
        case tuple() | list():
            return [as_json(one, names) for one in value]
        case _:
            return plain(value)


def difference_as_json(one: Difference, names: Names) -> Json:
    """A field before and after."""
    return {
        "part": one.place.part,
        "thing": as_json(one.place.thing, names),
        "field": one.field,
        "before": as_json(one.before, names),
        "after": as_json(one.after, names),
    }


def sheet_as_json(sheet: Sheet, names: Names) -> Json:
    """All that stands in a state, by its parts."""
    parts: dict[str, list[Json]] = {}
    for place, thing in sheet.items():
        fields = {name: as_json(value, names) for name, value in fields_of_thing(thing).items()}
        one = {"thing": as_json(place.thing, names), "fields": fields}
        parts.setdefault(place.part, []).append(one)
    return parts
