"""A second reader of object-centric event logs, written from the standard alone."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

Json = dict[str, Any]
_READ: dict[str, Callable[[str], Any]] = {
    "string": str,
    "integer": int,
    "boolean": {"true": True, "false": False}.__getitem__,
    "time": datetime.fromisoformat,
}


class Ocel:
    """What a file holds. Fails where an id stands twice, or what is referred to isn't there, or a
    value isn't of the type that is declared."""

    def __init__(self, path: Path) -> None:
        told = json.loads(path.read_text(encoding="utf-8"))
        self.events = _by_id(told["events"], _types(told["eventTypes"]))
        self.objects = _by_id(told["objects"], _types(told["objectTypes"]))
        for each in (*self.events.values(), *self.objects.values()):
            pairs = [(one["objectId"], one["qualifier"]) for one in each["relationships"]]
            assert len(set(pairs)) == len(pairs)
            assert {id_ for id_, _ in pairs} <= self.objects.keys()

    def of(self, kind: str) -> list[Json]:
        """The objects of a type."""
        return [each for each in self.objects.values() if each["type"] == kind]

    def related(self, event: Json) -> list[tuple[str, str]]:
        """The types of an event's objects, with what it has to do with them."""
        return sorted(
            (self.objects[one["objectId"]]["type"], one["qualifier"])
            for one in event["relationships"]
        )

    def follows(self, kind: str) -> Counter[tuple[str, str]]:
        """How often one event directly follows another on the objects of a type."""
        traces: dict[str, list[Json]] = {each["id"]: [] for each in self.of(kind)}
        for event in sorted(self.events.values(), key=lambda each: each["at"]):
            for id_ in {one["objectId"] for one in event["relationships"]} & traces.keys():
                traces[id_].append(event)
        return Counter(
            (one["type"], other["type"])
            for trace in traces.values()
            for one, other in pairwise(trace)
        )


def _types(declared: list[Json]) -> dict[str, dict[str, str]]:
    types = {each["name"]: each["attributes"] for each in declared}
    assert len(types) == len(declared)
    return {name: {one["name"]: one["type"] for one in several} for name, several in types.items()}


def _by_id(rows: list[Json], types: dict[str, dict[str, str]]) -> dict[str, Json]:
    for row in rows:
        declared, told = types[row["type"]], row["attributes"]
        values = [(one["name"], _READ[declared[one["name"]]](one["value"])) for one in told]
        row["values"] = dict(values)
        if "time" in row:
            assert len(row["values"]) == len(values)
            row["at"] = datetime.fromisoformat(row["time"])
        else:
            times = [datetime.fromisoformat(one["time"]) for one in told]
            assert times == sorted(times)
            row["told"] = [(one["time"], *value) for one, value in zip(told, values, strict=True)]
    found = {row["id"]: row for row in rows}
    assert len(found) == len(rows)
    return found
