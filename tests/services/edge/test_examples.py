"""The example that each schema shows is taken; what else the schema says is what the edge does."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from services.edge.example import MUNICIPALITY, example_of
from services.edge.incoming import Incoming
from services.edge.models import TYPES, form_of
from services.edge.parse import parse_object
from services.edge.problems import Problem
from services.edge.schemas import schema_of
from tests.soaking import runs

TOPICS = sorted(TYPES.values())
NOW = datetime(2026, 11, 1, tzinfo=UTC)
# What no JSON Schema can say: the calendar, the clock, whose credential it is, fields together.
_BEYOND = {
    "check",
    "bad-date",
    "time-ahead",
    "time-form",
    "municipality",
    "cpr-like",
    "own-events",
    "our-source",
    "only-here",
    "content-type",
}


@cache
def validator(topic: str) -> Any:
    return Draft202012Validator(schema_of(topic))


def parsed(event: dict[str, Any], *, here: bool) -> Incoming | Problem:
    return parse_object(event, municipality=MUNICIPALITY, now=NOW, here=here)


@pytest.mark.parametrize("topic", TOPICS)
def test_an_example_is_valid_by_its_own_schema_and_taken(topic: str) -> None:
    [example] = schema_of(topic)["examples"]
    assert [each.message for each in validator(topic).iter_errors(example)] == []
    answer = parsed(example, here=not form_of(topic).sendable)
    assert isinstance(answer, Incoming), answer.as_dict("en")


def test_what_is_written_here_only_is_refused_from_senders_and_its_schema_says_so() -> None:
    here = [topic for topic in TOPICS if not form_of(topic).sendable]
    assert len(here) == 25  # 7 of follow-ups in each of 3 streams, 3 of hand-overs, adopted rules
    for topic in here:
        assert not isinstance(parsed(example_of(topic), here=False), Incoming)
        assert "not taken from senders" in schema_of(topic)["description"]


def test_all_examples_have_ids_of_their_own() -> None:
    assert len({example_of(topic)["id"] for topic in TOPICS}) == len(TOPICS)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each object or array in a value, with each of its keys."""
    keys = list(value) if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield value, key
        if isinstance(value[key], dict | list):
            yield from places(value[key])


_OTHER = st.sampled_from(
    [None, True, False, 0, 1, -1, 6001, 1.5, "", "x", "a b", "æ", "2026-01-16", "mentor", "citizen"]
) | st.sampled_from([[], {}, ["x"], {"id": "x"}, {"id": "x", "function": "mentor"}, "x" * 4001])


@pytest.mark.soak
@settings(max_examples=runs(100, 15_000), deadline=None)
@given(topic=st.sampled_from(TOPICS), data=st.data(), other=_OTHER)
def test_the_schema_takes_what_the_edge_takes_and_refuses_what_it_refuses(
    topic: str, data: st.DataObject, other: Any
) -> None:
    event = deepcopy(example_of(topic))
    holder, key = data.draw(st.sampled_from(list(places(event))))
    match data.draw(st.sampled_from(["other", "gone", "more"])):
        case "gone":
            del holder[key]
        case "more" if isinstance(holder, dict) and holder is not event:
            holder["colour"] = other
        case _:
            holder[key] = other
    answer = parsed(event, here=True)
    valid = validator(topic).is_valid(event)
    if isinstance(answer, Incoming):
        assert valid
    elif not all(flaw.code in _BEYOND for flaw in answer.errors):
        assert not valid, answer.as_dict("en")
