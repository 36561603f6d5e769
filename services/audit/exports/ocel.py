"""A municipality's history for process mining: object-centric events (*OCEL 2.0*, JSON).

What counts is told: corrections stand in their originals' places, what was retracted is left out.
Courses, staff and team are named by internal ids, things by keyed hashes of their senders' ids.
Stream by stream is read and written, so memory doesn't grow with the history: objects that belong
to one stream are laid aside until all events are written, and only staff and what several streams
name is kept.
"""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, BinaryIO, NamedTuple
from uuid import UUID

import msgspec

from domain.envelope import Recorded
from domain.events.base import Fact
from domain.events.common import FollowUpEvent
from domain.fields import Many, Reference, fields_of
from domain.values import Actor, FollowUpKey, Ref
from services.audit.exports.ocel_objects import SUBJECT, Objects, object_attributes, told_by
from services.audit.exports.ocel_types import (
    CORRECTED,
    FOLLOW_UP,
    OF_ALL,
    STAFF,
    STAFF_FUNCTIONS,
    THINGS,
    attributes_of,
    event_types,
    flag,
    is_exported,
)
from services.audit.exports.ocel_types import moment as as_time
from services.audit.replaying.beginning import has_begun
from services.audit.replaying.past import Past, Thread
from services.audit.replaying.replay import said_in

_OF_SEVERAL_STREAMS = frozenset({"supervision-session", "matching-meeting"})
_FUNCTIONS = {"mentors": "mentor"}
"""The functions of those whom a field names, where it isn't called by them."""
_COUNTERPARTS = {"mentor": "caseworker", "caseworker": "mentor"}
_SAME_PERSON = "same-person"
_encode = msgspec.json.Encoder().encode
Related = tuple[str, str, str]
"""Type and id of an object, and what the event has to do with it."""


class Written(NamedTuple):
    """How much a file holds."""

    events: int
    objects: int


def write_ocel(
    past: Past,
    out: BinaryIO,
    aside: BinaryIO,
    moment: datetime,
    tell: Callable[[int], None] = lambda done: None,
) -> Written:
    """Write what had begun by a moment, as known at the position of `past`.

    `aside` is an empty file for the objects; `tell` is called with how many events were read.
    """
    common = Objects()
    out.write(b'{"objectTypes":%b,"eventTypes":%b,"events":[' % (_object_types(), _event_types()))
    events, set_aside = _Rows(out), _Rows(aside)
    for thread, done in past.all():
        own = _Stream(past, thread, common)
        for each in own.events(moment):
            events.write(each)
        for each in own.objects:
            set_aside.write(each)
        tell(done)
    _join_people(common)
    for each in common:
        set_aside.write(each)
    out.write(b'],"objects":[')
    aside.seek(0)
    shutil.copyfileobj(aside, out)
    out.write(b"]}\n")
    return Written(events.count, set_aside.count)


