"""Stored bytes to events and back: the library's mapper, with pinned names and typed decoders.

The state is one JSON object. What is in it when it comes here is sealed already; what comes out is
as sealed as it went in. Only names of the registry are resolved, whatever a row may say.
"""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from threading import Lock
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec
from eventsourcing.persistence import JSONTranscoder, Mapper, StoredEvent

from domain.envelope import Recorded
from domain.events.base import Registry
from domain.events.registry import REGISTRY
from services.store.recorder import TimedNotification

T = TypeVar("T")
_VARIANT = {f"{n:x}": f"{8 | n & 3:x}" for n in range(16)}


class State(msgspec.Struct, Generic[T], frozen=True, omit_defaults=True):
    """An event as its row holds it, but for stream, version, name, position and recording."""

    id: UUID
    at: datetime
    source: str
    source_id: str
    data: T
    sequence: int | None = None
    correlation: str | None = None
    causation: str | None = None


class SentState(msgspec.Struct, frozen=True, omit_defaults=True):
    """The same of an event as it came in, whose id is the text of a UUID."""

    id: str
    at: datetime
    source: str
    source_id: str
    data: msgspec.Raw
    sequence: int | None = None
    correlation: str | None = None


_encoder = msgspec.json.Encoder()
_making = Lock()


def encode_state(state: State[Any] | SentState) -> bytes:
    """The bytes of the column `state`; they never change again."""
    return _encoder.encode(state)


def fresh_ids(count: int) -> list[str]:
    """So many new UUIDs (version 4) as texts; the system is asked for all their bits at once."""
    drawn = os.urandom(16 * count).hex()
    return [
        f"{drawn[n : n + 8]}-{drawn[n + 8 : n + 12]}-4{drawn[n + 13 : n + 16]}"
        f"-{_VARIANT[drawn[n + 16]]}{drawn[n + 17 : n + 20]}-{drawn[n + 20 : n + 32]}"
        for n in range(0, 32 * count, 32)
    ]


class EventMapper(Mapper[UUID]):
    """Maps rows of the events table to recorded events."""

    def __init__(self, registry: Registry = REGISTRY) -> None:
        super().__init__(JSONTranscoder())
        self._registry = registry
        self._decoding = cache(self._make_decoder)

    def _make_decoder(self, topic: str) -> "tuple[Callable[[bytes], State[Any]], bool]":
        """What reads the state, and whether it is of an earlier version.

        One at a time: two threads that make the first decoder of a type bring the process down.
        """
        state: Any = State
        is_old = self._registry.is_old(topic)
        data = dict[str, Any] if is_old else self._registry.type_of(topic)
        with _making:
            return msgspec.json.Decoder(state[data]).decode, is_old

    def to_domain_event(self, stored_event: StoredEvent) -> Recorded:
        """An event of an earlier version comes out as the newest. Raises UnknownEventError."""
        assert isinstance(stored_event, TimedNotification)
        return self.recorded(
            stored_event.id,
            stored_event.originator_id,  # type: ignore[arg-type]
            stored_event.originator_version,
            stored_event.topic,
            stored_event.state,
            stored_event.recorded_at,
        )

    def recorded(
        self,
        position: int,
        stream: UUID,
        version: int,
        topic: str,
        state: bytes,
        recorded_at: datetime,
    ) -> Recorded:
        """The same of a row's columns."""
        decode, is_old = self._decoding(topic)
        decoded = decode(state)
        fact = decoded.data
        if is_old:
            topic, newer = self._registry.upcast(topic, fact)
            fact = msgspec.convert(newer, self._registry.type_of(topic))
        return Recorded(
            originator_id=stream,
            originator_version=version,
            position=position,
            topic=topic,
            event_id=decoded.id,
            occurred_at=decoded.at,
            recorded_at=recorded_at.astimezone(UTC),
            source=decoded.source,
            source_id=decoded.source_id,
            sequence=decoded.sequence,
            correlation=decoded.correlation,
            causation=decoded.causation,
            fact=fact,
        )

    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        """A recorded event as its row holds it."""
        assert isinstance(domain_event, Recorded)
        state = State(
            id=domain_event.event_id,
            at=domain_event.occurred_at,
            source=domain_event.source,
            source_id=domain_event.source_id,
            data=domain_event.fact,
            sequence=domain_event.sequence,
            correlation=domain_event.correlation,
            causation=domain_event.causation,
        )
        return TimedNotification(
            id=domain_event.position,
            originator_id=domain_event.originator_id,
            originator_version=domain_event.originator_version,
            topic=domain_event.topic,
            state=encode_state(state),
            recorded_at=domain_event.recorded_at,
        )
