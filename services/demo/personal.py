"""Every personal text of the demo's files, for the search that must find none of them elsewhere."""

from pathlib import Path
from typing import Any

import msgspec

from services.demo.words import words

_ALWAYS = frozenset(
    words("name cpr address phone email note rationale text tasks education experience provider")
)
_CONTACT_IS_TEXT = ("course.mentor-agreement-made.v1", "course.key-person-found.v1")


def personal_strings(folder: Path) -> set[str]:
    """Names, CPR numbers, addresses, phones, e-mails, notes and free texts in `*.jsonl`."""
    found: set[str] = set()
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_bytes().splitlines():
            event = msgspec.json.decode(line)
            _collect(event["data"], event["type"], found)
    return found


def _collect(value: Any, event_type: str, found: set[str]) -> None:
    if isinstance(value, list):
        for item in value:
            _collect(item, event_type, found)
    if not isinstance(value, dict):
        return
    event_type = value.get("type", event_type)  # a replacement names its own
    for key, inner in value.items():
        if isinstance(inner, str):
            texts = key in _ALWAYS or (key == "contact" and event_type.endswith(_CONTACT_IS_TEXT))
            if texts:
                found.add(inner)
        else:
            _collect(inner, event_type, found)
