"""Which events are wanted: patterns of names, `course.*` or `*.follow-up-*`."""

import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from domain.events.base import WIRE_PREFIX
from domain.events.registry import REGISTRY

MOST = 50
_PATTERN = re.compile(r"[a-z*.-]{1,80}")
_VERSION = re.compile(r"\.v[0-9]+$")
_NAMES = tuple(sorted(type_.NAME for type_ in REGISTRY))


class UnknownKindError(ValueError):
    """A pattern that no event's name fits."""


def kinds_of(given: Iterable[str]) -> tuple[str, ...]:
    """The patterns, which may be set apart by commas and be written as CloudEvents types.

    None is every event. Raises UnknownKindError.
    """
    parts = [part.strip() for each in given for part in each.split(",")]
    kinds = tuple(dict.fromkeys(_VERSION.sub("", p.removeprefix(WIRE_PREFIX)) for p in parts if p))
    if len(kinds) > MOST or not all(_PATTERN.fullmatch(kind) and _fits(kind) for kind in kinds):
        raise UnknownKindError
    return kinds


def _fits(kind: str) -> bool:
    return any(fnmatchcase(name, kind) for name in _NAMES)


def like(kinds: Sequence[str]) -> list[str]:
    """The same for SQL's LIKE, of topics (name and version)."""
    return [f"{kind.replace('*', '%')}.v%" for kind in kinds or ("*",)]
