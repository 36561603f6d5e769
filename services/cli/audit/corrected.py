"""Corrections and the figures that they changed, as rows of a table."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from domain import codes
from domain.fields import CodeList, CodeMap, Codes, Items, fields_of
from services.audit.access.named import Names
from services.audit.changes.corrections import Correction
from services.audit.changes.figures import Figure
from services.audit.replaying.reading import value_in_words
from services.audit.replaying.says import SealedField, reason_of
from services.audit.replaying.telling import Reader
from services.audit.replaying.words import field_called
from services.rendering import danish
from services.view_list.events import EVENT_NAMES
from services.view_list.shape import Column
from services.views import VIEWS
from services.wording import in_words
from services.words import Words

Row = dict[str, Any]
_REASONS = {**codes.correction_reasons.danish, **codes.retraction_reasons.danish}
TITLE = Words("Rettelser", "Corrections")
FIGURES = Words("Tal, som de ændrede", "Figures that they changed")
HEADINGS = {
    "when": Words("Modtaget", "Recorded"),
    "what": Words("Hændelse", "Event"),
    "changed": Words("Ændring", "Change"),
    "who": Words("Hvem", "Who"),
    "why": Words("Hvorfor", "Why"),
    "by": Words("Rettelse", "Correction"),
}
OF_FIGURES = {
    "by": Words("Rettelse", "Correction"),
    "view": Words("Overblik", "View"),
    "row": Words("Række", "Row"),
    "figure": Words("Tal", "Figure"),
    "before": Words("Før", "Before"),
    "after": Words("Efter", "After"),
}
_RETRACTED = Words("trukket tilbage", "retracted")
_OVERRULED = Words("rettet igen siden", "overruled since")
_UNKNOWN = Words("oprindelig ukendt", "original unknown")
_CAME = Words("rækken kom til", "the row came")
_WENT = Words("rækken faldt bort", "the row went")
_AT = Words("hvornår", "when")
_ONLY_SEALED = Words("kun i det forseglede", "only in what is sealed")
_SEALED = Words("[forseglet]", "[sealed]")


def correction_row(one: Correction, reader: Reader, language: str) -> Row:
    """A correction: when it came, of what, what it changed, by whom and why."""
    fact, amendment = one.amendment.fact, one.amendment
    reason = reason_of(amendment)
    event = one.original.fact if one.original else one.replaced
    name = event.NAME if event is not None else fact.NAME
    target = one.original.source_id if one.original else ""
    called = EVENT_NAMES[name] if language == "da" else name
    return {
        "when": amendment.recorded_at,
        "what": f"{called} {target}".rstrip(),
        "changed": "; ".join(_in_words(one, reader, language)),
        "who": value_in_words(fact.on_behalf_of or fact.actor, reader.names, language, {}),
        "why": _REASONS.get(reason, reason) if language == "da" else reason,
        "by": amendment.source_id,
    }


def _in_words(one: Correction, reader: Reader, language: str) -> Iterator[str]:
    if one.retracts:
        yield _RETRACTED.say(language)
    elif one.original is None:
        yield _UNKNOWN.say(language)
    if not one.holds:
        yield _OVERRULED.say(language)
    if one.retracts or one.original is None:
        return
    if not one.changed:
        yield _ONLY_SEALED.say(language)
    terms = _terms(one)
    for changed in one.changed:
        called = (
            _AT.say(language) if changed.field == "at" else field_called(changed.field, language)
        )
        before, after = (
            _value(value, terms.get(changed.field, {}), reader, language)
            for value in (changed.before, changed.after)
        )
        yield f"{called} {before} → {after}"


def _terms(one: Correction) -> dict[str, Mapping[str, str]]:
    """The Danish words of the codes that an event's fields hold."""
    found: dict[str, Mapping[str, str]] = {}
    for fact in (one.original.fact if one.original else None, one.replaced):
        for field in fields_of(type(fact)) if fact is not None else ():
            if isinstance(field.marker, CodeList):
                found[field.name] = field.marker.danish
            elif isinstance(field.marker, Codes | Items):
                found[field.name] = field.marker.of.danish
            elif isinstance(field.marker, CodeMap):
                found[field.name] = {**field.marker.of.danish, **field.marker.to.danish}
    return found


def _value(value: Any, terms: Mapping[str, str], reader: Reader, language: str) -> str:
    if isinstance(value, SealedField):
        return _SEALED.say(language)
    return value_in_words(value, reader.names, language, terms)


def figure_row(one: Correction, figure: Figure, names: Names, language: str) -> Row:
    """A figure that it changed, before and after."""
    level = VIEWS[figure.view].levels[figure.by]
    columns = {column.name: column for column in level.columns}
    key = ", ".join(value_in_words(value, names, language, {}) for value in figure.row.values())
    view = f"{VIEWS[figure.view].title.say(language)}, {level.of.say(language)}"
    told: Row = {"by": one.amendment.source_id, "view": view, "row": key}
    if not figure.column:
        what = _CAME if figure.after else _WENT
        return {**told, "figure": what.say(language), "before": None, "after": None}
    column = columns[figure.column]
    before, after = (
        _figure(value, column, names, language) for value in (figure.before, figure.after)
    )
    heading = column.heading.say(language)
    return {**told, "figure": heading, "before": before, "after": after}


def _figure(value: Any, column: Column, names: Names, language: str) -> str:
    if isinstance(value, UUID):
        return value_in_words(value, names, language, {})
    return danish(in_words({column.name: value}, [column], language, on_screen=True)[column.name])
