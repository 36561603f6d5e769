"""What is longer than any event is answered without its being read."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from services.edge import reading
from services.edge.incoming import Incoming
from services.edge.parse import parse_batch
from services.edge.problems import Problem
from services.edge.reading import LONGEST_EVENT, read_array, read_objects
from tests.services.edge.events import NOW, OWN, event

GOOD = json.dumps(event()).encode()
# Short to send, and some thirty times as large when it is read.
LONG = b'{"data": [' + b"[]," * LONGEST_EVENT + b"[]]}"


@pytest.fixture
def longest(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """The length of the longest text that was given to be read so far."""
    lengths = [0]

    def noted(read: Callable[..., Any]) -> Callable[..., Any]:
        def reads(text: bytes | str, at: int | None = None) -> Any:
            lengths.append(len(text) - (at or 0))
            return read(text) if at is None else read(text, at)

        return reads

    monkeypatch.setattr(reading, "_decode", noted(reading._decode))
    for scanner in (reading._fast, reading._marking):
        monkeypatch.setattr(scanner, "raw_decode", noted(scanner.raw_decode))
    return lambda: max(lengths)


def kinds(raw: bytes) -> list[str] | str:
    answers = parse_batch(raw, municipality=OWN, now=NOW)
    if isinstance(answers, Problem):
        return answers.errors[0].code
    return ["taken" if isinstance(one, Incoming) else one.errors[0].code for one in answers]


def test_an_element_that_is_too_long_is_not_read_and_those_beside_it_are_taken(
    longest: Callable[[], int],
) -> None:
    batch = b"[" + b", ".join([GOOD, LONG, GOOD]) + b"]"
    assert kinds(batch) == ["taken", "too-large", "taken"]
    assert 0 < longest() <= LONGEST_EVENT


@pytest.mark.parametrize("end", [b"", b"}", b",]", b"] x"])
def test_nor_is_it_where_the_batch_is_broken_behind_it(
    longest: Callable[[], int], end: bytes
) -> None:
    assert kinds(b"[" + LONG + b", " + LONG + end) == "not-json"
    assert 0 < longest() <= LONGEST_EVENT


def test_nor_is_one_that_never_ends(longest: Callable[[], int]) -> None:
    assert kinds(b"[" + LONG[:-2]) == "not-json"
    assert 0 < longest() <= LONGEST_EVENT


def test_the_careful_way_finds_the_same_elements_with_their_texts() -> None:
    batch = b"[" + b", ".join([GOOD, LONG, b'"x"', GOOD]) + b"]"
    careful = [(found, len(text)) for found, text in read_array(batch.decode())]
    assert careful == list(read_objects(batch))
    assert [found is None for found, _ in careful] == [False, True, False, False]


def test_a_fault_before_the_end_of_a_long_batch_is_told_with_its_place() -> None:
    answer = parse_batch(
        b"[\n" + GOOD + b',\n{"a": tru}, ' + LONG + b"]", municipality=OWN, now=NOW
    )
    assert isinstance(answer, Problem)
    assert "line 3, character 7" in answer.errors[0].english


def test_elements_are_read_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    decode = reading._decode

    def noted(raw: bytes) -> Any:
        read.append(len(raw))
        return decode(raw)

    monkeypatch.setattr(reading, "_decode", noted)
    found = read_objects(b"[" + GOOD + b"," + GOOD + b"]")
    next(found)
    assert len(read) == 1


def test_what_is_no_object_is_read_once_only(longest: Callable[[], int]) -> None:
    assert kinds(b"[[1, 2]]") == ["not-object"]
    assert longest() == len("[1, 2]")
