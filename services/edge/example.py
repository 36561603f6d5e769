"""An event of each kind that can be sent as it stands: what its JSON Schema shows."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from services.edge.attributes import OURS
from services.edge.models import PREFIX, form_of

SOURCE = "https://sagssystem.example"
MUNICIPALITY = "0860"
_SUBJECTS = {"course": "c-4711", "mentor": "m-31", "team": "team"}


def example_of(topic: str) -> dict[str, Any]:
    """The whole CloudEvent. Its ids are those of the other examples. Raises UnknownEventError.

    What is written here only has our own source; it is shown, and not taken from senders.
    """
    form = form_of(topic)
    told = _of_stream(form.stream)[topic]
    return {
        "specversion": "1.0",
        "type": PREFIX + topic,
        "source": SOURCE if form.sendable else f"{OURS}{MUNICIPALITY}",
        "id": f"example-{topic}",
        "subject": _SUBJECTS[form.stream],
        **({} if form.sendable else {"subjectsource": SOURCE}),
        "time": told["time"],
        "municipality": MUNICIPALITY,
        "data": told["data"],
    }


@cache
def _of_stream(stream: str) -> Mapping[str, Any]:
    text = files("services.edge.examples").joinpath(f"{stream}.json").read_bytes()
    found: Mapping[str, Any] = msgspec.json.decode(text)
    return found
