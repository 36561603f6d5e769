"""A random sample of looks (*stikprøve*), which anybody draws again from the same seed."""

from collections import defaultdict
from collections.abc import Iterable
from hashlib import sha256
from heapq import nsmallest


def drawn(looks: Iterable[tuple[int, str]], most: int, seed: str) -> list[int]:
    """Ids of so many looks, given as (id, looker), in order: one of each looker, then another of
    each who has more, until there are enough. Who looks little is so drawn as often as who looks
    much.

    What is drawn depends on nothing but the seed and the looks: everything is put in the order of
    the SHA-256 of the seed, a line break and the looker or the id.
    """
    by_looker: dict[str, list[int]] = defaultdict(list)
    for id_, looker in looks:
        by_looker[looker].append(id_)
    ranked = sorted(by_looker, key=lambda looker: _rank(seed, looker))
    piles = [
        nsmallest(most, by_looker[looker], key=lambda id_: _rank(seed, str(id_)))
        for looker in ranked
    ]
    rounds = (pile[turn] for turn in range(most) for pile in piles if turn < len(pile))
    return sorted(id_ for id_, _ in zip(rounds, range(most), strict=False))


def _rank(seed: str, what: str) -> bytes:
    return sha256(f"{seed}\n{what}".encode()).digest()
