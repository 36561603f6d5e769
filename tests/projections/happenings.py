"""Any event of the catalogue, as random as its fields allow: what random histories are made of."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from hypothesis import strategies as st
from msgspec import Raw
from msgspec.structs import replace

from domain import codes
from domain.envelope import Recorded
from domain.events.base import CourseFact, Fact, MentorFact, TeamFact
from domain.events.common import (
    Amendment,
)
from domain.events.registry import REGISTRY
from domain.events.team import RulesAdopted
from domain.fields import (
    CodeList,
    CodeMap,
    Codes,
    Field,
    Items,
    Many,
    Plain,
    Reference,
    Sealed,
    fields_of,
)
from domain.values import Actor, Ref, Replacement
from tests.domain.forms import findings
from tests.projections.histories import SOURCE, in_order, recorded, topic_of
from tests.projections.story import CORRECTED, RETRACTED

START = datetime(2026, 1, 1, 8, tzinfo=UTC)
COURSES = [UUID(int=n) for n in (1, 2, 3)]
PEOPLE = [UUID(int=n) for n in (11, 12, 13, 14)]
TEAM = UUID(int=7)
_SEALED = "c2VhbGVk"
_KINDS: tuple[type[Fact], ...] = (CourseFact, MentorFact, TeamFact)
_STREAMS: dict[type[Fact], Sequence[UUID]] = {
    CourseFact: COURSES,
    MentorFact: PEOPLE,
    TeamFact: [TEAM],
}


days = st.integers(-40, 60).map(lambda n: (START.date() + timedelta(days=n)).isoformat())
times = st.integers(0, 60).map(lambda n: START + timedelta(days=n))
people = st.sampled_from([{"id": str(one)} for one in PEOPLE])
functions = st.sampled_from(["caseworker", "mentor", "coordinator", "leader", "supervisor"])
actors = st.builds(lambda function, one: {"function": function} | one, functions, people)


follow_ups = st.fixed_dictionaries(
    {
        "rule": st.sampled_from(codes.rules.codes[:4]),
        "anchor": st.integers(0, 3).map(lambda n: {"source": SOURCE, "id": f"ev-{n}"}),
        "cycle": st.integers(1, 2),
    },
    optional={"about": st.sampled_from(PEOPLE).map(str)},
)


def _plain(marker: Plain) -> st.SearchStrategy[Any]:
    match marker.kind:
        case "date":
            return days
        case "period":
            return st.tuples(days, days).map(sorted).map(lambda d: {"from": d[0], "to": d[1]})
        case "minutes":
            return st.integers(1, 300)
        case "weekly-minutes":
            return st.sampled_from([0, 60, 1110, 2220])
        case "total-minutes":
            return st.sampled_from([600, 6000])
        case "oere":
            return st.integers(0, 10**6)
        case "int":
            return st.integers(marker.low or 0, min(marker.high or 60, (marker.low or 0) + 60))
        case "flag":
            return st.booleans()
        case "slug":
            return st.just("slug")
        case "joint":
            return st.just({"id": "joint-7", "municipalities": ["0851", "0860"]})
        case "follow-up":
            return follow_ups
        case kind:
            raise LookupError(kind)


def _sent(field: Field) -> st.SearchStrategy[Any]:
    """A value as a case system sends it; ids of persons and courses are ours already."""
    match field.marker:
        case CodeList() as of:
            return st.sampled_from(of.codes)
        case Plain() as plain:
            return _plain(plain)
        case Reference("person"):
            return people
        case Reference("actor"):
            return actors
        case Reference("course"):
            return st.sampled_from([{"id": str(one)} for one in COURSES])
        case Reference(_):
            return _things(field.name)
        case Many(Reference(to)):
            return st.lists(actors if to == "actor" else people, min_size=1, max_size=3)
        case Codes(of):
            return st.lists(st.sampled_from(of.codes), min_size=1, max_size=3, unique=True)
        case CodeMap(of, to):
            return st.dictionaries(
                st.sampled_from(of.codes), st.sampled_from(to.codes), min_size=1, max_size=4
            )
        case Items(of, count):
            some = st.sampled_from([one for one in of.codes if one != "other"])
            several = st.lists(some, min_size=count, max_size=count, unique=True)
            return several.map(lambda drawn: [{"code": one} for one in drawn])
        case Sealed():
            return st.just(_SEALED)
    raise LookupError(field.name)


def _things(name: str) -> st.SearchStrategy[Any]:
    kind = "grant" if name == "continues" else name
    return st.integers(0, 2).map(lambda n: {"source": SOURCE, "id": f"{kind}-{n}"})


def _facts(type_: type[Fact]) -> st.SearchStrategy[Fact]:
    """Facts of one type that the edge would let in."""
    fields = [f for f in fields_of(type_) if f.name not in ("note", "note_confidential")]
    required = {f.name: _sent(f) for f in fields if f.required}
    optional = {f.name: _sent(f) for f in fields if not f.required}
    sent = st.fixed_dictionaries(required, optional=optional)
    good = sent.filter(lambda data: not findings(type_, data))
    return good.map(lambda data: msgspec.convert(_stored(fields, data), type_, strict=False))


def _stored(fields: Sequence[Field], data: dict[str, Any]) -> dict[str, Any]:
    """What was sent as it is stored: a person or a course is its id alone."""
    stored = dict(data)
    for field in fields:
        value = stored.get(field.name)
        if value is None:
            continue
        match field.marker:
            case Reference("person" | "course"):
                stored[field.name] = value["id"]
            case Many(Reference("person")):
                stored[field.name] = [one["id"] for one in value]
    return stored


# A rule pack is a text that can't be drawn; amendments are drawn for what they amend.
TYPES = [type_ for type_ in REGISTRY if not issubclass(type_, Amendment | RulesAdopted)]


def _kind(fact: Fact) -> type[Fact]:
    return next(kind for kind in _KINDS if isinstance(fact, kind))


@st.composite
def _original(draw: st.DrawFn, number: int, of: Sequence[type[Fact]]) -> Recorded:
    fact = draw(st.sampled_from(of).flatmap(_facts))
    stream = draw(st.sampled_from(_STREAMS[_kind(fact)]))
    return recorded(stream, f"ev-{number}", draw(times), fact, draw(st.none() | st.integers(0, 2)))


@st.composite
def _amendment(draw: st.DrawFn, number: int, original: Recorded, amended: Recorded) -> Recorded:
    """One that names the original, or what amends that already."""
    kind, target = _kind(original.fact), Ref(SOURCE, amended.source_id)
    actor = Actor("coordinator", PEOPLE[0])
    amendment: Fact
    if draw(st.booleans()):
        amendment = RETRACTED[kind](actor=actor, retracts=target, reason="sent-twice")
    else:
        new = draw(_facts(type(original.fact)))
        data = Raw(msgspec.json.encode(new))
        replacement = Replacement(type=topic_of(new), time=draw(times), data=data)
        amendment = CORRECTED[kind](
            actor=actor, corrects=target, reason="typing-error", replacement=replacement
        )
    sequence = draw(st.none() | st.integers(0, 2))
    return recorded(original.originator_id, f"am-{number}", draw(times), amendment, sequence)


@st.composite
def happenings(draw: st.DrawFn, most: int = 14, of: Sequence[type[Fact]] = TYPES) -> list[Recorded]:
    """Events of any kind in the order in which they arrive, some of them amended, some twice."""
    originals = [draw(_original(n, of)) for n in range(draw(st.integers(2, most)))]
    amended = draw(st.lists(st.sampled_from(originals), max_size=4))
    amendments: list[Recorded] = []
    last = {original.source_id: original for original in amended}
    for number, original in enumerate(amended):
        named = draw(st.sampled_from([original, last[original.source_id]]))
        amendments.append(draw(_amendment(number, original, named)))
        last[original.source_id] = amendments[-1]
    return in_order(draw(st.permutations(originals + amendments)))


def shuffled(events: Sequence[Recorded], order: Callable[[Recorded], Any]) -> list[Recorded]:
    """The same events as if they had arrived in another order."""
    return in_order([replace(event) for event in sorted(events, key=order)])


def last_day() -> date:
    """A day after all that is told of."""
    return (START + timedelta(days=70)).date()
