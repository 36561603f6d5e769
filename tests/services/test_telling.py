"""What a timeline says of each event: all that is clear, in words, and nothing that is sealed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.calendar import day_of
from domain.events.codec import decode_fact
from domain.events.registry import REGISTRY
from services.cli.event_words import event_words
from services.store.municipality import Municipality
from services.telling import clear_fields
from services.views import ask_timeline, bring_up_to_date
from tests.conftest import Clock
from tests.golden_write import golden_file
from tests.workflows.town import COORDINATOR, Town

SEALED = b"c2VhbGVkIHZhbHVlIG9mIGEgdGVzdA"  # ciphertext, as golden events have it


@pytest.fixture
def town(municipality: Municipality, clock: Clock) -> Town:
    """A municipality in which today is 10 March 2026."""
    clock.now = datetime(2026, 3, 10, 11, tzinfo=UTC)
    return Town(municipality, day_of(clock.now))


def lines(town: Town, clock: Clock, **asked: Any) -> list[dict[str, Any]]:
    store = town.municipality
    bring_up_to_date([store])
    now = clock.now + timedelta(minutes=1)
    return ask_timeline(store, [town.stream("c-1")], now=now, **asked).rows


def told(town: Town, clock: Clock, **asked: Any) -> list[str]:
    return [event_words(row, "da") for row in lines(town, clock, **asked)]


def grant(town: Town, day: int, **more: Any) -> str:
    return town.tell(
        "course.grant-decided",
        "c-1",
        day,
        grant={"id": "b-77"},
        kind="treatment",
        outcome="granted",
        period={"from": "2026-02-16", "to": "2026-08-16"},
        **more,
    )


def test_a_match_and_its_end_say_which_mentor_from_when_and_why(town: Town, clock: Clock) -> None:
    town.matched("c-1", -20, reasons=["strengths-fit"], minutes=45)
    town.tell(
        "course.match-ended",
        "c-1",
        -1,
        match={"id": "match-c-1--20"},
        to="2026-03-09",
        reason="chemistry-missing",
    )
    matched, ended = told(town, clock)
    assert matched == (
        "match match-c-1--20, mentor m-31, fra 18.02.2026, ud fra kompetenceprofil,"
        " styrker passer, 45 minutter"
    )
    assert ended == "match match-c-1--20, til og med 08.03.2026, kemien manglede"


def test_a_grant_says_what_was_granted_and_to_when_and_nothing_that_is_sealed(
    town: Town, clock: Clock
) -> None:
    grant(town, -25, amount_oere=1_250_000, legal_basis="sul:141", provider="Klinikken")
    (row,) = lines(town, clock)
    assert event_words(row, "da") == (
        "bevilling b-77, behandling, bevilget, fra 16.02.2026, til og med 15.08.2026, 12.500,00 kr."
    )
    assert event_words(row, "en") == (
        "grant b-77, treatment, granted, from 16.02.2026, to the end of 15.08.2026, DKK 12,500.00"
    )
    assert set(row["details"]) == {"grant", "kind", "outcome", "period", "amount_oere"}


def test_a_corrected_event_says_what_it_said_and_the_correction_what_holds(
    town: Town, clock: Clock
) -> None:
    worked = town.worked("c-1", -9)
    before = clock.now
    clock.now += timedelta(minutes=5)
    town.tell(
        "course.event-corrected",
        "c-1",
        -1,
        corrects={"id": worked},
        reason="typing-error",
        replacement={
            "type": "dk.roedtraad.course.activity-registered.v1",
            "time": "2026-03-01T13:00:00+01:00",
            "data": {
                "actor": {"id": "m-31", "function": "mentor"},
                "role": "system-guide",
                "activity": "conversation",
                "minutes": 60,
                "contact": "phone",
            },
        },
    )
    replaced = "systemguide, samtale, 60 minutter, telefon"
    first = (
        "den personlige vejleder og støtte, krop og sind, ledsage til læge, 90 minutter, personligt"
    )
    assert told(town, clock) == [first, replaced, ""]
    assert told(town, clock, known_at=before) == [first]
    # As of the day before the correction was made it holds too, since it is known.
    assert told(town, clock, as_of=clock.now - timedelta(days=2)) == [first, replaced]


def test_a_goal_a_statement_and_a_close_are_told_in_danish(town: Town, clock: Clock) -> None:
    town.tell(
        "course.goal-set",
        "c-1",
        -9,
        goal={"id": "goal-1"},
        directions=["everyday-life", "job"],
        text="Op om morgenen.",
        target_date="2026-06-30",
    )
    answers = {"system-guide": "both"}
    town.tell("course.roles-stated", "c-1", -8, counterpart={"id": "m-31"}, answers=answers)
    participants = [COORDINATOR, {"id": "m-31", "function": "mentor"}]
    town.tell(
        "course.coordination-held",
        "c-1",
        -7,
        form="informal",
        participants=participants,
        topics=["roles"],
    )
    town.closed("c-1", -1)
    assert told(town, clock) == [
        "mål goal-1, at kunne klare sin hverdag, job, senest 30.06.2026",
        "om samarbejdet med m-31, systemguide: begge",
        "uformelt, »kigge ind«, mentorkoordinator k-02, mentor m-31, roller",
        "til og med 08.03.2026, i job",
    ]


@pytest.mark.parametrize("topic", REGISTRY.topics())
def test_no_field_that_is_sealed_is_told_of_any_event(topic: str) -> None:
    stored = golden_file(topic).read_bytes()
    assert SEALED in stored  # every event has a note
    assert SEALED.decode() not in repr(clear_fields(decode_fact(topic, stored)))


def test_follow_ups_and_events_without_details_say_nothing_here() -> None:
    assert event_words({"event": "course.follow-up-raised", "details": {}}, "da") == ""
