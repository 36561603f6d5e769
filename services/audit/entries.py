"""What a leaf is over: a line of JSON that an auditor can write by hand and hash.

An entry tells everything about an event but what it says, and the hash of that as it is stored,
which is sealed. So the log shows nothing, and any change of the event changes its leaf.
"""

from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

import msgspec

EVENTS, ACCESS = "events", "access"
"""The logs of a municipality."""


class Envelope(msgspec.Struct, frozen=True):
    """What is read of a stored event, whatever its name: when it happened, and its reference."""

    at: str
    source: str
    source_id: str


class _EventEntry(msgspec.Struct, frozen=True):
    stream: UUID
    version: int
    name: str
    occurred_at: str | None
    recorded_at: str
    sha256: str


class _LookEntry(msgspec.Struct, frozen=True):
    log: str
    id: int
    at: str
    sha256: str


_TIME = len('{"id":"') + 36 + len('","at":"')
"""Where the time begins in stored bytes, which begin with the event's own id."""
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Envelope).decode


def envelope(state: bytes) -> Envelope | None:
    """The envelope of an event's stored bytes; None where they can't be read."""
    try:
        return _decode(state)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def written_time(state: bytes) -> str:
    """When an event happened, as it stands in the bytes that the store has just written of it."""
    return state[_TIME : state.index(b'"', _TIME)].decode()


def event_entry(
    stream: UUID,
    version: int,
    topic: str,
    occurred_at: str | None,
    recorded_at: datetime,
    state: bytes,
) -> bytes:
    """The entry of an event. `occurred_at` is the text in the stored bytes, None if unreadable."""
    digest = sha256(state).hexdigest()
    return _encode(_EventEntry(stream, version, topic, occurred_at, moment(recorded_at), digest))


def look_entry(id_: int, at: datetime, record: bytes) -> bytes:
    """The entry of a look at personal data."""
    return _encode(_LookEntry(ACCESS, id_, moment(at), sha256(record).hexdigest()))


def moment(at: datetime) -> str:
    """A time as entries have it: UTC, six decimals, Z."""
    text = at.isoformat(timespec="microseconds")
    if not text.endswith("+00:00"):
        text = at.astimezone(UTC).isoformat(timespec="microseconds")
    return f"{text[:-6]}Z"
