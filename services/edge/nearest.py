"""The events whose names come nearest to one that isn't known.

Told by how many groups of three letters two names share. These are looked up, so that it costs less
than reading an event does: a request may hold thousands of events of misspelled types.
"""

import re
from collections import Counter

from services.edge.models import PREFIX, TYPES

_TOLD = 3
_LOOKED_AT = 60  # characters of a name; what is longer is near to nothing
_NEAR = 0.4  # of the groups of both names, how many they must share
_VERSION = re.compile(r"\.v[0-9]*\Z")


def nearest(value: str) -> list[str]:
    """The known types that are nearest to the text, the nearest first; the first ones if none is.

    Whether it has the prefix or a version makes no difference.
    """
    sent = _groups(value[: len(PREFIX) + _LOOKED_AT])
    shared = Counter(type_ for group in sent for type_ in _WITH.get(group, ()))
    near = {
        type_: likeness
        for type_, count in shared.items()
        if (likeness := 2 * count / (len(sent) + _GROUPS[type_])) >= _NEAR
    }
    return sorted(near, key=lambda type_: (-near[type_], type_))[:_TOLD] or _FIRST


def _groups(value: str) -> set[str]:
    """The groups of three letters of a name; where it begins and ends counts."""
    name = f" {_VERSION.sub('', value.removeprefix(PREFIX))[:_LOOKED_AT]} "
    return {name[n : n + 3] for n in range(len(name) - 2)}


_GROUPS = {type_: len(_groups(type_)) for type_ in TYPES}
_FIRST = sorted(TYPES)[:_TOLD]
_WITH: dict[str, list[str]] = {}
for _type in TYPES:
    for _group in _groups(_type):
        _WITH.setdefault(_group, []).append(_type)
