"""What an event says, field by field: what is sealed is named, and opened only where asked for."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from domain.envelope import Recorded
from domain.events.base import Fact
from domain.events.codec import decode_fact
from domain.events.common import Amendment, EventCorrected
from domain.events.mentor import SurveyAnswered
from domain.fields import Items, Marker, Plain, Sealed, fields_of
from services.store.municipality import Municipality

_WHO = frozenset({"actor", "on_behalf_of", "note_confidential"})
_TOLD_BESIDE = frozenset({"replacement"})  # an event of its own

Opened = Mapping[tuple[str, str], str]


class SealedField(NamedTuple):
    """A field that is stored as ciphertext only."""

    name: str
    ciphertext: str


def says(fact: Fact) -> dict[str, Any]:
    """The fields of an event but for who did it; sealed ones as a `SealedField`.

    Of a correction its own: what it puts in the original's place is told by `replacement_of`. The
    words of one's own in a profile are fields by themselves, such as `strengths.2.text`. Who
    answered what in a survey is nobody's to know.
    """
    found: dict[str, Any] = {}
    if isinstance(fact, SurveyAnswered):
        return found
    for name, attribute, marker in _told_of(type(fact)):
        value = getattr(fact, attribute)
        if value in (None, (), {}):
            continue
        if isinstance(marker, Sealed):
            value = SealedField(name, value)
        elif isinstance(marker, Items):
            for number, item in enumerate(value, 1):
                if item.text is not None:
                    found[f"{name}.{number}.text"] = SealedField(f"{name}.text", item.text)
            value = [item.code for item in value]
        elif isinstance(marker, Plain) and marker.kind == "toml":
            value = f"{len(value.encode())} bytes"
        found[name] = value
    return found


@cache
def _told_of(type_: type[Fact]) -> list[tuple[str, str, Marker]]:
    beside = _WHO | _TOLD_BESIDE
    return [(f.name, f.attribute, f.marker) for f in fields_of(type_) if f.name not in beside]


def replacement_of(amendment: Recorded) -> Fact | None:
    """What a correction puts in the original's place; None after a retraction."""
    fact = amendment.fact
    if not isinstance(fact, EventCorrected):
        return None
    return decode_fact(fact.replacement.type, fact.replacement.data)


def opened(store: Municipality, events: Iterable[Recorded]) -> Opened:
    """The plain text of what is sealed in events. Whoever asks for it has looked at it."""
    told = list(events)
    replaced = (replacement_of(event) for event in told if isinstance(event.fact, EventCorrected))
    facts = [*(event.fact for event in told), *(fact for fact in replaced if fact is not None)]
    fields = (value for fact in facts for value in says(fact).values())
    return store.open([one for one in fields if isinstance(one, SealedField)])


def reason_of(amendment: Recorded) -> str:
    """Why it was corrected or retracted, by its code."""
    fact = amendment.fact
    assert isinstance(fact, Amendment)
    reason: str = getattr(fact, "reason")  # noqa: B009 -- both kinds have one
    return reason
