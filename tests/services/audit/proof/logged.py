"""A log in memory, as it is shown to a witness."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.audit.proof.notes import Checkpoint, Note, Signer, sign
from services.audit.proof.tree import consistency_proof, leaf_hash, of_leaves, root
from services.audit.proof.witness import Request

LOG = Signer("roedtraad.dk/0860/events", Ed25519PrivateKey.from_private_bytes(bytes(32)))


class Logged:
    """A log in memory: leaves, and what a witness is asked about them."""

    def __init__(self, leaves: list[bytes], signer: Signer = LOG) -> None:
        self.leaves, self.signer = leaves, signer
        self.node = of_leaves(leaves)

    def request(self, old: int, size: int | None = None) -> Request:
        """The tree of a size, with the proof that it goes on from an old one."""
        size = len(self.leaves) if size is None else size
        text = str(Checkpoint(self.signer.name, size, root(size, self.node)))
        note = str(Note(text, (sign(text, self.signer),)))
        proof = consistency_proof(old, size, self.node) if old <= size else []
        return Request(old, tuple(proof), note)


def leaves(many: int, seed: object = "") -> list[bytes]:
    """So many leaves, others for each seed."""
    return [leaf_hash(f"{seed}{n}".encode()) for n in range(many)]
