"""Whatever comes, the edge answers: with an event or with a problem, never with an exception."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.edge.attributes import Attributes, sound
from services.edge.incoming import Incoming
from services.edge.models import TYPES
from services.edge.parse import parse_batch, parse_binary, parse_event, parse_object
from services.edge.problems import Flaw, Problem
from services.edge.reading import (
    Read,
    UnreadableError,
    read,
    read_array,
    read_object,
    read_objects,
    text_of,
)
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

ATTRIBUTES = st.sampled_from(
    f"1.0 {OWN} https://sag.example urn:roedtraad:0860 ev-1 0101901234 7 {'1' * 19}"
    " application/json 2026-01-19T09:00:00Z 2026-01-19T09:00:00+01:00"
    " 2099-01-19T09:00:00Z 2026-01-19".split()
) | st.sampled_from(["a b", "ev-1\n", "application/json; charset=utf-8"])


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
@settings(max_examples=runs(50, 5000), deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes(raw: bytes) -> None:
    answer_to(raw)
    batch = parse_batch(raw, municipality=OWN, now=NOW)
    for answer in batch if isinstance(batch, list) else [batch]:
        check(answer)
    check(parse_binary({"content-type": "application/json"}, raw, municipality=OWN, now=NOW))


@pytest.mark.soak
@settings(max_examples=runs(50, 5000), deadline=None)
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
@settings(max_examples=runs(150, 20_000), deadline=None)
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
@settings(max_examples=runs(50, 5000), deadline=None)
@given(TOPICS, st.data())
def test_any_event_of_which_bytes_were_changed(topic: str, data: st.DataObject) -> None:
    raw = bytearray(json.dumps(full(topic)).encode())
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    answer_to(bytes(raw))


@pytest.mark.soak
@settings(max_examples=runs(50, 5000), deadline=None)
@given(TOPICS, st.data())
def test_any_event_with_optional_fields_left_out(topic: str, data: st.DataObject) -> None:
    sent = full(topic)
    left = data.draw(st.sets(st.sampled_from(sorted(sent["data"]))))
    sent["data"] = {name: value for name, value in sent["data"].items() if name not in left}
    check(parse_event(json.dumps(sent).encode(), municipality=OWN, now=NOW, here=True))


PIECES = st.sampled_from(
    rb'{ } [ ] , : " "a" "a": "b": "c":1 "a":"x:y" 1 -0 1e5 1e999 NaN null \u003a "\u003a":'.split()
) | st.sampled_from([b" ", b"\n", b"\\"])
OBJECTS = st.lists(PIECES, max_size=12).map(b"".join) | st.lists(
    st.sampled_from([b'"a":1', b'"a" :":"', b'"b":{"a":1}', b'"b":{"a":1,"a":2}', b'"\\u0061":1'])
    | st.sampled_from([b'"c":"\\u003a"', b'"c":"\\":"', b'"d":[{"e":0,"e":0}]', b'"d":"\xc3\xb8"']),
    max_size=5,
).map(lambda fields: b"{" + b",".join(fields) + b"}")


def as_read(way: Callable[[], Read]) -> Any:
    """What was read, or what is wrong with it; repr tells 1 from 1.0 and True."""
    try:
        found = way()
    except UnreadableError as error:
        return error.problem
    return told(found)


def told(found: Read | None) -> Any:
    return found if found is None else found.faults or repr(found.value)


@pytest.mark.soak
@settings(max_examples=runs(100, 15_000), deadline=None)
@given(OBJECTS)
@example(b'{"a":"\\u003a","a":1}')  # a colon that is dropped, and one that was none
@example(b'{"a":":","a":1}')
@example(b'{"a" :1,"a":1}')
@example(b'{"a":1}\xef\xbb\xbf')
def test_what_is_read_at_once_is_what_the_careful_way_reads(raw: bytes) -> None:
    careful = as_read(lambda: read(text_of(raw)))
    assert as_read(lambda: read_object(raw)) == careful
    several = b"[" + raw + b", " + raw + b"]"
    one_by_one = [(told(found), len(text.encode())) for found, text in arrays(several)]
    assert [(told(found), size) for found, size in objects(several)] == one_by_one


def arrays(raw: bytes) -> list[tuple[Read | None, str]]:
    try:
        return list(read_array(text_of(raw)))
    except UnreadableError:
        return []


def objects(raw: bytes) -> list[tuple[Read | None, int]]:
    try:
        return list(read_objects(raw))
    except UnreadableError:
        return []


@pytest.mark.soak
@settings(max_examples=runs(80, 10_000), deadline=None)
@given(TOPICS, st.data())
def test_attributes_that_are_found_sound_are_those_that_the_careful_way_finds(
    topic: str, data: st.DataObject
) -> None:
    event = full(topic)
    names = st.sampled_from([*event, "subjectsource", "sequence", "correlationid", "data_base64"])
    for name, value in data.draw(st.dictionaries(names, ANYTHING | ATTRIBUTES, max_size=2)).items():
        event[name] = value
    found = sound(event, OWN, NOW)
    flaws: list[Flaw] = []
    careful = Attributes(event, flaws)
    careful.fixed(OWN)
    there = (
        careful.topic(),
        careful.source("source"),
        careful.id("id"),
        careful.id("subject"),
        careful.optional_source("subjectsource"),
        careful.time(NOW),
        careful.sequence(),
        careful.optional_id("correlationid"),
        careful.data(),
    )
    if found is not None:
        assert (tuple(found), flaws) == (there, [])
    elif not flaws:  # then it is sent in a way that is right, but rare
        assert event.get("datacontenttype") or "data_base64" in event
