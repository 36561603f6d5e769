"""What describes a person never stands in clear, from the first stored event."""

import base64
from collections.abc import Iterator

import psycopg
import pytest

from domain.events.codec import decode_fact
from domain.events.common import EventCorrected
from domain.events.course import IntakeRegistered
from domain.events.mentor import ProfileCompleted
from services.store.keys import Keyring, MissingKeyError
from services.store.municipality import Municipality
from tests.services.store.sending import SOURCE, intake, sent

NAME, CPR, NOTE = "Åse Ærøskøbing-Prøve", "710590-1234", "Bor hos sin mormor på tredje sal."
ITEM = "kan få tavse til at tale"


def dump(database_url: str) -> Iterator[str]:
    """Every value of every table, as text, with bytes as they are."""
    with psycopg.connect(database_url) as conn:
        tables = conn.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        for (table,) in tables:
            for row in conn.execute(f"SELECT * FROM {table}"):
                for value in row:
                    yield value.decode("latin-1") if isinstance(value, bytes) else str(value)


def profile(id: str, mentor: str) -> object:
    qualities = ["presence", "empathy", "listening", "caring", "patience"]
    return sent(
        id,
        "mentor.profile-completed.v1",
        mentor,
        actor={"id": mentor, "function": "mentor"},
        education_field="pedagogy",
        experience_years=7,
        strengths=[{"code": code, "text": ITEM} for code in qualities],
        wishes=[{"code": code} for code in ("humour", "addiction", "documentation")],
    )


def test_nothing_personal_stands_in_clear_in_any_table(
    municipality: Municipality, database_url: str
) -> None:
    municipality.append(
        [
            intake("ev-1", "course-4711", name=NAME, cpr=CPR, note=NOTE),
            profile("ev-2", "staff-0815"),  # type: ignore[list-item]
        ]
    )
    held = "\n".join(dump(database_url))
    for secret in (NAME, CPR, NOTE, ITEM, "course-4711", "staff-0815", "s-12"):
        utf8 = secret.encode()
        for form in (secret, utf8.decode("latin-1"), utf8.hex(), base64.b64encode(utf8).decode()):
            assert form not in held
    assert "ev-1" in held  # the search finds what is there in clear: an event's id


def test_who_may_see_it_can_read_it_again(municipality: Municipality) -> None:
    receipts = municipality.append(
        [intake("ev-1", "c-1", name=NAME, note=NOTE), profile("ev-2", "m-1")]  # type: ignore[list-item]
    )
    intake_fact = municipality.read_stream(receipts[0].stream)[0].fact
    profile_fact = municipality.read_stream(receipts[1].stream)[0].fact
    assert isinstance(intake_fact, IntakeRegistered) and isinstance(profile_fact, ProfileCompleted)
    item = profile_fact.strengths[0].text
    assert intake_fact.name and intake_fact.note and item
    opened = municipality.open(
        [("name", intake_fact.name), ("note", intake_fact.note), ("strengths.text", item)]
    )
    assert sorted(opened.values()) == sorted([NAME, NOTE, ITEM])
    # Bound to its field: a note can't be passed off as a name.
    assert municipality.open([("name", intake_fact.note)]) == {}


def test_a_correction_is_sealed_and_translated_like_the_event_it_replaces(
    municipality: Municipality,
) -> None:
    [first] = municipality.append([intake("ev-1", "c-1", name="Forkert Navn")])
    corrected = sent(
        "t-1",
        "course.event-corrected.v1",
        "c-1",
        source="urn:other",
        subject_source=SOURCE,
        actor={"source": SOURCE, "id": "s-12", "function": "caseworker"},
        corrects={"source": SOURCE, "id": "ev-1"},
        reason="typing-error",
        replacement={
            "type": "dk.roedtraad.course.intake-registered.v1",
            "time": "2026-01-12T10:00:00+01:00",
            "data": {
                "actor": {"id": "s-12", "function": "caseworker"},
                "caseworker": {"id": "s-12"},
                "name": NAME,
            },
        },
    )
    [receipt] = municipality.append([corrected])
    assert receipt.stream == first.stream
    original, correction = (event.fact for event in municipality.read_stream(first.stream))
    assert isinstance(original, IntakeRegistered) and isinstance(correction, EventCorrected)
    replacement = decode_fact(correction.replacement.type, correction.replacement.data)
    assert isinstance(replacement, IntakeRegistered) and replacement.name
    # Ids in the replacement default to the original's source: it is the same caseworker.
    assert replacement.caseworker == original.caseworker == correction.actor.id
    assert municipality.open([("name", replacement.name)]) == {("name", replacement.name): NAME}


def test_ids_are_found_by_a_keyed_look_up_and_shown_to_those_who_hold_the_key(
    municipality: Municipality,
) -> None:
    [receipt] = municipality.append([intake("ev-1", "c-1")])
    caseworker = municipality.find("person", "s-12")
    assert municipality.find("course", "c-1") == receipt.stream
    assert municipality.find("course", "c-1", "urn:somebody-else") is None
    assert caseworker is not None
    assert municipality.references([receipt.stream, caseworker]) == {
        receipt.stream: (SOURCE, "c-1"),
        caseworker: (SOURCE, "s-12"),
    }


def test_a_time_registration_may_speak_of_a_course_before_the_case_system_does(
    municipality: Municipality,
) -> None:
    early = sent(
        "t-1",
        "course.activity-registered.v1",
        "c-1",
        source="https://tid.example",
        subject_source=SOURCE,
        actor={"source": SOURCE, "id": "m-1", "function": "mentor"},
        role="system-guide",
        activity="explaining-rules",
        minutes=30,
        contact="in-person",
    )
    [first] = municipality.append([early])
    [second] = municipality.append([intake("ev-1", "c-1")])
    assert first.stream == second.stream and second.version == 2


def test_without_a_persons_key_sealed_text_is_left_out_and_the_event_can_still_be_read(
    municipality: Municipality, database_url: str
) -> None:
    [receipt] = municipality.append([intake("ev-1", "c-1", name=NAME)])
    with psycopg.connect(database_url) as admin:
        admin.execute("DELETE FROM keys_0860.subject_keys WHERE subject = %s", (receipt.stream,))
    municipality._parts.keys.forget([receipt.stream])
    fact = municipality.read_stream(receipt.stream)[0].fact
    assert isinstance(fact, IntakeRegistered) and fact.name
    assert municipality.open([("name", fact.name)]) == {}


def test_a_municipalitys_key_is_made_once_for_its_owner_only(keyring: Keyring) -> None:
    first = keyring.key("0860", create=True).lookup("x")
    assert keyring.key("0860", create=True).lookup("x") == first
    path = keyring.folder / "0860.key"
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_bytes(b"short")
    with pytest.raises(MissingKeyError):
        keyring.key("0860")
    with pytest.raises(MissingKeyError):
        keyring.key("0851")


def test_text_that_was_changed_cannot_be_read(municipality: Municipality) -> None:
    [receipt] = municipality.append([intake("ev-1", "c-1", name=NAME)])
    fact = municipality.read_stream(receipt.stream)[0].fact
    assert isinstance(fact, IntakeRegistered) and fact.name
    head, last = fact.name[:-6], fact.name[-6:]
    changed = head + ("A" if last[0] != "A" else "B") + last[1:]
    assert municipality.open([("name", changed), ("name", fact.name)]) == {
        ("name", fact.name): NAME
    }