class _Rows:
    """The rows of an array, a line each."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self.count = 0

    def write(self, row: Any) -> None:
        self._out.write((b",\n" if self.count else b"\n") + _encode(row))
        self.count += 1


class _Stream:
    """The events of one stream, and the objects that are its own."""

    def __init__(self, past: Past, thread: Thread, common: Objects) -> None:
        self._past, self._thread, self._common = past, thread, common
        self.objects = Objects()

    def events(self, moment: datetime) -> Iterator[dict[str, Any]]:
        """Those that count, had begun, and aren't held back, in fold order."""
        for said in said_in(self._thread.events):
            event = said.event
            if said.counts and is_exported(event.fact) and has_begun(event, moment):
                related = list(dict.fromkeys(self._related(event.fact)))
                self._note(event, related)
                yield {
                    "id": f"event:{event.position}",
                    "type": event.fact.NAME,
                    "time": as_time(event.occurred_at),
                    "attributes": _attributes(event, corrected=said.amendment is not None),
                    "relationships": [
                        {"objectId": id_, "qualifier": qualifier} for _, id_, qualifier in related
                    ],
                }

    def _related(self, fact: Fact) -> Iterator[Related]:
        """The objects of an event: whose stream it is, then by its fields."""
        yield self._subject()
        for field in fields_of(type(fact)):
            value = getattr(fact, field.attribute)
            if value is None:
                continue
            match field.marker:
                case Reference("actor"):
                    yield from self._actor(value, field.name)
                case Reference("person"):
                    yield self._person(_function(fact, field.name), value, field.name)
                case Reference("thing") if field.name in THINGS:
                    yield self._thing(THINGS[field.name], value, field.name)
                case Many(Reference("actor")):
                    for one in value:
                        yield from self._actor(one, field.name)
                case Many(_):
                    for one in value:
                        yield self._person(_function(fact, field.name), one, field.name)
        if isinstance(fact, FollowUpEvent):
            yield self._follow_up(fact.follow_up)

    def _subject(self) -> Related:
        kind, stream = self._thread.kind, self._thread.stream
        return (kind, f"{kind}:{stream}", kind)

    def _actor(self, actor: Actor, qualifier: str) -> Iterator[Related]:
        if actor.id is not None:  # the citizen and the system have none
            yield self._person(actor.function, actor.id, qualifier)

    def _person(self, function: str, id_: UUID, qualifier: str) -> Related:
        return (function, f"{function}:{self._past.same.get(id_, id_)}", qualifier)

    def _thing(self, kind: str, ref: Ref, qualifier: str) -> Related:
        within = "" if kind in _OF_SEVERAL_STREAMS else self._thread.stream.hex
        return (kind, self._hashed(kind, within, ref.source, ref.id), qualifier)

    def _follow_up(self, key: FollowUpKey) -> Related:
        about = key.about.hex if key.about else ""
        parts = (key.rule, key.anchor.source, key.anchor.id, str(key.cycle), about)
        return (FOLLOW_UP, self._hashed(FOLLOW_UP, self._thread.stream.hex, *parts), FOLLOW_UP)

    def _hashed(self, kind: str, *parts: str) -> str:
        return f"{kind}:{self._past.store.key.lookup('ocel', kind, *parts).hex()[:32]}"

    def _note(self, event: Recorded, related: list[Related]) -> None:
        """Have the objects say what the event tells of them, and of one another."""
        subject = related[0]
        for kind, id_, qualifier in related:
            one = self._book(kind).meet(kind, id_)
            if self._book(kind) is self.objects and id_ != subject[1]:
                one.relate(subject[1], subject[2])
            if kind in ("match", "supervision-session"):
                self._join_staff(one, related)
            if qualifier == "continues":
                self._join_grants(id_, related)
        self._tell(event, related)

    def _book(self, kind: str) -> Objects:
        """Where objects of that kind are kept: with their stream, or with all."""
        is_common = kind in _OF_SEVERAL_STREAMS or kind in (*STAFF_FUNCTIONS, STAFF, "team")
        return self._common if is_common else self.objects

    def _join_staff(self, one: Any, related: list[Related]) -> None:
        for _, other, qualifier in related:
            if qualifier in ("mentor", "mentors", "supervisor"):
                one.relate(other, _FUNCTIONS.get(qualifier, qualifier))

    def _join_grants(self, earlier: str, related: list[Related]) -> None:
        for kind, later, qualifier in related:
            if qualifier == "grant":
                self.objects.meet(kind, later).relate(earlier, "continues")

    def _tell(self, event: Recorded, related: list[Related]) -> None:
        told = told_by(event)
        if told is None:
            return
        tells, since, values = told
        wanted = self._thread.kind if tells.of == SUBJECT else tells.of
        kind, id_, _ = next(one for one in related if one[2] == wanted)
        one = self._book(kind).meet(kind, id_)
        for name, value in values:
            one.tell(since, name, value)


def _function(fact: Any, name: str) -> str:
    """In which function somebody is named by a field."""
    match name:
        case "mentor" | "caseworker" | "supervisor":
            return name
        case "counterpart":
            return _COUNTERPARTS.get(fact.speaker.function, STAFF)
        case _ if name in _FUNCTIONS:
            return _FUNCTIONS[name]
        case "giver" | "receiver" | "person":
            function = getattr(fact, "function", None) or getattr(fact, "addressed_to", None)
            return function or STAFF
        case _:
            return STAFF


def _attributes(event: Recorded, *, corrected: bool) -> list[dict[str, str]]:
    told = [(one.name, one.read(event)) for one in OF_ALL]
    told += [(one.name, one.read(event.fact)) for one in attributes_of(type(event.fact))]
    told.append((CORRECTED, flag(corrected)))
    return [{"name": name, "value": value} for name, value in told if value is not None]


def _join_people(common: Objects) -> None:
    """Say which are the same person in other functions."""
    functions: dict[str, list[str]] = {}
    for id_ in common.ids():
        function, _, person = id_.partition(":")
        if function in (*STAFF_FUNCTIONS, STAFF):
            functions.setdefault(person, []).append(function)
    for person, several in functions.items():
        for one in several:
            for other in several:
                if one != other:
                    common.meet(one, f"{one}:{person}").relate(f"{other}:{person}", _SAME_PERSON)


def _event_types() -> bytes:
    common = [{"name": one.name, "type": one.type} for one in OF_ALL]
    corrected = [{"name": CORRECTED, "type": "boolean"}]
    types = [
        {
            "name": type_.NAME,
            "attributes": [
                *common,
                *({"name": one.name, "type": one.type} for one in attributes_of(type_)),
                *corrected,
            ],
        }
        for type_ in event_types()
    ]
    return _encode(types)


def _object_types() -> bytes:
    return _encode(
        [
            {"name": name, "attributes": [{"name": n, "type": t} for n, t in attributes.items()]}
            for name, attributes in object_attributes().items()
        ]
    )
