"""An event that passed the edge."""

from datetime import datetime
from typing import Any

from msgspec import Struct


class Incoming(Struct, frozen=True, kw_only=True):
    """One event as it was sent, validated, neither sealed nor translated to internal ids.

    `time` is UTC. `data` holds plain JSON values and references as sent. `body` is canonical JSON
    of the content: two receipts with equal bodies are the same event sent again.
    """

    topic: str
    source: str
    id: str
    subject: str
    subject_source: str | None
    time: datetime
    sequence: int | None
    correlation: str | None
    data: dict[str, Any]
    body: bytes
