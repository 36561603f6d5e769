"""The catalogue as code: names that are pinned, declarations that are whole."""

import re

import msgspec
import pytest

from domain import codes
from domain.events.base import VIEWS, Fact
from domain.events.common import EventRetracted, FollowUpEvent, FollowUpRaised
from domain.events.registry import REGISTRY
from domain.fields import CodeList, CodeMap, Codes, Items, Sealed, Under, fields_of
from tests.domain.vocabulary import TOPICS

EVERY_EVENT = pytest.mark.parametrize("event", list(REGISTRY), ids=lambda event: event.NAME)


def test_the_names_are_those_of_the_catalogue_and_no_others() -> None:
    assert set(REGISTRY.topics()) == TOPICS


@EVERY_EVENT
def test_an_event_says_what_it_is_in_danish_and_where_that_comes_from(event: type[Fact]) -> None:
    said = [type_.__doc__ or "" for type_ in event.__mro__[:2]]

    assert event.danish() != event.NAME
    assert any(re.search(r"\[[RP][^]]*\]$", text.splitlines()[0]) for text in said)


@EVERY_EVENT
def test_an_event_says_who_sends_it_who_registers_it_and_who_reads_it(event: type[Fact]) -> None:
    assert event.SENT_BY or event.HERE
    assert set(event.SENT_BY) <= {"CS", "TR", "SV"}
    assert set(event.HERE) <= set(codes.functions.codes)
    assert set(event.READ_BY) <= {*VIEWS, *codes.rules.codes}
    assert event.READ_BY or issubclass(event, EventRetracted) or event.NAME.endswith("corrected")


@EVERY_EVENT
def test_a_citizens_words_are_sealed_under_the_citizen_in_their_own_stream(
    event: type[Fact],
) -> None:
    stream = event.NAME.partition(".")[0]
    whose = {
        "course": {Under.CITIZEN},
        "mentor": {Under.STAFF},
        "team": {Under.SPEAKER, Under.STAFF},
    }[stream]

    sealed = {f.marker.under for f in fields_of(event) if isinstance(f.marker, Sealed)}

    assert sealed <= whose


@EVERY_EVENT
def test_only_lists_of_the_catalogue_are_used(event: type[Fact]) -> None:
    for field in fields_of(event):
        match field.marker:
            case CodeList() as used:
                lists = [used]
            case Codes(of) | Items(of, _):
                lists = [of]
            case CodeMap(of, to):
                lists = [of, to]
            case Sealed(_, _, CodeList() as of):
                lists = [of]
            case _:
                lists = []
        assert all(codes.ALL[used.name] is used for used in lists)


def test_free_text_names_and_numbers_of_persons_are_never_in_clear() -> None:
    clear = {
        field.name
        for event in REGISTRY
        for field in fields_of(event)
        if not isinstance(field.marker, Sealed)
    }

    assert not clear & {
        "note", "name", "cpr", "birth_date", "address", "phone", "email", "rationale", "tasks",
        "provider", "legal_basis", "relation", "education", "experience",
    }  # fmt: skip


def test_follow_ups_are_alike_in_every_stream_and_never_sent() -> None:
    raised = [event for event in REGISTRY if issubclass(event, FollowUpRaised)]

    assert sorted(event.NAME for event in raised) == [
        "course.follow-up-raised",
        "mentor.follow-up-raised",
        "team.follow-up-raised",
    ]
    assert all(not e.SENT_BY for e in REGISTRY if issubclass(e, FollowUpEvent))


def test_the_speaker_is_the_one_acted_for() -> None:
    event = next(e for e in REGISTRY if e.NAME == "course.reopened")
    alone = {"actor": {"function": "system"}, "from": "2026-01-19", "reason": "other"}

    by_itself = msgspec.convert(alone, event)
    for_citizen = msgspec.convert(alone | {"on_behalf_of": {"function": "citizen"}}, event)

    assert by_itself.speaker.function == "system"
    assert for_citizen.speaker.function == "citizen"
