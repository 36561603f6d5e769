"""What an event says, in words: for the timeline of a course."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from domain import codes
from domain.events.registry import REGISTRY
from domain.fields import CodeList, CodeMap, Codes, Items, Many, Plain, Reference, fields_of
from services.rendering import Row, danish
from services.words import Words

_PEOPLE = {
    "mentor": Words("mentor", "mentor"),
    "caseworker": Words("sagsbehandler", "caseworker"),
    "counterpart": Words("om samarbejdet med", "on working with"),
    "giver": Words("fra", "from"),
    "receiver": Words("til", "to"),
}
_THINGS = {
    "match": Words("match", "match"),
    "grant": Words("bevilling", "grant"),
    "continues": Words("fortsætter", "continues"),
    "goal": Words("mål", "goal"),
    "meeting": Words("møde", "meeting"),
}
_DAYS = {
    "from": Words("fra", "from"),
    "to": Words("til og med", "to the end of"),
    "target_date": Words("senest", "by"),
}
_MINUTES = {
    "minutes": Words("{} minutter", "{} minutes"),
    "weekly-minutes": Words("{} minutter om ugen", "{} minutes a week"),
    "total-minutes": Words("{} minutter i alt", "{} minutes in all"),
}
_FLAGS = {
    "release_confidential_notes": Words(
        "fortrolige noter følger med", "confidential notes are passed on"
    )
}
_COURSE = Words("forløb", "course")
_DAY = timedelta(days=1)


def event_words(row: Row, language: str) -> str:
    """The clear fields of a line's event, one after the other; empty where it has none."""
    details = row.get("details") or {}
    if not details:
        return ""
    type_ = REGISTRY.type_of(f"{row['event']}.v{row['version']}")
    told = (
        said
        for field in fields_of(type_)
        if field.name in details
        for said in _said(field.name, field.marker, details[field.name], language)
    )
    other = row.get("other_course_id")
    named = [f"{_COURSE.say(language)} {other}"] if other else []
    return ", ".join([*told, *named])


def _said(name: str, marker: Any, value: Any, language: str) -> Iterator[str]:
    """A field in words; nothing of what says nothing to a reader."""
    match marker:
        case CodeList():
            yield _code(marker, value, language)
        case Codes(of) | Items(of):
            yield from (_code(of, one, language) for one in value)
        case CodeMap(of, to):
            for code, held in value.items():
                yield f"{_code(of, code, language)}: {_code(to, held, language)}"
        case Reference("person") if value is not None:
            yield f"{_word(_PEOPLE, name, language)} {value}".strip()
        case Reference("thing") if name in _THINGS:
            yield f"{_THINGS[name].say(language)} {value}"
        case Many(Reference("actor")):
            yield from (_actor(one, language) for one in value)
        case Plain(kind):
            yield from _plain(kind, name, value, language)


def _plain(kind: str, name: str, value: Any, language: str) -> Iterator[str]:
    match kind:
        case "date":
            yield _day(name, value, language)
        case "period":
            yield _day("from", value["from"], language)
            if value["to"]:
                yield _day("to", value["to"], language)
        case "oere":
            yield _kroner(value, language)
        case "flag" if value and name in _FLAGS:
            yield _FLAGS[name].say(language)
        case _ if kind in _MINUTES:
            yield _MINUTES[kind].say(language).format(value)


def _day(name: str, value: date, language: str) -> str:
    """`to` is the first day no more covered, so the day before it is the last."""
    shown = value - _DAY if name == "to" else value
    return f"{_word(_DAYS, name, language)} {danish(shown)}".strip()


def _kroner(oere: int, language: str) -> str:
    whole = f"{oere // 100:,}"
    if language == "da":
        return f"{whole.replace(',', '.')},{oere % 100:02} kr."
    return f"DKK {whole}.{oere % 100:02}"


def _actor(one: Mapping[str, Any], language: str) -> str:
    return f"{_code(codes.functions, one['function'], language)} {one['id'] or ''}".rstrip()


def _code(of: CodeList, code: str, language: str) -> str:
    return of.danish.get(code, code) if language == "da" else code


def _word(words: Mapping[str, Words], name: str, language: str) -> str:
    return words[name].say(language) if name in words else ""
