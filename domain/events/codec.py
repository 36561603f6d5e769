"""Event data to bytes and back: JSON with typed decoders, one for each topic."""

import msgspec

from domain.events.base import Fact
from domain.events.registry import REGISTRY

_encoder = msgspec.json.Encoder()


def encode_fact(fact: Fact) -> bytes:
    """The stored form of an event's data."""
    return _encoder.encode(fact)


def decode_fact(topic: str, data: bytes | msgspec.Raw) -> Fact:
    """Read an event's data, of an earlier version too. Raises UnknownEventError."""
    if REGISTRY.is_old(topic):
        topic, newer = REGISTRY.upcast(topic, msgspec.json.decode(data))
        return msgspec.convert(newer, REGISTRY.type_of(topic))
    fact: Fact = REGISTRY.decoder_of(topic).decode(data)
    return fact
