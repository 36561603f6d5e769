"""Events as the edge hands them to the store, short to write."""

from datetime import datetime
from typing import Any

import msgspec

from services.edge.incoming import Incoming

SOURCE = "https://sagssystem.example"


def sent(
    id: str,
    topic: str,
    subject: str,
    time: str = "2026-01-12T09:00:00+01:00",
    source: str = SOURCE,
    subject_source: str | None = None,
    **data: Any,
) -> Incoming:
    """A validated event. `from_` stands for `from`; the actor defaults to a caseworker."""
    data = {k.rstrip("_"): v for k, v in data.items()}
    data.setdefault("actor", {"id": "s-12", "function": "caseworker"})
    return Incoming(
        topic=topic,
        source=source,
        id=id,
        subject=subject,
        subject_source=subject_source,
        time=datetime.fromisoformat(time),
        sequence=None,
        correlation=None,
        data=data,
        body=msgspec.json.encode([topic, subject, time, data], order="deterministic"),
    )


def intake(id: str, course: str, **more: Any) -> Incoming:
    """An intake with a name on it."""
    fields = {"caseworker": {"id": "s-12"}, "name": "Test Testesen"} | more
    return sent(id, "course.intake-registered.v1", course, **fields)
