"""What an exported history is made of (*OCEL 2.0*): its types of events and objects.

Both follow from the catalogue: what is clear in an event are the event's attributes, whom and what
it names are objects. What is sealed, what describes a person and what somebody answered in a survey
isn't there; that is what the feed holds back too.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, NamedTuple

from domain import codes
from domain.calendar import start_of
from domain.events.base import Fact
from domain.events.common import Amendment
from domain.events.mentor import SurveyAnswered
from domain.events.registry import REGISTRY
from domain.fields import CodeList, CodeMap, Codes, Items, Marker, Plain, fields_of
from services.feed.shown import withheld_fields

STAFF = "staff"
"""A staff member of whom an event doesn't say in which function."""
SUBJECTS = ("course", "mentor", "team")
THINGS = {
    "match": "match",
    "grant": "grant",
    "continues": "grant",
    "goal": "goal",
    "handover": "handover",
    "session": "supervision-session",
    "meeting": "matching-meeting",
}
"""The objects that senders have ids for, by the fields that name them."""
FOLLOW_UP = "follow-up"
_LEFT_OUT = (Amendment, SurveyAnswered)
_NOT_CLEAR = frozenset({"actor", "on_behalf_of", "note"})
_INTEGERS = {"int", "minutes", "weekly-minutes", "total-minutes", "oere"}
Value = str | None


class Attribute(NamedTuple):
    """An attribute, its type (`string`, `time`, `integer`, `boolean`), and how it is read.

    Values are text, whatever the type: the standard's schema allows nothing else.
    """

    name: str
    type: str
    read: Callable[[Any], Value]


def event_types() -> list[type[Fact]]:
    """The types of events that are exported."""
    return [type_ for type_ in REGISTRY if not issubclass(type_, _LEFT_OUT)]


def is_exported(fact: Fact) -> bool:
    """Whether an event is told."""
    return not isinstance(fact, _LEFT_OUT)


@cache
def attributes_of(type_: type[Fact]) -> tuple[Attribute, ...]:
    """The attributes that an event has by its own fields."""
    withheld = withheld_fields(type_) | _NOT_CLEAR
    return tuple(
        attribute
        for field in fields_of(type_)
        if field.name not in withheld
        for attribute in _of_field(field.name, field.attribute, field.marker)
    )


def _of_field(name: str, attribute: str, marker: Marker) -> Iterator[Attribute]:
    def read(fact: Any) -> Any:
        return getattr(fact, attribute)

    match marker:
        case CodeList():
            yield Attribute(name, "string", read)
        case Codes():
            yield Attribute(name, "string", lambda fact: " ".join(sorted(read(fact))) or None)
        case Items():
            yield Attribute(name, "string", lambda fact: " ".join(one.code for one in read(fact)))
        case CodeMap(of, _):
            for code in of.codes:
                yield Attribute(f"{name}.{code}", "string", _answer(read, code))
        case Plain("date"):
            yield Attribute(name, "time", lambda fact: day(read(fact)))
        case Plain("period"):
            yield Attribute(f"{name}.from", "time", lambda fact: day(_end(read(fact), "from_")))
            yield Attribute(f"{name}.to", "time", lambda fact: day(_end(read(fact), "to")))
        case Plain("flag"):
            yield Attribute(name, "boolean", lambda fact: flag(read(fact)))
        case Plain(kind) if kind in _INTEGERS:
            yield Attribute(name, "integer", lambda fact: _number(read(fact)))
        case Plain("slug"):
            yield Attribute(name, "string", read)
        case Plain("follow-up"):
            yield Attribute("rule", "string", lambda fact: read(fact).rule)
            yield Attribute("cycle", "integer", lambda fact: str(read(fact).cycle))


def _answer(read: Callable[[Any], Any], code: str) -> Callable[[Any], Value]:
    return lambda fact: read(fact).get(code)


def _end(period: Any, which: str) -> date | None:
    return None if period is None else getattr(period, which)


def _number(value: int | None) -> Value:
    return None if value is None else str(value)


def flag(value: bool | None) -> Value:
    """A boolean as text."""
    return None if value is None else "true" if value else "false"


def day(value: date | None) -> Value:
    """A day as the moment at which it begins in Denmark."""
    return None if value is None else moment(start_of(value))


def moment(at: datetime) -> str:
    """A time in UTC, with microseconds only where it has some."""
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat()}Z"


OF_ALL = (
    Attribute("recorded_at", "time", lambda event: moment(event.recorded_at)),
    Attribute("actor_function", "string", lambda event: event.fact.actor.function),
    Attribute(
        "on_behalf_of_function",
        "string",
        lambda event: event.fact.on_behalf_of and event.fact.on_behalf_of.function,
    ),
)
"""What is told of every event, read from the recorded one."""
CORRECTED = "corrected"
"""Whether an event stands in the place of one that was told otherwise."""

STAFF_FUNCTIONS = codes.staff_functions.codes
OBJECT_TYPES = (
    *("course", "team", *STAFF_FUNCTIONS, STAFF),
    *dict.fromkeys((*THINGS.values(), FOLLOW_UP)),
)
