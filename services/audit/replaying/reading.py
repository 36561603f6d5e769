"""Values of a state as a Danish reader writes them: terms for codes, senders' ids for people."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from fractions import Fraction
from typing import Any
from uuid import UUID

from domain import codes
from domain.raised import Status
from domain.values import Actor, FollowUpKey, Joint, Period, Ref
from services.audit.access.named import Names
from services.audit.replaying.plain import Difference
from services.audit.replaying.words import IN_FORCE, TERMS, field_called, part_called
from services.rendering import danish
from services.view_list.worklist import STAGES
from services.words import Words

_NONE = "–"
_GONE = Words("(slettet)", "(erased)")


def value_in_words(value: Any, names: Names, language: str, terms: Mapping[str, str]) -> str:
    """A value; people and courses by their senders' ids."""

    def said(one: Any) -> str:
        return value_in_words(one, names, language, terms)

    match value:
        case None:
            return _NONE
        case UUID():
            return names[value][1] if value in names else _GONE.say(language)
        case Ref():
            return value.id
        case Actor():
            function = _term(value.function, codes.functions.danish, language)
            return function if value.id is None else f"{function} {said(value.id)}"
        case FollowUpKey():
            return _follow_up(value, names, language)
        case Period():
            return f"{danish(value.from_)}–{danish(value.to, empty='')}"
        case Joint():
            return value.id
        case Fraction():
            return danish(float(value)) if value.denominator > 1 else str(value.numerator)
        case Status():
            return _term(value.value, STAGES, language)
        case StrEnum():
            return value.value
        case Mapping():
            told = (f"{said(key)}: {said(one)}" for key, one in value.items())
            return ", ".join(told)
        case frozenset():
            return ", ".join(sorted(map(said, value)))
        case tuple() | list():
            return ", ".join(map(said, value))
        case str():
            return _term(value, terms, language)
        case bool() if language == "en":
            return "yes" if value else "no"
        case _:
            return danish(value)


def _term(code: str, terms: Mapping[str, str], language: str) -> str:
    return terms.get(code, code) if language == "da" else code


def _follow_up(key: FollowUpKey, names: Names, language: str) -> str:
    rule = _term(key.rule, codes.rules.danish, language)
    about = [] if key.about is None else [value_in_words(key.about, names, language, {})]
    return ", ".join(
        [rule, key.anchor.id, *about, *([f"nr. {key.cycle}"] if key.cycle > 1 else [])]
    )


def thing_in_words(part: str, thing: Any, names: Names, language: str) -> str:
    """A thing by its part and what it is known by there."""
    called = part_called(part, language)
    if thing is None:
        return called
    terms = codes.staff_functions.danish
    return f"{called} {value_in_words(thing, names, language, terms)}"


def differences_in_words(
    several: list[Difference], names: Names, language: str
) -> Iterator[tuple[str, str]]:
    """Of each thing what it is called, and its fields before and after."""
    by_place: dict[Any, list[Difference]] = {}
    for one in several:
        by_place.setdefault(one.place, []).append(one)
    for place, own in by_place.items():
        told = "; ".join(_difference(one, names, language) for one in own)
        yield thing_in_words(place.part, place.thing, names, language), told


def _difference(one: Difference, names: Names, language: str) -> str:
    before, after = (field_in_words(one, value, names, language) for value in one[2:])
    name = called(one, language)
    told = after if one.before is None else f"{before} → {after}"
    return f"{name} {told}".lstrip()


def called(one: Difference, language: str) -> str:
    """What a field is called where it stands."""
    if one.place.part == "in_force":
        return IN_FORCE[one.field].say(language)
    return field_called(one.field, language)


def field_in_words(one: Difference, value: Any, names: Names, language: str) -> str:
    """A field's value before or after."""
    own = TERMS.get((one.place.part, one.field.rpartition(".")[2]))
    return value_in_words(value, names, language, own.danish if own else {})
