"""What a field of an event may hold: the markers that stand in the events' annotations.

One declaration of an event serves all its readers. The annotation's type is what is *stored*; its
marker says what is *sent* (section 2 of the event catalogue). The edge builds its models and
schemas from the markers, the store learns from them what to seal and which ids to look up, and
`docs/events.md` is printed from them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, NamedTuple, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct


class Under(StrEnum):
    """Whose key seals a field: the person whom it describes.

    `STAFF` is the person the event is about: the subject of a `mentor` stream, `person` in
    `team.person-assigned`. `SPEAKER` is the one whose words they are, in the `team` stream; for a
    speaker without an id (`system`) it is the team itself.
    """

    CITIZEN = "citizen"
    STAFF = "staff"
    SPEAKER = "speaker"


@dataclass(frozen=True)
class CodeList:
    """A closed list of codes (section 7): code to Danish term, in the catalogue's order.

    `from_report` are the codes that the report names; the others are the project's.
    """

    name: str
    danish: Mapping[str, str] = field(hash=False)
    from_report: frozenset[str] = frozenset()

    @classmethod
    def reported(
        cls, name: str, report: Mapping[str, str], project: Mapping[str, str] | None = None
    ) -> "CodeList":
        """A list from the report, with the codes that the project adds to it."""
        return cls(name, {**report, **(project or {})}, frozenset(report))

    def __contains__(self, code: object) -> bool:
        return code in self.danish

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes, in the catalogue's order."""
        return tuple(self.danish)


@dataclass(frozen=True)
class Plain:
    """A value of a named type (section 2) that is stored as it is sent, but for its references.

    `date`, `period`, `minutes`, `weekly-minutes`, `total-minutes`, `oere`, `int`, `flag`, `slug`,
    `toml`, `joint`, and the compound `replacement` and `follow-up`, in which the edge and the
    store translate what they hold. `low` and `high` bound a whole number, both included.
    """

    kind: str
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True)
class Reference:
    """`{source?, id}`, and for an actor `function` too.

    `person`, `course` and the person in an `actor` are stored as internal ids; `thing` and
    `event` as given, with their source.
    """

    to: str  # person, course, actor, thing, event


@dataclass(frozen=True)
class Many:
    """An array of references to persons or of actors, doubles allowed, order kept."""

    of: Reference


@dataclass(frozen=True)
class Codes:
    """An array of different codes of one list; order has no meaning."""

    of: CodeList


@dataclass(frozen=True)
class CodeMap:
    """An object from codes of one list to codes of another."""

    of: CodeList
    to: CodeList


@dataclass(frozen=True)
class Items:
    """An array of exactly `count` `{"code", "text"}`; the text is a line, sealed under staff.

    The codes differ, but `other` may recur, and asks for a text.
    """

    of: CodeList
    count: int


@dataclass(frozen=True)
class Sealed:
    """A value that is stored only as ciphertext, under the key of the person it describes.

    `kind` is the type as sent: `line`, `text`, `cpr`, `date`, `law`, or `code` or `codes` of `of`.
    """

    kind: str
    under: Under
    of: CodeList | None = None


Marker = CodeList | Plain | Reference | Many | Codes | CodeMap | Items | Sealed
"""What stands in a field's annotation; a `CodeList` itself says: one code of it."""


class Field(NamedTuple):
    """One field of an event, as its declaration says."""

    name: str  # as sent: `from`
    attribute: str  # in the code: `from_`
    marker: Marker
    required: bool


@cache
def fields_of(type_: type[Struct]) -> tuple[Field, ...]:
    """The fields of an event type, the common ones first. TypeError if one has no marker."""
    hints = get_type_hints(type_, include_extras=True)
    return tuple(
        Field(f.encode_name, f.name, _marker(type_, f.name, hints[f.name]), f.required)
        for f in msgspec.structs.fields(type_)
    )


def _marker(type_: type[Struct], name: str, hint: Any) -> Marker:
    """The marker of `Annotated[T, marker]`, also within `… | None`."""
    options = [hint, *(get_args(hint) if get_origin(hint) in (Union, UnionType) else ())]
    for option in options:
        for extra in getattr(option, "__metadata__", ()):
            if isinstance(extra, Marker):
                return extra
    raise TypeError(f"{type_.__name__}.{name} has no marker")
