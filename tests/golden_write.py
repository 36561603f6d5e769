"""Writes the golden JSON of a topic that has none yet: `python -m tests.golden_write TOPIC…`.

A golden file is what history looks like. It is written once, when an event is added, and never
again: what no longer reads it must be mended, by an upcast if need be.
"""

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, assert_never
from uuid import UUID

import msgspec

from domain.events.base import Fact
from domain.events.codec import encode_fact
from domain.events.registry import REGISTRY
from domain.fields import (
    CodeList,
    CodeMap,
    Codes,
    Field,
    Items,
    Many,
    Marker,
    Plain,
    Reference,
    Sealed,
    fields_of,
)
from domain.values import Actor, FollowUpKey, Item, Joint, Period, Ref, Replacement

GOLDEN = Path(__file__).parent / "golden"

_SOURCE = "https://sagssystem.example"
_PERSON = UUID("5f0c2b3e-8d2f-4c57-9a51-0d6f6f1f2a01")
_OTHER = UUID("5f0c2b3e-8d2f-4c57-9a51-0d6f6f1f2a02")
_SEALED = "c2VhbGVkIHZhbHVlIG9mIGEgdGVzdA"
_REPLACEMENTS: dict[str, tuple[str, dict[str, Any]]] = {
    "course": (
        "course.match-ended.v1",
        {"match": Ref(_SOURCE, "match-901"), "to": "2026-03-04", "reason": "citizen-wish"},
    ),
    "mentor": ("mentor.left.v1", {"to": "2026-03-04", "reason": "resigned"}),
    "team": (
        "team.person-released.v1",
        {"person": _OTHER, "function": "mentor", "to": "2026-03-04", "reason": "left"},
    ),
}


def golden_file(topic: str) -> Path:
    """Where the golden JSON of a topic stands."""
    return GOLDEN / f"{topic}.json"


def sample(type_: type[Fact]) -> Fact:
    """An event with all its fields filled, as it is stored: the same one every time."""
    stream = type_.NAME.partition(".")[0]
    return type_(**{f.attribute: _value(f, f.marker, stream) for f in fields_of(type_)})


def _value(field: Field, marker: Marker, stream: str) -> Any:
    match marker:
        case CodeList():
            return marker.codes[0]
        case Plain():
            return _plain(marker, stream)
        case Reference():
            return _reference(field.name, marker)
        case Many(of):
            return (_reference(field.name, of),)
        case Codes(of):
            return of.codes[:2]
        case CodeMap(of, to):
            return {of.codes[0]: to.codes[0], of.codes[1]: to.codes[1]}
        case Items(of, count):
            return tuple(Item(code, _SEALED) for code in of.codes[:count])
        case Sealed():
            return _SEALED
        case _:
            assert_never(marker)


def _reference(name: str, marker: Reference) -> Any:
    match marker.to:
        case "person" | "course":
            return _PERSON
        case "actor":
            return Actor("coordinator", _PERSON if name == "actor" else _OTHER)
        case to:
            return Ref(_SOURCE, f"{to}-{name}")


def _plain(marker: Plain, stream: str) -> Any:
    if marker.low is not None:
        return marker.low + 1
    return {
        "date": date(2026, 1, 19),
        "period": Period(date(2026, 1, 19), date(2026, 7, 19)),
        "flag": True,
        "slug": "standard-2026.1",
        "toml": 'name = "standard"\n',
        "joint": Joint("joint-7", ("0851", "0860")),
        "follow-up": FollowUpKey("mentor-left", Ref(_SOURCE, "ev-104"), 1, _PERSON),
        "replacement": _replacement(stream),
    }[marker.kind]


def _replacement(stream: str) -> Replacement:
    topic, data = _REPLACEMENTS[stream]
    whole = {"actor": Actor("coordinator", _PERSON), **data}
    when = datetime(2026, 1, 29, 12, 0, tzinfo=UTC)
    return Replacement(topic, when, msgspec.Raw(msgspec.json.encode(whole)))


def main(topics: list[str]) -> int:
    """Write those that are missing. 1 if one is there already or unknown, 0 otherwise."""
    refused = False
    for topic in topics:
        try:
            type_ = REGISTRY.type_of(topic)
            with golden_file(topic).open("xb") as file:
                file.write(encode_fact(sample(type_)) + b"\n")
        except (LookupError, FileExistsError) as error:
            refused = True
            sys.stderr.write(f"{topic}: not written, {type(error).__name__}: {error}\n")
    return int(refused)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
