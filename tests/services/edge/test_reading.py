"""Bytes that are not what they should be: each a clear answer, and the rest unharmed."""

import json
from time import process_time
from typing import Any

import pytest

from services.edge.incoming import Incoming
from services.edge.models import PREFIX
from services.edge.parse import parse_batch
from services.edge.problems import Problem
from tests.services.edge.events import NOW, OWN, event, matched, parse, places, refused

GOOD = json.dumps(event()).encode()
INSIDE = b'"minutes": 45'


def with_minutes(text: bytes) -> bytes:
    assert INSIDE in GOOD
    return GOOD.replace(INSIDE, text)


BODIES = {
    "nothing": (b"", "empty"),
    "white space": (b" \r\n\t", "empty"),
    "a byte order mark": (b"\xef\xbb\xbf" + GOOD, "byte-order-mark"),
    "UTF-16": (GOOD.decode().encode("utf-16-le"), "nul"),
    "a NUL byte": (GOOD + b"\0", "nul"),
    "Latin-1": ('{"note": "rød tråd"}'.encode("latin-1"), "not-utf8"),
    "an encoded surrogate": (b'{"note": "\xed\xa0\x80"}', "not-utf8"),
    "words": (b"a mentor was matched", "not-json"),
    "half an event": (GOOD[:-20], "not-json"),
    "two events": (GOOD + GOOD, "not-json"),
    "a trailing comma": (GOOD[:-1] + b",}", "not-json"),
    "single quotes": (b"{'id': 1}", "not-json"),
    "a raw newline in a string": (b'{"note": "a\nb"}', "not-json"),
    "an endless array": (b"[" * 10_000, "too-deep"),
    "endless objects": (b'{"a":' * 10_000, "too-deep"),
}


@pytest.mark.parametrize(("raw", "code"), BODIES.values(), ids=BODIES)
def test_a_body_that_cannot_be_read_gets_a_clear_answer(raw: bytes, code: str) -> None:
    problem = refused(raw)
    assert (problem.kind, problem.status) == ("not-json", 400)
    assert [flaw.code for flaw in problem.errors] == [code]


def test_the_answer_to_broken_json_tells_line_and_character() -> None:
    assert "line 2, character 4" in refused(b'{"a": 1,\n   b}').as_dict("en")["detail"]


@pytest.mark.parametrize("raw", [b"null", b"[]", b"1", b'"text"', b"true", b"1e999", b"NaN"])
def test_json_that_is_no_object_is_no_event(raw: bytes) -> None:
    assert list(places(raw)) == [""]


@pytest.mark.parametrize(
    "raw",
    [
        b"[" * 2_000 + b'"' + b'\\"' * 60_000,
        b'{"a":' * 2_000 + b'"' + b"\\" * 100_001,
        b"{" + b",".join(b'"k%d":1' % (n // 2) for n in range(12_000)) + b"}",
        json.dumps(event(type=PREFIX + ".v" * 60_000)).encode(),
        json.dumps(event(source="a:" + "%" * 120_000)).encode(),
        json.dumps(matched(mentor={"id": "010190-" * 18_000})).encode(),
    ],
)
def test_an_event_made_to_cost_time_is_answered_at_once(raw: bytes) -> None:
    assert len(raw) <= 128 * 1024
    began = process_time()
    refused(raw)
    assert process_time() - began < 1


@pytest.mark.parametrize("depth", [100, 10_000, 50_000])
def test_a_depth_bomb_within_an_event_is_refused(depth: int) -> None:
    assert refused(with_minutes(b'"minutes": ' + b"[" * depth + b"]" * depth)).errors


def test_an_event_may_hold_128_kib_and_not_a_byte_more() -> None:
    padding = 128 * 1024 - len(GOOD)
    assert isinstance(parse(GOOD + b" " * padding), Incoming)
    problem = refused(GOOD + b" " * (padding + 1))
    assert (problem.kind, problem.status) == ("too-large", 413)


def test_an_event_of_2_mb_gets_a_clear_answer() -> None:
    problem = refused(matched(rationale="x" * 2_000_000))
    assert problem.kind == "too-large"
    assert "131072" in problem.as_dict()["detail"]


NUMBERS = {
    "a fraction": (b"45.0", "not-whole"),
    "an exponent": (b"4e1", "not-whole"),
    "quotes": (b'"45"', "not-whole"),
    "a flag": (b"true", "not-whole"),
    "a list": (b"[45]", "not-whole"),
    "null": (b"null", "null"),
    "zero": (b"0", "too-low"),
    "a negative": (b"-45", "too-low"),
    "too much": (b"6001", "too-high"),
    "a googol": (b"1" + b"0" * 100, "too-high"),
    "5,000 digits": (b"9" * 5_000, "huge-number"),
    "NaN": (b"NaN", "not-a-number"),
    "Infinity": (b"-Infinity", "not-a-number"),
    "1e999": (b"1e999", "not-whole"),
}


@pytest.mark.parametrize(("number", "code"), NUMBERS.values(), ids=NUMBERS)
def test_only_a_whole_number_within_its_bounds_is_a_number(number: bytes, code: str) -> None:
    assert places(with_minutes(b'"minutes": ' + number)) == {"/data/minutes": code}


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        (with_minutes(b'"minutes": 45, "minutes": 45'), "/data/minutes"),
        (GOOD.replace(b'"id": "m-31"', b'"id": "m-31", "id": "m-32"'), "/data/mentor/id"),
        (GOOD.replace(b'"id": "ev-103"', b'"id": "ev-103", "id": "ev-104"'), "/id"),
        (GOOD[:-1] + b', "x": {"010190-1234": 1, "010190-1234": 1}}', "/x"),
    ],
)
def test_a_doubled_key_is_refused_with_its_place(raw: bytes, place: str) -> None:
    assert places(raw) == {place: "doubled-key"}


