"""What an event is, and the one registry of their names.

A name is pinned for ever: history is read by it. So names are given by hand, never derived, and
only names that stand in the registry are ever resolved.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Struct

from domain.events.checks import Finding, checks_of, common_findings
from domain.fields import Reference, Sealed, Under
from domain.values import Actor, Ciphertext, Flag

__all__ = [
    "VIEWS",
    "WIRE_PREFIX",
    "CourseFact",
    "Fact",
    "Finding",
    "MentorFact",
    "Registry",
    "TeamFact",
    "UnknownEventError",
    "Upcast",
]

WIRE_PREFIX = "dk.roedtraad."
"""What stands before a topic in the CloudEvents type."""

VIEWS = (
    "caseload",
    "role-clarity",
    "supervision",
    "matching",
    "mentor-roles",
    "activities",
    "barriers",
    "grants",
    "worklist",
    "management",
    "timeline",
    "municipalities",
    "contradictions",
)
"""The views that read events. `timeline` and `contradictions` read every one, so they are not
repeated in READ_BY, nor is `municipalities`, which reads what `caseload` and `supervision` do."""


class Fact(Struct, frozen=True, kw_only=True, omit_defaults=True, rename={"from_": "from"}):
    """The fields that every event has. The subclasses are the catalogue.

    A subclass's docstring says what happened and whether the report or the project says so; the
    first words in italics are the Danish term.
    """

    NAME: ClassVar[str] = ""
    VERSION: ClassVar[int] = 1
    SENT_BY: ClassVar[tuple[str, ...]] = ()  # CS case system, TR time registration, SV survey tool
    HERE: ClassVar[tuple[str, ...]] = ()  # functions that may register it here
    READ_BY: ClassVar[tuple[str, ...]] = ()  # views, then rules

    actor: Annotated[Actor, Reference("actor")]
    on_behalf_of: Annotated[Actor | None, Reference("actor")] = None
    note: Annotated[Ciphertext | None, Sealed("text", Under.SPEAKER)] = None
    note_confidential: Flag = False

    @property
    def speaker(self) -> Actor:
        """Whose statement it is: the one acted for, else the actor."""
        return self.on_behalf_of or self.actor

    @classmethod
    def danish(cls) -> str:
        """What the event is called in Danish, for those who read a timeline."""
        for type_ in cls.__mro__:
            if term := re.search(r"\*([^*]+)\*", type_.__doc__ or ""):
                return " ".join(term[1].split())
        return cls.NAME

    @classmethod
    def check(cls, form: Any) -> list[Finding]:
        """Faults of form beyond types and codes; `form` as domain/events/checks.py says."""
        found = common_findings(checks_of(cls), form)
        found += cls.own_checks(form)
        return found

    @classmethod
    def own_checks(cls, form: Any) -> Iterator[Finding]:
        """None of its own."""
        return iter(())


class CourseFact(Fact, frozen=True, kw_only=True, omit_defaults=True):
    """An event of a citizen's course (forløb)."""

    note: Annotated[Ciphertext | None, Sealed("text", Under.CITIZEN)] = None


class MentorFact(Fact, frozen=True, kw_only=True, omit_defaults=True):
    """An event of a staff member as mentor; sealed under that person."""

    note: Annotated[Ciphertext | None, Sealed("text", Under.STAFF)] = None


class TeamFact(Fact, frozen=True, kw_only=True, omit_defaults=True):
    """An event of the municipality's mentor team; remarks are sealed under the speaker."""


class UnknownEventError(LookupError):
    """A name, or a version of it, that isn't in the registry."""


Upcast = Callable[[dict[str, Any]], dict[str, Any]]


class Registry:
    """Names to event types: an explicit allow-list that refuses doubles.

    A topic is name and version, `course.mentor-matched.v1`. A type whose version is above 1 brings
    an upcast for each earlier version, which turns that version's data into the next one's.
    """

    def __init__(self) -> None:
        self._types: dict[str, type[Fact]] = {}
        self._upcasts: dict[str, Upcast] = {}
        self._decoders: dict[str, msgspec.json.Decoder[Any]] = {}

    def add(self, *types: type[Fact], upcasts: Mapping[int, Upcast] | None = None) -> None:
        """Register types; each names itself, once. `upcasts` are those of a single type."""
        for type_ in types:
            # A NAME that was inherited is another type's: it must stand in the class itself.
            if "NAME" not in type_.__dict__ or not type_.NAME:
                raise ValueError(f"{type_.__name__} has no name of its own")
            topic = f"{type_.NAME}.v{type_.VERSION}"
            if topic in self._types:
                raise ValueError(f"{topic} is registered twice")
            for version in range(1, type_.VERSION):
                if version not in (upcasts or {}):
                    raise ValueError(f"{topic} brings no upcast for its version {version}")
            self._types[topic] = type_
            # What msgspec knows of a type is made when it is first asked for. Two threads that ask
            # at once bring the process down, so it is made here.
            self._decoders[topic] = msgspec.json.Decoder(type_)
            for version in range(1, type_.VERSION):
                self._upcasts[f"{type_.NAME}.v{version}"] = (upcasts or {})[version]

    def __iter__(self) -> Iterator[type[Fact]]:
        return iter(self._types.values())

    def topics(self) -> list[str]:
        """All topics that can be read, earlier versions included."""
        return [*self._types, *self._upcasts]

    def type_of(self, topic: str) -> type[Fact]:
        """The type of a topic of the newest version. Raises UnknownEventError."""
        try:
            return self._types[topic]
        except KeyError:
            raise UnknownEventError(topic) from None

    def decoder_of(self, topic: str) -> "msgspec.json.Decoder[Any]":
        """What reads the data of a topic of the newest version. Raises UnknownEventError."""
        try:
            return self._decoders[topic]
        except KeyError:
            raise UnknownEventError(topic) from None

    def upcast(self, topic: str, data: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Bring data of an earlier version up to the newest, step by step."""
        while (step := self._upcasts.get(topic)) is not None:
            name, version = topic.rsplit(".v", 1)
            topic, data = f"{name}.v{int(version) + 1}", step(data)
        self.type_of(topic)
        return topic, data

    def is_old(self, topic: str) -> bool:
        """Whether events of this topic must be upcast before they are read."""
        return topic in self._upcasts
