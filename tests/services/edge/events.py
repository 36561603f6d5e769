"""Events as a case system sends them, for the tests of the edge."""

import json
from copy import deepcopy
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

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
)
from services.edge.incoming import Incoming
from services.edge.models import PREFIX, form_of
from services.edge.parse import parse_event
from services.edge.problems import Problem

OWN = "0860"
NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
SOURCE = "https://sagssystem.hjoerring.example"
CASEWORKER = {"id": "s-12", "function": "caseworker"}
PACK = 'name = "standard"\n'

ENVELOPE: dict[str, Any] = {
    "specversion": "1.0",
    "type": PREFIX + "course.mentor-matched.v1",
    "source": SOURCE,
    "id": "ev-103",
    "subject": "c-4711",
    "time": "2026-01-16T14:00:00+01:00",
    "municipality": OWN,
}
MATCHED: dict[str, Any] = {
    "actor": CASEWORKER,
    "match": {"id": "match-901"},
    "mentor": {"id": "m-31"},
    "from": "2026-01-19",
    "method": "by-profile",
    "minutes": 45,
}
# Fields of which an event cannot have all at once.
_NOT_TOGETHER = {
    "course.mentor-agreement-made.v1": ["total_minutes"],
    "course.grant-decided.v1": ["total_minutes", "reason"],
    "course.grant-extended.v1": ["total_minutes"],
    "team.person-assigned.v1": ["weekly_minutes"],
    "team.supervision-arranged.v1": ["reasons"],
}
_RIGHT_TOGETHER: dict[str, dict[str, Any]] = {
    "course.activity-registered.v1": {
        "role": "personal-guide",
        "area": "body-and-mind",
        "activity": "accompany-to-doctor",
    },
    "team.rules-adopted.v1": {"sha256": sha256(PACK.encode()).hexdigest()},
}


def event(data: Any = None, **attributes: Any) -> dict[str, Any]:
    """An event: a mentor matched, unless told otherwise."""
    return {**deepcopy(ENVELOPE), **attributes, "data": deepcopy(MATCHED if data is None else data)}


def matched(**changes: Any) -> dict[str, Any]:
    """A mentor matched, with some fields of its data changed. `from_` is `from`; ... leaves out."""
    named = {name.rstrip("_"): value for name, value in changes.items()}
    data = {name: v for name, v in {**MATCHED, **named}.items() if v is not ...}
    return event(data)


def of_type(name: str, data: Any, **attributes: Any) -> dict[str, Any]:
    """An event of a type, version 1."""
    return event(data, type=f"{PREFIX}{name}.v1", **attributes)


def parse(sent: Any) -> Incoming | Problem:
    """What the edge makes of an event (or of bytes) that a sender sends."""
    raw = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    return parse_event(raw, municipality=OWN, now=NOW)


def taken(sent: Any) -> Incoming:
    """The event that the edge takes."""
    answer = parse(sent)
    assert isinstance(answer, Incoming), answer.as_dict("en")
    return answer


def refused(sent: Any) -> Problem:
    """The problem with which the edge refuses."""
    answer = parse(sent)
    assert isinstance(answer, Problem), answer
    return answer


def places(sent: Any) -> dict[str, str]:
    """The places at which the edge finds fault with an event, each with its code."""
    return {flaw.pointer: flaw.code for flaw in refused(sent).errors}


def full(topic: str) -> dict[str, Any]:
    """An event of the topic with all the fields filled that it can have at once."""
    form = form_of(topic)
    data = {name: _value(field, field.marker) for name, field in form.fields.items()}
    for name in _NOT_TOGETHER.get(topic, ()):
        del data[name]
    if "replacement" in data:
        data["replacement"] = _replacement(form.stream)
    return event(data | _RIGHT_TOGETHER.get(topic, {}), type=PREFIX + topic)


def _value(field: Field, marker: Marker) -> Any:
    match marker:
        case CodeList():
            return marker.codes[0]
        case Reference("actor"):
            return CASEWORKER
        case Reference():
            return {"source": SOURCE, "id": f"{field.name}-1"}
        case Many(of):
            return [_value(field, of)] * (2 if of.to == "actor" else 1)
        case Codes(of) | Sealed("codes", _, CodeList() as of):
            return list(of.codes[:2])
        case Sealed("code", _, CodeList() as of):
            return of.codes[0]
        case CodeMap(of, to):
            return dict.fromkeys(of.codes, to.codes[0])
        case Items(of, count):
            return [{"code": code, "text": "Med egne ord"} for code in of.codes[:count]]
        case Plain(_, int() as low):
            return low
        case Plain(kind) | Sealed(kind):
            return deepcopy(_PLAIN[kind])


_PLAIN: dict[str, Any] = {
    "flag": True,
    "period": {"from": "2026-01-19", "to": "2026-07-19"},
    "joint": {"id": "joint-7", "municipalities": ["0851", OWN]},
    "follow-up": {
        "rule": "match-overdue",
        "anchor": {"id": "ev-1"},
        "cycle": 1,
        "about": {"id": "m-31"},
    },
    "replacement": None,
    "line": "En linje",
    "text": "Første linje\n\tanden linje",
    "cpr": "010190-1234",
    "date": "2026-01-19",
    "law": "lab:167",
    "slug": "standard-2026.1",
    "toml": PACK,
}


def _replacement(stream: str) -> dict[str, Any]:
    name, data = {
        "course": ("course.closed", {"to": "2026-03-04", "reason": "job"}),
        "mentor": ("mentor.left", {"to": "2026-03-04", "reason": "resigned"}),
        "team": ("team.established", {"from": "2013-01-01"}),
    }[stream]
    return {
        "type": f"{PREFIX}{name}.v1",
        "time": "2026-01-29T13:00:00+01:00",
        "data": {"actor": CASEWORKER, **data},
    }
