"""Two answers of one level, row by row: which rows differ, and in what."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

Row = dict[str, Any]


class RowPair(NamedTuple):
    """A row in the one answer and in the other; empty where it isn't there. `key` is what it is
    known by, `columns` those in which the two differ."""

    key: Row
    one: Row
    other: Row
    columns: list[str]


def pairs(keys: Sequence[str], one: Sequence[Row], other: Sequence[Row]) -> list[RowPair]:
    """The rows that differ. Where only their order does, the first row stands for all."""
    held, told = _by_key(keys, one), _by_key(keys, other)
    differing = [key for key in {**held, **told} if held.get(key) != told.get(key)]
    if not differing and list(held) != list(told):
        differing = list(held)[:1]
    return [_pair(keys, held.get(key, {}), told.get(key, {})) for key in differing]


def _pair(keys: Sequence[str], one: Row, other: Row) -> RowPair:
    columns = [name for name in {**one, **other} if one.get(name) != other.get(name)]
    return RowPair({name: (one or other)[name] for name in keys}, one, other, columns)


def _by_key(keys: Sequence[str], rows: Sequence[Row]) -> dict[Any, Row]:
    """Rows by what they are known by; of several alike each by its number."""
    found: dict[Any, Row] = {}
    counts: defaultdict[Any, int] = defaultdict(int)
    for row in rows:
        key = tuple(str(row[name]) for name in keys)
        counts[key] += 1
        found[key, counts[key]] = row
    return found
