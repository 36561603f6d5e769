"""One stored event as it is told to other systems: a CloudEvent without anything personal.

It has the shape in which it was sent, less what is sealed. The course, staff member or team and all
persons in it are named by internal ids, whose source is the municipality's own; things and events
keep their senders' references, which tell nothing.
"""

from collections.abc import Mapping
from typing import Any, assert_never

import msgspec

from domain.envelope import Recorded
from domain.events.base import WIRE_PREFIX, Fact, MentorFact
from domain.events.codec import decode_fact, encode_fact
from domain.events.common import EventCorrected
from domain.events.course import PreferenceStated
from domain.events.mentor import Employed, ProfileCompleted, SurveyAnswered
from domain.events.registry import REGISTRY
from domain.fields import (
    CodeList,
    CodeMap,
    Codes,
    Items,
    Many,
    Marker,
    Plain,
    Reference,
    Sealed,
    fields_of,
)

Json = Any
_ALWAYS = frozenset({"note_confidential"})
"""That a confidential remark was made is nobody's either who may not read it."""
_PERSONAL: Mapping[type[Fact], frozenset[str]] = {
    Employed: frozenset({"gender", "birth_year"}),
    ProfileCompleted: frozenset({"experience_years"}),
    PreferenceStated: frozenset({"age", "gender"}),
}
"""What describes a person, and is neither an id nor said of what was done."""


def withheld_fields(type_: type[Fact]) -> frozenset[str]:
    """The fields of an event that are told to nobody though they are clear."""
    return _ALWAYS | _PERSONAL.get(type_, frozenset())


_GONE = object()


def is_withheld(event: Recorded) -> bool:
    """Whether others are told nothing of it: who answered what in a survey is nobody's to know."""
    fact = event.fact
    if isinstance(fact, EventCorrected):
        return issubclass(REGISTRY.type_of(_newest(fact)), SurveyAnswered)
    return isinstance(fact, SurveyAnswered)


def _newest(correction: EventCorrected) -> str:
    new = correction.replacement
    fact = decode_fact(new.type, new.data)
    return f"{fact.NAME}.v{fact.VERSION}"


def shown(event: Recorded, municipality: str) -> dict[str, Json]:
    """The CloudEvent (JSON format) of an event of that municipality's log."""
    own = f"urn:roedtraad:{municipality}"
    attributes = {
        "specversion": "1.0",
        "type": WIRE_PREFIX + event.topic,
        "source": event.source,
        "id": event.source_id,
        "subject": str(event.originator_id),
        "subjectsource": own,
        "time": _instant(event.occurred_at),
        "municipality": municipality,
        # CloudEvents' own integers have 32 bits.
        "position": str(event.position),
        # Of a mentor the gaps would tell who has answered a survey.
        "streamversion": None if isinstance(event.fact, MentorFact) else event.originator_version,
        "recordedat": _instant(event.recorded_at),
        "sequence": None if event.sequence is None else str(event.sequence),
        "correlationid": event.correlation,
        "causationid": event.causation,
        "datacontenttype": "application/json",
        "data": _clear(event.fact, own),
    }
    return {name: value for name, value in attributes.items() if value is not None}


def _instant(at: Any) -> str:
    return str(msgspec.to_builtins(at))


def _clear(fact: Fact, own: str) -> dict[str, Json]:
    """An event's data: what is clear, with persons named by us."""
    stored, withheld = msgspec.json.decode(encode_fact(fact)), withheld_fields(type(fact))
    told = {
        field.name: _value(field.marker, stored[field.name], own)
        for field in fields_of(type(fact))
        if field.name in stored and field.name not in withheld
    }
    if isinstance(fact, EventCorrected):
        told["replacement"] = _replacement(fact, own)
    return {name: value for name, value in told.items() if value is not _GONE}


def _value(mark: Marker, stored: Json, own: str) -> Json:
    """What may be told of a value that is marked so."""
    match mark:
        case Sealed():
            return _GONE
        case Items():
            return [{"code": item["code"]} for item in stored]
        case Many(of=of):
            return [_value(of, one, own) for one in stored]
        case Reference():
            return _reference(mark, stored, own)
        case Plain(kind="follow-up"):
            about = {"about": _named(stored["about"], own)} if "about" in stored else {}
            return {**stored, **about}
        case Plain(kind="replacement"):
            return _GONE  # it is an event of its own
        case CodeList() | Codes() | CodeMap() | Plain():
            return stored
        case _:
            assert_never(mark)


def _reference(mark: Reference, stored: Json, own: str) -> Json:
    match mark.to:
        case "person" | "course":
            return _named(stored, own)
        case "actor":
            named = _named(stored["id"], own) if "id" in stored else {}
            return {"function": stored["function"], **named}
        case _:
            return stored


def _named(id_: str, own: str) -> dict[str, str]:
    return {"source": own, "id": id_}


def _replacement(correction: EventCorrected, own: str) -> dict[str, Json]:
    new = correction.replacement
    fact = decode_fact(new.type, new.data)
    return {
        "type": f"{WIRE_PREFIX}{fact.NAME}.v{fact.VERSION}",
        "time": _instant(new.time),
        "data": _clear(fact, own),
    }
