"""History as it is stored stays readable, and is written the same, byte for byte."""

import json

import pytest

from domain.events.codec import decode_fact, encode_fact
from domain.events.registry import REGISTRY
from domain.fields import fields_of
from tests.golden_write import GOLDEN, golden_file, main

EVERY_TOPIC = pytest.mark.parametrize("topic", REGISTRY.topics())


@EVERY_TOPIC
def test_stored_history_is_read_and_written_the_same(topic: str) -> None:
    stored = golden_file(topic).read_bytes().removesuffix(b"\n")

    fact = decode_fact(topic, stored)

    assert f"{fact.NAME}.v{fact.VERSION}" == topic or REGISTRY.is_old(topic)
    if not REGISTRY.is_old(topic):
        assert encode_fact(fact) == stored


@EVERY_TOPIC
def test_the_golden_event_fills_every_field(topic: str) -> None:
    stored = json.loads(golden_file(topic).read_bytes())
    if not REGISTRY.is_old(topic):
        assert set(stored) == {field.name for field in fields_of(REGISTRY.type_of(topic))}


def test_there_is_golden_json_of_every_topic_and_of_no_other() -> None:
    assert {file.name for file in GOLDEN.glob("*.json")} == {
        f"{topic}.json" for topic in REGISTRY.topics()
    }


def test_golden_json_is_never_overwritten() -> None:
    before = golden_file("course.closed.v1").read_bytes()

    assert main(["course.closed.v1"]) == 1
    assert main(["course.never-heard-of.v1"]) == 1
    assert golden_file("course.closed.v1").read_bytes() == before
