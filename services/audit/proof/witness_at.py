"""The witnesses that a log asks, as they are set: where each is, and the key it cosigns with."""

from typing import NamedTuple
from urllib.parse import urlsplit

from services.audit.proof.notes import COSIGNATURE, Verifier, read_verifier


class WitnessAt(NamedTuple):
    """Where a witness is, and the key that it cosigns with."""

    url: str
    key: Verifier


def read_witnesses(text: str) -> tuple[WitnessAt, ...]:
    """Witnesses as they are set: addresses, each with its key behind it. Raises ValueError."""
    words = text.split()
    if len(words) % 2:
        raise ValueError("skal være adresse og nøgle for hvert vidne (address and key of each)")
    found = []
    for url, vkey in zip(words[::2], words[1::2], strict=True):
        key = read_verifier(vkey)
        if urlsplit(url).scheme not in ("http", "https") or key.kind != COSIGNATURE:
            raise ValueError("skal være https://… og et vidnes nøgle (a witness's key)")
        found.append(WitnessAt(url.rstrip("/"), key))
    return tuple(found)