def test_a_lone_surrogate_is_refused_in_text_and_in_names() -> None:
    assert places(matched(rationale="a\ud800b")) == {"/data/rationale": "bad-unicode"}
    assert places(matched(method="\udfff")) == {"/data/method": "bad-unicode"}
    assert places(matched(**{"\ud800": 1})) == {"/data": "bad-unicode"}


def batch(*events: Any) -> list[Incoming | Problem]:
    raw = b"[" + b",".join(e if isinstance(e, bytes) else json.dumps(e).encode() for e in events)
    answers = parse_batch(raw + b"]", municipality=OWN, now=NOW)
    assert isinstance(answers, list)
    return answers


def test_a_batch_is_answered_event_by_event() -> None:
    answers = batch(event(), event(id="ev-104"), event(id="ev 105"))
    assert [getattr(answer, "id", None) for answer in answers] == ["ev-103", "ev-104", None]


@pytest.mark.parametrize(
    "bad",
    [
        with_minutes(b'"minutes": NaN'),
        with_minutes(b'"minutes": ' + b"9" * 5_000),
        with_minutes(b'"minutes": 1, "minutes": 2'),
        with_minutes(b'"minutes": ' + b"[" * 10_000 + b"]" * 10_000),
        b'{"a":"]}\\"","b":' + b'{"a":' * 10_000 + b"1" + b"}" * 10_000 + b"}",
        json.dumps(matched(rationale="x" * 2_000_000)).encode(),
        json.dumps(matched(rationale="ø" * 70_000), ensure_ascii=False).encode(),
        b"null",
        b"[]",
        b'"ev"',
    ],
)
def test_one_bad_event_leaves_the_rest_of_its_batch_unharmed(bad: bytes) -> None:
    before, answer, after = batch(event(), bad, event(id="ev-104"))
    assert isinstance(before, Incoming)
    assert isinstance(answer, Problem)
    assert isinstance(after, Incoming)


def test_an_empty_batch_has_no_answers() -> None:
    assert batch() == []


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (GOOD, "not-batch"),
        (b"[" + GOOD, "not-json"),
        (b"[" + GOOD + b",]", "not-json"),
        (b"[" + GOOD + b"]]", "not-json"),
        (b"[" + GOOD + b" " + GOOD + b"]", "not-json"),
        (b"[,]", "not-json"),
        (b"", "empty"),
        (b"[" * 10_000, "too-deep"),
    ],
)
def test_what_is_no_batch_is_refused_whole(raw: bytes, code: str) -> None:
    problem = parse_batch(raw, municipality=OWN, now=NOW)
    assert isinstance(problem, Problem)
    assert [flaw.code for flaw in problem.errors] == [code]
