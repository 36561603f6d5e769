"""The Merkle tree against RFC 9162's definition, and against published vectors."""

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
    of_leaves,
    root,
)
from tests.services.audit.proof.published_tree import LEAVES, PATHS, ROOTS, STEPS, by_definition

NODE = of_leaves(LEAVES)


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
