"""What an event says, field by field: what is sealed is named, and opened only where asked for."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from domain.envelope import Recorded
from domain.events.base import Fact
from domain.events.codec import decode_fact
from domain.events.common import Amendment, EventCorrected
from domain.fields import Items, Plain, Sealed, fields_of
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

    Of a correction its own: what it puts in the original's place is told by `replacement_of`.
    """
    found: dict[str, Any] = {}
    for field in fields_of(type(fact)):
        value = getattr(fact, field.attribute)
        if field.name in _WHO | _TOLD_BESIDE or value in (None, (), {}):
            continue
        if isinstance(field.marker, Sealed):
            value = SealedField(field.name, value)
        elif isinstance(field.marker, Items):
            value = [item.code for item in value]
        elif isinstance(field.marker, Plain) and field.marker.kind == "toml":
            value = f"{len(value.encode())} bytes"
        found[field.name] = value
    return found


def replacement_of(amendment: Recorded) -> Fact | None:
    """What a correction puts in the original's place; None after a retraction."""
    fact = amendment.fact
    if not isinstance(fact, EventCorrected):
        return None
    return decode_fact(fact.replacement.type, fact.replacement.data)


def sealed_in(facts: Iterable[Fact]) -> Iterator[SealedField]:
    """The sealed fields of events."""
    for fact in facts:
        yield from (one for one in says(fact).values() if isinstance(one, SealedField))


def opened(store: Municipality, facts: Iterable[Fact]) -> Opened:
    """The plain text of what is sealed in events. Whoever asks for it has looked at it."""
    return store.open(sealed_in(facts))


def reason_of(amendment: Recorded) -> str:
    """Why it was corrected or retracted, by its code."""
    fact = amendment.fact
    assert isinstance(fact, Amendment)
    reason: str = getattr(fact, "reason")  # noqa: B009 -- both kinds have one
    return reason
