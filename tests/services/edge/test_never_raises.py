"""Whatever comes, the edge answers: with an event or with a problem, never with an exception."""

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.edge.incoming import Incoming
from services.edge.models import TYPES
from services.edge.parse import parse_batch, parse_binary, parse_event, parse_object
from services.edge.problems import Problem
from tests.services.edge.events import NOW, OWN, full
from tests.soaking import runs

TOPICS = st.sampled_from(sorted(TYPES.values()))
TEXTS = st.text(st.characters(codec=None), max_size=30) | st.sampled_from(
    ["mentor", "citizen", "other", "none", "2026-01-19", "0101901234", "x" * 300, "\ud800", "a\0b"]
)
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.integers(-1, 5) | st.floats() | TEXTS
    | st.just(10**400)
)  # fmt: skip
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)


def answer_to(raw: bytes) -> Incoming | Problem:
    answer = parse_event(raw, municipality=OWN, now=NOW)
    check(answer)
    return answer


def check(answer: Any) -> None:
    if isinstance(answer, Problem):
        assert answer.errors
        assert "invalid" not in [flaw.code for flaw in answer.errors]
        for document in (answer.as_dict("da"), answer.as_dict("en")):
            json.dumps(document).encode()
            assert all(error["detail"] for error in document["errors"])
            assert "refused" not in document["detail"]
    else:
        assert isinstance(answer, Incoming)
        assert json.loads(answer.body)["data"] == answer.data


@pytest.mark.soak
@settings(max_examples=runs(100), deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes(raw: bytes) -> None:
    answer_to(raw)
    batch = parse_batch(raw, municipality=OWN, now=NOW)
    for answer in batch if isinstance(batch, list) else [batch]:
        check(answer)
    check(parse_binary({"content-type": "application/json"}, raw, municipality=OWN, now=NOW))


@pytest.mark.soak
@settings(max_examples=runs(100), deadline=None)
@given(ANYTHING)
def test_any_json(value: Any) -> None:
    answer_to(json.dumps(value).encode())
    check(parse_object(value, municipality=OWN, now=NOW))


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every object or list within a value with each of its keys."""
    if isinstance(value, dict):
        return [(value, k) for k in value] + [p for inner in value.values() for p in places(inner)]
    if isinstance(value, list):
        found = [(value, n) for n in range(len(value))]
        return found + [p for inner in value for p in places(inner)]
    return []


@pytest.mark.soak
@settings(max_examples=runs(400), deadline=None)
@given(TOPICS, st.data())
def test_any_event_of_which_parts_were_changed(topic: str, data: st.DataObject) -> None:
    sent = deepcopy(full(topic))
    for _ in range(data.draw(st.integers(1, 4))):
        holder, key = data.draw(st.sampled_from(places(sent)))
        match data.draw(st.sampled_from(["change", "remove", "add"])):
            case "change":
                holder[key] = data.draw(ANYTHING)
            case "remove":
                del holder[key]
            case _ if isinstance(holder, dict):
                holder[data.draw(TEXTS)] = data.draw(ANYTHING)
        if not places(sent):
            break
    raw = json.dumps(sent).encode()
    assert answer_to(raw) == answer_to(raw)
    check(parse_event(raw, municipality=OWN, now=NOW, here=True))
    check(parse_object(sent, municipality=OWN, now=NOW))


@pytest.mark.soak
@settings(max_examples=runs(100), deadline=None)
@given(TOPICS, st.data())
def test_any_event_of_which_bytes_were_changed(topic: str, data: st.DataObject) -> None:
    raw = bytearray(json.dumps(full(topic)).encode())
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    answer_to(bytes(raw))


@pytest.mark.soak
@settings(max_examples=runs(100), deadline=None)
@given(TOPICS, st.data())
def test_any_event_with_optional_fields_left_out(topic: str, data: st.DataObject) -> None:
    sent = full(topic)
    left = data.draw(st.sets(st.sampled_from(sorted(sent["data"]))))
    sent["data"] = {name: value for name, value in sent["data"].items() if name not in left}
    check(parse_event(json.dumps(sent).encode(), municipality=OWN, now=NOW, here=True))
