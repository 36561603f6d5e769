"""The forms of values as they are sent: one pydantic type for each type of the catalogue.

Strict everywhere: a number in quotes, a fraction, `null` and an unknown field are refused.
"""

from datetime import date
from functools import cache, lru_cache
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, create_model
from pydantic_core import PydanticCustomError

from domain import codes
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
)
from services.edge import patterns
from services.edge.patterns import begins_with_date, day, is_source, looks_like_cpr

MOST = 200  # elements of a list
LONGEST_TOML = 64 * 1024  # bytes in UTF-8


class Wire(BaseModel):
    """What every object as sent has in common."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


def _refuse(code: str, **values: Any) -> PydanticCustomError:
    # The sentence is ours, found by the code; pydantic's own message is never shown.
    return PydanticCustomError(code, "refused", values)


@lru_cache(4096)  # people's ids come again and again, as days do
def _no_cpr(text: str) -> str:
    if looks_like_cpr(text):
        raise _refuse("cpr-like")
    return text


def _source(text: str) -> str:
    if not is_source(text):
        raise _refuse("bad-source")
    return _no_cpr(text)


@lru_cache(4096)
def _date(text: str) -> date:
    if (found := day(text)) is None:
        raise _refuse("bad-date")
    return found


def _cpr(text: str) -> str:
    if not begins_with_date(text):
        raise _refuse("bad-cpr")
    return text


def _toml(text: str) -> str:
    if len(text.encode()) > LONGEST_TOML:
        raise _refuse("too-many-bytes", limit=LONGEST_TOML)
    return text


def _different(values: list[Any]) -> list[Any]:
    if len(set(values)) != len(values):
        raise _refuse("repeated")
    return values


def _text(pattern: str, *also: Any, longest: int | None = None, **schema: Any) -> Any:
    constraints = StringConstraints(pattern=pattern, max_length=longest, strict=True)
    return Annotated[(str, constraints, *also, Field(json_schema_extra=schema or None))]


Id = _text(patterns.ID, AfterValidator(_no_cpr))
Source = _text(
    patterns.SOURCE, AfterValidator(_source), longest=patterns.LONGEST_SOURCE, format="uri"
)
Date = _text(patterns.DATE, AfterValidator(_date), format="date")
Line = _text(patterns.LINE, longest=200)
_TEXTS: dict[str, Any] = {
    "line": Line,
    "text": _text(patterns.TEXT, longest=4000),
    "cpr": _text(patterns.CPR, AfterValidator(_cpr)),
    "date": Date,
    "law": _text(patterns.LAW),
    "slug": _text(patterns.SLUG),
    "toml": _text(patterns.TEXT, AfterValidator(_toml)),
}


@cache
def code(of: CodeList) -> Any:
    """One code of a list."""
    return Literal[of.codes]


def several(of: Any, least: int = 0, most: int = MOST, *, different: bool = False) -> Any:
    """An array."""
    if not different:
        return Annotated[list[of], Field(min_length=least, max_length=most)]
    unique = Field(min_length=least, max_length=most, json_schema_extra={"uniqueItems": True})
    return Annotated[list[of], unique, AfterValidator(_different)]


def model(name: str, /, **fields: tuple[Any, bool]) -> type[Wire]:
    """A model of fields by their name in the code, each with its type and whether it's required.

    Optional fields are None when left out; sent as null they are refused like any wrong type.
    """
    made: dict[str, Any] = {}
    for attribute, (type_, required) in fields.items():
        alias = attribute.rstrip("_") if attribute.endswith("_") else None
        made[attribute] = (type_, Field(default=... if required else None, alias=alias))
    return create_model(name, __base__=Wire, **made)


_REFERENCE = {"source": (Source, False), "id": (Id, True)}
Ref = model("Reference", **_REFERENCE)
Staff = model("Staff", function=(code(codes.staff_functions), True), **_REFERENCE)
System = model("System", function=(Literal["system"], True), source=(Source, False), id=(Id, False))


class Citizen(Wire):
    """The course's own citizen, who has no id."""

    id: ClassVar[None] = None
    function: Literal["citizen"]


_who: Any = Staff | Citizen | System
Actor: Any = Annotated[_who, Field(discriminator="function")]
Period = model("Period", from_=(Date, True), to=(Date, False))
Municipality = _text(patterns.MUNICIPALITY)
Joint = model(
    "Joint", id=(Id, True), municipalities=(several(Municipality, 2, different=True), True)
)
FollowUp = model(
    "FollowUp",
    rule=(code(codes.rules), True),
    anchor=(Ref, True),
    cycle=(Annotated[int, Field(ge=1, le=10_000)], True),
    about=(Ref, False),
)
# What it holds is read as an event of its own type: services/edge/content.py.
Replacement = model(
    "Replacement",
    type=(str, True),
    time=(_text(patterns.TIME, format="date-time"), True),
    data=(dict[str, Any], True),
)
_PLAIN: dict[str, Any] = {
    "flag": bool,
    "period": Period,
    "joint": Joint,
    "follow-up": FollowUp,
    "replacement": Replacement,
}


@cache
def _items(of: CodeList, count: int) -> Any:
    item = model("Item", code=(code(of), True), text=(Line, False))
    return several(item, count, count)


def wire_type(marker: Marker) -> Any:
    """The form in which a field is sent, by the marker in the event's declaration."""
    match marker:
        case CodeList():
            return code(marker)
        case Reference("actor"):
            return Actor
        case Reference():
            return Ref
        case Many(of):
            return several(wire_type(of))
        case Codes(of) | Sealed("codes", _, CodeList() as of):
            return several(code(of), different=True)
        case Sealed("code", _, CodeList() as of):
            return code(of)
        case CodeMap(of, to):
            mapping: Any = dict  # its parts are made here, which no type checker can follow
            return mapping[code(of), code(to)]
        case Items(of, count):
            return _items(of, count)
        case Plain(_, low, high) if low is not None or high is not None:
            return Annotated[int, Field(ge=low, le=high)]
        case Plain(kind) if kind in _PLAIN:
            return _PLAIN[kind]
        case Plain(kind) | Sealed(kind):
            return _TEXTS[kind]
