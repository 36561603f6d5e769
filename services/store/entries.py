"""Events on their way into the log: what was sent, translated; what was decided here."""

from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID, uuid4

import msgspec
from msgspec import Struct

from domain.events.base import Fact
from domain.events.codec import decode_fact
from domain.events.common import EventCorrected
from services.edge.incoming import Incoming
from services.store.identities import TEAM, Name
from services.store.mapper import SentState, State, encode_state, fresh_ids
from services.store.writing import Entry, Sent, Writing

_KINDS = {"course": "course", "mentor": "person", "team": None}
_encode = msgspec.json.Encoder().encode


class Decided(Struct, frozen=True, kw_only=True):
    """An event decided here. `id` is the same at every retry; `body` is what was asked for."""

    id: str
    fact: Fact
    body: bytes
    correlation: str | None = None
    causation: str | None = None


def sent_entries(unit: Writing, events: Mapping[bytes, tuple[Incoming, bytes]]) -> list[Entry]:
    """Entries for events and the hashes of their content, by key."""
    sent = [Sent(_subject(e), e.topic, e.source, e.data) for e, _ in events.values()]
    return [
        Entry(key, content, stream, event.topic, _sent_state(id_, event, data))
        for (key, (event, content)), (stream, data), id_ in zip(
            events.items(), unit.translated(sent), fresh_ids(len(sent)), strict=True
        )
    ]


def decided_entry(key: bytes, content: bytes, stream: UUID, source: str, event: Decided) -> Entry:
    """An entry for an event decided here: it happened when it was recorded."""
    fact = event.fact
    return Entry(
        key,
        content,
        stream,
        f"{fact.NAME}.v{fact.VERSION}",
        lambda recorded_at: State(
            id=uuid4(),
            at=recorded_at,
            source=source,
            source_id=event.id,
            data=fact,
            correlation=event.correlation,
            causation=event.causation,
        ),
    )


def _sent_state(id_: str, event: Incoming, data: dict[str, Any]) -> bytes:
    raw = msgspec.Raw(_encode(data))
    # What can't be read back must never be stored: it would stand in the way for ever.
    fact = decode_fact(event.topic, raw)
    if isinstance(fact, EventCorrected):
        decode_fact(fact.replacement.type, fact.replacement.data)
    return encode_state(
        SentState(id_, event.time, event.source, event.id, raw, event.sequence, event.correlation)
    )


def _subject(event: Incoming) -> Name:
    """What the subject of an event is found by. A municipality has one team, whatever its id."""
    kind = _kind_of(event.topic)
    if kind is None:
        return TEAM
    return (kind, event.subject_source or event.source, event.subject)


@cache
def _kind_of(topic: str) -> str | None:
    """What a topic's streams are of; None of the team's."""
    return _KINDS[topic.partition(".")[0]]
