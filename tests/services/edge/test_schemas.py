"""The published JSON Schemas say what the edge does."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from services.edge.models import PREFIX, TYPES
from services.edge.schemas import all_schemas, schema_of
from tests.services.edge.events import event, full, matched, parse
from tests.services.edge.test_amendments import corrected, replacement

TOPICS = sorted(TYPES.values())


def is_valid(sent: dict[str, Any]) -> bool:
    schema = schema_of(str(sent["type"]).removeprefix(PREFIX))
    return bool(Draft202012Validator(schema).is_valid(sent))


@pytest.mark.parametrize("topic", TOPICS)
def test_a_full_event_is_valid_by_its_schema(topic: str) -> None:
    schema = schema_of(topic)
    Draft202012Validator.check_schema(schema)
    errors = [error.message for error in Draft202012Validator(schema).iter_errors(full(topic))]
    assert errors == []


def test_there_is_a_schema_for_each_event_that_says_which() -> None:
    schemas = all_schemas()
    assert list(schemas) == list(TYPES.values())
    for topic, schema in schemas.items():
        assert schema["properties"]["type"] == {"const": PREFIX + topic}
        assert schema["$id"].endswith(topic)
    json.dumps(schemas)


@pytest.mark.parametrize(
    "sent",
    [
        event(id="a b"),
        event(sequence="x"),
        event(time="2026-01-16"),
        event() | {"data": 1},
        matched(minutes=0),
        matched(minutes="45"),
        matched(mentor=None),
        matched(rationale=None),
        matched(mentor={"id": "a", "x": 1}),
        matched(method="x"),
        matched(reasons=["other", "other"]),
        matched(actor={"function": "mentor"}),
        matched(actor={"function": "citizen", "id": "c"}),
        matched(from_="19-01-2026"),
        matched(from_=...),
        matched(colour="red"),
        corrected(replacement(data={})),
        corrected(replacement(type=PREFIX + "mentor.left.v1")),
        corrected(replacement(type=PREFIX + "course.event-retracted.v1")),
    ],
)
def test_what_a_schema_refuses_the_edge_refuses_too(sent: dict[str, Any]) -> None:
    assert not is_valid(sent)
    assert not hasattr(parse(sent), "body")
