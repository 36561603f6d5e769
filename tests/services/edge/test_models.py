"""Every event of the catalogue, from its declaration to what may be sent."""

import json

import pytest

from services.edge.incoming import Incoming
from services.edge.models import TYPES, form_of
from services.edge.parse import parse_event
from tests.services.edge.events import NOW, OWN, full, parse, places

SENT = sorted(t for t in TYPES.values() if form_of(t).sendable)
HERE_ONLY = sorted(t for t in TYPES.values() if not form_of(t).sendable)


@pytest.mark.parametrize("topic", SENT)
def test_an_event_with_all_its_fields_is_taken(topic: str) -> None:
    answer = parse(full(topic))
    assert isinstance(answer, Incoming), answer.as_dict("en")
    assert answer.topic == topic
    assert answer.data == full(topic)["data"]


@pytest.mark.parametrize("topic", SENT)
def test_what_is_required_is_missed_by_its_name(topic: str) -> None:
    sent = full(topic)
    required = {name for name, field in form_of(topic).fields.items() if field.required}
    sent["data"] = {}
    assert places(sent) == {f"/data/{name}": "missing" for name in required}


@pytest.mark.parametrize("topic", SENT)
def test_an_unknown_field_is_refused_with_its_place(topic: str) -> None:
    sent = full(topic)
    sent["data"]["hair_colour"] = "red"
    assert places(sent) == {"/data/hair_colour": "unknown-field"}


@pytest.mark.parametrize("topic", SENT)
def test_null_is_refused_in_every_field(topic: str) -> None:
    sent = full(topic)
    sent["data"] = dict.fromkeys(sent["data"])
    assert places(sent) == {f"/data/{name}": "null" for name in sent["data"]}


@pytest.mark.parametrize("topic", HERE_ONLY)
def test_what_is_written_here_is_refused_from_senders(topic: str) -> None:
    assert places(full(topic)) == {"/type": "only-here"}


@pytest.mark.parametrize("topic", HERE_ONLY)
def test_what_is_written_here_is_taken_from_here(topic: str) -> None:
    sent = full(topic) | {"source": f"urn:roedtraad:{OWN}"}
    raw = json.dumps(sent).encode()
    answer = parse_event(raw, municipality=OWN, now=NOW, here=True)
    assert isinstance(answer, Incoming), answer.as_dict("en")


def test_follow_ups_handovers_and_rule_packs_are_what_is_written_here() -> None:
    names = {topic.split(".")[1] for topic in HERE_ONLY}
    assert {name for name in names if not name.startswith("follow-up-")} == {
        "handover-offered",
        "handover-accepted",
        "handover-rejected",
        "rules-adopted",
    }
