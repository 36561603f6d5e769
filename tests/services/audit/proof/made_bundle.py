"""A bundle made without a database: entries of our own, really signed."""

import base64
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.audit.proof import standalone
from services.audit.proof.notes import Checkpoint, Note, Signer, sign
from services.audit.proof.tree import leaf_hash, of_leaves, root

WIDTH = 256
Entry = Callable[[int], tuple[str, str]]
"""Of an index what an entry says but for its hash, and the stored bytes."""
Change = Callable[[list[bytes]], list[bytes]]
"""Of a bundle's lines others."""


def signer(which: str = "events", seed: int = 1) -> Signer:
    """A key of a log of Odense's."""
    key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    return Signer(f"roedtraad.dk/0461/{which}", key)


def signed(text: object, *signers: Signer) -> str:
    """A note that these have signed."""
    return str(Note(str(text), tuple(sign(str(text), each) for each in signers)))


def event(index: int) -> tuple[str, str]:
    """An event, some of whose text looks like the bundle's own."""
    told = f'"stream":"s{index % 7}","version":{index},"name":"course.noted.v1"'
    stored = f'{{"n":{index},"text":"\\"stored\\":, {{\\"tile\\":{index}}} {"æ" * (index % 50)}"}}'
    return told, stored


class Made:
    """A bundle as its lines, to be changed before it is written."""

    def __init__(
        self, many: int, sizes: Sequence[int], of: Signer | None = None, entry: Entry = event
    ) -> None:
        self.signer, self.entry = of or signer(), entry
        self.key = str(self.signer.verifier)
        which = self.signer.name.rsplit("/", 1)[1]
        self.head: dict[str, Any] = {
            "format": standalone.FORMAT,
            "municipality": "0461",
            "log": which,
            "origin": self.signer.name,
            "keys": [{"vkey": self.key, "since": 0, "handover": None}],
            "size": many,
            "exported_at": "2026-11-26T08:00:00.000000Z",
        }
        self.leaves, self.entries = [], []
        for index in range(many):
            told, stored = entry(index)
            digest = sha256(stored.encode()).hexdigest()
            self.leaves.append(leaf_hash(f'{{{told},"sha256":"{digest}"}}'.encode()))
            line = f'{{"index":{index},"position":{index + 1},{told},"stored":{stored}}}\n'
            self.entries.append(line.encode())
        self.node = of_leaves(self.leaves)
        self.notes = {size: self.checkpoint(size) for size in sizes}

    def checkpoint(self, size: int, by: Signer | None = None) -> str:
        """The signed checkpoint of a size."""
        text = Checkpoint(self.signer.name, size, root(size, self.node))
        return signed(text, by or self.signer)

    def lines(self) -> list[bytes]:
        """All of it."""
        found = [msgspec.json.encode(self.head) + b"\n"]
        for n, start in enumerate(range(0, len(self.entries), WIDTH)):
            found += self.entries[start : start + WIDTH]
            for size, note in self.notes.items():
                if start < size <= start + WIDTH:
                    found.append(msgspec.json.encode({"checkpoint": size, "note": note}) + b"\n")
            leaves = base64.b64encode(b"".join(self.leaves[start : start + WIDTH])).decode()
            found.append(msgspec.json.encode({"tile": n, "leaves": leaves}) + b"\n")
        end = {"entries": len(self.entries), "checkpoints": len(self.notes)}
        return [*found, msgspec.json.encode({"end": end}) + b"\n"]

    def judged(self, folder: Path, *seen: str, key: str | None = None) -> dict[str, Any]:
        """What the verifier says of it."""
        return judged(folder, self.lines(), key or self.key, *seen)


def judged(folder: Path, lines: Sequence[bytes], key: str | None, *seen: str) -> dict[str, Any]:
    """What the verifier says of these lines."""
    path = folder / "bundle.ndjson"
    path.write_bytes(b"".join(lines))
    return standalone.judged(str(path), key, seen)


def other(old: bytes, new: bytes) -> Change:
    """Other bytes wherever these stand."""
    return lambda lines: [line.replace(old, new) for line in lines]
