"""An event as it stands in the store, and what holds of a stream's events.

State never depends on the order of arrival. Events are ordered by when they happened, then by the
sender's sequence, then by their reference (events.md, *Order*); corrections and retractions have
taken their originals' places before anything is folded.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from domain.events.base import Fact
from domain.events.codec import decode_fact
from domain.events.common import Amendment, EventCorrected
from domain.values import Ref

OrderKey = tuple[datetime, int, str, str]


class Recorded(Struct, frozen=True, kw_only=True):
    """One stored event. Times are UTC; `position` is that of the municipality's log.

    `position` is a position only: it has gaps, and starts where the database says.
    """

    originator_id: UUID
    originator_version: int
    position: int
    topic: str
    event_id: UUID
    occurred_at: datetime
    recorded_at: datetime
    source: str
    source_id: str
    sequence: int | None = None
    correlation: str | None = None
    causation: str | None = None
    fact: Fact

    @property
    def ref(self) -> Ref:
        """What corrections and references know it by."""
        return Ref(self.source, self.source_id)

    @property
    def order(self) -> OrderKey:
        """Its place among the events of its subject; none before any sequence."""
        sequence = -1 if self.sequence is None else self.sequence
        return (self.occurred_at, sequence, self.source_id, self.source)


def amended(original: Recorded | None, amendment: Recorded) -> Recorded | None:
    """What stands in the original's place: the replacement, or nothing after a retraction.

    The replacement brings its own time and data and takes the original's sequence, id and source.
    It was learned with the correction, so it carries the correction's position and `recorded_at`.
    """
    fact = amendment.fact
    if not isinstance(fact, EventCorrected):
        return None
    new = fact.replacement
    return replace(
        amendment,
        topic=new.type,
        occurred_at=new.time,
        source=fact.corrects.source,
        source_id=fact.corrects.id,
        sequence=original.sequence if original else None,
        fact=decode_fact(new.type, new.data),
    )


def winner(amendments: Iterable[Recorded]) -> Recorded:
    """Of several corrections and retractions the latest by (time, id) holds."""
    return max(amendments, key=lambda e: (e.occurred_at, e.source_id, e.source))


def amending(events: Iterable[Recorded]) -> dict[Ref, Recorded]:
    """The correction or retraction that holds, by the event that it amends."""
    several: dict[Ref, list[Recorded]] = {}
    for event in events:
        if isinstance(event.fact, Amendment):
            several.setdefault(event.fact.target, []).append(event)
    return {target: winner(amendments) for target, amendments in several.items()}


def effective(events: Iterable[Recorded]) -> list[Recorded]:
    """The events that count, in fold order: amended, without the amendments themselves."""
    told = list(events)
    held: dict[Ref, Recorded] = {}
    for event in told:
        if not isinstance(event.fact, Amendment):
            held.setdefault(event.ref, event)
    for target, amendment in amending(told).items():
        replacement = amended(held.pop(target, None), amendment)
        if replacement is not None:
            held[target] = replacement
    return sorted(held.values(), key=lambda e: e.order)
