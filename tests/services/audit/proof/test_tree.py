"""The Merkle tree against RFC 9162's definition, and against published vectors."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.proof.tree import (
    EMPTY,
    consistency_proof,
    inclusion_proof,
    is_consistent,
    is_included,
    leaf_hash,
    node_hash,
    of_leaves,
    root,
)

# The inputs, roots and paths of the reference tests of Certificate Transparency.
VECTORS = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PATHS = {
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
STEPS = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
LEAVES = [leaf_hash(bytes.fromhex(each)) for each in VECTORS]
NODE = of_leaves(LEAVES)


def by_definition(entries: list[bytes]) -> bytes:
    """MTH, word for word as section 2.1.1 has it."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return leaf_hash(entries[0])
    split = 1
    while split * 2 < len(entries):
        split *= 2
    return node_hash(by_definition(entries[:split]), by_definition(entries[split:]))


def test_published_roots() -> None:
    assert EMPTY.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert [root(size, NODE).hex() for size in range(1, 9)] == ROOTS


@pytest.mark.parametrize(("index", "size"), PATHS)
def test_published_inclusion_proofs(index: int, size: int) -> None:
    found = inclusion_proof(index, size, NODE)
    assert [each.hex() for each in found] == PATHS[index, size]
    assert is_included(LEAVES[index], index, size, found, root(size, NODE))


@pytest.mark.parametrize(("old", "new"), STEPS)
def test_published_consistency_proofs(old: int, new: int) -> None:
    found = consistency_proof(old, new, NODE)
    assert [each.hex() for each in found] == STEPS[old, new]
    assert is_consistent(old, new, root(old, NODE), root(new, NODE), found)


@given(st.lists(st.binary(max_size=4), max_size=70))
def test_a_root_is_as_it_is_defined(entries: list[bytes]) -> None:
    node = of_leaves([leaf_hash(entry) for entry in entries])
    assert root(len(entries), node) == by_definition(entries)


@given(st.data(), st.integers(1, 70))
def test_only_a_whole_proof_of_the_right_leaf_holds(data: st.DataObject, size: int) -> None:
    leaves = [leaf_hash(bytes([n])) for n in range(size)]
    node = of_leaves(leaves)
    index = data.draw(st.integers(0, size - 1))
    proof, top = inclusion_proof(index, size, node), root(size, node)
    assert is_included(leaves[index], index, size, proof, top)
    other = data.draw(st.integers(0, size).filter(lambda n: n != index))
    assert not is_included(leaves[index], other, size, proof, top)
    assert not is_included(leaf_hash(b"another"), index, size, proof, top)
    assert not is_included(leaves[index], index, size, [*proof, EMPTY], top)
    assert not proof or not is_included(leaves[index], index, size, proof[:-1], top)


@given(st.data(), st.integers(1, 70))
def test_a_tree_that_forks_isnt_consistent(data: st.DataObject, new: int) -> None:
    leaves = [leaf_hash(bytes([n])) for n in range(new)]
    node = of_leaves(leaves)
    old = data.draw(st.integers(1, new))
    changed = data.draw(st.integers(0, old - 1))
    forked = of_leaves([*leaves[:changed], leaf_hash(b"another"), *leaves[changed + 1 :]])
    proof, of_fork = consistency_proof(old, new, node), consistency_proof(old, new, forked)
    assert is_consistent(old, new, root(old, node), root(new, node), proof)
    for each in (proof, of_fork):
        assert not is_consistent(old, new, root(old, node), root(new, forked), each)
        assert not is_consistent(old, new, root(old, forked), root(new, node), each)
    assert not is_consistent(old, new, root(old, node), root(new, node), [*proof, EMPTY])


def test_what_isnt_in_the_tree_cant_be_asked_for() -> None:
    with pytest.raises(ValueError, match="isn't in the tree"):
        inclusion_proof(8, 8, NODE)
    with pytest.raises(ValueError, match="doesn't shrink"):
        consistency_proof(8, 7, NODE)
    assert not is_consistent(8, 7, root(8, NODE), root(7, NODE), [])
