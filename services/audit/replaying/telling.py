"""Steps, events and ends of a replay as machines get them: one object a line."""

from typing import Any

from msgspec import Struct

from domain.envelope import Recorded
from domain.events.base import Fact
from services.audit.access.named import Names
from services.audit.replaying.past import Thread
from services.audit.replaying.plain import (
    Json,
    as_json,
    difference_as_json,
    sheet_as_json,
)
from services.audit.replaying.replay import End, Said, Step
from services.audit.replaying.says import Opened, SealedField, reason_of, replacement_of, says
from services.rendering import plain

SEALED = "sealed"


class Reader(Struct, frozen=True):
    """What whoever reads is told by: senders' names, and what was opened for them, if anything."""

    names: Names = {}
    opened: Opened = {}

    def of(self, value: Any) -> Json:
        """A value; of what is sealed only that it is, unless it was opened."""
        if isinstance(value, SealedField):
            return self.opened.get((value.name, value.ciphertext), {SEALED: True})
        return as_json(value, self.names)

    def said_by(self, fact: Fact) -> Json:
        """The fields of an event."""
        return {name: self.of(value) for name, value in says(fact).items()}


def event_as_json(event: Recorded, reader: Reader) -> Json:
    """Which event, where it stands in the log, and both its times."""
    fact = event.fact
    return {
        "source": event.source,
        "id": event.source_id,
        "name": f"{fact.NAME}.v{fact.VERSION}",
        "stream": str(event.originator_id),
        "version": event.originator_version,
        "position": event.position,
        "occurred_at": plain(event.occurred_at),
        "recorded_at": plain(event.recorded_at),
        "actor": reader.of(fact.actor),
        "on_behalf_of": reader.of(fact.on_behalf_of) if fact.on_behalf_of else None,
        "says": reader.said_by(fact),
    }


def amendment_as_json(said: Said, reader: Reader) -> Json:
    """Who corrected or retracted it, when and why, and what it said before."""
    if said.amendment is None:
        return None
    amendment = said.amendment
    return {
        "retracted": replacement_of(amendment) is None,
        "reason": reason_of(amendment),
        "by": event_as_json(amendment, reader),
        "original": event_as_json(said.original, reader) if said.original else None,
    }


def step_as_json(number: int, step: Step, reader: Reader) -> Json:
    """One step, with what it changed."""
    return {
        "step": number,
        "event": event_as_json(step.said.event, reader),
        "counts": step.said.counts,
        "amended": amendment_as_json(step.said, reader),
        "changes": [difference_as_json(one, reader.names) for one in step.changes],
    }


def end_as_json(end: End, reader: Reader, code: str) -> Json:
    """Where a stream ends."""
    ids = sorted({event.originator_id for event in end.thread.events} - {end.thread.stream})
    return {
        "municipality": code,
        "kind": end.thread.kind,
        "stream": reader.of(end.thread.stream),
        "read_with": [str(one) for one in ids],
        "as_of": plain(end.as_of),
        "position": end.position,
        "events": end.events,
        "begun": end.begun,
        "unreadable": unreadable_as_json(end.thread),
        "in_force": {name: reader.of(value) for name, value in end.in_force.items()},
        "state": sheet_as_json(end.sheet, reader.names),
    }


def unreadable_as_json(thread: Thread) -> Json:
    """The events of a stream that this program can't read."""
    return [
        {"position": one.position, "name": one.topic, "error": one.kind}
        for one in thread.unreadable
    ]
