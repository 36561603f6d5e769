"""What a leaf is over: a line of JSON that an auditor can write by hand and hash.

An entry tells everything about an event but what it says, and the hash of that as it is stored,
which is sealed. So the log shows nothing, and any change of the event changes its leaf.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
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


_LEAF = (
    b'\0{"stream":"%b","version":%d,"name":"%b","occurred_at":"%b",'
    b'"recorded_at":"%b.%06dZ","sha256":"%b"}'
)
_SECOND, _LONG_AGO = timedelta(seconds=1), datetime(1, 1, 1, tzinfo=UTC)
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


def stored_leaves(events: Iterable[tuple[UUID, int, str, datetime, bytes]]) -> list[bytes]:
    """The leaves of events that the store is writing: stream, version, name, time of recording
    (UTC) and the stored bytes, which it has just encoded.

    The same as `event_entry` and `leaf_hash` give, in half the time: names and times need no
    escapes, streams come again, and events of one commit were recorded in one second, mostly.
    """
    streams: dict[int, bytes] = {}
    found = []
    begin = end = _LONG_AGO  # of the second of which the text is at hand
    second = b""
    for stream, version, topic, at, state in events:
        number = stream.int
        if (told := streams.get(number)) is None:
            told = streams[number] = str(stream).encode()
        if not begin <= at < end:
            begin = at.replace(microsecond=0)
            end = begin + _SECOND
            second = at.isoformat(timespec="seconds")[:19].encode()
        happened = state[_TIME : state.index(b'"', _TIME)]
        digest = sha256(state).hexdigest().encode()
        found.append(
            sha256(
                _LEAF % (told, version, topic.encode(), happened, second, at.microsecond, digest)
            ).digest()
        )
    return found


def event_entry(
    stream: UUID,
    version: int,
    topic: str,
    state: bytes,
    recorded_at: datetime,
) -> bytes:
    """The entry of an event, of its row's columns. When it happened is the text in the stored
    bytes, None where they can't be read."""
    told = envelope(state)
    happened, digest = told.at if told else None, sha256(state).hexdigest()
    return _encode(_EventEntry(stream, version, topic, happened, moment(recorded_at), digest))


def look_entry(id_: int, at: datetime, record: bytes) -> bytes:
    """The entry of a look at personal data."""
    return _encode(_LookEntry(ACCESS, id_, moment(at), sha256(record).hexdigest()))


def moment(at: datetime) -> str:
    """A time as entries have it: UTC, six decimals, Z."""
    text = at.isoformat(timespec="microseconds")
    if not text.endswith("+00:00"):
        text = at.astimezone(UTC).isoformat(timespec="microseconds")
    return f"{text[:-6]}Z"
