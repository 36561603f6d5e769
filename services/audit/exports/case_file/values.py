"""What an event says, field by field, in words for the citizen."""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

import msgspec

from domain import codes
from domain.envelope import Recorded
from domain.events.base import Fact
from domain.events.course import ActivityRegistered
from domain.fields import (
    CodeList,
    CodeMap,
    Codes,
    Many,
    Marker,
    Plain,
    Reference,
    Sealed,
    fields_of,
)
from domain.values import FollowUpKey
from services.audit.exports.case_file import dates
from services.audit.exports.case_file.case import Case
from services.audit.exports.case_file.html import Part, lines, tag
from services.audit.exports.case_file.wording import LABELS, OWN_LABELS, TITLES, TO_YOU, TOGETHER

_BESIDE = frozenset({"actor", "on_behalf_of", "note", "note_confidential", "replacement"})
_ERASED = "(slettet)"
LEFT_OUT = "(udeladt)"


class Told(NamedTuple):
    """The fields of an event by what they are called, and the ids that it names things by."""

    fields: list[tuple[str, Part]]
    ids: list[str]


def told_of(case: Case, event: Recorded) -> Told:
    """What an event says, but for who said it and what they remarked."""
    fields: list[tuple[str, Part]] = []
    ids: list[str] = []
    fact = event.fact
    for field in fields_of(type(fact)):
        value = getattr(fact, field.attribute)
        if field.name in _BESIDE or value in (None, (), {}):
            continue
        if isinstance(field.marker, Reference) and field.marker.to in ("thing", "event"):
            ids.append(f"{LABELS[field.name].lower()} {value.id}")
            continue
        label = OWN_LABELS.get((fact.NAME, field.name), LABELS[field.name])
        is_told = case.may_tell(fact, field.name)
        told = value_of(case, field.name, field.marker, value) if is_told else LEFT_OUT
        fields.append((label, told))
    return Told(fields, ids)


def title_of(fact: Fact) -> str:
    """What happened."""
    if isinstance(fact, ActivityRegistered):
        return TOGETHER[fact.contact]
    return TITLES[fact.NAME]


def note_of(case: Case, event: Recorded) -> Part:
    """What was remarked; of a remark in confidence that may not be told, that it is there."""
    fact = event.fact
    if fact.note is None:
        return None
    if not case.may_tell_note(fact):
        return tag("p", "Der er et fortroligt notat, som er udeladt.", class_="out")
    told = case.open("note", fact.note) or _ERASED
    kind = "Fortroligt notat" if fact.note_confidential else "Notat"
    return tag("blockquote", tag("b", f"{kind}: "), told)


def who_of(case: Case, event: Recorded) -> str:
    """Who told it, and for whom."""
    fact = event.fact
    who = case.staff.actor(fact.actor)
    if fact.on_behalf_of is None:
        return who
    return f"{who} på vegne af {case.staff.actor(fact.on_behalf_of)}"


def value_of(case: Case, name: str, marker: Marker, value: Any) -> Part:
    """A field's value."""
    match marker:
        case CodeList():
            return _term(marker, value)
        case Codes(of):
            return ", ".join(_term(of, one) for one in value)
        case CodeMap(of, to):
            return lines(f"{_capital(_term(of, k))}: {_term(to, v)}" for k, v in value.items())
        case Sealed():
            return _opened(case, name, marker, value)
        case Reference("person"):
            return case.staff.person(value)
        case Reference("course"):
            return case.names[value][1] if value in case.names else _ERASED
        case Reference("actor"):
            return case.staff.actor(value)
        case Many():
            return ", ".join(_people(case, value))
        case Plain(kind):
            return _plain(case, name, kind, value)
    return str(value)


def _people(case: Case, several: Any) -> Iterator[str]:
    for one in several:
        yield case.staff.actor(one)


def _opened(case: Case, name: str, marker: Sealed, value: str) -> str:
    plain = case.open(name, value)
    if plain is None:
        return _ERASED
    if marker.kind == "code" and marker.of is not None:
        return _term(marker.of, plain)
    if marker.kind == "codes" and marker.of is not None:
        return ", ".join(_term(marker.of, one) for one in msgspec.json.decode(plain))
    if marker.kind == "law":
        return _law(plain)
    if marker.kind == "date":
        return dates.day(date.fromisoformat(plain))
    return plain


def _plain(case: Case, name: str, kind: str, value: Any) -> Part:
    match kind:
        case "date":
            return dates.last_day(value) if name == "to" else dates.day(value)
        case "period":
            return dates.period(value)
        case "minutes" | "weekly-minutes" | "total-minutes":
            return dates.duration(value)
        case "oere":
            return dates.kroner(value)
        case "flag":
            return "ja" if value else "nej"
        case "follow-up":
            return reminder(case, value)
    return str(value)


def reminder(case: Case, key: FollowUpKey) -> str:
    """What a reminder is about."""
    about = f", {case.staff.person(key.about)}" if key.about else ""
    again = f" ({key.cycle}. gang)" if key.cycle > 1 else ""
    return f"{_capital(_term(codes.rules, key.rule))}{about}{again}"


def _term(of: CodeList, code: str) -> str:
    return to_you(of.danish.get(code, code))


def to_you(term: str) -> str:
    """A term of the trade as it is said to the citizen."""
    return TO_YOU.get(term, term)


def _law(text: str) -> str:
    """`lab:167` as *LAB § 167*."""
    act, _, section = text.partition(":")
    return f"{act.upper()} § {section}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
