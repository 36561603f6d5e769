"""Letters after more was told: who gets them, at which address, and what is due no more."""

from datetime import timedelta

import pytest

from services.digests.contents import StaleViewsError
from services.digests.marks import Outcome
from services.store.server import Server
from tests.conftest import Clock
from tests.services.digests.post_room import (
    TUESDAY,
    letters_of,
    outcome_of,
    post_of,
    sent_to,
    told_hall,
)
from tests.services.digests.town_hall import CASEWORKER, COORDINATOR, MONDAY, TownHall
from tests.services.mail.post_office import PostOffice

SMUGGLED = "a@=?utf-8?q?b.dk=0D=0ASubject=3A_Nyt_kodeord=0D=0A=0D=0AHej?="
"""An encoded word (RFC 2047) that brings a header and a body of its own."""


@pytest.fixture
def own(server: Server, clock: Clock) -> TownHall:
    """A town hall that a test may tell more."""
    return told_hall(server, clock)


def test_an_address_is_what_was_told_last_under_any_of_a_person_s_ids(
    own: TownHall, office: PostOffice
) -> None:
    post = post_of(own, office)
    own.town.tell(
        "mentor.employed",
        "tid-7",
        -3,
        from_=own.town.day(-3).isoformat(),
        weekly_minutes=300,
        gender="male",
        email="ny@kommune.example",
    )
    own.town.tell(
        "team.identity-linked",
        "team",
        -2,
        person={"id": CASEWORKER},
        alias={"id": "tid-7"},
        basis="case-system",
    )
    own.project()
    [person] = [one for one in post.persons(own.store, MONDAY) if one == own.one(CASEWORKER)]
    assert post.send("0860", person, MONDAY) == Outcome.SENT
    assert [receiver for receiver, _ in office.taken] == ["ny@kommune.example"]


def test_whoever_has_two_ids_gets_one_letter(own: TownHall, office: PostOffice) -> None:
    # The fourth course is the coordinator's as who holds the function, the eighth since she took it
    # over under the id that she had then. She is one with k-77 from now on, and read as that.
    own.assigned("k-77", "leader", -1, email="kirsten.ny@kommune.example")
    own.town.tell(
        "team.identity-linked",
        "team",
        0,
        person={"id": "k-77"},
        alias={"id": COORDINATOR},
        basis="case-system",
    )
    own.project()
    post, one = post_of(own, office), own.person("k-77")
    assert own.one(COORDINATOR) == one
    letters = letters_of(own, post)
    assert own.person(COORDINATOR) not in letters
    assert "forløb c-4 " in letters[one] and "forløb c-8 " in letters[one]
    assert post.send("0860", one, MONDAY) == Outcome.SENT
    # Had she had it under her other id before the two were linked, she would get no second one.
    with own.server.pool.connection() as connection:
        connection.execute(
            "UPDATE m0860.digests SET person = %s WHERE person = %s",
            (own.person(COORDINATOR), one),
        )
    assert post.send("0860", one, MONDAY) == Outcome.SENT
    assert [receiver for receiver, _ in office.taken] == ["kirsten.ny@kommune.example"]


def test_what_is_no_address_is_none(own: TownHall, office: PostOffice) -> None:
    post = post_of(own, office)
    for attempts, email in enumerate(("se telefonlisten", SMUGGLED), 1):
        own.assigned(CASEWORKER, "caseworker", 0, email=email)
        own.project()
        assert sent_to(own, post, CASEWORKER) == Outcome.NO_ADDRESS
        assert outcome_of(own, CASEWORKER) == ("no-address", None, attempts)
    assert not office.taken


def test_what_is_snoozed_is_told_of_from_its_day_on(own: TownHall, office: PostOffice) -> None:
    assert not any("c-7" in told for told in letters_of(own, post_of(own, office)).values())
    own.clock.now = own.at(1, 9)
    own.look()
    own.project()
    told = letters_of(own, post_of(own, office), TUESDAY)[own.person(CASEWORKER)]
    assert "- Match mangler · forløb c-7 · frist 08.01.2026 (5 dage over) · påmindet" in told


def test_with_nothing_due_there_is_no_letter(own: TownHall, office: PostOffice) -> None:
    for course in range(1, 11):
        own.town.closed(f"c-{course}", -1)
    own.look()
    own.project()
    post = post_of(own, office)
    assert post.persons(own.store, MONDAY) == []
    assert sent_to(own, post, CASEWORKER) == Outcome.NOTHING
    assert not office.taken


def test_views_that_are_behind_write_no_letters(own: TownHall, office: PostOffice) -> None:
    own.course("c-11", 0)
    for tell in own.due_today():
        tell()
    own.clock.now += timedelta(minutes=1)
    with pytest.raises(StaleViewsError):
        post_of(own, office).to_be_written("0860")


def test_views_in_tables_of_another_edition_write_no_letters(
    own: TownHall, office: PostOffice
) -> None:
    assert post_of(own, office).to_be_written("0860")[1] != []
    with own.store.transaction() as cursor:
        cursor.execute("UPDATE m0860.definition SET fingerprint = 'of another edition'")
    with pytest.raises(StaleViewsError):
        post_of(own, office).to_be_written("0860")
