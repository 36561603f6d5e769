"""What an answer says, in both languages, and what it must never say."""

import json
import re
import string

import pytest
from pydantic_core import PydanticCustomError

from services.edge import wire
from services.edge.flaws import CODES, PATTERNS
from services.edge.parse import parse_event
from services.edge.problems import Problem
from services.edge.sentences import SENTENCES, flaw
from tests.services.edge.events import NOW, OWN, event, matched, refused

VALUES = {
    name: f"<{name}>"
    for pair in SENTENCES.values()
    for sentence in pair
    for _, name, _, _ in string.Formatter().parse(sentence)
    if name
}


def test_a_problem_document_says_what_where_and_how_it_would_be_right() -> None:
    assert refused(matched(minutes=0)).as_dict("en") == {
        "type": "/problems/invalid-event",
        "title": "The event cannot be taken",
        "status": 422,
        "detail": "/data/minutes: Must be at least 1.",
        "errors": [
            {"pointer": "/data/minutes", "code": "too-low", "detail": "Must be at least 1."}
        ],
        "source": "https://sagssystem.hjoerring.example",
        "id": "ev-103",
    }


def test_danish_is_spoken_unless_english_is_asked_for() -> None:
    problem = refused(matched(minutes=0, method="x"))
    assert problem.as_dict() == problem.as_dict("da")
    assert problem.as_dict()["title"] == "Hændelsen kan ikke modtages"
    assert problem.as_dict()["detail"] == "2 fejl; se errors."
    assert problem.as_dict("en")["detail"] == "2 errors; see errors."


def test_an_id_that_is_wrong_is_not_told() -> None:
    document = refused(event(id="010190-1234", source="nowhere")).as_dict()
    assert "id" not in document
    assert "source" not in document


SECRET = "Hans Jensen 010190-1234"


@pytest.mark.parametrize("name", list(event()))
def test_a_wrong_attribute_is_never_repeated(name: str) -> None:
    assert_silent(refused(event() | {name: SECRET}))


@pytest.mark.parametrize("name", [*matched()["data"], "note", "reasons", "rationale"])
@pytest.mark.parametrize("value", [SECRET + "\0", [SECRET], {SECRET: SECRET}, {"id": SECRET}])
def test_a_wrong_value_is_never_repeated(name: str, value: object) -> None:
    assert_silent(refused(matched(**{name: value})))


@pytest.mark.parametrize(
    "name",
    [SECRET, "hans jensen", "Hans_Jensen", "010190-1234", "cpr_0101901234", "cpr0101901234",
     "a/b", "a~b", "æble", "", "_x", "a" * 41, "a\nb", "a\n"],
)  # fmt: skip
def test_an_unknown_field_is_named_only_if_it_looks_like_one(name: str) -> None:
    problem = refused(matched(**{"x": ..., "": ...}) | {"data": {**matched()["data"], name: 1}})
    assert [flaw.pointer for flaw in problem.errors] == ["/data"]
    assert_silent(problem)


def test_a_doubled_key_is_named_only_if_it_looks_like_a_field() -> None:
    raw = b'{"data": {"' + SECRET.encode() + b'": 1, "' + SECRET.encode() + b'": 1}}'
    assert_silent(refused(raw))


def assert_silent(problem: Problem) -> None:
    said = json.dumps([problem.as_dict("da"), problem.as_dict("en")], ensure_ascii=False)
    assert not re.search("Hans|Jensen|0101|1234|hans|jensen", said)


@pytest.mark.parametrize("code", SENTENCES)
def test_every_code_has_a_sentence_in_danish_and_another_in_english(code: str) -> None:
    said = flaw("/data", code, **VALUES)
    assert said.danish.endswith(".")
    assert said.english.endswith(".")
    assert said.danish != said.english
    assert {f for _, f, _, _ in string.Formatter().parse(SENTENCES[code][0])} == {
        f for _, f, _, _ in string.Formatter().parse(SENTENCES[code][1])
    }


def test_every_error_of_pydantic_that_our_models_know_has_a_sentence_of_ours() -> None:
    assert set(CODES.values()) | set(PATTERNS.values()) <= SENTENCES.keys() | {"pattern"}


def test_a_value_refused_by_our_own_code_has_a_sentence_of_ours() -> None:
    refusals = {
        wire.Id: ["0101901234"],
        wire.Source: ["http:x"],
        wire.Date: ["2026-02-30"],
    }
    for type_, values in refusals.items():
        for check in (m.func for m in type_.__metadata__ if hasattr(m, "func")):
            for value in values:
                with pytest.raises(PydanticCustomError) as error:
                    check(value)
                assert error.value.type in SENTENCES


@pytest.mark.parametrize("data", [{}, None, [], {"actor": None}, {"actor": {"function": None}}])
def test_nothing_falls_through_to_pydantics_own_words(data: object) -> None:
    answer = parse_event(json.dumps(event() | {"data": data}).encode(), municipality=OWN, now=NOW)
    assert isinstance(answer, Problem)
    assert not re.search("Input|Field required|valid ", json.dumps(answer.as_dict("en")))
