"""A replay as it stands in a terminal: each event, and under it what it changed."""

from collections.abc import Iterator
from textwrap import wrap
from typing import Any

from domain import codes
from domain.envelope import Recorded
from domain.values import FollowUpKey
from services.audit.replaying.reading import differences_in_words, thing_in_words, value_in_words
from services.audit.replaying.replay import End, Said, Step
from services.audit.replaying.says import SealedField, reason_of, replacement_of, says
from services.audit.replaying.sheet import fields_of_thing
from services.audit.replaying.telling import Reader
from services.audit.replaying.words import IN_FORCE, KINDS, TERMS, field_called
from services.cli.event_words import event_words
from services.rendering import danish
from services.telling import clear_fields, named
from services.view_list.events import EVENT_NAMES
from services.words import Words

_INDENT = " " * 5
_REPLAYED = Words("genafspillet af {} hændelser", "replayed from {} events")
_OF_WHICH = Words(", hvoraf {} tæller", ", of which {} count")
_UNKNOWN = Words("Intet var modtaget da.", "Nothing had been received by then.")
_NOT_BEGUN = Words("Intet af det var begyndt da.", "Nothing of it had begun by then.")
_KNOWN = Words("som kendt ved position", "as known at position")
_AS_OF = Words("pr.", "as of")
_UNREADABLE = Words(
    "{} på position {} kan ikke læses af denne udgave og mangler her.",
    "{} at position {} can't be read by this release and is missing here.",
)
_LEARNED = Words("modtaget", "recorded")
_SAYS = Words("Siger", "Says")
_SEALED = Words("forseglet", "sealed")
_NOTHING = Words("Ændrer intet i tilstanden.", "Changes nothing in the state.")
_CORRECTED = Words("Rettet", "Corrected")
_RETRACTED = Words("Trukket tilbage", "Retracted")
_UNSAID = Words("Sagde før", "Said before")
_STATE = Words("Tilstand", "State")
_HOLDS = Words("Gælder", "In force")
_REASONS = {**codes.correction_reasons.danish, **codes.retraction_reasons.danish}


def head_lines(end: End, reader: Reader, place: str, language: str, width: int) -> list[str]:
    """Whose course, from how many events, and of when."""
    kind = KINDS[end.thread.kind].say(language)
    told = (
        f"{kind} {_of(reader, end.thread.stream, language)}, {place}:"
        f" {_replayed(end, language)}, {_KNOWN.say(language)} {end.position},"
        f" {_AS_OF.say(language)} {danish(end.as_of)}"
    )
    lines = wrap(told, width)
    for one in end.thread.unreadable:
        said = _UNREADABLE.say(language).format(one.topic, one.position)
        lines += wrap(f"! {said}", width)
    return [*lines, ""]


def _replayed(end: End, language: str) -> str:
    told = _REPLAYED.say(language).format(end.events)
    return told if end.begun == end.events else told + _OF_WHICH.say(language).format(end.begun)


def step_lines(number: int, step: Step, reader: Reader, language: str, width: int) -> list[str]:
    """An event and what it changed."""
    said, event = step.said, step.said.event
    called = EVENT_NAMES[event.fact.NAME] if language == "da" else event.fact.NAME
    who = _of(reader, event.fact.on_behalf_of or event.fact.actor, language)
    lines = wrap(f"{number:>3}. {danish(event.occurred_at)}  {called} · {who}", width)
    lines += _below(_where(event, language), width)
    if told := _said(event, reader, language):
        lines += _below(f"{_SAYS.say(language)}: {told}", width)
    lines += [line for one in _amended(said, reader, language) for line in _below(one, width)]
    changed = list(differences_in_words(step.changes, reader.names, language))
    for thing, fields in changed:
        lines += _below(f"→ {thing}: {fields}", width)
    return [*lines, *(() if changed else _below(_NOTHING.say(language), width)), ""]


def end_lines(end: End, reader: Reader, language: str, width: int) -> list[str]:
    """What is in force, and all that stands in the state."""
    if not end.begun:
        known = end.events or end.thread.unreadable
        return [(_NOT_BEGUN if known else _UNKNOWN).say(language)]
    lines = [_HOLDS.say(language)]
    for name, value in end.in_force.items():
        told = _of(reader, value, language)
        lines += _below(f"{IN_FORCE[name].say(language)}: {told}", width)
    lines += ["", _STATE.say(language)]
    for place, thing in end.sheet.items():
        called = thing_in_words(place.part, place.thing, reader.names, language)
        fields = _fields(place.part, thing, reader, language)
        lines += _below(f"{called}: {fields}" if fields else called, width)
    return lines


def end_line(end: End, reader: Reader, place: str, language: str) -> str:
    """The same in one line, without what stands in the state."""
    kind = KINDS[end.thread.kind].say(language)
    held = (
        f"{IN_FORCE[name].say(language)}: {_of(reader, value, language)}"
        for name, value in end.in_force.items()
    )
    told = "; ".join(held) or (_NOT_BEGUN.say(language) if not end.begun else "–")
    whose = f"{kind} {_of(reader, end.thread.stream, language)}".rstrip()
    return f"{whose}, {place}: {_replayed(end, language)}. {told}"


def _fields(part: str, thing: Any, reader: Reader, language: str) -> str:
    told = []
    for name, value in fields_of_thing(thing).items():
        terms = TERMS.get((part, name.rpartition(".")[2]))
        said = value_in_words(value, reader.names, language, terms.danish if terms else {})
        told.append(f"{field_called(name, language)} {said}".lstrip())
    return "; ".join(told)


def _where(event: Recorded, language: str) -> str:
    return (
        f"position {event.position}, {_LEARNED.say(language)} {danish(event.recorded_at)}"
        f" · {event.source} {event.source_id}"
    )


def _said(event: Recorded, reader: Reader, language: str) -> str:
    """What it says: its clear fields in words, and of those that are sealed that they are."""
    fact = event.fact
    details = named(clear_fields(fact), reader.names)
    row = {"details": details, "event": fact.NAME, "version": fact.VERSION}
    told = [event_words(row, language)]
    for name, value in says(fact).items():
        if isinstance(value, SealedField):
            plain = reader.opened.get((value.name, value.ciphertext))
            shown = plain if plain is not None else f"[{_SEALED.say(language)}]"
            told.append(f"{field_called(name, language)} {shown}")
        elif isinstance(value, FollowUpKey):
            told.append(_of(reader, value, language))
    return "; ".join(one for one in told if one)


def _amended(said: Said, reader: Reader, language: str) -> Iterator[str]:
    """Who corrected it, when and why, and what it said before."""
    amendment = said.amendment
    if amendment is None:
        return
    what = _RETRACTED if replacement_of(amendment) is None else _CORRECTED
    reason = reason_of(amendment)
    reason = _REASONS.get(reason, reason) if language == "da" else reason
    who = _of(reader, amendment.fact.on_behalf_of or amendment.fact.actor, language)
    yield (
        f"! {what.say(language)}: {danish(amendment.occurred_at)} · {who} · {reason}"
        f" · {_where(amendment, language)}"
    )
    if said.original is not None and said.counts:
        original = said.original
        told = _said(original, reader, language)
        yield f"! {_UNSAID.say(language)}: {danish(original.occurred_at)}; {told}"


def _of(reader: Reader, value: Any, language: str) -> str:
    return value_in_words(value, reader.names, language, {})


def _below(text: str, width: int) -> list[str]:
    return wrap(text, width, initial_indent=_INDENT, subsequent_indent=f"{_INDENT}  ")
