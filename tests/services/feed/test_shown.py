"""What others are told of an event: its ids and its clear codes, and nothing that is sealed."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest
from jsonschema import validate  # type: ignore[import-untyped]

from domain.envelope import Recorded
from domain.events.base import Fact
from domain.events.codec import encode_fact
from domain.events.common import CourseEventCorrected, MentorEventCorrected
from domain.events.course import (
    ContactAttempted,
    GrantDecided,
    IntakeRegistered,
    PreferenceStated,
)
from domain.events.mentor import Employed, ProfileCompleted, SurveyAnswered
from domain.events.registry import REGISTRY
from domain.fields import Items, Sealed, fields_of
from domain.values import Ref, Replacement
from services.edge.schemas import schema_of
from services.feed.shown import is_withheld, shown, withheld_fields
from tests.golden_write import sample

STREAM = UUID("11111111-2222-3333-4444-555555555555")
SECRET = "c2VhbGVkIHZhbHVlIG9mIGEgdGVzdA"
AT = datetime(2026, 1, 12, 8, 30, tzinfo=UTC)
SOURCE = "https://sagssystem.example"


def recorded(fact: Fact, **more: Any) -> Recorded:
    return Recorded(
        originator_id=STREAM,
        originator_version=3,
        position=2**40,
        topic=f"{fact.NAME}.v{fact.VERSION}",
        event_id=UUID(int=1),
        occurred_at=AT,
        recorded_at=AT,
        source=SOURCE,
        source_id="ev-1",
        fact=fact,
        **more,
    )


def corrected(by: type[Any], fact: Fact) -> Fact:
    """A correction that puts this fact in another one's place."""
    new = Replacement(
        type=f"{fact.NAME}.v{fact.VERSION}", time=AT, data=msgspec.Raw(encode_fact(fact))
    )
    return by(  # type: ignore[no-any-return]
        actor=fact.actor, corrects=Ref(SOURCE, "ev-0"), reason="typing-error", replacement=new
    )


def every_event() -> Iterator[Fact]:
    for type_ in REGISTRY:
        yield sample(type_)
        if type_.NAME.startswith("course.") and not type_.NAME.startswith("course.event-"):
            yield corrected(CourseEventCorrected, sample(type_))
    yield corrected(MentorEventCorrected, sample(ProfileCompleted))


@pytest.mark.parametrize("fact", list(every_event()), ids=lambda fact: fact.NAME)
def test_nothing_sealed_is_told_and_everything_clear_is(fact: Fact) -> None:
    stored = msgspec.json.encode(fact).decode()
    told = shown(recorded(fact), "0860")
    assert SECRET in stored  # each has a remark at least, else this proves nothing
    assert SECRET not in msgspec.json.encode(told).decode()
    clear = {
        field.name
        for field in fields_of(type(fact))
        if field.name in msgspec.json.decode(stored) and not isinstance(field.marker, Sealed)
    }
    assert told["data"].keys() == clear - withheld_fields(type(fact))
    for field in fields_of(type(fact)):
        if isinstance(field.marker, Items):
            assert all(item.keys() == {"code"} for item in told["data"][field.name])


@pytest.mark.parametrize("type_", list(REGISTRY), ids=lambda type_: type_.NAME)
def test_it_has_the_form_in_which_it_was_sent(type_: type[Fact]) -> None:
    topic = f"{type_.NAME}.v{type_.VERSION}"
    if type_.NAME.partition(".")[2] == "event-corrected" or not type_.SENT_BY:
        return  # what only we write has no schema; a replacement is an event of its own
    schema = schema_of(topic)
    data = schema["$defs"][schema["properties"]["data"]["$ref"].rpartition("/")[2]]
    sealed = {f.name for f in fields_of(type_) if isinstance(f.marker, Sealed)}
    left_out = sealed | withheld_fields(type_)
    data["required"] = [name for name in data["required"] if name not in left_out]
    told = shown(recorded(sample(type_)), "0860")["data"]
    checked = {name: value for name, value in told.items() if name not in _ITEMS}
    data["required"] = [name for name in data["required"] if name not in _ITEMS]
    validate(checked, {**data, "$defs": schema["$defs"]})


_ITEMS = {"strengths", "wishes"}  # whose texts, required with some codes, are sealed


def test_persons_and_streams_are_named_by_ids_of_the_municipalitys_own() -> None:
    told = shown(recorded(sample(IntakeRegistered), sequence=7, correlation="k-1"), "0860")
    assert told["source"] == SOURCE and told["id"] == "ev-1"
    assert told["subject"] == str(STREAM) and told["subjectsource"] == "urn:roedtraad:0860"
    assert told["data"]["caseworker"] == {
        "source": "urn:roedtraad:0860",
        "id": "5f0c2b3e-8d2f-4c57-9a51-0d6f6f1f2a01",
    }
    assert told["data"]["actor"].keys() == {"function", "source", "id"}
    assert (told["position"], told["streamversion"]) == ("1099511627776", 3)
    assert (told["sequence"], told["correlationid"]) == ("7", "k-1")
    assert told["time"] == told["recordedat"] == "2026-01-12T08:30:00Z"
    names = told.keys() - {"data"}
    assert all(name.isalnum() and name.islower() and len(name) <= 20 for name in names)


def test_what_describes_a_person_is_told_to_nobody() -> None:
    described = (
        (Employed, {"gender", "birth_year"}),
        (ProfileCompleted, {"experience_years"}),
        (PreferenceStated, {"age", "gender"}),
    )
    for type_, fields in described:
        fact = sample(type_)
        assert fields <= msgspec.json.decode(msgspec.json.encode(fact)).keys()
        assert not fields & shown(recorded(fact), "0860")["data"].keys()
    new = shown(recorded(corrected(MentorEventCorrected, sample(Employed))), "0860")
    assert not {"gender", "birth_year"} & new["data"]["replacement"]["data"].keys()
    # Gaps in the numbers of a mentor's events would tell who has answered a survey.
    assert "streamversion" not in shown(recorded(sample(Employed)), "0860")


def test_things_keep_their_senders_references() -> None:
    told = shown(recorded(sample(GrantDecided)), "0860")["data"]
    assert told["grant"] == {"source": SOURCE, "id": "thing-grant"}
    assert "provider" not in told and "legal_basis" not in told and "note" not in told
    assert told["amount_oere"] == 1


def test_a_correction_is_told_with_the_event_it_brings() -> None:
    told = shown(recorded(corrected(CourseEventCorrected, sample(ContactAttempted))), "0860")
    new = told["data"]["replacement"]
    assert new["type"] == "dk.roedtraad.course.contact-attempted.v1"
    assert new["data"]["actor"]["source"] == "urn:roedtraad:0860"
    assert told["data"]["corrects"] == {"source": SOURCE, "id": "ev-0"}


def test_who_answered_a_survey_is_told_to_nobody() -> None:
    answers = sample(SurveyAnswered)
    assert is_withheld(recorded(answers))
    assert is_withheld(recorded(corrected(MentorEventCorrected, answers)))
    assert not is_withheld(recorded(sample(ProfileCompleted)))
