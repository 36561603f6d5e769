"""The tree and the notes are written twice: for the server, and once more in the verifier that
needs nothing of ours. Both are held against what others have published."""

from collections.abc import Callable
from typing import NamedTuple

import pytest

from services.audit.proof import notes, standalone, tree
from services.audit.proof.notes import Checkpoint, Note, NoteError, read_verifier
from services.audit.proof.standalone import WIDTH, UnreadableError, WrongError
from tests.services.audit.proof.published_notes import (
    CRYPTOGRAPHY,
    ENOCH,
    GO,
    GO_2024,
    GO_LATER,
    LOG,
    PETER,
    SOFA,
)
from tests.services.audit.proof.published_tree import LEAVES, PATHS, ROOTS, STEPS, by_definition

Proof = list[bytes]


class Implementation(NamedTuple):
    """What either can do."""

    root: Callable[[list[bytes]], bytes]
    is_included: Callable[[bytes, int, int, Proof, bytes], bool]
    is_consistent: Callable[[int, int, bytes, bytes, Proof], bool]
    has_signed: Callable[[str, str], bool]  # a note, a key
    size: Callable[[str], int]  # of a checkpoint


def _their_root(leaves: list[bytes]) -> bytes:
    """Tile by tile, as the verifier comes by them."""
    stack: standalone.Subtrees = []
    for start in range(0, len(leaves), WIDTH):
        levels = standalone._levels(leaves[start : start + WIDTH])
        stack = standalone._joined(stack, standalone._subtrees(levels, WIDTH))
    return standalone._root(stack)


def _goes_on(old: int, new: int, old_root: bytes, new_root: bytes, proof: Proof) -> bool:
    text = str(Checkpoint(LOG.name, old, old_root))
    seen = str(Note(text, (notes.sign(text, LOG),)))
    try:
        standalone._goes_on(old, new, new_root, proof, str(LOG.verifier), [seen])
    except WrongError:
        return False
    return True


def _signed_by(note: str, key: str) -> bool:
    try:
        return bool(notes.signed_by(notes.read_note(note), [read_verifier(key)]))
    except NoteError:
        return False


OURS = Implementation(
    lambda leaves: tree.root(len(leaves), tree.of_leaves(leaves)),
    tree.is_included,
    tree.is_consistent,
    _signed_by,
    lambda note: notes.read_checkpoint(notes.read_note(note).text).size,
)
STANDALONE = Implementation(
    _their_root,
    lambda leaf, index, size, proof, top: standalone._climbed(leaf, index, size, proof) == top,
    _goes_on,
    standalone._is_signed,
    lambda note: standalone._read_checkpoint(note)[1],
)
either = pytest.mark.parametrize("way", [OURS, STANDALONE], ids=["ours", "standalone"])


def tops(size: int) -> bytes:
    return bytes.fromhex(ROOTS[size - 1])


def published(proof: list[str]) -> Proof:
    return [bytes.fromhex(each) for each in proof]


@either
def test_published_roots(way: Implementation) -> None:
    assert way.root([]).hex().startswith("e3b0c44298fc1c149afbf4c8996fb924")
    assert [way.root(LEAVES[:size]).hex() for size in range(1, 9)] == ROOTS


@either
@pytest.mark.parametrize("size", [9, 255, 256, 257, 511, 513, 700])
def test_a_root_is_as_rfc_9162_defines_it(way: Implementation, size: int) -> None:
    entries = [b"%d" % number for number in range(size)]
    assert way.root([tree.leaf_hash(entry) for entry in entries]) == by_definition(entries)


@either
@pytest.mark.parametrize(("index", "size"), PATHS)
def test_published_inclusion_proofs(way: Implementation, index: int, size: int) -> None:
    leaf, proof = LEAVES[index], published(PATHS[index, size])
    assert way.is_included(leaf, index, size, proof, tops(size))
    assert not way.is_included(leaf, index ^ 1, size, proof, tops(size))
    assert not way.is_included(LEAVES[index ^ 1], index, size, proof, tops(size))
    assert not way.is_included(leaf, index, size, proof[:-1], tops(size))
    assert not way.is_included(leaf, index, size, [*proof, proof[0]], tops(size))
    assert not way.is_included(leaf, index, size, proof, tops(size - 1))


@either
@pytest.mark.parametrize(("old", "new"), STEPS)
def test_published_consistency_proofs(way: Implementation, old: int, new: int) -> None:
    proof = published(STEPS[old, new])
    assert way.is_consistent(old, new, tops(old), tops(new), proof)
    assert not way.is_consistent(old, new, tops(old + 1), tops(new), proof)
    assert not way.is_consistent(old, new, tops(old), tops(new - 1 or 2), proof)
    assert not way.is_consistent(old, new, tops(old), tops(new), [*proof, tops(3)])
    if proof:
        assert not way.is_consistent(old, new, tops(old), tops(new), proof[:-1])
        assert not way.is_consistent(old, new, tops(old), tops(new), [tops(3), *proof[1:]])


@either
def test_published_notes_are_signed(way: Implementation) -> None:
    assert way.has_signed(CRYPTOGRAPHY, PETER)
    assert way.has_signed(CRYPTOGRAPHY, ENOCH)
    assert not way.has_signed(CRYPTOGRAPHY, GO)
    assert not way.has_signed(CRYPTOGRAPHY.replace("problem,", "problem;"), PETER)
    assert not way.has_signed(CRYPTOGRAPHY.replace("x08go/ZJ", "x08go/ZK"), PETER)


@either
@pytest.mark.parametrize(("note", "size"), [(GO_2024, 30055305), (GO_LATER, 65664258)])
def test_published_checkpoints_are_signed_by_their_log(
    way: Implementation, note: str, size: int
) -> None:
    assert way.has_signed(note, GO)
    assert way.size(note) == size
    assert not way.has_signed(note.replace(str(size), str(size + 1)), GO)


@either
def test_a_cosignature_is_no_signature_of_the_log(way: Implementation) -> None:
    assert way.size(SOFA) == 20852163
    assert not way.has_signed(SOFA, str(LOG.verifier))


@pytest.mark.parametrize(
    "vkey",
    [
        PETER.replace("c74f20a3", "c74f20a4"),
        PETER.replace("+ARpc2", "+BRpc2"),
        PETER[:-4],
        "PeterNeumann",
        "",
    ],
)
def test_what_isnt_a_key_is_refused_by_both(vkey: str) -> None:
    with pytest.raises(NoteError):
        read_verifier(vkey)
    with pytest.raises(UnreadableError):
        standalone._read_key(vkey)
