"""The Merkle tree of RFC 9162, section 2.1: root, proofs, and how they are checked. Pure.

A tree is known by its full subtrees: `node(height, index)` is the hash of the 2**height leaves from
leaf index * 2**height on. Hashes are 32 bytes of SHA-256.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256

Node = Callable[[int, int], bytes]
EMPTY = sha256(b"").digest()
"""The root of a tree without leaves."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of a leaf over an entry (2.1.1)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node over its two (2.1.1)."""
    return sha256(b"\x01" + left + right).digest()


def root(size: int, node: Node) -> bytes:
    """The root of the first `size` leaves."""
    return _over(0, size, node) if size else EMPTY


def inclusion_proof(index: int, size: int, node: Node) -> list[bytes]:
    """That leaf `index` is in the tree of `size` leaves (2.1.3.1); from the leaf upwards."""
    if not 0 <= index < size:
        raise ValueError("the leaf isn't in the tree")
    proof: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            proof.append(_over(middle, end, node))
            end = middle
        else:
            proof.append(_over(start, middle, node))
            start = middle
    return proof[::-1]


def consistency_proof(old: int, new: int, node: Node) -> list[bytes]:
    """That the first `old` of `new` leaves are those of the tree of `old` leaves (2.1.4.1)."""
    if not 0 <= old <= new:
        raise ValueError("a tree doesn't shrink")
    if old in (0, new):
        return []
    proof: list[bytes] = []
    start, end, whole = 0, new, True
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            proof.append(_over(middle, end, node))
            end = middle
        else:
            proof.append(_over(start, middle, node))
            start, whole = middle, False
    # The old tree's own root is known to who checks, so it is left out where it is a node.
    return [*([] if whole else [_over(start, end, node)]), *proof[::-1]]


def is_included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], top: bytes) -> bool:
    """Whether the proof shows the leaf's hash under the root `top` (2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf
    for each in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(each, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, each)
        at, last = at >> 1, last >> 1
    return last == 0 and found == top


def is_consistent(
    old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the proof shows that the tree of `new` leaves goes on from that of `old` (2.1.4.2).

    Every tree goes on from the empty one.
    """
    if old in (0, new):
        agree = old_root == (EMPTY if old == 0 else new_root)
        return agree and not proof and (new > 0 or new_root == EMPTY)
    if not 0 < old < new:
        return False
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path:
        return False
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    found_old = found_new = path[0]
    for each in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            found_old, found_new = node_hash(each, found_old), node_hash(each, found_new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found_new = node_hash(found_new, each)
        at, last = at >> 1, last >> 1
    return last == 0 and found_old == old_root and found_new == new_root


def of_leaves(leaves: Sequence[bytes]) -> Node:
    """The full subtrees over leaves that are at hand, each worked out once."""
    levels: list[Sequence[bytes]] = [leaves]
    while len(below := levels[-1]) > 1:
        pairs = zip(below[::2], below[1::2], strict=False)
        levels.append([node_hash(left, right) for left, right in pairs])
    return lambda height, index: levels[height][index]


def _over(start: int, end: int, node: Node) -> bytes:
    """The hash of the leaves from `start` up to `end`; `start` is where a subtree may begin."""
    parts: list[bytes] = []
    while start < end:
        size = 1 << ((end - start).bit_length() - 1)
        parts.append(node(size.bit_length() - 1, start // size))
        start += size
    found = parts.pop()
    while parts:
        found = node_hash(parts.pop(), found)
    return found


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)
